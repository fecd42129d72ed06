"""The pair of boxes of the lesson on box regression: where they start, and dragged."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.box_codec import CLAMP, clip_boxes
from explorer.core.samples import HAND_DRAWN
from explorer.figures.box_regression import REGRESS_COLORS
from explorer.figures.layers import Boxes
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.one_box import boxes_parser
from explorer.ui.stage.stage import stage

MOVED_PX = 0.05  # from here on a box was dragged
MOST_WIDE_PX = 600  # on the screen: the panel stands beside it
MOST_HIGH_PX = 440

Array = NDArray[np.float64]


def known_box(picture: Picture) -> tuple[float, ...] | None:
    """Return the largest box that the picture is known to hold, None without one."""
    boxes = picture.gt_boxes
    if not len(boxes) and not any(picture.full_size):
        drawn = [box for _, box in HAND_DRAWN.get(picture.name, ())]
        boxes = np.array(drawn, np.float64).reshape(-1, 4)
    if not len(boxes):
        return None
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    return tuple(float(v) for v in boxes[int(areas.argmax())])


def first_pair(picture: Picture) -> tuple[float, ...]:
    """Return a proposal that has half found the object, and the object's box."""
    height, width = picture.image.shape[:2]
    middle = (0.3 * width, 0.2 * height, 0.7 * width, 0.8 * height)
    x1, y1, x2, y2 = known_box(picture) or middle
    wide, high = x2 - x1, y2 - y1
    moved = [[x1 - 0.22 * wide, y1 + 0.2 * high, x1 + 0.62 * wide, y1 + 1.1 * high]]
    proposal = clip_boxes(moved, width, height)[0]
    return tuple(round(float(v), 1) for v in (*proposal, x1, y1, x2, y2))


def _place(picture: Picture) -> str:
    return f"pair_{picture.digest[:6]}"


def present_pair(picture: Picture) -> Array:
    """Return proposal and truth as last dragged, or as they start: (2, 4) xyxy px."""
    height, width = picture.image.shape[:2]
    parse = boxes_parser(2, width, height)
    kept = remember(_place(picture), first_pair(picture), parse)
    return np.array(kept, np.float64).reshape(2, 4)


def moved_apart(pair: Array, other: Array) -> bool:
    """Whether a box of one pair lies elsewhere than in the other."""
    return bool(np.abs(pair - other).max() > MOVED_PX)


def pair_stage(
    picture: Picture, layers: list[Boxes], program: bool
) -> tuple[Array, dict[str, Any] | None]:
    """Show the two boxes to drag; return them as they are now, and what was sent."""
    pair = present_pair(picture)
    event = stage(
        picture.image,
        key=f"regress_{'live' if layers else 'pair'}_{picture.digest[:6]}",
        alt="A proposal and a true box on the picture, to be dragged",
        mode="boxes",
        boxes=pair,
        box_labels=["proposal", "truth"],
        box_colors=[REGRESS_COLORS["proposal"], REGRESS_COLORS["truth"]],
        min_boxes=2,
        max_boxes=2,
        layers=layers,
        program={
            "name": "regress",
            "colors": REGRESS_COLORS,
            "clamp": CLAMP,
            "t": list(remember("t", ())) or None,
        }
        if program
        else None,
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
    )
    if event.boxes is not None:
        pair = np.asarray(event.boxes, np.float64)
        _keep(picture, pair)
    sent = event.program if program else None
    if sent and "t" in sent:
        own = tuple(round(float(v), 4) for v in sent["t"]) if sent.get("own") else ()
        remember.set("t", own, ())
    _offer_first(picture, pair)
    return pair, sent


def _keep(picture: Picture, pair: Array) -> None:
    numbers = tuple(float(v) for v in pair.ravel())
    remember.set(_place(picture), numbers, first_pair(picture))


def _offer_first(picture: Picture, pair: Array) -> None:
    """Offer the first two boxes again once one was dragged."""
    first = np.array(first_pair(picture)).reshape(2, 4)
    if not moved_apart(pair, first):
        return
    key = remember.name("restore")
    if st.button("Back to the first two boxes", key=key, icon=":material/undo:"):
        _keep(picture, first)
        again()
