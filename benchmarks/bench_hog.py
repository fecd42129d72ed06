"""HOG of a 640x480 photo, ours beside scikit-image's and OpenCV's."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from skimage import data
from skimage.feature import hog as skimage_hog

from explorer.core.hog import OPENCV, SKIMAGE, hog_blocks

REPEATS = 15
SIZE_PX = (640, 480)
MOST_OF_SKIMAGE = 1 / 5


def measure(functions: list[Callable[[], Any]]) -> list[np.ndarray]:
    """Return each function's milliseconds, taken in turns so that load hits all."""
    times: list[list[float]] = [[] for _ in functions]
    for turn in range(REPEATS + 1):
        for function, mine in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            if turn:  # the first turn warms up
                mine.append((time.perf_counter() - start) * 1e3)
    return [np.array(mine) for mine in times]


def row(
    what: str, ours: np.ndarray, name: str, theirs: np.ndarray, budget: str
) -> dict:
    ratio = float(np.median(ours) / np.median(theirs))
    return {
        "what": what,
        "median_ms": float(np.median(ours)),
        "p95_ms": float(np.percentile(ours, 95)),
        "reference": name,
        "reference_ms": float(np.median(theirs)),
        "ratio": ratio,
        "budget": budget,
        "met": ratio <= MOST_OF_SKIMAGE if "skimage" in name else None,
    }


def run() -> list[dict]:
    """Return the table's rows; ratio is our median over the reference's."""
    colour = np.ascontiguousarray(cv2.resize(data.astronaut(), SIZE_PX))
    grey = cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY)
    reference = cv2.HOGDescriptor(
        SIZE_PX, (16, 16), (8, 8), (8, 8), 9, 1, -1, 0, 0.2, True
    )
    plain = replace(OPENCV, gamma=False)
    rows = []
    for kind, image in (("colour", colour), ("grey", grey)):
        axis = 2 if image.ndim == 3 else None
        scikit, shared, hard, opencv = measure(
            [
                lambda image=image, axis=axis: skimage_hog(
                    image, cells_per_block=(2, 2), channel_axis=axis
                ),
                lambda image=image: hog_blocks(image, plain),
                lambda image=image: hog_blocks(image, SKIMAGE),
                lambda image=image: reference.compute(image),
            ]
        )
        least = "at most 1/5 of scikit-image"
        what = f"HOG 640x480 {kind}"
        name = "skimage.feature.hog"
        rows += [
            row(f"{what}, hard votes", hard, name, scikit, least),
            row(f"{what}, shared votes", shared, name, scikit, least),
            row(f"{what}, shared votes", shared, "cv2.HOGDescriptor", opencv, "none"),
        ]
    return rows


if __name__ == "__main__":
    for line in run():
        print(line)
