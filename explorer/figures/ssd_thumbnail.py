"""The road map's picture for the lesson on SSD."""

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.default_boxes import SSD300, default_boxes
from explorer.core.default_places import Place, row_of
from explorer.figures.ssd import LEVEL_COLORS
from explorer.figures.theme import rgb
from explorer.figures.thumbnails import HEIGHT_PX, WIDTH_PX, framed

Image = NDArray[np.uint8]


def ssd_thumbnail(image: Image) -> Image:
    """The default boxes of three maps around one place, each in its map's colour."""
    small = framed(image)
    shown = np.asarray(small * 0.75, np.uint8)
    boxes = default_boxes(SSD300, 300)
    middle = np.array([WIDTH_PX, HEIGHT_PX]) / 2
    for level, thick in ((2, 3), (1, 2), (0, 2)):
        one = SSD300[level]
        cell = one.cells // 2
        for shape in range(len(one.shapes)):
            box = boxes[row_of(SSD300, Place(level, cell, cell, shape))]
            half = (box[2:] - box[:2]) / 2 * HEIGHT_PX / 170
            (x1, y1), (x2, y2) = middle - half, middle + half
            corners = (round(x1), round(y1)), (round(x2), round(y2))
            color = rgb(LEVEL_COLORS[level])
            cv2.rectangle(shown, *corners, color, thick, cv2.LINE_AA)
    return shown
