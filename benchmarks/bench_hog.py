"""HOG of a 640x480 photo, ours beside scikit-image's and OpenCV's."""

from dataclasses import replace

import cv2
import numpy as np
from skimage import data
from skimage.feature import hog as skimage_hog

from benchmarks.timing import measure
from explorer.core.hog import OPENCV, SKIMAGE, hog_blocks

SIZE_PX = (640, 480)
MOST_OF_SKIMAGE = 1 / 5


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
