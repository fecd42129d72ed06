"""A cascade drawn: its windows as bytes for the browser, and the road map's picture."""

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.cascade import opencv_cascade
from explorer.core.cascade_group import group_boxes
from explorer.core.cascade_scan import SKIPPED, CascadeScan, raw_boxes, scan_cascade
from explorer.figures.theme import COLORS, rgb
from explorer.figures.thumbnails import framed

CASCADE_COLORS = {
    "raw": COLORS["proposal"],
    "kept": COLORS["kept"],
    "muted": COLORS["suppressed"],
    "bar": COLORS["prediction"],
    "time": COLORS["anchor"],
    "best": COLORS["prediction"],
}
HAAR_COLORS = {
    "window": COLORS["proposal"],
    "light": COLORS["proposal"],
    "dark": COLORS["prediction"],
    "passes": COLORS["kept"],
    "fails": COLORS["negative"],
}
CORNER_COLORS = {
    "box": COLORS["proposal"],
    "add": COLORS["proposal"],
    "take": COLORS["prediction"],
}

Image = NDArray[np.uint8]


def passed_bytes(scan: CascadeScan) -> NDArray[np.uint8]:
    """Return how far every window came, level by level, row by row, in one row.

    0: never looked at; 1: too flat; 2 + n: passed n stages.
    """
    flat = [np.zeros(0, np.int8), *(level.passed.ravel() for level in scan.levels)]
    return (np.concatenate(flat) - SKIPPED).astype(np.uint8)


def level_rows(scan: CascadeScan) -> list[tuple[float, int, int, int]]:
    """Return each level's scale, columns, rows and step."""
    return [
        (level.scale, level.passed.shape[1], level.passed.shape[0], level.step_px)
        for level in scan.levels
    ]


def viola_jones_thumbnail(image: Image) -> Image:
    """Show a portrait with the raw boxes of the face and their group."""
    small = framed(image, center_x=0.42, center_y=0.0).copy()
    cascade = opencv_cascade("face")
    raw = raw_boxes(scan_cascade(small, cascade), cascade)
    groups = group_boxes(raw, 3)
    shown = small // 3
    for x1, y1, x2, y2 in groups.boxes[groups.kept].tolist():
        shown[y1:y2, x1:x2] = small[y1:y2, x1:x2]
    for x1, y1, x2, y2 in raw.tolist():
        cv2.rectangle(shown, (x1, y1), (x2 - 1, y2 - 1), rgb(COLORS["proposal"]), 1)
    for x1, y1, x2, y2 in groups.boxes[groups.kept].tolist():
        cv2.rectangle(shown, (x1, y1), (x2 - 1, y2 - 1), rgb(COLORS["kept"]), 3)
    return np.asarray(shown, np.uint8)
