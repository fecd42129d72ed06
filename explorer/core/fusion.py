"""How FCN adds scores of several strides: double, add, double, add, enlarge.

Maps are (h, w, K): a score for each of K classes in each cell. The map of half the
stride has twice the rows and columns.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
KERNEL = 4  # cells of the learned upsampling, stride 2, padding 1
STRIDES = (32, 16, 8)  # of the finest map that FCN-32s, FCN-16s and FCN-8s read

# Long, Shelhamer and Darrell: mean IoU in per cent of the authors' reference models on
# PASCAL VOC 2011 seg11valid, by the finest stride read.
LONG_2015_MIOU = {32: 63.6, 16: 65.0, 8: 65.5}
# Receptive field of what is scored there, VGG-16's pool3, pool4 and fc6, in pixels.
LONG_2015_FIELD_PX = {32: 404, 16: 100, 8: 44}


@dataclass(frozen=True, eq=False)
class Fusion:
    """The working, (h, w, K) float64 by stride.

    Attributes
    ----------
    doubled : dict of int to array
        What came from the coarser sum, at the stride it arrives at.
    fused : dict of int to array
        The sums; at the coarsest stride the scores themselves.
    """

    doubled: dict[int, Array]
    fused: dict[int, Array]

    @property
    def finest(self) -> Array:
        """The last sum."""
        return self.fused[min(self.fused)]


def fuse_steps(
    scores: Mapping[int, ArrayLike],
    weights: Mapping[int, ArrayLike],
    off: Collection[int] = (),
) -> Fusion:
    """Add up the scores from the coarsest stride to the finest.

    Parameters
    ----------
    scores : dict of int to (h, w, K) array_like
        By stride; each stride half of the one before.
    weights : dict of int to (K, K, 4, 4) array_like
        Of the doubling that arrives at a stride: from class, to class, row, column.
    off : collection of int
        Strides whose scores are left out: the doubled map goes on alone.

    Returns
    -------
    Fusion

    Raises
    ------
    ValueError
        If the strides do not halve, or the coarsest is switched off.

    References
    ----------
    Long, Shelhamer, Darrell, CVPR 2015, section 4.2 and figure 3.

    Examples
    --------
    >>> coarse, fine = np.ones((1, 1, 1)), np.full((2, 2, 1), 5.0)
    >>> quarter = np.full((1, 1, 4, 4), 0.25)
    >>> fuse_steps({32: coarse, 16: fine}, {16: quarter}).finest[..., 0].tolist()
    [[5.25, 5.25], [5.25, 5.25]]
    """
    strides = sorted(scores, reverse=True)
    if any(a != 2 * b for a, b in zip(strides, strides[1:], strict=False)):
        raise ValueError(f"each stride must be half of the one before, got {strides}")
    if strides[0] in off:
        raise ValueError(f"stride {strides[0]} is where the sum starts: it has no skip")
    fused = {strides[0]: np.asarray(scores[strides[0]], np.float64)}
    doubled: dict[int, Array] = {}
    for coarse, fine in zip(strides, strides[1:], strict=False):
        doubled[fine] = double(fused[coarse], weights[fine])
        skip = 0.0 if fine in off else np.asarray(scores[fine], np.float64)
        fused[fine] = doubled[fine] + skip
    return Fusion(doubled, fused)


def double(grid: ArrayLike, weight: ArrayLike) -> Array:
    """Enlarge a map to twice its size by a transposed convolution.

    Each cell stamps its 4 x 4 kernel, times its value, two cells further than the cell
    before; where stamps overlap they add up. One row and column of the border are cut.

    Parameters
    ----------
    grid : (h, w, K) array_like
    weight : (K, M, 4, 4) array_like
        From class, to class, row, column.

    Returns
    -------
    (2 h, 2 w, M) float64

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> stamp = np.arange(16.0).reshape(1, 1, 4, 4)
    >>> double(np.ones((1, 1, 1)), stamp)[..., 0].tolist()
    [[5.0, 6.0], [9.0, 10.0]]
    """
    cells, kernel = np.asarray(grid, np.float64), np.asarray(weight, np.float64)
    if cells.ndim != 3 or kernel.shape[2:] != (KERNEL, KERNEL):
        raise ValueError(
            f"a map (h, w, K) and a kernel (K, M, 4, 4) are needed, got {cells.shape} "
            f"and {kernel.shape}"
        )
    if cells.shape[2] != kernel.shape[0]:
        raise ValueError(
            f"the map has {cells.shape[2]} classes and the kernel {kernel.shape[0]}"
        )
    height, width, _ = cells.shape
    out = np.zeros((2 * height + 2, 2 * width + 2, kernel.shape[1]))
    for row in range(KERNEL):
        for col in range(KERNEL):
            stamp = cells @ kernel[:, :, row, col]  # (h, w, M)
            out[row : row + 2 * height : 2, col : col + 2 * width : 2] += stamp
    return out[1:-1, 1:-1]


def enlarge(grid: ArrayLike, height: int, width: int) -> Array:
    """Interpolate a map (h, w, K) bilinearly to (height, width, K).

    A cell's value stands in its middle; beyond the outermost middles it stays.

    Examples
    --------
    >>> enlarge([[[0.0], [4.0]]], 1, 4)[..., 0].tolist()
    [[0.0, 1.0, 3.0, 4.0]]
    """
    cells = np.asarray(grid, np.float64)
    rows = bilinear_weights(cells.shape[0], height)  # (height, h)
    cols = bilinear_weights(cells.shape[1], width)  # (width, w)
    tall = np.tensordot(rows, cells, axes=(1, 0))  # (height, w, K)
    return np.asarray(cols @ tall)


def bilinear_weights(cells: int, pixels: int) -> Array:
    """Return how much each of ``cells`` counts for each of ``pixels`` on one axis.

    Examples
    --------
    >>> bilinear_weights(2, 4).tolist()
    [[1.0, 0.0], [0.75, 0.25], [0.25, 0.75], [0.0, 1.0]]
    """
    place = (np.arange(pixels) + 0.5) * cells / pixels - 0.5
    place = np.clip(place, 0, cells - 1)
    first = np.minimum(place.astype(np.intp), max(cells - 2, 0))
    part = place - first
    weights = np.zeros((pixels, cells))
    row = np.arange(pixels)
    weights[row, first] = 1 - part
    weights[row, np.minimum(first + 1, cells - 1)] += part
    return weights
