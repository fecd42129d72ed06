"""The road map's small picture of precision against recall."""

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.labelled import found, truths
from explorer.core.matching import TP, match_ranked
from explorer.core.nms import nms_steps
from explorer.core.precision_recall import pr_curve
from explorer.core.samples import STREET, load_sample
from explorer.core.template import opencv_people_template
from explorer.core.windows import detect_windows, windows_above
from explorer.figures.theme import COLORS, rgb
from explorer.figures.thumbnails import HEIGHT_PX, WIDTH_PX, framed

Image = NDArray[np.uint8]
LOWEST = -0.5  # of the scores: some wrong ones are wanted
PANEL_PX = (150, 112)
MARGIN_PX = 10


def precision_recall_thumbnail(image: Image) -> Image:
    """Right and wrong boxes on the drawn street, and the curve of the whole list."""
    scan = detect_windows(image, opencv_people_template(), scale_step=1.2)
    windows = windows_above(scan, LOWEST)
    kept = [step.kept for step in nms_steps(windows.boxes, windows.scores, 0.75)]
    seen = found(windows.boxes[kept], windows.scores[kept]).ranked()
    true = truths(load_sample(STREET).gt_boxes)
    outcomes = match_ranked(seen, true, 0.5).outcomes
    shown = image.copy()
    for box, outcome in zip(seen.boxes.round().astype(int), outcomes, strict=True):
        color = rgb(COLORS["positive" if outcome == TP else "negative"])
        x1, y1, x2, y2 = (int(v) for v in box)
        cv2.rectangle(shown, (x1, y1), (x2, y2), color, 5 if outcome == TP else 2)
    small = framed(shown, center_y=0.55)
    curve = pr_curve(outcomes, len(true))
    return _with_curve(small, curve.recall, curve.precision)


def _with_curve(
    small: Image, recall: NDArray[np.float64], precision: NDArray[np.float64]
) -> Image:
    """Draw the curve on a light panel in the lower right corner."""
    wide, high = PANEL_PX
    left, top = WIDTH_PX - wide - MARGIN_PX, HEIGHT_PX - high - MARGIN_PX
    panel = small[top : top + high, left : left + wide]
    panel[:] = 235
    inner = np.array([wide - 20, high - 20])
    place = np.column_stack([recall, 1 - precision]) * inner + 10
    corner = np.array([[10, high - 10]])
    area = np.vstack([[[10, place[0, 1]]], place, [[place[-1, 0], high - 10]], corner])
    cv2.fillPoly(panel, [area.round().astype(np.int32)], rgb(COLORS["prediction"]))
    line = [place.round().astype(np.int32)]
    cv2.polylines(panel, line, False, (30, 40, 50), 2, cv2.LINE_AA)
    cv2.line(panel, (10, 8), (10, high - 10), (30, 40, 50), 1)
    cv2.line(panel, (10, high - 10), (wide - 8, high - 10), (30, 40, 50), 1)
    return small
