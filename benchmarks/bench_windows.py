"""The sliding window at 640x480, ours beside cv2.HOGDescriptor.detectMultiScale."""

from typing import Any

import numpy as np

from benchmarks.timing import measure
from explorer.core.people import PADDING_PX, detect_people
from explorer.core.proofs.windows import opencv_detector
from explorer.core.street import draw_street
from explorer.core.windows import detect_windows, opencv_people_template

MOST = 3.0  # times OpenCV's time
BUDGET = "at most 3 times OpenCV"
REFERENCE = "cv2.HOGDescriptor.detectMultiScale"


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
