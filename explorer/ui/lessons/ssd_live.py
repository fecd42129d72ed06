"""The lesson on SSD, second part: what the network says of its default boxes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.activations import log_softmax
from explorer.core.box_codec import decode
from explorer.core.default_places import Place, place_of, row_of
from explorer.core.proof import BROWSER, Proof
from explorer.core.ssd_loss import VARIANCES
from explorer.figures.ssd import (
    best_classes,
    classes_figure,
    delta_bytes,
    prob_bytes,
)
from explorer.models import zoo
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.controls import choose, slider
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons import full_size
from explorer.ui.lessons import ssd_words as words
from explorer.ui.lessons.ssd import PLAIN, View
from explorer.ui.lessons.ssd_scene import (
    MODEL,
    MOST_HIGH_PX,
    MOST_WIDE_PX,
    NETWORKS,
    OURS,
    Square,
    as_pick,
    boxes_of,
    first_pick,
    gap,
    keep_pick,
    program,
    sent_pick,
)
from explorer.ui.stage import StageEvent, sent_once, stage

SHOW = ("One default box", "What each map finds")
STAGE = "ssd_one"
READ = ("logits", "deltas", "extent")  # of the network's arrays, and no more hashed
LEAST_SCORE = 0.1  # of the slider
OPACITY = 0.45
# Numbers go to the browser in thousandths: half of one moves a box by this at most.
BROWSER_TOLERANCE_PX = 0.1

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """What the toolbar says."""

    one: bool
    score: float = 0.3
    iou: float = 0.5
    full: bool = False


@dataclass(frozen=True, eq=False)
class Seen:
    """The network's answer on the square.

    Attributes
    ----------
    boxes : (N, 4) float64
        Default boxes, px of the square.
    deltas : (N, 4) float64
    probs : (N, 1 + C) float64
        Background first.
    moved : (N, 4) float64
        The boxes after their numbers are applied.
    classes : tuple of str
    extent : (2,) float64
        Width and height of the photo in the square.
    """

    boxes: Array
    logits: Array
    deltas: Array
    probs: Array
    moved: Array
    classes: tuple[str, ...]
    extent: Array


def live_controls() -> Asked:
    """Ask what is shown, and for both thresholds where there are detections."""
    if choose("Show", SHOW, key="show") == SHOW[0]:
        return Asked(True)
    arguments = zoo.record(MODEL).arguments
    score = slider(
        "Score threshold",
        LEAST_SCORE,
        0.95,
        float(arguments["score_threshold"]),
        0.05,
        key="score",
        help=words.SCORE_HELP,
        width_px=150,
    )
    iou = slider(
        "IoU threshold of NMS",
        0.1,
        0.95,
        float(arguments["iou_threshold"]),
        0.05,
        key="iou",
        help=words.IOU_HELP,
        width_px=175,
    )
    return Asked(False, score, iou, full_size.wanted(full_size.SSD300))


def seen(picture: Picture) -> Seen | None:
    """Run the network; None after a sentence if it can't."""
    answer = live.model(MODEL, "opened", image=picture.image)
    if answer is None:
        return None
    arrays = {name: answer.arrays[name] for name in READ}
    classes = tuple(zoo.record(MODEL).classes)
    return live.compute("codec", read, arrays, classes)


def read(arrays: Mapping[str, NDArray[Any]], classes: tuple[str, ...]) -> Seen:
    """Turn the head's numbers, ``READ``, into probabilities and moved boxes."""
    boxes = boxes_of(OURS)
    logits = arrays["logits"]
    moves = np.asarray(arrays["deltas"], np.float64)
    return Seen(
        boxes,
        np.asarray(logits, np.float64),
        moves,
        np.exp(log_softmax(logits)),
        decode(boxes, moves, weights=VARIANCES),
        classes,
        np.asarray(arrays["extent"], np.float64),
    )


def one_part(square: Square, answer: Seen) -> View:
    """Show a default box, its class scores and its four numbers."""
    remember.forget(square.digest, "box")
    start = place_of(OURS.maps, int(answer.probs[:, 1:].max(axis=1).argmax()))
    first = first_pick("box", OURS, start)
    tag = live.digest(MODEL, square.digest)
    event = _stage(square, answer, first, tag)
    place = sent_pick(event.program, tag, OURS) or first
    keep_pick("box", place, start)
    row = row_of(OURS.maps, place)
    st.caption(words.own_maps(OURS, NETWORKS[0]))
    if square.grey:
        st.caption(words.SQUARE_SAID)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(words.one_said(OURS, answer, place, row))
    with right:
        heading(f"All {len(answer.classes) + 1} scores of this box")
        chart(
            classes_figure(answer.probs[row], answer.classes),
            config=PLAIN,
            key="ssd_classes",
        )
    proofs = prove_boxes(answer)
    proofs += _prove_browser(event, tag, answer)
    return View(
        proofs,
        {
            "box": answer.boxes[row],
            "deltas": answer.deltas[row],
            "moved": answer.moved[row],
            "probs": answer.probs[row],
            "all_deltas": answer.deltas,
        },
    )


def _stage(square: Square, answer: Seen, place: Place, tag: str) -> StageEvent:
    return stage(
        square.image,
        key=STAGE,
        alt="The picture under a map of 1 − p(background), a default box, moved",
        mode="click",
        program=program(OURS, "one")
        | {
            "tag": tag,
            "world": square.digest,
            "pick": as_pick(place),
            "classes": list(answer.classes),
            "weights": list(VARIANCES),
            "opacity": OPACITY,
        }
        | sent_once(STAGE, tag, lambda: _arrays(answer)),
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
    )


def _arrays(answer: Seen) -> dict[str, NDArray[Any]]:
    best = best_classes(answer.probs)
    probs = prob_bytes(answer.probs, best)
    return {"deltas": delta_bytes(answer.deltas), "probs": probs, "top": best}


def prove_boxes(answer: Seen) -> list[Proof]:
    """Compare all moved boxes with torchvision's."""
    from explorer.models.proofs.ssd import prove_decode

    given = (answer.boxes, answer.deltas, answer.moved)
    return [live.compute("proof of the codec", prove_decode, *given)]


def _prove_browser(event: StageEvent, tag: str, answer: Seen) -> list[Proof]:
    """Compare the moved box as drawn with the core's."""
    sent = event.program or {}
    place = sent_pick(sent, tag, OURS)
    if place is None:
        return []
    delta = gap(sent.get("moved"), answer.moved[row_of(OURS.maps, place)])
    if delta is None:
        return []
    note = "the moved box, from numbers rounded to thousandths"
    return [Proof(BROWSER, delta, BROWSER_TOLERANCE_PX, "px", note)]
