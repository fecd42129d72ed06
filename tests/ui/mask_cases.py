"""Instances that no training decides: blobs in boxes, two people who overlap."""

from typing import Any

import numpy as np

from explorer.core.letterbox import letterbox
from explorer.models import zoo
from explorer.models.engine import Answer

CLASSES = (
    "person", "bicycle", "car", "motorcycle", "bus", "train", "truck", "boat", "bird",
    "cat", "dog", "sheep", "cow", "elephant", "bear", "bottle", "cup", "chair",
    "umbrella", "banana",
)  # fmt: skip
SIDE = zoo.record("everyday_mask_rcnn").side_px
PARTS = np.array(
    [[0.1, 0.1, 0.55, 0.9], [0.4, 0.15, 0.8, 0.95], [0.7, 0.55, 0.97, 0.9]]
)
SCORES = np.array([0.9, 0.8, 0.4])
ROWS = np.array([0, 0, 9])


def blobs(count: int, seed: int, sharp: float = 9.0) -> np.ndarray[Any, Any]:
    """Logits (count, 20, 28, 28): an oval for every class, each with its own tilt."""
    rng = np.random.default_rng(seed)
    y, x = (np.mgrid[:28, :28] + 0.5) / 28 - 0.5
    tilt = rng.uniform(-0.5, 0.5, (count, len(CLASSES), 1, 1))
    size = rng.uniform(0.25, 0.5, (count, len(CLASSES), 1, 1))
    far = np.hypot(x + tilt * y, y)
    noise = rng.normal(0, 0.1, (count, len(CLASSES), 28, 28))
    return np.asarray(sharp * (size - far) + noise, np.float32)


def answer_masks(image: np.ndarray[Any, Any], align: bool = True) -> dict[str, Any]:
    """What ``masks`` answers for a picture of any size."""
    height, width = image.shape[:2]
    logits = blobs(3, 1)
    if not align:
        logits = np.roll(logits, 1, axis=3)
    boxes = PARTS * [width, height, width, height]
    return {
        "boxes": boxes,
        "scores": SCORES,
        "every_boxes": boxes,
        "every_scores": SCORES,
        "labels": np.array(CLASSES)[ROWS],
        "masks": np.zeros((3, height, width), bool),
        "mask_logits": logits,
        "label_rows": ROWS,
    }


def answer_opened(image: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Maps of the pyramid, of random numbers."""
    rng = np.random.default_rng(0)
    sides = {k: SIDE // 2**k for k in (3, 4, 5)}
    maps = {f"map{k}": rng.random((96, n, n)).astype("f4") for k, n in sides.items()}
    return maps | {"scale": np.array(letterbox(image, SIDE).scale)}


def answer_segment(image: np.ndarray[Any, Any]) -> dict[str, Any]:
    """One region of class 1 that covers both people, and a speck."""
    height, width = image.shape[:2]
    labels = np.zeros((height, width), np.uint8)
    labels[height // 4 : 3 * height // 4, width // 5 : 3 * width // 4] = 1
    labels[0, 0] = 1
    return {"labels": labels}


def model(name: str, method: str, **inputs: Any) -> Answer | None:
    """Stand in for ``live.model``."""
    image = inputs["image"]
    if method == "masks":
        made = answer_masks(image, inputs["align"])
    elif method == "opened":
        made = answer_opened(image)
    elif method == "detect":
        made = answer_masks(image)
        made["masks"][0, : image.shape[0] // 2] = True
    else:
        made = answer_segment(image)
    return Answer(made, {"network": 1.0}, "cpu")
