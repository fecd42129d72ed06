"""The Penn-Fudan pedestrians: photos, boxes from instance masks, and a fixed split."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.training.archive import open_archive

FILE = "pennfudan.zip"
HELD_OUT_FRAC = 0.2


@dataclass(frozen=True)
class Photo:
    """One photo: ``image`` (H, W, 3) uint8 RGB and ``boxes`` (N, 4) float64 xyxy."""

    name: str
    image: NDArray[np.uint8]
    boxes: NDArray[np.float64]


def read_photos(folder: Path) -> list[Photo]:
    """Read all photos in order of their names, straight from the archive.

    Raises
    ------
    FileNotFoundError
        If the folder has no ``pennfudan.zip``.
    """
    photos = []
    with open_archive(folder, FILE) as archive:
        names = sorted(n for n in archive.namelist() if n.startswith("images/"))
        for name in (n for n in names if n.endswith(".jpg")):
            mask_name = name.replace("images/", "masks/").replace(".jpg", ".png")
            with Image.open(io.BytesIO(archive.read(name))) as opened:
                image = np.asarray(opened.convert("RGB"))
            with Image.open(io.BytesIO(archive.read(mask_name))) as opened:
                ids = np.asarray(opened)
            photos.append(Photo(Path(name).stem, image, instance_boxes(ids)))
    return photos


def instance_boxes(ids: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the tight box of every instance of an id mask, 0 being background.

    Examples
    --------
    >>> instance_boxes(np.array([[0, 2, 2], [1, 0, 0]], np.uint8)).tolist()
    [[0.0, 1.0, 1.0, 2.0], [1.0, 0.0, 3.0, 1.0]]
    """
    boxes = []
    for one in np.unique(ids[ids > 0]):
        rows, cols = np.nonzero(ids == one)
        boxes.append([cols.min(), rows.min(), cols.max() + 1, rows.max() + 1])
    return np.array(boxes, dtype=np.float64).reshape(-1, 4)


def split_photos(photos: list[Photo], seed: int) -> tuple[list[Photo], list[Photo]]:
    """Return training and held-out photos: a fifth is held out, by photo and seed."""
    order = np.random.default_rng(seed).permutation(len(photos))
    held = set(order[: round(HELD_OUT_FRAC * len(photos))].tolist())
    train = [photo for index, photo in enumerate(photos) if index not in held]
    return train, [photo for index, photo in enumerate(photos) if index in held]
