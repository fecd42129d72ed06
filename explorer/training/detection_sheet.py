"""A sheet to look at after training: what a detector says of photos kept out of it.

Run as ``python -m explorer.training.detection_sheet MODEL FOLDER OUT``. It shows COCO's
photos, so it goes to a folder of the trainer's choice and never into the repository.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.boxes import box_iou
from explorer.models import zoo
from explorer.training import detection_data as data
from explorer.training.rcnn_settings import CLASSES
from explorer.training.scoring import MATCH_IOU

PHOTOS = 24
COLUMNS = 6
SIDE_PX = 320
RIGHT, WRONG, MISSED = (60, 190, 90), (230, 110, 30), (255, 255, 255)

Image = NDArray[np.uint8]
Boxes = NDArray[np.float64]


def judged(
    boxes: Boxes, labels: Sequence[str], gt_boxes: Boxes, gt_labels: Sequence[str]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which detections, best first, are the first to hit; which truths are hit.

    Examples
    --------
    >>> one = np.array([[0.0, 0, 8, 8]])
    >>> right, hit = judged(np.repeat(one, 2, 0), ["cat", "cat"], one, ["cat"])
    >>> right.tolist(), hit.tolist()
    ([True, False], [True])
    """
    right = np.zeros(len(boxes), np.bool_)
    hit = np.zeros(len(gt_boxes), np.bool_)
    if not len(boxes) or not len(gt_boxes):
        return right, hit
    ious = box_iou(boxes, gt_boxes)
    for k, label in enumerate(labels):
        free = np.array([name == label for name in gt_labels]) & ~hit
        best = int(np.where(free, ious[k], -1.0).argmax())
        if free[best] and ious[k, best] >= MATCH_IOU:
            right[k] = hit[best] = True
    return right, hit


def tile(
    scene: data.Scene,
    boxes: Boxes,
    labels: Sequence[str],
    scores: Sequence[float],
    side_px: int = SIDE_PX,
) -> Image:
    """Draw one photo: green is right, orange wrong, white missed."""
    height, width = scene.image.shape[:2]
    scale = side_px / max(height, width)
    size = (round(width * scale), round(height * scale))
    small = cv2.resize(scene.image, size, interpolation=cv2.INTER_AREA)
    whole = np.full((side_px, side_px, 3), 40, np.uint8)
    whole[: size[1], : size[0]] = small
    ours = scene.labels >= 0
    truths = scene.boxes[ours].astype(float)
    names = [CLASSES[k] for k in scene.labels[ours]]
    right, hit = judged(boxes, labels, truths, names)
    for box, name in zip(truths[~hit], np.array(names)[~hit], strict=True):
        _draw(whole, box * scale, MISSED, str(name), 1)
    for k in reversed(range(len(boxes))):
        color = RIGHT if right[k] else WRONG
        _draw(whole, boxes[k] * scale, color, f"{labels[k]} {scores[k]:.2f}", 2)
    return whole


def _draw(
    image: Image, box: Boxes, color: tuple[int, int, int], text: str, wide: int
) -> None:
    x1, y1, x2, y2 = (int(v) for v in box.round())
    cv2.rectangle(image, (x1, y1), (x2, y2), color, wide)
    cv2.putText(image, text, (x1 + 2, y1 + 11), 0, 0.38, (0, 0, 0), 3, cv2.LINE_AA)
    cv2.putText(image, text, (x1 + 2, y1 + 11), 0, 0.38, color, 1, cv2.LINE_AA)


def save_sheet(name: str, scenes: Sequence[data.Scene], out: Path) -> Path:
    """Write ``NAME_sheet.png``: every so many of the scenes, in rows of six."""
    model = zoo.load(name)
    every = max(1, len(scenes) // PHOTOS)
    tiles = []
    for scene in list(scenes)[::every][:PHOTOS]:
        found = model.methods["detect"](image=scene.image)
        labels = [str(one) for one in found["labels"]]
        boxes = np.asarray(found["boxes"], float).reshape(-1, 4)
        tiles.append(tile(scene, boxes, labels, found["scores"].tolist()))
    tiles += [np.full_like(tiles[0], 40)] * (-len(tiles) % COLUMNS)
    rows = [
        np.concatenate(tiles[k : k + COLUMNS], axis=1)
        for k in range(0, len(tiles), COLUMNS)
    ]
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{name}_sheet.png"
    cv2.imwrite(str(path), np.concatenate(rows)[..., ::-1])
    return path


def main() -> None:
    """Read the command line and write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    scenes = [one for one in data.coco(asked.folder, "val") if len(one.boxes)]
    print(save_sheet(asked.model, scenes, asked.out))


if __name__ == "__main__":
    main()
