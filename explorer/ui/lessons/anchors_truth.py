"""The true boxes of the lesson on anchors: where they start, and kept in the link."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.samples import FIRST_TRUTHS
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.link import from_text

MOST = 8  # boxes: so many are matched within a frame while one is dragged
LEAST_PX = 2.0
MOVED_PX = 0.05  # from here on a box was dragged

Array = NDArray[np.float64]


def first_boxes(picture: Picture) -> tuple[float, ...]:
    """Return what the picture is known to hold, else one box in its middle."""
    boxes = picture.gt_boxes
    if not len(boxes) and not any(picture.full_size):
        drawn = [box for _, box in FIRST_TRUTHS.get(picture.name, ())]
        boxes = np.array(drawn, np.float64).reshape(-1, 4)
    if not len(boxes):
        height, width = picture.image.shape[:2]
        boxes = np.array([[0.3 * width, 0.2 * height, 0.7 * width, 0.8 * height]])
    return tuple(round(float(v), 2) for v in boxes[:MOST].ravel())


def parse(text: str) -> tuple[float, ...]:
    """Read boxes from a link: four numbers each, none at all if it is empty.

    Raises
    ------
    ValueError
        If these are not whole boxes, or too many.

    Examples
    --------
    >>> parse("1,2,3,4"), parse("")
    ((1.0, 2.0, 3.0, 4.0), ())
    """
    numbers = from_text(text, ())
    assert isinstance(numbers, tuple)  # as the default is
    if len(numbers) % 4 or len(numbers) > 4 * MOST:
        raise ValueError(f"up to {MOST} boxes of four numbers, got {text[:40]!r}")
    return numbers


def _place(picture: Picture) -> str:
    return f"truth_{picture.digest[:6]}"


def kept_boxes(picture: Picture) -> Array:
    """Return the boxes as last drawn, or as they start: (G, 4) xyxy px."""
    kept = remember(_place(picture), first_boxes(picture), parse)
    height, width = picture.image.shape[:2]
    corners = np.clip(np.array(kept, np.float64).reshape(-1, 2, 2), 0, [width, height])
    boxes: Array = np.round(np.sort(corners, axis=1).reshape(-1, 4), 2)
    least = min(LEAST_PX, width / 8, height / 8)
    large = ((boxes[:, 2:] - boxes[:, :2]) >= least).all(axis=1)
    return np.asarray(boxes[large])


def keep_boxes(picture: Picture, boxes: Array | None) -> Array:
    """Put what a reader has drawn into the link; return it."""
    if boxes is None:
        return kept_boxes(picture)
    first = np.array(first_boxes(picture))
    same = boxes.size == first.size and not _moved(boxes.ravel(), first)
    numbers = tuple(float(v) for v in (first if same else boxes.ravel()))
    remember.set(_place(picture), numbers, first_boxes(picture))
    return boxes


def _moved(one: Array, other: Array) -> bool:
    return bool(np.abs(one - other).max(initial=0) > MOVED_PX)


def offer_first(picture: Picture, boxes: Array) -> None:
    """Offer the first boxes again once they were changed."""
    first = np.array(first_boxes(picture))
    if boxes.size == first.size and not _moved(boxes.ravel(), first):
        return
    if st.button(
        "Back to the first boxes", key=remember.name("restore"), icon=":material/undo:"
    ):
        keep_boxes(picture, first.reshape(-1, 4))
        again()
