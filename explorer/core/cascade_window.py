"""One window under the cascade: what every feature says of it, written out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.core.cascade import Cascade
from explorer.core.cascade_stage import feature_values
from explorer.core.cascade_windows import contrast_of
from explorer.core.integral import (
    box_sum,
    integral_image,
    squared_integral,
    tilted_integral,
)

Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class WindowSteps:
    """All features of one window, those of stages that are never reached too.

    Attributes
    ----------
    spread : float
        Standard deviation of the inner pixels, grey levels.
    contrast : float32
        1 / (inner pixels x spread); 0 where OpenCV finds the window too flat.
    values : (M,) int64
        Of each feature, grey levels.
    normalised : (M,) float32
        ``values`` times ``contrast``.
    votes : (M,) float32
    sums : (S,) float64
        The votes of each stage added up.
    passed : int
        Stages passed before the first that rejects it; -1 for a flat window.
    """

    spread: float
    contrast: np.float32
    values: NDArray[np.int64]
    normalised: Float32
    votes: Float32
    sums: NDArray[np.float64]
    passed: int


def window_steps(
    grey: NDArray[np.uint8], cascade: Cascade, at: tuple[int, int]
) -> WindowSteps:
    """Ask one window of a level all features of the cascade.

    Parameters
    ----------
    grey : (H, W) uint8
        The level's picture.
    cascade : Cascade
    at : column, row
        The window's corner.

    Raises
    ------
    ValueError
        If the window leaves the picture.

    Notes
    -----
    The spread is that of the window without its outermost pixels, as OpenCV has it; the
    paper (2001, section 5) takes the whole window.

    Examples
    --------
    >>> from explorer.core.cascade import opencv_cascade
    >>> grey = np.tile(np.arange(0, 240, 8, dtype=np.uint8), (30, 1))
    >>> steps = window_steps(grey, opencv_cascade("face"), (2, 1))
    >>> round(steps.spread, 2), steps.passed
    (50.75, 0)
    """
    (col, row), (wide, high) = at, cascade.window_px
    height, width = grey.shape
    if not (0 <= col <= width - wide and 0 <= row <= height - high):
        raise ValueError(
            f"the window of {wide}x{high} px at {at} leaves the picture of "
            f"{width}x{height} px"
        )
    part = np.ascontiguousarray(grey[row : row + high, col : col + wide])
    spread, contrast = inner_spread(part)
    sums = np.stack([integral_image(part), tilted_integral(part)])
    corner, one = np.zeros(1, np.int64), np.ones(1, np.float32)
    every = range(len(cascade.thresholds))
    values = feature_values(cascade, every, sums, corner, one)[0]
    normalised = values * contrast
    votes = np.where(normalised < cascade.thresholds, cascade.left, cascade.right)
    total = np.array(
        [
            votes[list(cascade.members(k))].astype(float).cumsum()[-1]
            for k in range(cascade.stages)
        ]
    )
    failed = np.flatnonzero(total < cascade.stage_thresholds)
    passed = int(failed[0]) if len(failed) else cascade.stages
    return WindowSteps(
        spread,
        contrast,
        values.astype(np.int64),
        normalised,
        votes,
        total,
        passed if contrast else -1,
    )


def inner_spread(part: NDArray[np.uint8]) -> tuple[float, np.float32]:
    """Return the spread of a window's inner pixels and 1 / (their number x spread).

    Examples
    --------
    >>> inner_spread(np.pad(np.array([[90, 110]], np.uint8), 1))
    (10.0, np.float32(0.0))
    """
    high, wide = part.shape
    inner, area = (1, 1, wide - 2, high - 2), (wide - 2) * (high - 2)
    total = float(box_sum(integral_image(part), inner))
    squares = float(box_sum(squared_integral(part), inner))
    contrast = contrast_of(np.array([total]), np.array([squares]), area)[0]
    return float(np.sqrt(max(0.0, area * squares - total**2)) / area), contrast
