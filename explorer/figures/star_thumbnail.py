"""The road map's picture of deformable parts."""

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.star import StarModel
from explorer.core.star_scan import part_boxes, scan_star
from explorer.core.windows import windows_above
from explorer.figures.star import part_colors
from explorer.figures.theme import COLORS, rgb
from explorer.figures.thumbnails import framed

Image = NDArray[np.uint8]


def deformable_parts_thumbnail(image: Image, model: StarModel) -> Image:
    """Draw the best person's root in white and each part where it fits best."""
    scan = scan_star(image, model, 1.2)
    best = windows_above(scan.windows, -np.inf).take(np.arange(1))
    shown = np.asarray(image * 0.8, np.uint8)
    boxes = [*part_boxes(scan, best)[0], best.boxes[0]]
    colors = [*part_colors(model), COLORS["grid"]]
    for box, color in zip(boxes, colors, strict=True):
        x1, y1, x2, y2 = (round(v) for v in box.tolist())
        cv2.rectangle(shown, (x1, y1), (x2, y2), rgb(color), 3)
    x, y = (best.boxes[0, :2] + best.boxes[0, 2:]) / 2
    height, width = image.shape[:2]
    high = round(min(height, 1.25 * (best.boxes[0, 3] - best.boxes[0, 1])))
    top = int(np.clip(y - high / 2, 0, height - high))
    wide = min(width, high * 8 // 5)
    left = int(np.clip(x - wide / 2, 0, width - wide))
    return framed(shown[top : top + high, left : left + wide])
