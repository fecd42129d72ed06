"""Boxes around a box: what proposals look like that nearly found it."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.box_codec import clip_boxes
from explorer.core.boxes import as_boxes

SHIFT_FRAC = 0.25  # of a side, to each side
SIZE_LOG = 0.35  # natural logarithm of the ratio of sides, to each side
LEAST_SIDE_PX = 4.0


def jittered(
    box: ArrayLike, count: int, width: float, height: float, seed: int = 0
) -> NDArray[np.float64]:
    """Return boxes shifted and resized at random, inside the picture.

    Parameters
    ----------
    box : (4,) array_like
        xyxy pixels, with an area.
    count : int
        How many, at least 1.
    width, height : float
        Of the picture.
    seed : int

    Returns
    -------
    (N, 4) float64 array
        N is ``count`` less those of which fewer than 4 px a side are left inside.

    Raises
    ------
    ValueError
        If the box has no area or the count is below 1.

    Examples
    --------
    >>> jittered([20, 20, 60, 60], 3, 100, 100).shape
    (3, 4)
    """
    x1, y1, x2, y2 = as_boxes(np.asarray(box, np.float64).reshape(1, -1))[0]
    sides = np.array([x2 - x1, y2 - y1])
    if (sides <= 0).any():
        raise ValueError(f"the box must have an area, got {[x1, y1, x2, y2]}")
    if count < 1:
        raise ValueError(f"count must be at least 1, got {count}")
    rng = np.random.default_rng(seed)
    middles = np.array([x1, y1]) + sides / 2
    middles = middles + rng.uniform(-SHIFT_FRAC, SHIFT_FRAC, (count, 2)) * sides
    halves = sides * np.exp(rng.uniform(-SIZE_LOG, SIZE_LOG, (count, 2))) / 2
    boxes = np.concatenate([middles - halves, middles + halves], axis=1)
    inside = clip_boxes(boxes, width, height)
    left = (inside[:, 2:] - inside[:, :2]).min(axis=1)
    kept: NDArray[np.float64] = inside[left >= LEAST_SIDE_PX]
    return kept
