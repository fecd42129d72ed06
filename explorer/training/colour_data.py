"""Small colour pictures for the convolutional VAE: photographed and drawn faces."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.core.avatars import Avatar, avatars
from explorer.training.archive import open_archive

TEST_EVERY = 20  # faces: by the order of their names, which begin with the age
TRAIN_AVATARS, TEST_AVATARS = 20000, 1000
AVATAR_SEEDS = (1, 2)  # of training and test

Images = NDArray[np.uint8]
LABELLED = ("glasses", "smile", "frontal")
UNKNOWN = -1


@dataclass(frozen=True, eq=False)
class Faces:
    """Photographed faces and what is known of them.

    Attributes
    ----------
    images : (N, 64, 64, 3) uint8 array
    age, gender : (N,) int arrays
        Years; 0 male, 1 female, as the data set calls them.
    glasses, smile, frontal : (N,) int arrays
        Hand labels; -1 where nobody looked.
    tested : (N,) bool array
        Kept out of training.
    """

    images: Images
    age: NDArray[np.int64]
    gender: NDArray[np.int64]
    glasses: NDArray[np.int64]
    smile: NDArray[np.int64]
    frontal: NDArray[np.int64]
    tested: NDArray[np.bool_]


def faces(folder: Path) -> Faces:
    """Read faces.zip and faces_attributes.csv.

    Raises
    ------
    FileNotFoundError
        If the folder lacks one of them.
    """
    with (folder / "faces_attributes.csv").open(newline="", encoding="utf-8") as file:
        known = {row["name"]: row for row in csv.DictReader(file)}
    images, rows = [], []
    with open_archive(folder, "faces.zip") as archive:
        for name in sorted(n for n in archive.namelist() if n.endswith(".jpg")):
            stem = Path(name).stem
            years, sex, *_ = stem.split("_")
            with Image.open(io.BytesIO(archive.read(name))) as opened:
                images.append(np.asarray(opened.convert("RGB"), np.uint8))
            told = known.get(stem, {})
            labels = [int(told.get(k, UNKNOWN)) for k in LABELLED]
            rows.append([int(years), int(sex), *labels])
    age, gender, glasses, smile, frontal = np.array(rows, np.int64).T
    return Faces(
        np.stack(images), age, gender, glasses, smile, frontal, held_out(glasses)
    )


def held_out(labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which faces to keep from training: half of the labelled, few others.

    Examples
    --------
    >>> held_out(np.array([-1, 1, 0, 0, -1])).tolist()
    [True, True, False, True, False]
    """
    tested = np.arange(len(labels)) % TEST_EVERY == 0
    known = np.flatnonzero(labels != UNKNOWN)
    tested[known] = np.arange(len(known)) % 2 == 0
    return np.asarray(tested)


@dataclass(frozen=True, eq=False)
class Colours:
    """Pictures to train on and to test with, (N, 64, 64, 3) uint8."""

    train: Images
    test: Images


def face_pictures(folder: Path) -> Colours:
    """Return the photographed faces."""
    read = faces(folder)
    return Colours(read.images[~read.tested], read.images[read.tested])


def avatar_pictures(folder: Path) -> Colours:
    """Return drawn faces; the folder is not needed."""
    train, test = (
        avatars(count, seed)[1]
        for count, seed in zip((TRAIN_AVATARS, TEST_AVATARS), AVATAR_SEEDS, strict=True)
    )
    return Colours(train, test)


def held_avatars() -> tuple[list[Avatar], Images]:
    """Return the test avatars with their attributes."""
    return avatars(TEST_AVATARS, AVATAR_SEEDS[1])
