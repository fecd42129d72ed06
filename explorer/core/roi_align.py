"""RoIAlign, and crop and resize: features between the cells, by bilinear samples.

Units are those of :mod:`explorer.core.roi`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from explorer.core.roi import Array, Indices, checked, round_half_away


@dataclass(frozen=True, eq=False)
class RoiSamples:
    """The working of RoIAlign, and of crop and resize: means of bilinear samples.

    Attributes
    ----------
    box : (4,) float64
        The region sampled, in map units as the samples see them (0 is the middle of
        the first cell).
    points : (h, w, s, 2) float64
        Sampling points x, y of each bin in the same units.
    indices : (h, w, s, 4) int
        Flat indices of the four cells around each point.
    weights : (h, w, s, 4) float64
        Their bilinear weights, 0 for a point outside the map.
    values : (C, h, w) float64
        Mean over the bin's points.
    """

    box: Array
    points: Array
    indices: Indices
    weights: Array
    values: Array


def roi_align_steps(
    features: ArrayLike,
    box: ArrayLike,
    output_size: int,
    spatial_scale: float,
    sampling_ratio: int = 2,
    aligned: bool = True,
) -> RoiSamples:
    """Sample the map between its cells, with no rounding, and take each bin's mean.

    Parameters
    ----------
    features, box, output_size, spatial_scale
        As for :func:`roi_pool_steps`.
    sampling_ratio : int
        Points on a side of a bin; 0 or less takes as many as cover each cell once,
        ``ceil(box side / output_size)``.
    aligned : bool
        Shift by half a cell, so that a feature stands in the middle of its cell;
        without it regions are at least one cell wide, as in the first release.

    Returns
    -------
    RoiSamples
        A point farther than one cell outside the map counts as 0; nearer ones take
        the border's value.

    Raises
    ------
    ValueError
        If a shape, the output size or the scale is out of bounds.

    Notes
    -----
    The paper samples four points a bin and notes that their number hardly matters;
    ``aligned`` came later, with Detectron2.

    References
    ----------
    He et al., "Mask R-CNN", ICCV 2017, section 3.

    Examples
    --------
    >>> grid = np.arange(25.0).reshape(1, 5, 5)
    >>> roi_align_steps(grid, [0, 0, 2, 2], 2, 1.0, 2).values
    array([[[0.75 , 1.625],
            [5.125, 6.   ]]])
    """
    grid, exact = checked(features, box, output_size, spatial_scale)
    start = exact[:2] - (0.5 if aligned else 0.0)
    size = exact[2:] - exact[:2]
    if not aligned:
        size = np.maximum(size, 1.0)
    step = size / output_size
    counts = [
        sampling_ratio if sampling_ratio > 0 else max(int(np.ceil(one)), 0)
        for one in step
    ]
    xs = _points(start[0], step[0], output_size, counts[0])
    ys = _points(start[1], step[1], output_size, counts[1])
    return _sampled(grid, np.concatenate([start, start + size]), xs, ys)


def roi_resize_steps(
    features: ArrayLike, box: ArrayLike, output_size: int, spatial_scale: float
) -> RoiSamples:
    """Cut the rounded cells out of the map and resize them, one sample a bin.

    Parameters
    ----------
    features, box, output_size, spatial_scale
        As for :func:`roi_pool_steps`.

    Returns
    -------
    RoiSamples
        The same as cropping RoIPool's cells and a bilinear resize without
        smoothing: rounded like RoIPool, and blind to cells between its samples.
        Without samples, all 0, where no rounded cell lies in the map.

    Raises
    ------
    ValueError
        If a shape, the output size or the scale is out of bounds.

    References
    ----------
    Mask R-CNN, section 3, compares with RoIWarp, which also rounds and resamples.

    Examples
    --------
    >>> roi_resize_steps(np.arange(16.0).reshape(1, 4, 4), [0, 0, 3, 3], 2, 1).values
    array([[[ 2.5,  4.5],
            [10.5, 12.5]]])
    """
    grid, exact = checked(features, box, output_size, spatial_scale)
    height, width = grid.shape[1:]
    cells = round_half_away(exact)
    lo = np.clip(cells[:2], 0, [width, height])
    hi = np.clip(np.maximum(cells[2:], cells[:2]) + 1, 0, [width, height])
    count = int((hi > lo).all())
    middle = (np.arange(output_size) + 0.5) / output_size
    xs = np.clip(lo[0] + middle * (hi[0] - lo[0]) - 0.5, lo[0], max(hi[0] - 1, 0))
    ys = np.clip(lo[1] + middle * (hi[1] - lo[1]) - 0.5, lo[1], max(hi[1] - 1, 0))
    edge = np.concatenate([lo, hi]) - 0.5
    return _sampled(grid, edge, xs[:, None][:, :count], ys[:, None][:, :count])


def _points(start: float, step: float, bins: int, count: int) -> Array:
    """Return (bins, count) coordinates, ``count`` evenly inside each bin."""
    inside = (np.arange(count) + 0.5) / max(count, 1)
    return np.asarray(start + step * (np.arange(bins)[:, None] + inside))


def _sampled(grid: Array, box: Array, xs: Array, ys: Array) -> RoiSamples:
    """Average bilinear samples at the crossings of xs (w, sx) and ys (h, sy)."""
    height, width = grid.shape[1:]
    low_x, high_x, frac_x, in_x = _neighbours(xs, width)
    low_y, high_y, frac_y, in_y = _neighbours(ys, height)
    shape = (len(ys), len(xs), ys.shape[1], xs.shape[1])
    corners, shares = [], []
    for row, wy in ((low_y, 1 - frac_y), (high_y, frac_y)):
        for col, wx in ((low_x, 1 - frac_x), (high_x, frac_x)):
            index = row[:, None, :, None] * width + col[None, :, None, :]
            weight = (wy * in_y)[:, None, :, None] * (wx * in_x)[None, :, None, :]
            corners.append(index)
            shares.append(weight)
    count = shape[2] * shape[3]
    flat = (*shape[:2], count, 4)
    indices = np.stack(corners, axis=-1).reshape(flat)
    weights = np.stack(shares, axis=-1).reshape(flat)
    values = (grid.reshape(len(grid), -1)[:, indices] * weights).sum((-1, -2))
    points = np.empty((*shape, 2))
    points[..., 0], points[..., 1] = xs[None, :, None, :], ys[:, None, :, None]
    return RoiSamples(
        box, points.reshape(*flat[:3], 2), indices, weights, values / max(count, 1)
    )


def _neighbours(at: Array, size: int) -> tuple[Indices, Indices, Array, Array]:
    """Return the cells on both sides, the share of the higher, and whether inside."""
    inside = (at >= -1.0) & (at <= size)
    clipped = np.clip(at, 0, size - 1)
    low = np.floor(clipped).astype(np.intp)
    high: Indices = np.minimum(low + 1, size - 1)
    return low, high, clipped - low, inside.astype(float)
