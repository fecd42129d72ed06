"""Street scenes and people: photos with a class for every pixel.

Two label values stand for no single class: ``VOID`` is left out of loss and score,
``SOME_PERSON`` is a person of whom no part is named (its loss is that of "person
against background").
"""

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.training.archive import open_archive

Array = NDArray[np.uint8]

VOID = 255
SOME_PERSON = 254
STREET = (
    "sky", "building", "pole", "road", "pavement", "tree",
    "sign", "fence", "car", "pedestrian", "bicyclist",
)  # fmt: skip
PEOPLE = ("background", "hair", "skin", "upper", "lower", "dress", "shoes", "bag")
# Which of the 59 labels of Clothing Co-Parsing each class takes; what is not named
# here (gloves, umbrellas and other accessories) is some part of a person.
PARTS = {
    "background": ("null",),
    "hair": ("hair", "hat"),
    "skin": (
        "skin", "glasses", "sunglasses", "necklace", "earrings", "bracelet", "ring",
        "watch",
    ),
    "upper": (
        "blazer", "blouse", "bodysuit", "bra", "cape", "cardigan", "coat", "hoodie",
        "intimate", "jacket", "jumper", "scarf", "shirt", "suit", "sweater",
        "sweatshirt", "t-shirt", "tie", "top", "vest",
    ),
    "lower": (
        "belt", "jeans", "leggings", "panties", "pants", "shorts", "skirt", "stockings",
        "swimwear", "tights",
    ),
    "dress": ("dress", "romper"),
    "shoes": (
        "boots", "clogs", "flats", "heels", "loafers", "pumps", "sandals", "shoes",
        "sneakers", "socks", "wedges",
    ),
    "bag": ("bag", "purse", "wallet"),
}  # fmt: skip
HELD_OUT = 100  # photos of clothing.zip, the last by name, never trained on
CAMVID_VOID = 11


@dataclass(frozen=True)
class Scene:
    """A photo ``(H, W, 3)`` RGB and its labels ``(H, W)``."""

    image: Array
    labels: Array


def camvid(folder: Path, splits: Sequence[str]) -> list[Scene]:
    """Read the named splits of ``camvid.zip``, 480 x 360."""
    found = []
    with open_archive(folder, "camvid.zip") as archive:
        for name in sorted(archive.namelist()):
            split, _, file = name.partition("/")
            if split in splits and file.endswith(".jpg"):
                labels = _image(archive, name[:-4] + ".png", cv2.IMREAD_UNCHANGED)
                void = np.where(labels == CAMVID_VOID, VOID, labels)
                found.append(Scene(_rgb(archive, name), void.astype(np.uint8)))
    return found


def clothing(folder: Path, held_out: bool) -> list[Scene]:
    """Read ``clothing.zip`` with its labels merged to ``PEOPLE``.

    ``held_out`` chooses the last 100 photos, otherwise all others.
    """
    with open_archive(folder, "clothing.zip") as archive:
        table = _merging(archive.read("labels.txt").decode())
        names = sorted(n for n in archive.namelist() if n.startswith("images/"))
        chosen = names[-HELD_OUT:] if held_out else names[:-HELD_OUT]
        found = []
        for name in chosen:
            mask = name.replace("images/", "masks/").replace(".jpg", ".png")
            labels = table[_image(archive, mask, cv2.IMREAD_UNCHANGED)]
            found.append(Scene(_rgb(archive, name), labels))
    return found


def _merging(labels: str) -> Array:
    table = np.full(256, SOME_PERSON, np.uint8)
    classes = {word: i for i, c in enumerate(PEOPLE) for word in PARTS[c]}
    for line in labels.splitlines():
        number, word = line.split(maxsplit=1)
        table[int(number)] = classes.get(word.strip(), SOME_PERSON)
    return table


def pennfudan_people(folder: Path) -> list[Scene]:
    """Read the pedestrians of ``pennfudan.zip`` as ``SOME_PERSON``."""
    with open_archive(folder, "pennfudan.zip") as archive:
        names = sorted(n for n in archive.namelist() if n.startswith("images/"))
        found = []
        for name in names:
            mask = name.replace("images/", "masks/").replace(".jpg", ".png")
            there = _image(archive, mask, cv2.IMREAD_UNCHANGED) > 0
            labels = np.where(there, SOME_PERSON, 0).astype(np.uint8)
            found.append(Scene(_rgb(archive, name), labels))
    return found


def coco_people(folder: Path) -> list[Scene]:
    """Read the training photos of ``coco.zip``; people without outline are void."""
    with open_archive(folder, "coco.zip") as archive:
        table = json.loads(archive.read("annotations.json"))
        people: dict[int, list[dict[str, Any]]] = {}
        for one in table["annotations"]:
            if one["category_id"] == 1:
                people.setdefault(one["image_id"], []).append(one)
        found = []
        for about in table["images"]:
            if about["split"] == "train":
                image = _rgb(archive, "images/" + about["file_name"])
                labels = np.zeros(image.shape[:2], np.uint8)
                for one in sorted(people.get(about["id"], []), key=_outlined):
                    _paint(labels, one)
                found.append(Scene(image, labels))
    return found


def _outlined(annotation: dict[str, Any]) -> bool:
    return bool(annotation["segmentation"]) and not annotation["iscrowd"]


def _paint(labels: Array, annotation: dict[str, Any]) -> None:
    if _outlined(annotation):
        rings = [
            np.round(np.array(ring).reshape(-1, 2)).astype(np.int32)
            for ring in annotation["segmentation"]
        ]
        cv2.fillPoly(labels, rings, SOME_PERSON)
    else:
        x, y, w, h = (round(v) for v in annotation["bbox"])
        labels[y : y + h, x : x + w] = VOID


def _image(archive: zipfile.ZipFile, name: str, flags: int) -> Array:
    raw = np.frombuffer(archive.read(name), np.uint8)
    found = cv2.imdecode(raw, flags)
    if found is None:
        raise ValueError(f"{name} in {archive.filename} can't be decoded.")
    return np.asarray(found, np.uint8)


def _rgb(archive: zipfile.ZipFile, name: str) -> Array:
    return np.ascontiguousarray(_image(archive, name, cv2.IMREAD_COLOR)[..., ::-1])


def resized(scene: Scene, side_px: int) -> Scene:
    """Shrink a scene so that its longest side is ``side_px``; never enlarge it."""
    scale = side_px / max(scene.labels.shape)
    if scale >= 1:
        return scene
    height, width = (max(1, round(s * scale)) for s in scene.labels.shape)
    return Scene(
        np.asarray(
            cv2.resize(scene.image, (width, height), interpolation=cv2.INTER_AREA),
            np.uint8,
        ),
        np.asarray(
            cv2.resize(scene.labels, (width, height), interpolation=cv2.INTER_NEAREST),
            np.uint8,
        ),
    )
