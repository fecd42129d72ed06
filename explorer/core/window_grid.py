"""Windows of one size laid over a picture at a stride: how many, where, how often.

Window (row i, column j) covers [j * stride, j * stride + size) across, and the same
downwards; only windows that lie wholly inside the picture count.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

# The course's example: its slide says "~330,000".
COURSE_PICTURE_PX, COURSE_WINDOW_PX = 600, 20
COURSE_SAYS = 330_000


@dataclass(frozen=True)
class WindowGrid:
    """The windows of one size in a picture.

    Attributes
    ----------
    height, width : int
        Of the picture, px.
    size, stride : int
        Of the square windows, px.
    rows, cols : int
        Places downwards and across; 0 where the window is larger than the picture.
    """

    height: int
    width: int
    size: int
    stride: int
    rows: int
    cols: int

    @property
    def count(self) -> int:
        """Windows in all."""
        return self.rows * self.cols


def window_grid(height: int, width: int, size: int, stride: int = 1) -> WindowGrid:
    """Count the places of a square window.

    Parameters
    ----------
    height, width : int
        Of the picture, px, at least 1.
    size, stride : int
        Of the window, px, at least 1.

    Returns
    -------
    WindowGrid

    Raises
    ------
    ValueError
        If a number is below 1.

    Examples
    --------
    >>> window_grid(600, 600, 20).count
    337561
    >>> window_grid(10, 4, 5).count
    0
    """
    for name, value in (
        ("height", height),
        ("width", width),
        ("size", size),
        ("stride", stride),
    ):
        if value < 1:
            raise ValueError(f"{name} must be at least 1 px, got {value}")
    rows, cols = (
        max(0, (side - size) // stride + 1) if side >= size else 0
        for side in (height, width)
    )
    return WindowGrid(height, width, size, stride, rows, cols)


def square_windows(height: int, width: int) -> int:
    """Count all squares of every size at stride 1.

    Examples
    --------
    >>> square_windows(2, 3)
    8
    """
    short, long = sorted((height, width))
    # sum over s of (short - s + 1)(long - s + 1), with k = short - s + 1
    extra = long - short
    return short * (short + 1) * (2 * short + 1) // 6 + extra * short * (short + 1) // 2


def box_windows(height: int, width: int) -> int:
    """Count all boxes of every height and width at stride 1.

    Examples
    --------
    >>> box_windows(2, 3)
    18
    """
    return height * (height + 1) // 2 * (width * (width + 1) // 2)


def coverage(boxes: ArrayLike, height: int, width: int) -> NDArray[np.int64]:
    """Count how many boxes cover each pixel of a picture.

    Parameters
    ----------
    boxes : (N, 4) array_like
        ``(x1, y1, x2, y2)``; rounded to whole pixels, the part outside is left out.
    height, width : int
        Of the picture, px.

    Returns
    -------
    (height, width) int64
        Its sum is the area of all boxes inside the picture.

    Raises
    ------
    ValueError
        If the boxes are malformed or a side is below 1.

    Notes
    -----
    Each box adds +1, -1, -1, +1 at its corners; two running sums make the counts, so
    the cost is that of the picture, however large the boxes are.

    Examples
    --------
    >>> coverage([[0, 0, 2, 1], [1, 0, 3, 2]], 2, 3).tolist()
    [[1, 2, 1], [0, 1, 1]]
    """
    if min(height, width) < 1:
        raise ValueError(
            f"the picture must be at least 1 x 1 px, got {width} x {height}"
        )
    array = np.asarray(boxes, dtype=np.float64)
    if array.size == 0:
        return np.zeros((height, width), np.int64)
    if array.ndim != 2 or array.shape[1] != 4 or not np.isfinite(array).all():
        raise ValueError(f"boxes must be (N, 4) finite numbers, got {array.shape}")
    limits = [width, height, width, height]
    x1, y1, x2, y2 = np.clip(np.rint(array), 0, limits).astype(np.intp).T
    some = (x2 > x1) & (y2 > y1)
    steps = np.zeros((height + 1, width + 1), np.int64)
    for rows, cols, sign in ((y1, x1, 1), (y1, x2, -1), (y2, x1, -1), (y2, x2, 1)):
        np.add.at(steps, (rows[some], cols[some]), sign)
    counts: NDArray[np.int64] = steps.cumsum(0).cumsum(1)[:height, :width]
    return counts
