"""Measure what selective search finds on COCO photos, beside OpenCV's.

Run as ``python -m explorer.training.selective_search_recall FOLDER``, FOLDER holding
coco.zip. Nothing is trained: the settings were chosen on every third of these photos.
"""

import argparse
import ctypes
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from explorer.core.proposal_recall import (
    best_overlaps,
    mean_best_overlap,
    recall_at,
)
from explorer.core.selective_search import (
    FAST,
    MAX_SIDE_PX,
    MIN_SIZE,
    NEAR_IOU,
    selective_search,
)
from explorer.models import measurements
from explorer.training.coco_boxes import Photo, read_photos
from explorer.training.hog_svm_record import commit
from explorer.training.machine import machine

NAME = "selective_search"
IOU_THRESHOLD = 0.5
SAMPLE_COUNT = 1000  # boxes at which each photo's objects found are noted, for tests
CHOSEN_EVERY = 3  # settings were chosen on every third photo
MOST_BOXES = 10_000
COUNTS = np.unique(np.round(np.geomspace(1, MOST_BOXES, 41)).astype(int))

Image = NDArray[np.uint8]
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Run:
    """One method on one photo: best overlaps (K, N), boxes found, seconds."""

    overlaps: Array
    boxes: int
    seconds: float


def opencv_fast(image: Image, seed: int) -> Array:
    """Return the boxes of OpenCV's "fast" search, in its own order.

    Its order is drawn with the C library's ``rand``, seeded here.
    """
    ctypes.CDLL(None).srand(seed)
    search = cv2.ximgproc.segmentation.createSelectiveSearchSegmentation()
    search.setBaseImage(np.ascontiguousarray(image[..., ::-1]))
    search.switchToSelectiveSearchFast()
    found = np.asarray(search.process(), np.float64).reshape(-1, 4)
    found[:, 2:] += found[:, :2]
    return found


METHODS: dict[str, Callable[[Image, int], Array]] = {
    "ours": lambda image, seed: selective_search(image, seed=seed),
    "ours, equal boxes only left out": lambda image, seed: selective_search(
        image, seed=seed, near_iou=1.0
    ),
    "opencv": opencv_fast,
}


def measure(photo: Photo, method: str, seed: int) -> Run:
    """Run one method on one photo."""
    start = time.perf_counter()
    boxes = METHODS[method](photo.image, seed)
    seconds = time.perf_counter() - start
    return Run(best_overlaps(boxes, photo.boxes, COUNTS), len(boxes), seconds)


def curve(runs: list[Run], labels: NDArray[np.int64]) -> dict[str, Any]:
    """Return one method's recall and MABO at each number of boxes."""
    overlaps = np.concatenate([run.overlaps for run in runs], axis=1)
    fresh = [run.overlaps for at, run in enumerate(runs) if at % CHOSEN_EVERY]
    at = int(np.searchsorted(COUNTS, SAMPLE_COUNT))
    found = [int((run.overlaps[at] >= IOU_THRESHOLD).sum()) for run in runs]
    return {
        "found_a_photo": {"boxes": SAMPLE_COUNT, "objects": found},
        "recall": recall_at(overlaps, IOU_THRESHOLD).round(4).tolist(),
        "recall_fresh": recall_at(np.concatenate(fresh, axis=1), IOU_THRESHOLD)
        .round(4)
        .tolist(),
        "mabo": mean_best_overlap(overlaps, labels).round(4).tolist(),
        "boxes": round(float(np.mean([run.boxes for run in runs])), 1),
        "seconds_a_photo": round(float(np.mean([run.seconds for run in runs])), 3),
    }


def describe(
    photos: list[Photo], runs: dict[str, list[Run]], seed: int, seconds: float
) -> dict[str, Any]:
    """Return the measurement as it ships."""
    labels = np.concatenate([photo.labels for photo in photos])
    return {
        "name": NAME,
        "title": "Objects found against boxes tried",
        "data": "coco",
        "split": "val",
        "n": len(labels),
        "photos": len(photos),
        "classes": len(np.unique(labels)),
        "settings": {
            "iou_threshold": IOU_THRESHOLD,
            "strategies": len(FAST),
            "max_side_px": MAX_SIDE_PX,
            "min_size": MIN_SIZE,
            "near_iou": NEAR_IOU,
        },
        "counts": COUNTS.tolist(),
        "curves": {name: curve(found, labels) for name, found in runs.items()},
        "licence": "COCO annotations CC BY 4.0; photos from Flickr, none ships",
        "command": "python -m explorer.training.selective_search_recall FOLDER",
        "seed": seed,
        "commit": commit(),
        "seconds": round(seconds, 1),
        "machine": machine(),
        "note": "Every labelled object counts but groups drawn as one; many are very "
        "small. Starts, least size and NEAR_IOU were chosen on every third of these "
        "photos; recall_fresh is of the others. OpenCV works at full size, we at most "
        "at max_side_px. Times were taken on a machine with other work.",
    }


def main(arguments: list[str]) -> None:
    """Measure and write."""
    name = "python -m explorer.training.selective_search_recall"
    parser = argparse.ArgumentParser(prog=name)
    parser.add_argument("folder", type=Path, help="holds coco.zip")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, help="only so many photos; writes nothing")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    photos = list(read_photos(options.folder))[: options.most]
    runs = {
        name: [measure(photo, name, options.seed) for photo in tqdm(photos, name)]
        for name in METHODS
    }
    values = describe(photos, runs, options.seed, time.perf_counter() - start)
    at = int(np.searchsorted(COUNTS, SAMPLE_COUNT))
    for name, found in values["curves"].items():
        print(f"{name}: {found['boxes']} boxes, recall {found['recall'][at]} at 1,000")
    if options.most is None:
        print(measurements.write(values))


if __name__ == "__main__":
    main(sys.argv[1:])
