"""What the lesson on Mask R-CNN shows: colours, instances as a map, a thumbnail."""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.mask_compare import Masks, border_of
from explorer.core.mask_paste import paste_mask
from explorer.figures.theme import CLASSES, COLORS, rgb

Image = NDArray[np.uint8]
Labels = NDArray[np.uint8]

# One an instance, in turn; the grey of the theme's classes would read as "suppressed".
INSTANCE_COLORS = CLASSES[:7]
WAY_COLORS = {
    "both": "#FFFFFF",
    "align": COLORS["kept"],
    "pool": COLORS["proposal"],
}
TWICE_COLOR = "#FFFFFF"
NONE_COLOR = "#202020"
CELLS = 28
THUMB_PX = (320, 200)  # wide, high


def instance_color(k: int) -> str:
    """Return the colour of the k-th instance, cycling past the end.

    Examples
    --------
    >>> instance_color(0) == instance_color(7)
    True
    """
    return INSTANCE_COLORS[k % len(INSTANCE_COLORS)]


def instance_labels(masks: Masks) -> Labels:
    """Return one map of all instances.

    Parameters
    ----------
    masks : (M, H, W) bool
        At most 253 of them.

    Returns
    -------
    (H, W) uint8
        0 in none, 1 + k in instance k alone, M + 1 in two or more.

    Raises
    ------
    ValueError
        If there are too many for a byte, or no picture.

    Examples
    --------
    >>> instance_labels(np.array([[[1, 1, 0, 0]], [[0, 1, 1, 0]]], bool)).tolist()
    [[1, 3, 2, 0]]
    """
    if masks.ndim != 3 or len(masks) > 253:
        raise ValueError(f"at most 253 masks (M, H, W) can be shown, got {masks.shape}")
    numbers = np.arange(1, len(masks) + 1, dtype=np.uint8)[:, None, None]
    labels = (masks * numbers).sum(axis=0, dtype=np.uint8)
    labels[masks.sum(axis=0) > 1] = len(masks) + 1
    return np.asarray(labels, np.uint8)


def instance_palette(count: int) -> tuple[str, ...]:
    """Return the colours of ``instance_labels``' rows.

    Examples
    --------
    >>> len(instance_palette(2))
    4
    """
    return (NONE_COLOR, *(instance_color(k) for k in range(count)), TWICE_COLOR)


def tinted(image: Image, mask: Masks, color: str, share: float = 0.55) -> Image:
    """Return the picture with a mask's pixels mixed with a colour, its border full."""
    made = image.astype(np.float64)
    made[mask] += share * (np.array(rgb(color)) - made[mask])
    made[border_of(mask)] = rgb(color)
    return np.asarray(np.rint(made), np.uint8)


def mask_rcnn_thumbnail(image: Image) -> Image:
    """Return a cat with an oval of 28 x 28 cells pasted into two boxes.

    The pasting is the lesson's own; no network is run.
    """
    small = cv2.resize(image, THUMB_PX, interpolation=cv2.INTER_AREA)
    made = np.asarray(small, np.uint8)
    y, x = (np.mgrid[:CELLS, :CELLS] + 0.5) / CELLS - 0.5
    oval = np.clip(4.5 - 10 * np.hypot(x, y), 0, 1)
    boxes: ArrayLike = ((84, 18, 232, 190), (2, 96, 118, 196))
    for k, box in enumerate(np.asarray(boxes, np.float64)):
        high, wide = made.shape[:2]
        cut = paste_mask(oval, box, high, wide).probs >= 0.5
        made = np.ascontiguousarray(tinted(made, cut, instance_color(k)))
        x1, y1, x2, y2 = (int(v) for v in box)
        cv2.rectangle(made, (x1, y1), (x2, y2), rgb(instance_color(k)), 2)
    return made
