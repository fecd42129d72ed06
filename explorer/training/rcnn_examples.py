"""Which crops an R-CNN is trained on and scored on, photo by photo."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.core.boxes import box_iou
from explorer.models.rcnn import propose
from explorer.training.archive import open_archive
from explorer.training.coco_boxes import Photo, read_photos
from explorer.training.rcnn_settings import (
    CLASSES,
    COCO_NUMBERS,
    JITTERS,
    LEAST_SIDE_PX,
    NEAR_IOU,
    NEAR_PER_OBJECT,
    OTHER_SINGLES,
    OTHERS_PER_PHOTO,
    PROPOSALS,
    SHIFT_FRAC,
    SINGLES,
    SINGLES_FILE,
    SIZE_LOG,
)

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Examples:
    """Crops of one photo.

    Attributes
    ----------
    image : (H, W, 3) uint8 array
    boxes : (N, 4) float64 array
        What is cut out, xyxy in pixels.
    mirrored : (N,) bool array
        Whether the crop is turned left to right.
    kinds : (N,) int64 array
        A value of ``KINDS``.
    gt_boxes, gt_labels : (M, 4) and (M,) arrays
        Every labelled object; -1 where its class is none of ours.
    """

    image: NDArray[np.uint8]
    boxes: Array
    mirrored: NDArray[np.bool_]
    kinds: Ints
    gt_boxes: Array
    gt_labels: Ints


KINDS = {"truth": 0, "moved": 1, "proposal": 2}


def our_labels(labels: Ints) -> Ints:
    """Return COCO's class numbers as places in ``CLASSES``; -1 for other classes.

    Examples
    --------
    >>> our_labels(np.array([1, 3, 80])).tolist()
    [0, 2, -1]
    """
    places = {number: place for place, number in enumerate(COCO_NUMBERS)}
    return np.array([places.get(int(one), -1) for one in labels], np.int64)


def moved(boxes: Array, rng: np.random.Generator) -> Array:
    """Return each box shifted and resized at random."""
    sides = boxes[:, 2:] - boxes[:, :2]
    middles = boxes[:, :2] + sides / 2
    middles = middles + rng.uniform(-SHIFT_FRAC, SHIFT_FRAC, sides.shape) * sides
    halves = sides * np.exp(rng.uniform(-SIZE_LOG, SIZE_LOG, sides.shape)) / 2
    return np.concatenate([middles - halves, middles + halves], axis=1)


def training_examples(photo: Photo, rng: np.random.Generator) -> Examples:
    """Return truths, mirrored and moved copies, and proposals near and far."""
    labels = our_labels(photo.labels)
    sides = photo.boxes[:, 2:] - photo.boxes[:, :2]
    large = sides.prod(axis=1) >= LEAST_SIDE_PX**2
    own = photo.boxes[large & (labels >= 0)]
    other = photo.boxes[large & (labels < 0)]
    copies = moved(np.repeat(own, JITTERS, axis=0), rng)
    chosen = _chosen(propose(photo.image, PROPOSALS), own, rng)
    boxes = np.concatenate([own, own, copies, other, chosen])
    turned = np.arange(len(copies)) % 2 == 1
    mirrored = np.zeros(len(boxes), np.bool_)
    mirrored[len(own) : 2 * len(own)] = True
    mirrored[2 * len(own) : 2 * len(own) + len(copies)] = turned
    counts = (2 * len(own), len(copies), len(other), len(chosen))
    kinds = np.repeat([0, 1, 0, 2], counts)
    return Examples(photo.image, boxes, mirrored, kinds, photo.boxes, labels)


def scoring_examples(photo: Photo) -> Examples:
    """Return the proposals that the detector looks at."""
    boxes = propose(photo.image, PROPOSALS)
    return Examples(
        photo.image,
        boxes,
        np.zeros(len(boxes), np.bool_),
        np.full(len(boxes), KINDS["proposal"]),
        photo.boxes,
        our_labels(photo.labels),
    )


def single_examples(folder: Path, rng: np.random.Generator) -> Iterator[Examples]:
    """Yield pictures of one object each, its box and a moved copy.

    Raises
    ------
    FileNotFoundError
        If the folder has no ``objects64.zip``.
    """
    with open_archive(folder, SINGLES_FILE) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("boxes.csv").decode())))
        for row in _balanced(rows, rng):
            with Image.open(io.BytesIO(archive.read(f"images/{row['file']}"))) as seen:
                image = np.asarray(seen.convert("RGB"))
            box = np.array([[float(row[key]) for key in ("x1", "y1", "x2", "y2")]])
            boxes = np.concatenate([box, moved(box, rng)])
            turned = rng.random(2) < 0.5
            label = np.array([_place(row["label"])])
            yield Examples(image, boxes, turned, np.array([0, 1]), box, label)


def photos_of(folder: Path, split: str) -> list[Photo]:
    """Read all photos of a split of coco.zip."""
    return list(read_photos(folder, split))


def _place(label: str) -> int:
    name = label.split("/")[0]
    return CLASSES.index(name) if name in CLASSES else -1


def _balanced(
    rows: list[dict[str, str]], rng: np.random.Generator
) -> Iterator[dict[str, str]]:
    """Yield at most so many rows a class, chosen at random."""
    for label in sorted({row["label"] for row in rows}):
        mine = [row for row in rows if row["label"] == label]
        most = SINGLES if _place(label) >= 0 else OTHER_SINGLES
        for at in rng.permutation(len(mine))[:most]:
            row = mine[at]
            if float(row["x2"]) > float(row["x1"]) and float(row["y2"]) > float(
                row["y1"]
            ):
                yield row


def _chosen(proposals: Array, own: Array, rng: np.random.Generator) -> Array:
    """Take the proposals near an object, a few each, and some of the others."""
    if not len(own):
        return proposals[rng.permutation(len(proposals))[:OTHERS_PER_PHOTO]]
    ious = box_iou(proposals, own)
    best, nearest = ious.max(axis=1), ious.argmax(axis=1)
    near = [
        np.flatnonzero((nearest == k) & (best >= NEAR_IOU))[:NEAR_PER_OBJECT]
        for k in range(len(own))
    ]
    far = np.flatnonzero(best < NEAR_IOU)
    others = rng.permutation(far)[:OTHERS_PER_PHOTO]
    return np.asarray(proposals[np.concatenate([*near, others])])
