"""The labelled photos that the detectors are trained on, from four archives.

No archive labels everything that it shows: Penn-Fudan and the clothing photos have
people alone, the small pictures one object each. ``Scene.known`` says for which classes
a place without a box is known to hold none; for the others it teaches nothing.
"""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.training.archive import open_archive
from explorer.training.pennfudan import instance_boxes
from explorer.training.rcnn_settings import CLASSES, COCO_NUMBERS

PERSON = CLASSES.index("person")
OTHER_NAMES = {"truck/van": "truck"}  # of objects64.zip

Pixels = NDArray[np.uint8]
Boxes = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Scene:
    """One photo with what is known about it.

    Attributes
    ----------
    image : (H, W, 3) uint8 array, RGB
    boxes : (N, 4) float32 array, xyxy pixels
    labels : (N,) int64 array
        Places in ``CLASSES``; -1 for a group drawn as one box, which is neither to be
        found nor to be missed as a person.
    known : (C,) bool array
        Classes of which every object has a box.
    masks : tuple of (h, w) bool arrays or None
        Each object's silhouette, as large as its box in whole pixels; None where it
        was not drawn.
    """

    image: Pixels
    boxes: Boxes
    labels: NDArray[np.int64]
    known: NDArray[np.bool_]
    masks: tuple[NDArray[np.bool_] | None, ...]


def knows(*names: str) -> NDArray[np.bool_]:
    """Return which classes are labelled, by their names.

    Examples
    --------
    >>> knows("person").nonzero()[0].tolist()
    [0]
    """
    return np.isin(CLASSES, names)


def coco(folder: Path, split: str = "train") -> list[Scene]:
    """Read COCO's photos of a split; all classes are labelled, and many silhouettes.

    Raises
    ------
    FileNotFoundError
        If the folder has no ``coco.zip``.
    """
    places = {number: place for place, number in enumerate(COCO_NUMBERS)}
    scenes = []
    with open_archive(folder, "coco.zip") as archive:
        about = json.loads(archive.read("annotations.json"))
        objects: dict[int, list[dict[str, Any]]] = {}
        for one in about["annotations"]:
            if one["category_id"] in places:
                objects.setdefault(one["image_id"], []).append(one)
        for photo in sorted(about["images"], key=lambda one: int(one["id"])):
            if photo["split"] == split:
                image = _read(archive, f"images/{photo['file_name']}")
                scenes.append(_coco_scene(image, objects.get(photo["id"], []), places))
    return scenes


def _coco_scene(
    image: Pixels, objects: Sequence[dict[str, Any]], places: dict[int, int]
) -> Scene:
    boxes = np.array([one["bbox"] for one in objects], np.float32).reshape(-1, 4)
    boxes[:, 2:] += boxes[:, :2]
    labels = [-1 if a["iscrowd"] else places[a["category_id"]] for a in objects]
    masks = tuple(
        _silhouette(one.get("segmentation"), box)
        for one, box in zip(objects, boxes, strict=True)
    )
    every = np.ones(len(CLASSES), np.bool_)
    return Scene(image, boxes, np.array(labels, np.int64), every, masks)


def _silhouette(polygons: Any, box: Boxes) -> NDArray[np.bool_] | None:
    """Fill COCO's polygons inside a box; None for run lengths or nothing."""
    if not isinstance(polygons, list) or not polygons:
        return None
    x1, y1, x2, y2 = outer(box)
    mask = np.zeros((y2 - y1, x2 - x1), np.uint8)
    for polygon in polygons:
        points = np.array(polygon, np.float32).reshape(-1, 2) - (x1, y1)
        cv2.fillPoly(mask, [points.round().astype(np.int32)], 1)
    return mask.astype(np.bool_)


def outer(box: Boxes) -> tuple[int, int, int, int]:
    """Return the whole pixels that a box touches.

    Examples
    --------
    >>> outer(np.array([0.5, 1.0, 3.2, 4.0], np.float32))
    (0, 1, 4, 4)
    """
    x1, y1 = np.floor(box[:2]).astype(int)
    x2, y2 = np.ceil(box[2:]).astype(int)
    return int(x1), int(y1), max(int(x2), int(x1) + 1), max(int(y2), int(y1) + 1)


def pennfudan(folder: Path) -> list[Scene]:
    """Read the Penn-Fudan pedestrians with their silhouettes; people alone are known.

    Raises
    ------
    FileNotFoundError
        If the folder has no ``pennfudan.zip``.
    """
    with open_archive(folder, "pennfudan.zip") as archive:
        names = sorted(n for n in archive.namelist() if n.endswith(".jpg"))
        return [
            _people(
                _read(archive, name),
                _read(archive, name.replace("images", "masks")[:-3] + "png", ""),
            )
            for name in names
        ]


def clothing(folder: Path) -> list[Scene]:
    """Read the clothing photos, one person each; people alone are known.

    Raises
    ------
    FileNotFoundError
        If the folder has no ``clothing.zip``.
    """
    with open_archive(folder, "clothing.zip") as archive:
        names = sorted(n for n in archive.namelist() if n.endswith(".jpg"))
        scenes = []
        for name in names:
            mask = _read(archive, name.replace("images", "masks")[:-3] + "png", "")
            image = _read(archive, name)
            scenes.append(_people(image, (mask > 0).astype(np.uint8)))
    return scenes


def _people(image: Pixels, ids: Pixels) -> Scene:
    """Make a scene of an image and its map of people, 0 being background."""
    boxes = instance_boxes(ids).astype(np.float32)
    numbers = np.unique(ids[ids > 0])
    masks = []
    for number, box in zip(numbers, boxes, strict=True):
        x1, y1, x2, y2 = outer(box)
        masks.append(ids[y1:y2, x1:x2] == number)
    labels = np.full(len(boxes), PERSON, np.int64)
    return Scene(image, boxes, labels, knows("person"), tuple(masks))


def objects64(folder: Path) -> list[Scene]:
    """Read the pictures of one object each, 64 px wide; strangers are people perhaps.

    A picture of another class than ours has no box. Whoever holds the cup or the dog
    is not labelled, so people are known nowhere.

    Raises
    ------
    FileNotFoundError
        If the folder has no ``objects64.zip``.
    """
    known = ~knows("person")
    scenes = []
    with open_archive(folder, "objects64.zip") as archive:
        text = io.TextIOWrapper(archive.open("boxes.csv"), encoding="utf-8")
        for row in csv.DictReader(text):
            name = OTHER_NAMES.get(row["label"], row["label"])
            box = [[float(row[k]) for k in ("x1", "y1", "x2", "y2")]]
            count = int(name in CLASSES)
            scenes.append(
                Scene(
                    _read(archive, f"images/{row['file']}"),
                    np.array(box[:count], np.float32).reshape(-1, 4),
                    np.array([k for k, c in enumerate(CLASSES) if c == name], np.int64),
                    known,
                    (None,) * count,
                )
            )
    return scenes


def _read(archive: ZipFile, name: str, mode: str = "RGB") -> Pixels:
    with Image.open(io.BytesIO(archive.read(name))) as opened:
        return np.asarray(opened.convert(mode) if mode else opened, np.uint8)
