"""Integral images: the sum of any upright or tilted rectangle from four numbers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_PX = (2**31 - 1) // 255  # so many white pixels an int32 can add up

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


def integral_image(grey: NDArray[np.uint8]) -> Int32:
    """Return the sum of all pixels above and left of each corner.

    Parameters
    ----------
    grey : (H, W) uint8

    Returns
    -------
    (H + 1, W + 1) int32
        Entry (y, x) adds up ``grey[:y, :x]``; the first row and column are 0.

    Raises
    ------
    ValueError
        If ``grey`` is no grey picture or too large for 32 bits.

    References
    ----------
    Viola & Jones 2001, Rapid object detection using a boosted cascade of simple
    features, section 2.1. Crow 1984, Summed-area tables for texture mapping.

    Examples
    --------
    >>> integral_image(np.array([[1, 2], [3, 4]], np.uint8)).tolist()
    [[0, 0, 0], [0, 1, 3], [0, 4, 10]]
    """
    _check(grey)
    sums = np.zeros((grey.shape[0] + 1, grey.shape[1] + 1), np.int32)
    inner = sums[1:, 1:]
    np.cumsum(grey, axis=1, dtype=np.int32, out=inner)
    np.cumsum(inner, axis=0, out=inner)
    return sums


def squared_integral(grey: NDArray[np.uint8]) -> Int64:
    """Return the same of the squared pixels, (H + 1, W + 1) int64.

    Examples
    --------
    >>> squared_integral(np.array([[1, 2], [3, 4]], np.uint8))[2, 2]
    np.int64(30)
    """
    _check(grey)
    sums = np.zeros((grey.shape[0] + 1, grey.shape[1] + 1), np.int64)
    inner = sums[1:, 1:]
    np.square(grey, dtype=np.int64, out=inner)
    np.cumsum(inner, axis=1, out=inner)
    np.cumsum(inner, axis=0, out=inner)
    return sums


def tilted_integral(grey: NDArray[np.uint8]) -> Int32:
    """Return the sum of the triangle that opens upwards from each corner.

    Parameters
    ----------
    grey : (H, W) uint8

    Returns
    -------
    (H + 1, W + 1) int32
        Entry (y, x) adds up the pixels (r, c) with ``r < y`` and
        ``|c - x + 1| <= y - r - 1``: one in the row above, three in the one before.

    Raises
    ------
    ValueError
        If ``grey`` is no grey picture or too large for 32 bits.

    References
    ----------
    Lienhart & Maydt 2002, An extended set of Haar-like features for rapid object
    detection, section 2.2 (the rotated summed area table).

    Examples
    --------
    >>> tilted_integral(np.array([[1, 2, 4], [8, 16, 32]], np.uint8)).tolist()
    [[0, 0, 0, 0], [0, 1, 2, 4], [1, 11, 23, 38]]
    """
    _check(grey)
    height, width = grey.shape
    sums = np.zeros((height + 1, width + 1), np.int32)
    pixels = grey.astype(np.int32)
    for y in range(1, height + 1):
        row, above = sums[y], sums[y - 1]
        row[:-1] = above[1:]
        row[1:] += pixels[y - 1]
        if y > 1:
            row[1:-1] += above[:-2] - sums[y - 2, 1:-1]
            row[-1] += above[-2]
            row[1:] += pixels[y - 2]
    return sums


def box_sum(sums: NDArray[Any], box: tuple[int, int, int, int]) -> int:
    """Return the sum of the pixels in a box, from its four corners.

    Parameters
    ----------
    sums : (H + 1, W + 1)
        An integral image, of pixels or of their squares.
    box : x, y, w, h in px

    Raises
    ------
    ValueError
        If the box leaves the picture.

    Examples
    --------
    >>> box_sum(integral_image(np.full((4, 5), 2, np.uint8)), (1, 1, 3, 2))
    12
    """
    x, y, w, h = box
    if min(box) < 0 or y + h >= sums.shape[0] or x + w >= sums.shape[1]:
        size = f"{sums.shape[1] - 1}x{sums.shape[0] - 1}"
        raise ValueError(f"the box {box} leaves the picture of {size} px")
    return sum(s * int(sums[row, col]) for row, col, s in corners(box, tilted=False))


def corners(
    box: tuple[int, int, int, int], tilted: bool
) -> tuple[tuple[int, int, int], ...]:
    """Return the four entries (row, column, sign) whose signed sum is a box's sum.

    A tilted box hangs from its top corner (x, y): its sides go ``w`` px down to the
    right and ``h`` px down to the left.

    Examples
    --------
    >>> corners((1, 2, 3, 4), tilted=False)
    ((2, 1, 1), (2, 4, -1), (6, 1, -1), (6, 4, 1))
    """
    x, y, w, h = box
    if tilted:
        return (
            (y, x, 1),
            (y + h, x - h, -1),
            (y + w, x + w, -1),
            (y + w + h, x + w - h, 1),
        )
    return (y, x, 1), (y, x + w, -1), (y + h, x, -1), (y + h, x + w, 1)


def _check(grey: NDArray[np.uint8]) -> None:
    if grey.ndim != 2 or grey.dtype != np.uint8 or not grey.size:
        raise ValueError(
            f"a grey picture is (H, W) uint8, got {grey.shape} {grey.dtype}"
        )
    if grey.size > MOST_PX:
        raise ValueError(f"at most {MOST_PX:,} px can be added up, got {grey.size:,}")
