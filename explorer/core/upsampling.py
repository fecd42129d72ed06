"""Enlarging a pooled map by copying, by mixing, and by stamping a kernel."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.unpooling import MaxPool

Array = NDArray[np.float64]


def nearest(values: ArrayLike, shape: tuple[int, int]) -> Array:
    """Enlarge by copying: each cell takes the number whose area it lies in.

    Parameters
    ----------
    values : (h, w) or (C, h, w) array_like
    shape : (int, int)
        Rows and columns wanted, as large at least.

    Returns
    -------
    (C, H, W) float64 array
        ``torch.nn.functional.interpolate(mode="nearest")``: cell i takes number
        ``floor(i * h / H)``.

    Examples
    --------
    >>> nearest([[1, 2]], (1, 5))[0].tolist()
    [[1.0, 1.0, 1.0, 2.0, 2.0]]
    """
    maps = checked_maps(values)
    rows, columns = (
        np.arange(new) * old // new
        for old, new in zip(maps.shape[1:], shape, strict=True)
    )
    return np.asarray(maps[:, rows[:, None], columns])


def bilinear(values: ArrayLike, shape: tuple[int, int]) -> Array:
    """Enlarge by mixing the nearest four numbers, by nearness.

    Parameters
    ----------
    values : (h, w) or (C, h, w) array_like
    shape : (int, int)
        Rows and columns wanted.

    Returns
    -------
    (C, H, W) float64 array
        ``torch.nn.functional.interpolate(mode="bilinear", align_corners=False)``: a
        number stands in the middle of its cell, and the border is repeated outwards.

    Examples
    --------
    >>> bilinear([[0, 4]], (1, 4))[0].tolist()
    [[0.0, 1.0, 3.0, 4.0]]
    """
    maps = checked_maps(values)
    down, across = (
        _mixing(new, old) for old, new in zip(maps.shape[1:], shape, strict=True)
    )
    return np.asarray(down @ maps @ across.T)


def triangle_kernel(kernel_size: int, stride: int) -> Array:
    """Return the weights with which a transposed convolution interpolates.

    Each weight falls linearly with the distance from the middle of the pooling window,
    to 0 one stride away, where the next window's stamp takes over.

    Parameters
    ----------
    kernel_size, stride : int
        Of the pooling.

    Returns
    -------
    (k, k) float64 array
        As large as needed, an even number of cells more than the pooling window.

    References
    ----------
    Long et al. 2015, arXiv:1411.4038, section 3.3 (bilinear initialisation).

    Examples
    --------
    >>> triangle_kernel(2, 2)[1].tolist()
    [0.1875, 0.5625, 0.5625, 0.1875]
    >>> triangle_kernel(3, 2)[1].tolist()
    [0.5, 1.0, 0.5]
    """
    size = max(kernel_size, 2 * stride - kernel_size % 2)
    far = np.abs(np.arange(size) - (size - 1) / 2)
    line = np.clip(1 - far / stride, 0, None)
    return np.outer(line, line)


def transposed_conv(pool: MaxPool, weight: ArrayLike) -> Array:
    """Stamp the kernel, times each number, over the middle of that number's window.

    Parameters
    ----------
    pool : MaxPool
        Of (C, H, W) maps.
    weight : (k, k) array_like
        Of ``triangle_kernel``'s size: the pooling window's plus an even number.

    Returns
    -------
    (C, H, W) float64 array
        ``torch.nn.functional.conv_transpose2d`` with the pooling's stride, padding
        ``(k - kernel_size) / 2`` and the output padding that the size needs.

    Raises
    ------
    ValueError
        If the kernel has another size.

    Examples
    --------
    >>> from explorer.core.unpooling import max_pool
    >>> pool = max_pool(np.array([[[1, 5], [3, 4]]]))
    >>> transposed_conv(pool, [[1, 2], [3, 4]])[0].tolist()
    [[5.0, 10.0], [15.0, 20.0]]
    """
    kernel = np.asarray(weight, np.float64)
    size = len(kernel)
    extra = size - pool.size
    if kernel.shape != (size, size) or extra < 0 or extra % 2:
        raise ValueError(
            f"weight has shape {kernel.shape}; it must be square, of side "
            f"{pool.size} or an even number more."
        )
    out = np.zeros((len(pool.values), *pool.shape))
    for i, j in np.ndindex(kernel.shape):
        out += kernel[i, j] * shifted(pool, i - extra // 2, j - extra // 2)
    return out


def shifted(pool: MaxPool, down: int, right: int) -> Array:
    """Put each number so far below and right of its window's first cell; 0 elsewhere.

    Examples
    --------
    >>> from explorer.core.unpooling import max_pool
    >>> shifted(max_pool(np.array([[[1, 5], [3, 4]]])), 1, 0)[0].tolist()
    [[0.0, 0.0], [5.0, 0.0]]
    """
    channels, rows, columns = pool.values.shape
    height, width = pool.shape
    y, x = (np.arange(n) * pool.stride + d for n, d in ((rows, down), (columns, right)))
    keep_y, keep_x = (y >= 0) & (y < height), (x >= 0) & (x < width)
    out = np.zeros((channels, height, width))
    at = np.ix_(np.arange(channels), y[keep_y], x[keep_x])
    out[at] = pool.values[:, keep_y][:, :, keep_x]
    return out


def _mixing(new: int, old: int) -> Array:
    """Return (new, old): each new cell's share of each old number, along one axis."""
    at = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, None)
    low = np.minimum(np.floor(at).astype(np.intp), old - 1)
    high = np.minimum(low + 1, old - 1)
    weights = np.zeros((new, old))
    np.add.at(weights, (np.arange(new), low), 1 - (at - low))
    np.add.at(weights, (np.arange(new), high), at - low)
    return weights


def checked_maps(x: ArrayLike) -> Array:
    """Return maps as (C, H, W) float64.

    Raises
    ------
    ValueError
        If the shape is another or there are no numbers.

    Examples
    --------
    >>> checked_maps([[1, 2]]).shape
    (1, 1, 2)
    """
    maps = np.asarray(x, np.float64)
    maps = maps[None] if maps.ndim == 2 else maps
    if maps.ndim != 3 or maps.size == 0:
        raise ValueError(
            f"A map must have shape (H, W) or (C, H, W) and numbers in it, got "
            f"{np.shape(x)}."
        )
    return maps
