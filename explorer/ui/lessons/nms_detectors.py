"""The detectors the lesson on NMS asks, and what their scores mean."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.samples import SAMPLES
from explorer.models import zoo
from explorer.ui import live, shelf
from explorer.ui.controls import select, slider
from explorer.ui.imagebar import Picture

WANTED = {
    "opencv_people": "People, OpenCV",
    "hog_svm": "People, our own",
    "dpm": "People, parts",
    "haar_faces": "Faces, Haar",
    "torchvision_faster_rcnn": "Faster R-CNN",
}
DETECTOR_HELP = (
    "By the image: faces where the sample is known to show one, people elsewhere. "
    "People: a HOG template and a linear SVM, OpenCV's or trained for this course. "
    "Parts: a root and eight parts that move. Faces: four Haar cascades, for "
    "faces, eyes, upper bodies and cats' faces."
)
FACES = "haar_faces"
AUTO = "auto"  # a fixed default keeps links true whatever the image
MOST_BOXES = 600  # the best so many are played; more would hide the picture

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """A detector's score: slider ends, start, step, and what the number is."""

    low: float
    high: float
    start: float
    step: float
    what: str
    probability: bool = False


MARGIN = Scale(0.0, 3.0, 0.0, 0.1, "how far beyond the SVM's border; it has no end")
VOTES = Scale(-3.0, 6.0, 0.5, 0.25, "the sum of votes in the cascade's last stage")
CHANCE = Scale(0.05, 0.95, 0.3, 0.05, "a probability, 0 to 1", True)
SCALES = {FACES: VOTES, "opencv_people": MARGIN, "hog_svm": MARGIN, "dpm": MARGIN}


@dataclass(frozen=True)
class Raw:
    """A detector's boxes before any suppression, best score first."""

    boxes: Array
    scores: Array
    codes: NDArray[np.int64]
    classes: tuple[str, ...]
    scale: Scale = MARGIN

    def name(self, row: int) -> str:
        """Return a box's class; empty where there is one class only."""
        return self.classes[self.codes[row]] if len(self.classes) > 1 else ""


def scale_of(detector: str) -> Scale:
    """Return how a detector scores.

    Examples
    --------
    >>> scale_of("torchvision_faster_rcnn").probability
    True
    """
    return SCALES.get(detector, CHANCE)


def detectors() -> tuple[str, ...]:
    """Return the detectors this page can ask, by name; first, one by the image."""
    return (AUTO, *(name for name in WANTED if name in zoo.records()))


def resolve(name: str, picture: Picture) -> str:
    """Return the detector asked for, or one that finds what the picture shows."""
    if name != AUTO:
        return name
    faces = any("face" in x.shows for x in SAMPLES if x.name == picture.name)
    return FACES if faces else "opencv_people"


def at_hand(name: str, picture: Picture) -> str:
    """Return the detector that runs: the one asked for, or a shipped stand-in.

    The toolbar is made for this one, so that each control does what it says.
    """
    return name if zoo.status(name) == "ready" else resolve(AUTO, picture)


def one_class(detector: str) -> bool:
    """Return whether all boxes of a detector are of one class."""
    return len(zoo.record(detector).classes) == 1


def detector_label(name: str) -> str:
    """Return a detector's short title; it stands in links, so it never changes."""
    return "By the image" if name == AUTO else WANTED[name]


def offer(name: str, detector: str) -> None:
    """Offer the detector asked for, where ``detector`` stands in for it."""
    if name != detector and not shelf.ready(name):
        st.caption(
            f"Meanwhile the boxes, the score threshold and the classes are those of "
            f"“{detector_label(detector)}”."
        )


def raw_boxes(picture: Picture, detector: str, score_threshold: float) -> Raw | None:
    """Return the detector's boxes before NMS; None where it can't be asked."""
    scale = scale_of(detector)
    answer = live.model(detector, "raw", image=picture.image, score_threshold=scale.low)
    if answer is None:
        return None
    found = answer.arrays
    rows = np.flatnonzero(found["scores"] >= score_threshold)
    rows = rows[np.argsort(-found["scores"][rows], kind="stable")]
    if len(rows) > MOST_BOXES:
        st.caption(f"The best {MOST_BOXES} of {len(rows)} raw boxes are shown.")
    rows = rows[:MOST_BOXES]
    names, codes = np.unique(found["labels"][rows].astype(str), return_inverse=True)
    return Raw(
        found["boxes"][rows].astype(float),
        found["scores"][rows].astype(float),
        codes.astype(np.int64),
        tuple(names.tolist()),
        scale,
    )


def parts_of(raw: Raw | None) -> tuple[Array, Array, NDArray[np.int64]]:
    """Return boxes, scores and class codes; empty where nothing was found."""
    if raw is None:
        return np.empty((0, 4)), np.empty(0), np.empty(0, np.int64)
    return raw.boxes, raw.scores, raw.codes


def detector_controls(picture: Picture) -> tuple[str, str]:
    """Ask for a detector; return the one wanted, and the one at hand in its place."""
    asked = select(
        "Detector",
        detectors(),
        "auto",
        key="detector",
        format_func=detector_label,
        help=DETECTOR_HELP,
        width_px=150,
    )
    wanted = resolve(asked, picture)
    return wanted, at_hand(wanted, picture)


def score_control(detector: str) -> float:
    """Ask below which score boxes are not looked at, on the detector's own scale."""
    scale = scale_of(detector)
    threshold: float = slider(
        "Score threshold",
        scale.low,
        scale.high,
        scale.start,
        scale.step,
        key=f"score_{detector}",
        help=f"Boxes below it are not looked at. Its score: {scale.what}.",
    )
    return threshold
