"""RoIPool: features of one size from a region of any size, by rounding and maxima.

A feature map is (C, H, W); cell (row i, column j) covers [j, j + 1) x [i, i + 1) in
map units, and its value stands in its middle. A box is xyxy in image pixels, times
``spatial_scale`` (1 / stride) in map units.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

# He et al. 2017, table 2: mask AP of RoIPool and RoIAlign on a ResNet-50-C4
# (stride 16) and a ResNet-50-C5 (stride 32).
MASK_RCNN_TABLE_2 = {16: (26.9, 30.3), 32: (23.6, 30.9)}
MOST_BINS = 64


@dataclass(frozen=True, eq=False)
class RoiPool:
    """The working of RoIPool.

    Attributes
    ----------
    box : (4,) float64
        The region in map units, before rounding.
    cells : (4,) int
        First column, first row, last column, last row, rounded; the last included.
    rows, cols : (h, 2), (w, 2) int
        First and one past the last row (column) of each bin, within the map.
    values : (C, h, w) float64
        Largest feature of each bin; 0 where a bin is empty.
    argmax : (C, h, w) int
        Flat index ``row * W + column`` of the largest, -1 where a bin is empty.
    """

    box: Array
    cells: Indices
    rows: Indices
    cols: Indices
    values: Array
    argmax: Indices


def roi_pool_steps(
    features: ArrayLike,
    box: ArrayLike,
    output_size: int,
    spatial_scale: float,
) -> RoiPool:
    """Round the box to whole cells, cut it into bins, keep each bin's maximum.

    Parameters
    ----------
    features : (C, H, W) array_like
    box : (4,) array_like
        x1, y1, x2, y2 in image pixels; may leave the picture.
    output_size : int
        Bins on a side.
    spatial_scale : float
        1 / stride of the feature map.

    Returns
    -------
    RoiPool
        Bins overlap by up to a cell where the width does not divide; a bin outside
        the map is empty. Of equal features the first, row by row, is the maximum.

    Raises
    ------
    ValueError
        If a shape, the output size or the scale is out of bounds.

    Notes
    -----
    As in torchvision and the authors' code, halves round away from zero and the last
    cell belongs to the region, so that none is narrower than one cell; the paper's
    text says h/H for a bin and leaves the rounding open.

    References
    ----------
    Girshick, "Fast R-CNN", ICCV 2015, section 2.1.

    Examples
    --------
    >>> roi_pool_steps(np.arange(16.0).reshape(1, 4, 4), [0, 0, 3, 3], 2, 1.0).values
    array([[[ 5.,  7.],
            [13., 15.]]])
    """
    grid, exact = checked(features, box, output_size, spatial_scale)
    channels, height, width = grid.shape
    cells = round_half_away(exact)
    rows = _bins(cells[1], cells[3], output_size, height)
    cols = _bins(cells[0], cells[2], output_size, width)
    values = np.zeros((channels, output_size, output_size))
    argmax = np.full(values.shape, -1, dtype=np.intp)
    for i, (top, bottom) in enumerate(rows):
        for j, (left, right) in enumerate(cols):
            if bottom <= top or right <= left:
                continue
            bin_ = grid[:, top:bottom, left:right].reshape(channels, -1)
            best = bin_.argmax(axis=1)
            down, across = np.divmod(best, right - left)
            values[:, i, j] = bin_[np.arange(channels), best]
            argmax[:, i, j] = (top + down) * width + left + across
    return RoiPool(exact, cells, rows, cols, values, argmax)


def round_half_away(values: ArrayLike) -> Indices:
    """Round as C does: halves away from zero, unlike numpy's to even.

    Examples
    --------
    >>> round_half_away([0.5, 1.5, 2.5, -0.5]).tolist()
    [1, 2, 3, -1]
    """
    array = np.asarray(values, dtype=np.float64)
    rounded = np.sign(array) * np.floor(np.abs(array) + 0.5)
    whole: Indices = np.asarray(rounded).astype(np.intp)
    return whole


def _bins(first: int, last: int, count: int, size: int) -> Indices:
    """Return (count, 2) starts and ends of bins over first..last, within 0..size."""
    step = max(last - first + 1, 1) / count
    numbers = np.arange(count)
    starts = first + np.floor(numbers * step)
    ends = first + np.ceil((numbers + 1) * step)
    bins: Indices = np.stack([starts, ends], axis=1).clip(0, size).astype(np.intp)
    return bins


def checked(
    features: ArrayLike, box: ArrayLike, output_size: int, spatial_scale: float
) -> tuple[Array, Array]:
    """Return the features and the box in map units, or say what does not fit."""
    grid = np.asarray(features, dtype=np.float64)
    if grid.ndim != 3 or grid.size == 0:
        raise ValueError(f"features must have shape (C, H, W), got {grid.shape}")
    corners = np.asarray(box, dtype=np.float64)
    if corners.shape != (4,) or not np.isfinite(corners).all():
        raise ValueError(f"box must be four finite numbers xyxy, got {box!r}")
    if not 1 <= output_size <= MOST_BINS:
        raise ValueError(f"output_size must lie in 1..{MOST_BINS}, got {output_size}")
    if not 0 < spatial_scale <= 1:
        raise ValueError(f"spatial_scale must lie in (0, 1], got {spatial_scale}")
    return grid, corners * spatial_scale
