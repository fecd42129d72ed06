"""Max pooling that remembers where each maximum stood, and the ways back up."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class MaxPool:
    """A pooled map and where its values came from.

    Attributes
    ----------
    values : (..., h, w) array
        The largest of each window.
    indices : (..., h, w) int64 array
        Their places, flat in the map before pooling: row times width plus column.
    shape : (int, int)
        Height and width of the map before pooling.
    size, stride : int
        Side of the windows and how far they move on.
    """

    values: Array
    indices: NDArray[np.int64]
    shape: tuple[int, int]
    size: int
    stride: int


def max_pool(x: Array, size: int = 2, stride: int | None = None) -> MaxPool:
    """Keep the largest value of each ``size`` x ``size`` window, and its place.

    Parameters
    ----------
    x : (..., H, W) array
    size : int
    stride : int, optional
        How far a window moves on; windows may then overlap, leave gaps, and leave out
        the last rows and columns. Without it the windows must tile the map.

    Returns
    -------
    MaxPool
        Of equal values the first, row by row.

    Raises
    ------
    ValueError
        If the windows do not tile the map; with a stride, if it is below 1 or no
        window fits.

    References
    ----------
    Badrinarayanan et al., PAMI 2017, section 3: the memorised max-pooling indices.

    Examples
    --------
    >>> found = max_pool(np.array([[1, 5, 0, 0], [2, 3, 9, 0]]))
    >>> found.values.tolist(), found.indices.tolist()
    ([[5, 9]], [[1, 6]])
    >>> max_pool(np.array([[1, 5, 0], [2, 3, 9]]), 2, stride=1).indices.tolist()
    [[1, 5]]
    """
    *lead, height, width = x.shape
    if stride is None and (size < 1 or height % size or width % size):
        raise ValueError(
            f"windows of {size} × {size} do not tile a map of {height} × {width}"
        )
    step = size if stride is None else stride
    if step < 1 or not 1 <= size <= min(height, width):
        raise ValueError(
            f"no window of {size} × {size} with a stride of {step} fits into a map of "
            f"{height} × {width}"
        )
    windows = sliding_window_view(x, (size, size), axis=(-2, -1))
    windows = windows[..., ::step, ::step, :, :]
    rows, columns = windows.shape[-4:-2]
    flat = windows.reshape(*lead, rows, columns, size**2)
    place = flat.argmax(-1)
    values = np.take_along_axis(flat, place[..., None], -1)[..., 0]
    y = np.arange(rows)[:, None] * step + place // size
    x_at = np.arange(columns)[None, :] * step + place % size
    indices = (y * width + x_at).astype(np.int64)
    return MaxPool(values, indices, (height, width), size, step)


def max_unpool(
    values: Array, indices: NDArray[np.int64], shape: tuple[int, int]
) -> Array:
    """Put each value where its index says; everywhere else stands 0.

    Parameters
    ----------
    values : (..., h, w) array
        They need not be those that were pooled: SegNet's decoder places its own.
    indices : (..., h, w) int array
        Flat places in a map of ``shape``.
    shape : (int, int)
        Height and width of the result.

    Returns
    -------
    (..., H, W) array

    Raises
    ------
    ValueError
        If values and indices differ in shape, or an index lies outside the map.

    Examples
    --------
    >>> max_unpool(np.array([[5, 9]]), np.array([[1, 6]]), (2, 4)).tolist()
    [[0, 5, 0, 0], [0, 0, 9, 0]]
    """
    if values.shape != indices.shape:
        raise ValueError(f"{values.shape} values for {indices.shape} indices")
    cells = shape[0] * shape[1]
    if indices.size and not 0 <= indices.min() <= indices.max() < cells:
        raise ValueError(
            f"an index lies outside a map of {shape[0]} × {shape[1]}: "
            f"they go from {indices.min()} to {indices.max()}"
        )
    lead = values.shape[:-2]
    out = np.zeros((*lead, cells), values.dtype)
    flat = (*lead, -1)
    np.put_along_axis(out, indices.reshape(flat), values.reshape(flat), -1)
    return out.reshape(*lead, *shape)


def nearest_unpool(values: Array, size: int = 2) -> Array:
    """Copy each value to its whole window, which needs no index.

    Examples
    --------
    >>> nearest_unpool(np.array([[5, 9]])).tolist()
    [[5, 5, 9, 9], [5, 5, 9, 9]]
    """
    return values.repeat(size, -2).repeat(size, -1)


def bed_of_nails(pool: MaxPool) -> Array:
    """Put each value into the first cell of its window; everywhere else stands 0.

    Returns
    -------
    (..., H, W) array

    Examples
    --------
    >>> bed_of_nails(max_pool(np.array([[1, 5], [3, 4]]))).tolist()
    [[5, 0], [0, 0]]
    """
    rows, columns = pool.values.shape[-2:]
    out = np.zeros((*pool.values.shape[:-2], *pool.shape), pool.values.dtype)
    step = pool.stride
    out[..., : rows * step : step, : columns * step : step] = pool.values
    return out


def lost_share(x: Array, rebuilt: Array) -> NDArray[np.float64]:
    """Return the mean squared error of each channel over that channel's variance.

    0 is a perfect copy, 1 is as good as writing the channel's mean everywhere.

    Parameters
    ----------
    x, rebuilt : (C, H, W) arrays

    Returns
    -------
    (C,) float64 array
        nan for a channel that is the same everywhere.

    Examples
    --------
    >>> lost_share(np.array([[[0, 2]]]), np.array([[[1, 1]]])).tolist()
    [1.0]
    """
    spread = np.var(x, axis=(-2, -1))
    error = np.mean((x - rebuilt) ** 2, axis=(-2, -1))
    share = np.full(np.shape(spread), np.nan)
    np.divide(error, spread, out=share, where=spread > 0)
    return share
