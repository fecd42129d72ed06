"""Haar-like features: rectangles side by side, one's pixels minus the other's."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from explorer.core.integral import corners

WINDOW_PX = 24  # Viola and Jones's window

# Cells of equal size, across and down.
KINDS: Mapping[str, tuple[int, int]] = {
    "two side by side": (2, 1),
    "two stacked": (1, 2),
    "three side by side": (3, 1),
    "three stacked": (1, 3),
    "four": (2, 2),
}


def count_features(window_px: int = WINDOW_PX) -> dict[str, int]:
    """Return how many features of each kind fit into a square window.

    Parameters
    ----------
    window_px : int
        Side of the window.

    Notes
    -----
    A kind of a x b cells fits with cells of every size at every place. The paper says
    "over 180,000" (2001) and "160,000" (2004, section 2.1); counting gives 162,336.

    References
    ----------
    Viola & Jones 2004, Robust real-time face detection, section 2.1.

    Examples
    --------
    >>> count_features(24)["four"], sum(count_features(24).values())
    (20736, 162336)
    """

    def places(cells: int) -> int:
        return sum(window_px - size + 1 for size in range(cells, window_px + 1, cells))

    return {
        kind: places(across) * places(down) for kind, (across, down) in KINDS.items()
    }


def corner_weights(rects: NDArray[np.float64], tilted: bool) -> list[list[int]]:
    """Return the corners [row, column, weight] of a feature, those shared joined.

    Parameters
    ----------
    rects : (R, 5)
        x, y, w, h and weight; a rectangle of weight 0 is none.
    tilted : bool
        Whether they stand on a corner.

    Examples
    --------
    >>> rects = np.array([[0, 0, 4, 2, -1.0], [2, 0, 2, 2, 2.0]])
    >>> corner_weights(rects, tilted=False)
    [[0, 0, -1], [0, 2, 2], [0, 4, -1], [2, 0, 1], [2, 2, -2], [2, 4, 1]]
    """
    total: dict[tuple[int, int], int] = {}
    for x, y, w, h, weight in rects.tolist():
        for row, col, sign in corners((int(x), int(y), int(w), int(h)), tilted):
            total[row, col] = total.get((row, col), 0) + sign * int(weight)
    return [[*at, weight] for at, weight in sorted(total.items()) if weight]
