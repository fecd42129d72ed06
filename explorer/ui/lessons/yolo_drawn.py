"""The true boxes a reader draws for YOLO: two parts of the lesson share them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.yolo_terms import COORD, IGNORE, NO_OBJECT, OBJECT_V2, class_costs
from explorer.figures.theme import COLORS
from explorer.figures.yolo import TERM_COLORS, YOLO_COLORS
from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.lessons.judging_truth import (
    Drawn,
    follow,
    forget_others,
    given,
    parse,
    place,
    read,
)
from explorer.ui.lessons.yolo_runs import About, Opened
from explorer.ui.stage import StageEvent, committed_program, sent_once, stage

MOST = 12  # boxes a reader may draw
LEAST_PX = 1e-3  # a side of a true box
TRUTH = "truth"  # the view with the network's numbers
RESTORED = "_yolo_restored"  # how often the first boxes were put back
MOST_WIDE_PX, MOST_HIGH_PX = 560, 430

Array = NDArray[np.float64]


def start(picture: Picture, known: About) -> Drawn:
    """Return a picture's own true boxes of the network's classes, else a guess."""
    found = given(picture, known.classes, MOST)
    if found is None:
        height, width = picture.image.shape[:2]
        middle = [[width * 0.25, height * 0.25, width * 0.75, height * 0.75]]
        found = Drawn(np.array(middle), (known.classes[0],))
    return Drawn(found.boxes.round(2), found.labels)


def kept(picture: Picture, known: About) -> Drawn:
    """Return the boxes as the reader left them, with classes the network knows."""
    key = place(picture)
    forget_others(key)
    drawn = read(remember(key, start(picture, known).text(), parse))
    height, width = picture.image.shape[:2]
    boxes = np.clip(drawn.boxes[:MOST], 0, [width, height, width, height])
    sides = boxes[:, 2:] - boxes[:, :2]
    good = (sides > LEAST_PX).all(axis=1)
    labels = [one if one in known.classes else known.classes[0] for one in drawn.labels]
    chosen = tuple(labels[k] for k in np.flatnonzero(good))
    return Drawn(boxes[good], chosen)


def keep(picture: Picture, known: About, drawn: Drawn) -> None:
    """Put the reader's boxes into the session and the link."""
    remember.set(place(picture), drawn.text(), start(picture, known).text())


def restore(picture: Picture, known: About, now: Drawn) -> None:
    """Offer the first boxes again once the reader has changed them."""
    own = start(picture, known)
    if now.text() != own.text() and st.button(
        "Back to the first boxes",
        key=remember.name("restore_truth"),
        icon=":material/undo:",
    ):
        keep(picture, known, own)
        st.session_state[RESTORED] = st.session_state.get(RESTORED, 0) + 1
        again()


def tag_of(picture: Picture, known: About, view: str) -> str:
    """Return a name for what the browser was given to compute with.

    It changes when the first boxes are put back: what the browser said before is late.
    """
    restored = int(st.session_state.get(RESTORED, 0))
    return live.digest(picture.digest, known.version, view, restored)


def show(
    picture: Picture,
    known: About,
    view: str,
    seen: Opened | None = None,
) -> tuple[Drawn, StageEvent]:
    """Show the picture with the reader's boxes; return these as they were dropped.

    Parameters
    ----------
    view : {"truth", "anchors"}
    seen : Opened, optional
        The network's own numbers of all boxes; not needed for the anchors.
    """
    before = kept(picture, known)
    event = stage(
        picture.image,
        key=f"yolo_{view}",
        alt="The photo with true boxes to drag, and the cell and box that each needs",
        mode="boxes",
        boxes=before.boxes,
        box_colors=[YOLO_COLORS["truth"]],
        max_boxes=MOST,
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
        program=_program(picture, known, before, view)
        | ({} if seen is None else _numbers(picture, before, seen)),
    )
    timely = (event.program or {}).get("tag") == tag_of(picture, known, view)
    told = event if timely else replace(event, program=None)
    drawn = follow(before, told, known.classes[0])
    keep(picture, known, drawn)
    return kept(picture, known), event


def _program(
    picture: Picture,
    known: About,
    before: Drawn,
    view: str,
) -> dict[str, Any]:
    return {
        "name": "yolo",
        "view": view,
        "version": known.version,
        "each": known.each,
        "side": known.side,
        "unit": max(picture.image.shape[:2]) / known.side,
        "classes": list(known.classes),
        "anchors": known.anchors.tolist() if len(known.anchors) else None,
        "maps": list(known.cells),
        "labels": list(before.labels),
        "label": known.classes[0],
        "ignore": IGNORE.get(known.version, 0.0) if view == TRUTH else 0.0,
        "colors": YOLO_COLORS | {"muted": COLORS["muted"]},
        "tag": tag_of(picture, known, view),
    }


def _numbers(picture: Picture, before: Drawn, seen: Opened) -> dict[str, Any]:
    """Return what the loss is made of, for the classes of the drawn boxes."""
    known, key = seen.about, f"yolo_{TRUTH}"
    said = committed_program(key).get("labels")
    drawn = {*before.labels, *(said if isinstance(said, list) else [])}
    costed = [name for name in known.classes if name in drawn]
    name = live.digest(picture.digest, known.name, costed)
    weights = {"place": COORD, "object": OBJECT_V2, "empty": NO_OBJECT}
    told = {"costed": costed, "weights": weights, "termColors": TERM_COLORS}
    return told | sent_once(key, name, lambda: costs(seen, costed))


def costs(seen: Opened, labels: Sequence[str]) -> dict[str, Array]:
    """Return the boxes' own numbers (P, 5), and what each pays for each class (P,)."""
    read, known = seen.read, seen.about
    rows = [np.full(len(read.said), known.classes.index(name)) for name in labels]
    each = [class_costs(known.version, read.said, row) for row in rows]
    return {"numbers": read.raw, **{f"class{k}": one for k, one in enumerate(each)}}
