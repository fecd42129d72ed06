"""Placing the people detector's window on a photo and cutting it out."""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.hog_settings import WINDOW_PX

MIN_WINDOW_PX = 16  # least height of the box; below it one pixel would fill a cell
PERSON_FRAC = 96 / 128  # of the window's height, Dalal & Triggs 2005, section 5


def window_box(
    box: ArrayLike, width_px: int, height_px: int
) -> tuple[float, float, float, float]:
    """Return the box of the window's shape that is nearest to a drawn one.

    Parameters
    ----------
    box : (4,) x1, y1, x2, y2
        Any box; its centre and its area are kept as far as the image allows.
    width_px, height_px : int
        The image, which will hold the whole box.

    Returns
    -------
    x1, y1, x2, y2 in whole pixels, twice as tall as wide.

    Raises
    ------
    ValueError
        If the image is too small to hold the least window.

    Examples
    --------
    >>> window_box((10, 10, 74, 138), 640, 480)
    (10.0, 10.0, 74.0, 138.0)
    >>> window_box((0, 0, 100, 50), 100, 100)
    (25.0, 0.0, 75.0, 100.0)
    """
    aspect = WINDOW_PX[1] / WINDOW_PX[0]
    largest = int(min(width_px, height_px / aspect))
    least = int(MIN_WINDOW_PX / aspect)
    if largest < least:
        raise ValueError(
            f"an image of {width_px}x{height_px} px is too small for a window of "
            f"{least}x{MIN_WINDOW_PX} px"
        )
    x1, y1, x2, y2 = (float(v) for v in np.asarray(box, dtype=np.float64))
    wished = np.sqrt(max(x2 - x1, 0) * max(y2 - y1, 0) / aspect)
    wide = float(np.clip(round(wished), least, largest))
    tall = wide * aspect
    left = float(np.clip(round((x1 + x2 - wide) / 2), 0, width_px - wide))
    top = float(np.clip(round((y1 + y2 - tall) / 2), 0, height_px - tall))
    return left, top, left + wide, top + tall


def person_window(
    person: ArrayLike, width_px: int, height_px: int
) -> tuple[float, float, float, float]:
    """Return the window that holds a person as the detector's training windows do.

    The person fills 96 of the window's 128 rows: the margin around her carries part
    of what the detector learned.

    Examples
    --------
    >>> person_window((100, 100, 140, 196), 640, 480)
    (88.0, 84.0, 152.0, 212.0)
    """
    x1, y1, x2, y2 = (float(v) for v in np.asarray(person, dtype=np.float64))
    tall = (y2 - y1) / PERSON_FRAC
    wide = tall * WINDOW_PX[0] / WINDOW_PX[1]
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    box = (x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2)
    return window_box(box, width_px, height_px)


def cut_window(
    image: NDArray[np.uint8], box: tuple[float, float, float, float]
) -> NDArray[np.uint8]:
    """Return the box's pixels, resized to 64x128.

    Parameters
    ----------
    image : (H, W) or (H, W, 3) uint8
    box : x1, y1, x2, y2
        In whole pixels, inside the image: see `window_box`.

    Returns
    -------
    (128, 64) or (128, 64, 3) uint8
        Averaged over pixels when shrinking, so that no stair steps become edges.

    Raises
    ------
    ValueError
        If the box holds no pixel of the image.

    Examples
    --------
    >>> cut_window(np.zeros((480, 640, 3), np.uint8), (10, 10, 110, 210)).shape
    (128, 64, 3)
    """
    x1, y1, x2, y2 = (round(v) for v in box)
    piece = np.ascontiguousarray(image[max(y1, 0) : y2, max(x1, 0) : x2])
    if 0 in piece.shape:
        raise ValueError(
            f"the box {box} holds no pixel of {image.shape[:2]} rows, cols"
        )
    shrinks = piece.shape[0] > WINDOW_PX[1]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(piece, WINDOW_PX, interpolation=how), np.uint8)
