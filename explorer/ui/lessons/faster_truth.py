"""The true boxes of the losses: the network's own detections until a reader draws."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.lessons.beside_photo import best_in_photo
from explorer.ui.lessons.faster_seen import IOU, SCORE, Seen, ending
from explorer.ui.lessons.judging_truth import Drawn, forget_others, place, read

MOST = 12  # boxes
LEAST_PX = 0.02  # of a side; a stage lets a reader draw an eighth of a tiny picture


def start(picture: Picture, seen: Seen) -> Drawn:
    """Return the network's detections, or its best box in the photo, as truths."""
    end = ending(seen, SCORE, IOU)
    boxes, labels = end.boxes[end.found], end.labels[end.found]
    if not len(boxes):
        every = seen.arrays["boxes"]
        best = best_in_photo(every, seen.arrays["scores"], seen.arrays["extent"])
        at = np.array([] if best is None else [best], np.int64).reshape(-1, 2)
        boxes, labels = np.asarray(every[at[:, 0], at[:, 1]], np.float64), at[:, 1]
    return _fitting(boxes / seen.scale, [seen.classes[k] for k in labels], picture)


def _fitting(boxes: NDArray[np.float64], labels: list[str], picture: Picture) -> Drawn:
    """Return the boxes that have an area inside the picture, a few at most."""
    height, width = picture.image.shape[:2]
    inside = np.clip(boxes, 0, [width, height, width, height])
    cut = np.asarray(np.round(inside, 2), np.float64)
    some = np.flatnonzero((cut[:, 2:] - cut[:, :2] >= LEAST_PX).all(axis=1))[:MOST]
    return Drawn(cut[some], tuple(labels[k] for k in some))


def kept(picture: Picture, seen: Seen) -> Drawn:
    """Return the boxes as the reader left them; the network's own at first."""

    def parse(text: str) -> str:
        drawn = read(text)
        if set(drawn.labels) - set(seen.classes):
            raise ValueError(f"classes are {', '.join(seen.classes)}")
        return drawn.text()

    key = place(picture)
    forget_others(key)
    drawn = read(remember(key, start(picture, seen).text(), parse))
    return _fitting(drawn.boxes, list(drawn.labels), picture)


def keep(picture: Picture, seen: Seen, drawn: Drawn) -> None:
    """Put the reader's boxes into the session and the link."""
    remember.set(place(picture), drawn.text(), start(picture, seen).text())


def restore(picture: Picture, seen: Seen, now: Drawn) -> None:
    """Offer the network's own detections again once the reader has changed them."""
    own = start(picture, seen)
    if now.text() == own.text():
        return
    if st.button(
        "Back to the network's own boxes",
        key=remember.name("restore_truth"),
        icon=":material/undo:",
    ):
        keep(picture, seen, own)
        again()
