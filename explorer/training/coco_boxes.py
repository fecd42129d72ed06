"""The validation photos of coco.zip with the boxes of their objects."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.training.archive import open_archive

FILE = "coco.zip"


@dataclass(frozen=True, eq=False)
class Photo:
    """One photo.

    ``image`` (H, W, 3) uint8 RGB, ``boxes`` (N, 4) float64 xyxy, ``labels`` (N,) COCO's
    class numbers; groups drawn as one box (``iscrowd``) are left out.
    """

    name: str
    image: NDArray[np.uint8]
    boxes: NDArray[np.float64]
    labels: NDArray[np.int64]


def read_photos(folder: Path, split: str = "val") -> Iterator[Photo]:
    """Yield the photos of a split that show an object, in order of their numbers.

    Raises
    ------
    FileNotFoundError
        If the folder has no ``coco.zip``.
    """
    with open_archive(folder, FILE) as archive:
        known = json.loads(archive.read("annotations.json"))
        for one in sorted(known["images"], key=lambda image: int(image["id"])):
            objects = [
                a
                for a in known["annotations"]
                if a["image_id"] == one["id"] and not a["iscrowd"]
            ]
            if one["split"] != split or not objects:
                continue
            data = archive.read(f"images/{one['file_name']}")
            with Image.open(io.BytesIO(data)) as opened:
                image = np.asarray(opened.convert("RGB"))
            boxes = np.array([a["bbox"] for a in objects], np.float64)
            boxes[:, 2:] += boxes[:, :2]
            labels = np.array([a["category_id"] for a in objects], np.int64)
            yield Photo(Path(one["file_name"]).stem, image, boxes, labels)
