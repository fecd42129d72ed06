"""The sliding window at 640x480, ours beside cv2.HOGDescriptor.detectMultiScale."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from explorer.core.people import PADDING_PX, detect_people
from explorer.core.proofs.windows import opencv_detector
from explorer.core.street import draw_street
from explorer.core.windows import detect_windows, opencv_people_template

REPEATS = 15
MOST = 3.0  # times OpenCV's time
BUDGET = "at most 3 times OpenCV"
REFERENCE = "cv2.HOGDescriptor.detectMultiScale"


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


def row(what: str, ours: np.ndarray, theirs: np.ndarray) -> dict:
    ratio = float(np.median(ours) / np.median(theirs))
    return {
        "what": what,
        "median_ms": float(np.median(ours)),
        "p95_ms": float(np.percentile(ours, 95)),
        "reference": REFERENCE,
        "reference_ms": float(np.median(theirs)),
        "ratio": ratio,
        "budget": BUDGET,
        "met": ratio <= MOST,
    }


def run() -> list[dict]:
    """Return the table's rows; ratio is our median over OpenCV's."""
    image = draw_street().image
    template = opencv_people_template()
    reference = opencv_detector(template)

    def opencv(padding: int) -> Any:
        return reference.detectMultiScale(
            image, winStride=(8, 8), padding=(padding, padding), scale=1.05
        )

    plain, theirs, padded, theirs_padded = measure(
        [
            lambda: detect_windows(image, template),
            lambda: opencv(0),
            lambda: detect_people(image, template),
            lambda: opencv(PADDING_PX),
        ]
    )
    return [
        row("sliding window 640x480, every score", plain, theirs),
        row("people in 640x480, with border and NMS", padded, theirs_padded),
    ]


if __name__ == "__main__":
    for line in run():
        print(line)
