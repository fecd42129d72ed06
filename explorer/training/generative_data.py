"""Small grey pictures for the generative networks, split as the records say."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TEST_DIGITS = 5000  # the last ones: the file has no split of its own
TEST_FREY_EVERY = 10  # of one film: neighbours in time are alike, so the split is kind


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures of one kind.

    Attributes
    ----------
    train, test : (N, H, W) uint8 arrays
    train_labels, test_labels : (N,) int64 arrays
        Zeros where there are no classes.
    """

    train: NDArray[np.uint8]
    train_labels: NDArray[np.int64]
    test: NDArray[np.uint8]
    test_labels: NDArray[np.int64]


def pictures(folder: Path, name: str) -> Pictures:
    """Read ``digits``, ``fashion`` or ``frey`` from their files.

    Raises
    ------
    FileNotFoundError
        If the folder lacks the file.
    ValueError
        If there are no pictures of that name.
    """
    readers = {"digits": _digits, "fashion": _fashion, "frey": _frey}
    if name not in readers:
        raise ValueError(f"There are no pictures {name!r}; there are {list(readers)}.")
    path = folder / f"{name}.npz"
    if not path.is_file():
        raise FileNotFoundError(f"{folder} has no {path.name}")
    with np.load(path, allow_pickle=False) as held:
        return readers[name]({key: held[key] for key in held})


def _digits(held: dict[str, NDArray[np.uint8]]) -> Pictures:
    images, labels = held["images"], held["labels"].astype(np.int64)
    cut = len(images) - TEST_DIGITS
    return Pictures(images[:cut], labels[:cut], images[cut:], labels[cut:])


def _fashion(held: dict[str, NDArray[np.uint8]]) -> Pictures:
    labels = [held[f"{part}_labels"].astype(np.int64) for part in ("train", "test")]
    # The file is sorted by class; the first test pictures are to show them all.
    order = np.random.default_rng(0).permutation(len(labels[1]))
    test, names = held["test_images"][order], labels[1][order]
    return Pictures(held["train_images"], labels[0], test, names)


def _frey(held: dict[str, NDArray[np.uint8]]) -> Pictures:
    images = held["images"]
    tested = np.arange(len(images)) % TEST_FREY_EVERY == 0
    none = np.zeros(len(images), np.int64)
    return Pictures(images[~tested], none[~tested], images[tested], none[tested])
