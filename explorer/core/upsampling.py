"""Enlarging a pooled map by copying, by mixing, and by stamping a kernel."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.unpooling import MaxPool

Array = NDArray[np.float64]


def nearest(pool: MaxPool) -> Array:
    """Enlarge by copying: each cell takes the number of the nearest window.

    Parameters
    ----------
    pool : MaxPool
        Of (C, H, W) maps.

    Returns
    -------
    (C, H, W) float64 array
        The number whose window has its middle nearest, along each axis; midway the
        earlier one. Beyond the outermost windows theirs go on. Where the windows tile
        the map, ``torch.nn.functional.interpolate(mode="nearest")``.

    Examples
    --------
    >>> from explorer.core.unpooling import max_pool
    >>> nearest(max_pool(np.array([[[1, 2, 2, 4, 3]]]), 1, 2))[0].tolist()
    [[1.0, 1.0, 2.0, 2.0, 3.0]]
    """
    rows, columns = (
        # Middles stand at i stride + (size - 1) / 2: all doubled, so that it is exact.
        np.clip(
            -((pool.size - 1 + pool.stride - 2 * np.arange(new)) // (2 * pool.stride)),
            0,
            old - 1,
        )
        for new, old in zip(pool.shape, pool.values.shape[1:], strict=True)
    )
    return np.asarray(pool.values[:, rows[:, None], columns], np.float64)


def bilinear(pool: MaxPool) -> Array:
    """Enlarge by mixing the numbers of the nearest four windows, by nearness.

    Parameters
    ----------
    pool : MaxPool
        Of (C, H, W) maps.

    Returns
    -------
    (C, H, W) float64 array
        Each number stands in the middle of its window; beyond the outermost middles
        it goes on unchanged. Where the windows tile the map,
        ``torch.nn.functional.interpolate(mode="bilinear", align_corners=False)``.

    Examples
    --------
    >>> from explorer.core.unpooling import max_pool
    >>> bilinear(max_pool(np.array([[[0, 0, 4, 0, 2]]]), 1, 2))[0].tolist()
    [[0.0, 2.0, 4.0, 3.0, 2.0]]
    """
    down, across = (
        mixing((2 * np.arange(new) - pool.size + 1) / (2 * pool.stride), old)
        for new, old in zip(pool.shape, pool.values.shape[1:], strict=True)
    )
    return np.asarray(down @ pool.values @ across.T)


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


def mixing(at: ArrayLike, size: int) -> Array:
    """Return each place's share of each of ``size`` numbers at 0, 1, 2, ...

    Parameters
    ----------
    at : (n,) array_like
        Places, in steps between numbers; those outside go to the nearest end.
    size : int

    Returns
    -------
    (n, size) float64 array
        The two numbers around a place, by nearness; rows sum to 1.

    Examples
    --------
    >>> mixing([-3, 0.25, 1], 2).tolist()
    [[1.0, 0.0], [0.75, 0.25], [0.0, 1.0]]
    """
    places = np.clip(np.asarray(at, np.float64), 0, size - 1)
    far = np.abs(places[:, None] - np.arange(size))
    return np.asarray(np.maximum(0.0, 1 - far))


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
