"""A shirt drawn by program: the small grey picture that is no digit.

The networks of the reject lesson were tested with photos of clothes (Xiao et al. 2017,
arXiv:1708.07747); none of those ships, so this one takes their form: grey cloth on
black, filling the picture.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE_PX = 28
_FINE = 8  # drawn so much larger, then averaged
# Half of the outline, collar to hem, in a square of 1; x from the middle.
_HALF = (
    *((0.1, 0.07), (0.2, 0.09), (0.34, 0.2), (0.46, 0.42), (0.36, 0.5), (0.27, 0.38)),
    (0.28, 0.95),
)
_COLLAR = ((0.09, 0.07), (0.0, 0.17))
BUTTONS = 5


def shirt(seed: int = 0) -> NDArray[np.uint8]:
    """Draw a shirt with collar, buttons and folds.

    Parameters
    ----------
    seed : int
        Brightness, width and folds follow from it.

    Returns
    -------
    (28, 28) uint8 array
        Grey on black.

    Examples
    --------
    >>> shirt().shape, bool((shirt(0) != shirt(1)).any())
    ((28, 28), True)
    """
    rng = np.random.default_rng(seed)
    side = SIDE_PX * _FINE
    cloth, wide = int(rng.integers(120, 210)), float(rng.uniform(0.85, 1.05))
    ink = np.zeros((side, side), np.float32)
    right = [(0.5 + wide * x, y) for x, y in _HALF]
    left = [(1 - x, y) for x, y in reversed(right)]
    cv2.fillPoly(ink, [_pixels([*right, *left], side)], float(cloth))
    rows, columns = np.indices(ink.shape) / side
    folds = 1 + 0.12 * np.sin(2 * np.pi * (columns * rng.uniform(3, 5) + 0.3 * rows))
    ink *= folds.astype(np.float32)
    dark = cloth * 0.45
    collar = [(0.5 - x, y) for x, y in _COLLAR] + [(0.5 + _COLLAR[0][0], _COLLAR[0][1])]
    cv2.fillPoly(ink, [_pixels(collar, side)], dark * 0.4)
    cv2.polylines(ink, [_pixels([(0.5, 0.17), (0.5, 0.95)], side)], False, dark, _FINE)
    for y in np.linspace(0.28, 0.86, BUTTONS):
        cv2.circle(
            ink, tuple(_pixels([(0.55, float(y))], side)[0, 0]), _FINE, 255.0, -1
        )
    small = cv2.resize(ink, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(np.clip(small, 0, 255).round(), np.uint8)


def _pixels(points: list[tuple[float, float]], side: int) -> NDArray[np.int32]:
    return (np.array(points) * side).round().astype(np.int32).reshape(-1, 1, 2)
