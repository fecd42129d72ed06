"""A sheet to look at after training: template, best detections, people missed.

It shows photos whose terms allow research only, so it goes to a folder of the
trainer's choice and never into the repository.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.boxes import box_iou
from explorer.core.people import detect_people, framing_windows
from explorer.core.windows import Template
from explorer.figures.windows import CUT_PX, cut_window, template_image
from explorer.training.pennfudan import Photo
from explorer.training.scoring import MATCH_IOU

COLUMNS = 12

Image = NDArray[np.uint8]


def save_sheet(folder: Path, template: Template, photos: list[Photo]) -> Path:
    """Write ``hog_svm_sheet.png``: template, hits and misses of held-out photos."""
    hits: list[Image] = []
    misses: list[Image] = []
    for photo in photos:
        found = detect_people(photo.image, template)
        ious = box_iou(photo.boxes, found.boxes)
        seen = ious.max(axis=1, initial=0.0) >= MATCH_IOU
        for box, good in zip(framing_windows(photo.boxes), seen, strict=True):
            cut = cut_window(photo.image, box, CUT_PX)
            (hits if good else misses).append(cut)
    rows = [template_image(template), _tiles(hits), _tiles(misses)]
    width = max(row.shape[1] for row in rows)
    padded = [
        np.pad(row, ((0, 20), (0, width - row.shape[1]), (0, 0)), constant_values=255)
        for row in rows
    ]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "hog_svm_sheet.png"
    cv2.imwrite(str(path), np.concatenate(padded)[..., ::-1])
    return path


def _tiles(pictures: list[Image]) -> Image:
    shown = pictures[: 2 * COLUMNS] or [np.full((8, 8, 3), 255, np.uint8)]
    blank = np.full_like(shown[0], 255)
    shown = shown + [blank] * (-len(shown) % COLUMNS)
    rows = [
        np.concatenate(shown[k : k + COLUMNS], axis=1)
        for k in range(0, len(shown), COLUMNS)
    ]
    return np.concatenate(rows)
