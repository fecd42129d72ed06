"""The drawn street's true class of every pixel, noted while it is painted."""

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.street_paint import SUPERSAMPLE

Labels = NDArray[np.uint8]

# CamVid's eleven, in its order (Brostow et al. 2009; Badrinarayanan et al. 2017).
STREET_CLASSES = (
    "sky", "building", "pole", "road", "pavement", "tree",
    "sign", "fence", "car", "pedestrian", "bicyclist",
)  # fmt: skip
BUILDING, POLE, ROAD, PAVEMENT, TREE = 1, 2, 3, 4, 5
CAR, PEDESTRIAN = 8, 9


def blank_labels(canvas: NDArray[np.uint8]) -> Labels:
    """Return a map of sky, as large as the supersampled canvas."""
    return np.zeros(canvas.shape[:2], np.uint8)


def label_block(
    labels: Labels, x1: float, y1: float, x2: float, y2: float, label: int
) -> None:
    """Give an upright rectangle, in final pixels, a class."""
    left, top, right, bottom = (
        max(int(round(side * SUPERSAMPLE)), 0) for side in (x1, y1, x2, y2)
    )
    labels[top:bottom, left:right] = label


def shrink_labels(labels: Labels, size: tuple[int, int]) -> Labels:
    """Average down to ``(width, height)``: the class with the largest part of a pixel.

    Of equal parts the class of the higher number wins: things before grounds.

    Examples
    --------
    >>> shrink_labels(np.array([[0, 9], [3, 9]], np.uint8), (1, 1)).tolist()
    [[9]]
    """
    found = np.unique(labels)
    shares = [
        cv2.resize(
            (labels == one).astype(np.float32), size, interpolation=cv2.INTER_AREA
        )
        for one in found
    ]
    order = np.argmax(np.stack(shares)[::-1], axis=0)
    return np.asarray(found[::-1][order], np.uint8)
