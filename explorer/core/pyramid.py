"""The image pyramid of the sliding window, level by level, as OpenCV builds it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.hog import OPENCV, hog_blocks

SCALE_STEP = 1.05  # OpenCV's default ratio between two pyramid levels
SCALE_STEP_BOUNDS = (1.01, 2.0)
MAX_LEVELS = 64  # OpenCV's default; a step of 1.05 reaches 22 times smaller
MAX_PADDING_PX = 64  # half a window


def pyramid_sizes(
    width_px: int,
    height_px: int,
    scale_step: float = SCALE_STEP,
    window_px: tuple[int, int] = (64, 128),
) -> tuple[tuple[float, tuple[int, int]], ...]:
    """Return scale and size of every pyramid level on which a window fits.

    Parameters
    ----------
    width_px, height_px : int
        Of the full image.
    scale_step : float
        Ratio between two levels, within ``SCALE_STEP_BOUNDS``.
    window_px : tuple of int
        Width and height of the window.

    Returns
    -------
    tuple of (scale, (width, height))
        At most ``MAX_LEVELS``; empty when the window does not fit at all.

    Raises
    ------
    ValueError
        If the step is outside its bounds.

    Examples
    --------
    >>> [size for _, size in pyramid_sizes(128, 256, 1.5)]
    [(128, 256), (85, 171)]
    """
    low, high = SCALE_STEP_BOUNDS
    if not low <= scale_step <= high:
        raise ValueError(f"scale_step must be in {low}..{high}, got {scale_step}")
    levels = []
    scale = 1.0
    for _ in range(MAX_LEVELS):
        size = (round(width_px / scale), round(height_px / scale))
        if size[0] < window_px[0] or size[1] < window_px[1]:
            break
        levels.append((scale, size))
        scale *= scale_step
    return tuple(levels)


def shrink(image: NDArray[np.uint8], size_px: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the image at a level's width and height, interpolated as OpenCV does."""
    if (image.shape[1], image.shape[0]) == size_px:
        return image
    small = cv2.resize(image, size_px, interpolation=cv2.INTER_LINEAR_EXACT)
    return np.asarray(small, np.uint8)


def check_steps(stride_px: int, padding_px: int) -> None:
    """Raise ValueError unless both fall on the grid of cells and within bounds."""
    cell = OPENCV.cell_px
    if stride_px < cell or stride_px % cell:
        raise ValueError(
            f"stride_px must be a positive multiple of the cell, {cell} pixels, "
            f"got {stride_px}"
        )
    if not 0 <= padding_px <= MAX_PADDING_PX or padding_px % cell:
        raise ValueError(
            f"padding_px must be a multiple of the cell, {cell} pixels, in "
            f"0..{MAX_PADDING_PX}, got {padding_px}"
        )


def level_blocks(
    image: NDArray[np.uint8], size_px: tuple[int, int], padding_px: int = 0
) -> NDArray[np.float32]:
    """Return the HOG blocks of one level, its border mirrored outwards.

    Notes
    -----
    With padding one cell more is mirrored and its blocks are dropped again, so that
    gradients at the outer edge see mirrored pixels too, as they do in OpenCV.
    """
    small = shrink(image, size_px)
    if padding_px == 0:
        return hog_blocks(small)
    out = padding_px + OPENCV.cell_px
    wide = cv2.copyMakeBorder(small, out, out, out, out, cv2.BORDER_REFLECT_101)
    rows, cols = ((side + 2 * padding_px) // OPENCV.cell_px for side in size_px[::-1])
    blocks = hog_blocks(np.asarray(wide, np.uint8))
    return np.ascontiguousarray(blocks[1:rows, 1:cols])
