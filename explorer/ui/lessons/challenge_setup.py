"""What is asked in the lesson on challenges: which detector, and where the truth is."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.boxes import box_iou
from explorer.core.challenge_frames import Start
from explorer.core.challenge_scores import MATCH_IOU
from explorer.core.instances import known_box
from explorer.core.resizing import resize
from explorer.core.samples import sample
from explorer.ui import live
from explorer.ui.controls import select
from explorer.ui.imagebar import BY_NAME, OWN, Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons import challenge_words as words
from explorer.ui.one_box import note_box
from explorer.ui.stage.memory import peek

Array = NDArray[np.float64]
Source = Literal["known", "detector", "reader"]

# Longer side: Haar and HOG run the whole range in about a second, parts in a few.
WORK_PX = 320
LEAST_PX = 8.0  # of a box's side, in pixels of the working picture
SURE = 0.0  # the detector's best box is offered as truth from this score on
SAME_PX = 0.6  # a box that moved less is the one the page started with


@dataclass(frozen=True)
class Detector:
    """A detector of one class, as the menu offers it.

    Attributes
    ----------
    title : str
        Stands in links, so it never changes.
    model : str
        Its name in the zoo.
    label : str
        The class it looks for.
    only : str
        Which of the model's classes is asked; empty where it has one.
    lowest : float
        Boxes are asked for down to this score: deep into the wrong ones.
    range : (float, float)
        Of the threshold's slider.
    """

    title: str
    model: str
    label: str
    only: str
    lowest: float
    range: tuple[float, float]

    def options(self) -> dict[str, float | str]:
        """Return what the engine's ``detect`` and ``batch`` are asked."""
        plain: dict[str, float | str] = {"score_threshold": self.lowest}
        return plain | ({"only": self.only} if self.only else {})


FACES = Detector("Faces, Haar", "haar_faces", "face", "face", -6.0, (-4.0, 10.0))
CATS = Detector("Cats, Haar", "haar_faces", "cat face", "cat face", -6.0, (-4.0, 10.0))
PEOPLE = Detector("HOG, our own", "hog_svm", "person", "", -1.0, (-1.0, 3.0))
DETECTORS = {
    one.title: one
    for one in (
        FACES,
        CATS,
        PEOPLE,
        Detector("HOG, OpenCV", "opencv_people", "person", "", -1.0, (-1.0, 3.0)),
        Detector("Deformable parts", "dpm", "person", "", -1.0, (-1.0, 3.0)),
    )
}


def detector_control(picture: Picture) -> Detector:
    """Ask for a detector; by the image it is one that fits what the sample shows."""
    asked = select(
        "Detector",
        (words.AUTO, *DETECTORS),
        words.AUTO,
        key="detector",
        help=words.DETECTOR_HELP,
        width_px=158,
    )
    return DETECTORS.get(asked) or fitting(picture)


def fitting(picture: Picture) -> Detector:
    """Return a detector of what a picture shows: of faces where that isn't known."""
    if picture.name not in BY_NAME:
        return FACES
    shows = sample(picture.name).shows
    if "face" in shows:
        return FACES
    return CATS if "cat" in shows else PEOPLE


def other_detectors(picture: Picture, asked: Detector) -> list[str]:
    """Return which others to try: on a sample only those that have a truth there."""
    return [
        title
        for title, one in DETECTORS.items()
        if title != asked.title
        and (
            picture.name not in BY_NAME
            or one.label in picture.gt_labels
            or known_box(picture.name, one.label) is not None
        )
    ]


@dataclass(frozen=True, eq=False)
class Truth:
    """The object's box in the working picture, and who says so."""

    box: Array
    source: Source


def working(picture: Picture) -> tuple[NDArray[np.uint8], float]:
    """Return the picture as it is run, and its size as a share of the picture's."""
    height, width = picture.image.shape[:2]
    scale = min(1.0, WORK_PX / max(height, width))
    size = max(1, round(height * scale)), max(1, round(width * scale))
    return resize(picture.image, *size), scale


def stage_key(picture: Picture, detector: Detector) -> str:
    """Return the stage's identity: another picture or class has another truth."""
    return f"challenge_{picture.digest[:10]}_{detector.label.replace(' ', '_')}"


def _place(picture: Picture, detector: Detector) -> str:
    """Return the name under which the reader's box is remembered."""
    own = picture.name not in BY_NAME
    which = f"{OWN}_{picture.digest[:8]}" if own else picture.name
    return f"box_{which}_{detector.label.replace(' ', '_')}"


def truth_of(
    picture: Picture, detector: Detector, image: NDArray[np.uint8], scale: float
) -> Truth | None:
    """Return the box that is to be found: the reader's, the known, or the best found.

    None where nobody knows: then the reader has to draw it.
    """
    first = _start(picture, detector, image, scale)
    key = _place(picture, detector)
    _forget_others(key)
    kept = np.asarray(remember(key, ()), float) * scale
    sent = peek(stage_key(picture, detector), "boxes")
    if sent is not None:
        try:
            kept = np.asarray(sent, float).reshape(-1)
        except (TypeError, ValueError):
            kept = np.zeros(0)
    drawn = _inside(kept, image)
    if drawn is None and sent is None and len(kept):
        note_box(tuple(kept / scale))
    if drawn is not None and first is not None and _same(drawn, first.box):
        drawn = None
    full = () if drawn is None else tuple(round(v / scale, 1) for v in drawn.tolist())
    remember.set(key, full, ())
    return first if drawn is None else Truth(drawn, "reader")


def _same(one: Array, other: Array) -> bool:
    return bool(np.abs(one - other).max() < SAME_PX)


def _inside(box: Array, image: NDArray[np.uint8]) -> Array | None:
    """Return a box cut at the picture's border; None if too little of it is left."""
    if box.shape != (4,) or not np.isfinite(box).all():
        return None
    height, width = image.shape[:2]
    cut = np.clip(box, 0, [width, height, width, height])
    return cut if (cut[2:] - cut[:2] >= LEAST_PX).all() else None


def _forget_others(key: str) -> None:
    """Take other pictures' boxes out of the link: they would only make it long."""
    prefix = remember.name("box_")
    for name in [n for n in st.query_params if n.startswith(prefix)]:
        if name != remember.name(key):
            del st.query_params[name]


def _start(
    picture: Picture, detector: Detector, image: NDArray[np.uint8], scale: float
) -> Truth | None:
    """Return the truth before the reader says otherwise."""
    known = known_box(picture.name, detector.label)
    if known is not None:
        box = _inside(np.array(known) * scale, image)
        return None if box is None else Truth(box, "known")
    rows = [k for k, name in enumerate(picture.gt_labels) if name == detector.label]
    if not rows and picture.name in BY_NAME:
        return None  # a sample without it: whatever the detector finds there is wrong
    best = best_boxes(detector, image)
    if rows:
        boxes = picture.gt_boxes[rows] * scale
        return Truth(boxes[_most_found(boxes, best)], "known")
    if best is None or not len(best[0]) or best[1][0] < SURE:
        return None
    box = _inside(np.asarray(best[0][0], float), image)
    return None if box is None else Truth(box, "detector")


def best_boxes(
    detector: Detector, image: NDArray[np.uint8]
) -> tuple[Array, Array] | None:
    """Return boxes and scores on the unchanged picture; None if it can't be asked."""
    answer = live.model(detector.model, "detect", image=image, **detector.options())
    return None if answer is None else (answer.arrays["boxes"], answer.arrays["scores"])


def _most_found(boxes: Array, best: tuple[Array, Array] | None) -> int:
    """Return the true box that the detector is surest of, the largest if of none."""
    if best is not None and len(best[0]):
        hit = box_iou(best[0], boxes) >= MATCH_IOU  # (N, G)
        rows = np.flatnonzero(hit.any(1))
        if len(rows):
            return int(hit[rows[0]].argmax())
    size = boxes[:, 2:] - boxes[:, :2]
    return int(size.prod(1).argmax())


def start_of(
    picture: Picture,
    detector: Detector,
    truth: Truth,
    image: NDArray[np.uint8],
    scale: float,
) -> Start:
    """Return the picture with all that is known to be in it."""
    others = np.asarray(picture.gt_boxes, float).reshape(-1, 4) * scale
    labels = tuple(picture.gt_labels)
    overlap = box_iou(others, truth.box[None])[:, 0] if len(others) else np.zeros(0)
    keep = [k for k in range(len(others)) if overlap[k] < MATCH_IOU]
    mask = None
    if picture.masks is not None and len(overlap) and overlap.max() >= MATCH_IOU:
        whole = picture.masks[int(overlap.argmax())].astype(np.uint8) * 255
        height, width = image.shape[:2]
        mask = resize(np.repeat(whole[..., None], 3, 2), height, width)[..., 0] >= 128
    return Start(
        image,
        truth.box,
        detector.label,
        others[keep],
        tuple(labels[k] for k in keep),
        mask,
    )
