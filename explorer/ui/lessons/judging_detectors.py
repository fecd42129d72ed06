"""The detectors that the lesson on precision and recall judges."""

from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.labelled import Found, found
from explorer.core.nms import nms_classwise_steps
from explorer.core.samples import SAMPLES
from explorer.models import zoo
from explorer.ui import live, shelf
from explorer.ui.controls import number, select
from explorer.ui.imagebar import Picture

AUTO = "auto"  # a fixed default keeps links true whatever the image
PEOPLE, FACES, PARTS = "hog_svm", "haar_faces", "dpm"
SHIPPED = {
    PEOPLE: "HOG, our own",
    "opencv_people": "HOG, OpenCV",
    PARTS: "HOG, parts",
    FACES: "Faces, Haar",
}
PEOPLE_ONLY = (PEOPLE, "opencv_people")
TASKS = ("detection", "instance")
# Deep into the wrong ones.
LOWEST = {PEOPLE: -0.5, "opencv_people": -0.5, PARTS: -0.5, FACES: -3.0}
LOWEST_CHANCE = 0.05  # torchvision's own
MOST = 300  # detections of the ranked list
SLOW = ("rcnn",)  # seconds a photo on two cores
SLOW_SAID = "R-CNN looks at each of its proposals by itself: this takes some seconds …"
DIGITS = 2  # of a pixel: the browser judges the very same numbers
DETECTOR_HELP = (
    "By the image: faces (Haar cascades) where the sample is known to show one, people "
    "(a HOG template and a linear SVM) elsewhere. "
    "All boxes count down to a very low score: the curve shows what each next one "
    "would bring. R-CNN searches regions and runs its network on each: some seconds a "
    "photo, where the others take parts of one."
)
NMS_HELP = (
    "The detector's boxes pass non-maximum suppression first: of two that overlap more "
    "than this, the better stays. High: the same object is found twice and thrice, and "
    "each copy is a mistake."
)


@dataclass(frozen=True, eq=False)
class Answered:
    """A detector's boxes after suppression, and the classes it knows."""

    found: Found
    labels: tuple[str, ...]
    classes: tuple[str, ...]

    def of(self, label: str) -> Found:
        """Return the detections of one class, best first."""
        return self.found.take(np.array(self.labels, str) == label).ranked()


def detectors() -> tuple[str, ...]:
    """Return the detectors that can be asked: by the image, shipped, full-size."""
    full = [r.name for r in zoo.records().values() if r.task in TASKS]
    return (AUTO, *SHIPPED, *(name for name in full if name not in SHIPPED))


def detector_label(name: str) -> str:
    """Return a detector's title; it stands in links, so it never changes."""
    if name == AUTO:
        return "By the image"
    return SHIPPED.get(name) or zoo.record(name).label


def resolve(name: str, picture: Picture) -> str:
    """Return the detector asked for, or one that finds what the picture shows."""
    if name != AUTO:
        return name
    faces = any("face" in x.shows for x in SAMPLES if x.name == picture.name)
    return FACES if faces else PEOPLE


def detector_controls(picture: Picture) -> tuple[str, str]:
    """Ask for a detector; return the one wanted, and the one at hand in its place."""
    asked = select(
        "Detector",
        detectors(),
        AUTO,
        key="detector",
        format_func=detector_label,
        help=DETECTOR_HELP,
        width_px=130,
    )
    wanted = resolve(asked, picture)
    ready = zoo.status(wanted) == "ready"
    return wanted, wanted if ready else resolve(AUTO, picture)


def nms_control() -> float:
    """Ask how much two boxes of the detector may overlap."""
    threshold: float = number(
        "IoU threshold of NMS",
        0.1,
        1.0,
        0.7,
        step=0.05,
        key="nms",
        help=NMS_HELP,
        width_px=175,
    )
    return threshold


def offer(wanted: str, detector: str) -> None:
    """Offer the detector asked for, where ``detector`` stands in for it."""
    if wanted != detector and not shelf.ready(wanted):
        st.caption(f"Meanwhile “{detector_label(detector)}” is judged.")


def classes_of(detector: str) -> tuple[str, ...]:
    """Return the classes that a detector knows."""
    return tuple(zoo.record(detector).classes)


def detections(
    picture: Picture, detector: str, nms_threshold: float
) -> Answered | None:
    """Return a detector's boxes after NMS class by class; None if it can't be asked.

    The raw boxes are kept, so another NMS threshold costs no second run.
    """
    lowest = LOWEST.get(detector, LOWEST_CHANCE)
    waiting = st.spinner(SLOW_SAID) if detector in SLOW else nullcontext()
    with waiting:
        answer = live.model(
            detector, "raw", image=picture.image, score_threshold=lowest
        )
    if answer is None:
        return None
    raw = answer.arrays
    names = np.asarray(raw["labels"]).astype(str)
    known, codes = np.unique(names, return_inverse=True)
    boxes = _inside(np.asarray(raw["boxes"], float), picture)
    steps = live.compute(
        "NMS",
        nms_classwise_steps,
        boxes,
        np.asarray(raw["scores"], float),
        codes.astype(np.int64),
        nms_threshold,
    )
    rows = np.array([step.kept for step in steps[:MOST]], dtype=int)
    if len(steps) > MOST:
        st.caption(f"The best {MOST} of {len(steps)} detections are judged.")
    seen = found(
        boxes[rows], np.round(raw["scores"][rows].astype(float), 4), codes[rows]
    )
    return Answered(seen, tuple(names[rows]), classes_of(detector))


def _inside(boxes: NDArray[np.float64], picture: Picture) -> NDArray[np.float64]:
    """Cut boxes at the border, where nobody could draw a truth, and round them."""
    height, width = picture.image.shape[:2]
    cut = np.clip(boxes.reshape(-1, 4), 0, [width, height, width, height])
    return np.round(cut, DIGITS)
