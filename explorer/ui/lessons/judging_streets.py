"""A set of several pictures, judged live: streets drawn from seeds, truths exact."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.labelled import Labelled, found, truths
from explorer.core.street import draw_street
from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.lessons.judging_detectors import Answered, detections

SEEDS = range(1, 7)
SIZE_PX = (480, 360)
NMS_THRESHOLD = 0.5
DONE = "_judging_streets"  # in this session the streets were drawn before

Image = NDArray[np.uint8]


def street(seed: int) -> tuple[Image, NDArray[np.float64]]:
    """Draw one street; return the picture and the true boxes of its people."""
    drawn = draw_street(seed, *SIZE_PX)
    return drawn.image, np.round(drawn.boxes, 2)


def street_set(detector: str) -> tuple[Labelled, list[Image]] | None:
    """Return the streets with the detector's boxes, and the pictures.

    None, with a sentence on the page, where the detector can't be asked.
    """
    bar = None if DONE in st.session_state else st.progress(0.0, "Drawing streets …")
    images, answers, boxes = [], [], []
    for count, seed in enumerate(SEEDS, start=1):
        image, true = live.compute(f"street {seed}", street, seed)
        picture = Picture(image, f"street {seed}", live.digest(image))
        answer = detections(picture, detector, NMS_THRESHOLD)
        if answer is None:
            return None
        images.append(image)
        answers.append(answer)
        boxes.append(true)
        if bar is not None:
            said = f"{count} of {len(SEEDS)} streets drawn and searched"
            bar.progress(count / len(SEEDS), said)
    if bar is not None:
        bar.empty()
        st.session_state[DONE] = True
    return _joined(answers, boxes), images


def _joined(answers: list[Answered], boxes: list[NDArray[np.float64]]) -> Labelled:
    counts = [len(one.found) for one in answers]
    return Labelled(
        ("person",),
        tuple(f"street {seed}" for seed in SEEDS),
        np.tile(np.array(SIZE_PX, float), (len(answers), 1)),
        truths(
            np.vstack(boxes),
            images=np.repeat(np.arange(len(boxes)), [len(one) for one in boxes]),
        ),
        found(
            np.vstack([one.found.boxes for one in answers]),
            np.concatenate([one.found.scores for one in answers]),
            images=np.repeat(np.arange(len(answers)), counts),
        ),
    )
