"""A small mask laid into the picture at the place and size of its box."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.boxes import as_boxes

Array = NDArray[np.float64]
PADDING = 1  # cells of 0 round the mask, so that its border can fade


@dataclass(frozen=True, eq=False)
class PastedMask:
    """One mask in the picture, with what was done to get it there.

    Attributes
    ----------
    padded : (M + 2, M + 2) float64
        The mask in its border of zeros.
    box : (4,) int64
        Where its pixels lie: x1, y1, x2, y2, the last two included; it may leave the
        picture.
    resized : (h, w) float64
        The padded mask at the box's size.
    probs : (H, W) float64
        The picture's pixels, 0 outside the box.
    """

    padded: Array
    box: NDArray[np.int64]
    resized: Array
    probs: Array


def paste_mask(probs: ArrayLike, box: ArrayLike, height: int, width: int) -> PastedMask:
    """Resize a mask to its box, bilinear, and lay it into an empty picture.

    Parameters
    ----------
    probs : (M, M) array_like
        0 to 1.
    box : (4,) array_like
        xyxy pixels of the picture.
    height, width : int
        Of the picture, at least 1.

    Raises
    ------
    ValueError
        If the mask is not square, the box not a box, or the picture empty.

    Notes
    -----
    As ``torchvision.models.detection.roi_heads.paste_masks_in_image``: a border of one
    cell, the box grown by as much, and its corners cut to whole pixels towards zero.

    References
    ----------
    He et al. 2017, Mask R-CNN, section 3.1, "Inference": the mask is resized to the
    RoI's size and cut at 0.5.

    Examples
    --------
    >>> made = paste_mask(np.ones((2, 2)), [2, 2, 6, 6], 8, 8)
    >>> made.box.tolist(), float(made.probs[4, 4]), float(made.probs[0, 0])
    ([0, 0, 8, 8], 1.0, 0.0)
    """
    mask = np.asarray(probs, dtype=np.float64)
    if mask.ndim != 2 or mask.shape[0] != mask.shape[1] or not mask.size:
        raise ValueError(f"probs must be (M, M), got {mask.shape}")
    if min(height, width) < 1:
        raise ValueError(f"the picture must have a pixel, got {width} x {height}")
    x1, y1, x2, y2 = as_boxes(np.asarray(box, np.float64)[None])[0]
    grown = (mask.shape[0] + 2 * PADDING) / mask.shape[0]
    half = np.array([x2 - x1, y2 - y1]) / 2 * grown
    middle = np.array([x1 + x2, y1 + y2]) / 2
    # Truncated towards zero, as torch turns floats into whole numbers.
    corners = np.concatenate([middle - half, middle + half]).astype(np.int64)
    wide, high = (max(1, int(n)) for n in corners[2:] - corners[:2] + 1)
    padded = np.pad(mask, PADDING)
    resized = cv2.resize(padded, (wide, high), interpolation=cv2.INTER_LINEAR)
    whole = np.zeros((height, width))
    left, top = (max(0, int(v)) for v in corners[:2])
    right, bottom = min(int(corners[2]) + 1, width), min(int(corners[3]) + 1, height)
    if right > left and bottom > top:
        x0, y0 = left - int(corners[0]), top - int(corners[1])
        cut = resized[y0 : y0 + bottom - top, x0 : x0 + right - left]
        whole[top:bottom, left:right] = cut
    return PastedMask(padded, corners, np.asarray(resized, np.float64), whole)
