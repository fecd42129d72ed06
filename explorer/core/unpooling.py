"""Max pooling that remembers where each maximum stood, and the ways back up."""

from dataclasses import dataclass
from typing import Any

import numpy as np
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
    """

    values: Array
    indices: NDArray[np.int64]


def max_pool(x: Array, size: int = 2) -> MaxPool:
    """Keep the largest value of each ``size`` x ``size`` window, and its place.

    Parameters
    ----------
    x : (..., H, W) array
        Height and width are multiples of ``size``: windows do not overlap.
    size : int

    Returns
    -------
    MaxPool
        Of equal values the first, row by row.

    Raises
    ------
    ValueError
        If the windows do not tile the map.

    References
    ----------
    Badrinarayanan et al., PAMI 2017, section 3: the memorised max-pooling indices.

    Examples
    --------
    >>> found = max_pool(np.array([[1, 5, 0, 0], [2, 3, 9, 0]]))
    >>> found.values.tolist(), found.indices.tolist()
    ([[5, 9]], [[1, 6]])
    """
    *lead, height, width = x.shape
    if size < 1 or height % size or width % size:
        raise ValueError(
            f"windows of {size} x {size} do not tile a map of {height} x {width}"
        )
    rows, columns = height // size, width // size
    windows = x.reshape(*lead, rows, size, columns, size)
    windows = np.moveaxis(windows, -3, -2).reshape(*lead, rows, columns, size**2)
    place = windows.argmax(-1)
    values = np.take_along_axis(windows, place[..., None], -1)[..., 0]
    y = np.arange(rows)[:, None] * size + place // size
    x_at = np.arange(columns)[None, :] * size + place % size
    return MaxPool(values, (y * width + x_at).astype(np.int64))


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
            f"an index lies outside a map of {shape[0]} x {shape[1]}: "
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
