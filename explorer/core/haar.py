"""Haar-like features: rectangles side by side, one's pixels minus the other's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.integral import corners

WINDOW_PX = 24  # Viola and Jones's window

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Kind:
    """A feature's cells of equal size, across and down, and which are counted up.

    The ``light`` cells, (column, row), are added and the others taken away.
    """

    across: int
    down: int
    light: tuple[tuple[int, int], ...]

    @property
    def weight(self) -> int:
        """How often a light cell counts once the whole box is taken away."""
        return self.across * self.down // len(self.light)


KINDS: Mapping[str, Kind] = {
    "two side by side": Kind(2, 1, ((1, 0),)),
    "two stacked": Kind(1, 2, ((0, 1),)),
    "three side by side": Kind(3, 1, ((1, 0),)),
    "three stacked": Kind(1, 3, ((0, 1),)),
    "four": Kind(2, 2, ((1, 0), (0, 1))),
}


def places(cells: int, window_px: int = WINDOW_PX) -> int:
    """Return in how many ways so many equal cells stand in a row of the window.

    Examples
    --------
    >>> [places(cells) for cells in (1, 2, 3)]
    [300, 144, 92]
    """
    return sum(window_px - size + 1 for size in range(cells, window_px + 1, cells))


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
    return {
        name: places(kind.across, window_px) * places(kind.down, window_px)
        for name, kind in KINDS.items()
    }


def kind_rects(kind: Kind, box: Box) -> NDArray[np.float64]:
    """Return a feature as OpenCV's files have it: the box, then its light cells.

    Parameters
    ----------
    kind : Kind
    box : x, y, w, h in px
        Of all cells together.

    Returns
    -------
    (R, 5) float64
        x, y, w, h and weight: -1 for the box, ``kind.weight`` for each light cell.

    Raises
    ------
    ValueError
        If the box can't be cut into whole cells.

    Notes
    -----
    The paper takes sums of unequal area from each other for three cells; OpenCV, and
    we, weight the middle so that a flat patch gives 0.

    Examples
    --------
    >>> kind_rects(KINDS["three side by side"], (1, 2, 6, 4)).tolist()
    [[1.0, 2.0, 6.0, 4.0, -1.0], [3.0, 2.0, 2.0, 4.0, 3.0]]
    """
    x, y, w, h = box
    if w < 1 or h < 1 or w % kind.across or h % kind.down:
        cells = f"{kind.across}x{kind.down}"
        raise ValueError(f"a box of {w}x{h} px has no {cells} cells of whole pixels")
    wide, high = w // kind.across, h // kind.down
    light = [
        (x + col * wide, y + row * high, wide, high, kind.weight)
        for col, row in kind.light
    ]
    return np.array([(x, y, w, h, -1), *light], np.float64)


def feature_value(
    sums: NDArray[Any], rects: ArrayLike, at: tuple[int, int], tilted: bool = False
) -> int:
    """Return a feature's value in grey levels: each box's sum times its weight.

    Parameters
    ----------
    sums : (H + 1, W + 1)
        The integral image; the tilted one for tilted boxes.
    rects : (R, 5)
        x, y, w, h from the window's corner, and weight; weight 0 for none.
    at : column, row
        The window's corner.
    tilted : bool
        Whether the boxes stand on a corner.

    Raises
    ------
    ValueError
        If a box leaves the picture.

    Examples
    --------
    >>> from explorer.core.integral import integral_image
    >>> sums = integral_image(np.array([[9, 1, 2], [9, 3, 4]], np.uint8))
    >>> feature_value(sums, [[0, 0, 2, 2, -1], [1, 0, 1, 2, 2]], (1, 0))
    2
    """
    value = 0
    for row, col, weight in corner_weights(np.asarray(rects, np.float64), tilted):
        y, x = at[1] + row, at[0] + col
        if not (0 <= y < sums.shape[0] and 0 <= x < sums.shape[1]):
            raise ValueError(f"the feature at {at} leaves the picture at ({x}, {y})")
        value += weight * int(sums[y, x])
    return value


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
