"""The lesson on box regression, part by part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.box_codec import clip_boxes, decode, encode
from explorer.core.box_jitter import jittered
from explorer.core.boxes import box_iou
from explorer.core.proof import BROWSER, Proof
from explorer.figures.box_regression import REGRESS_COLORS, gain_figure
from explorer.figures.layers import Boxes
from explorer.figures.ledger import color_key
from explorer.models import zoo
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.controls import select, slider
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again
from explorer.ui.lessons import box_regression_words as words
from explorer.ui.lessons.box_regression_pair import (
    MOST_HIGH_PX,
    known_box,
    moved_apart,
    pair_stage,
    present_pair,
)
from explorer.ui.stage.stage import stage

MODEL = "rcnn"
TIMES = (0, 4, 1, 1)  # low, high, start, step
MANY = 32  # proposals
BROWSER_TOLERANCE = 1e-6
LEAST_SIDE_PX = 2.0
PLAIN: dict[str, Any] = {"displayModeBar": False}

Array = NDArray[np.float64]
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Shown:
    """What a part showed: the pair, the boxes moved, what the browser committed."""

    pair: Array
    proposals: Array
    deltas: Array
    moved: Array
    sent: dict[str, Any] | None = None
    heads: Sequence[Arrays] = ()  # what the network said, run by run


def four_numbers(picture: Picture) -> Shown:
    """Let both boxes be dragged, the four numbers written out beside them."""
    pair, sent = pair_stage(picture, [], program=True)
    if known_box(picture) is None:
        st.caption(words.NO_TRUTH)
    st.markdown(words.DRAG)
    if (pair[:, 2:] - pair[:, :2] <= 0).any():
        nothing = np.zeros((0, 4))
        return Shown(pair, nothing, nothing, nothing, sent)
    proposal, truth = pair[:1], pair[1:]
    deltas = encode(proposal, truth)
    return Shown(pair, proposal, deltas, decode(proposal, deltas), sent)


def class_control() -> str:
    """Ask whose regressor moves the box."""
    options = (words.BEST, *zoo.record(MODEL).classes)
    return select(
        "Class", options, words.BEST, key="class", help=words.CLASS_HELP, width_px=150
    )


def times_control() -> int:
    """Ask how often the box is moved."""
    times: int = slider("Times moved", *TIMES, key="times", help=words.TIMES_HELP)
    return times


def _run(picture: Picture, boxes: Array) -> Arrays | None:
    answer = live.model(MODEL, "crops", image=picture.image, boxes=boxes, features=True)
    return None if answer is None else answer.arrays


def _row(label: str, scores: NDArray[np.float32]) -> int:
    """Return the class to be used: the one asked for, else the likeliest."""
    names = zoo.record(MODEL).classes
    return int(scores.argmax()) if label == words.BEST else names.index(label)


def _inside(boxes: Array, picture: Picture) -> Array:
    height, width = picture.image.shape[:2]
    return clip_boxes(boxes, width, height)


@dataclass(frozen=True, eq=False)
class Moved:
    """A box on its way: where it was, each move, what the network said, whose row."""

    path: list[Array]
    moves: list[Array]
    heads: list[Arrays]
    row: int = 0
    score: float = 0.0


def _moved(picture: Picture, box: Array, label: str, times: int) -> Moved | None:
    """Let the shipped head move a box, as often as asked for."""
    path, moves, heads = [_inside(box, picture)], list[Array](), list[Arrays]()
    row, score = 0, 0.0
    for step in range(max(times, 1)):
        box = path[-1]
        if (box[0, 2:] - box[0, :2]).min() < LEAST_SIDE_PX:
            st.info("The box has no area left inside the picture: drag it back.")
            break
        found = _run(picture, box)
        if found is None:
            return None
        heads.append(found)
        if step == 0:
            row = _row(label, found["scores"][0])
            score = float(found["scores"][0, row])
        if step < times:
            moves.append(found["deltas"][:, row].astype(np.float64))
            path.append(_inside(decode(box, moves[-1]), picture))
    return Moved(path, moves, heads, row, score)


def live_head(picture: Picture, label: str, times: int) -> Shown | None:
    """Let the shipped head move the proposal, and say what it made of it."""
    start = present_pair(picture)
    done = _moved(picture, start[:1], label, times)
    if done is None:
        return None
    path, moves = done.path, done.moves
    # Named in the key beside: labels of boxes that lie on each other hide each other.
    layers = [
        Boxes(box, REGRESS_COLORS["moved"], width_px=3 if box is path[-1] else 1.5)
        for box in path[1:]
    ]
    hidden = Boxes(np.zeros((0, 4)), REGRESS_COLORS["moved"])
    left, right = st.columns([1.6, 1], gap="medium")
    with left:
        pair, _ = pair_stage(picture, [*layers, hidden], program=False)
    if moved_apart(pair, start):
        again()  # the boxes above were moved from where the proposal was before
    ious = [float(box_iou(box, pair[1:])[0, 0]) for box in path]
    with right:
        st.html(words.moves_table(moves, ious))
        st.html(color_key(words.keyed(REGRESS_COLORS, len(moves))))
    if known_box(picture) is None:
        st.caption(words.NO_TRUTH)
    name = zoo.record(MODEL).classes[done.row]
    st.markdown(words.moved_said(name, done.score, ious))
    st.caption(words.LIVE)
    if not moves:
        return Shown(pair, path[0], np.zeros((1, 4)), path[0], heads=done.heads)
    before, after = np.concatenate(path[: len(moves)]), np.concatenate(path[1:])
    return Shown(pair, before, np.concatenate(moves), after, heads=done.heads)


def many(picture: Picture, label: str) -> Shown | None:
    """Move many proposals around the truth at once; draw each one's overlap."""
    pair = present_pair(picture)
    height, width = picture.image.shape[:2]
    proposals = jittered(pair[1], MANY, width, height)
    if not len(proposals):
        st.info("The truth is too small for proposals around it: drag it larger first.")
        return None
    with st.spinner(f"Moving {len(proposals)} proposals …"):
        found = _run(picture, proposals)
    if found is None:
        return None
    row = _row(label, found["scores"].mean(axis=0))
    deltas = found["deltas"][:, row].astype(np.float64)
    moved = _inside(decode(proposals, deltas), picture)
    before, after = (box_iou(boxes, pair[1:])[:, 0] for boxes in (proposals, moved))
    left, right = st.columns([1.25, 1], gap="medium")
    with left:
        stage(
            picture.image,
            key="box_regression_many",
            alt=f"{len(proposals)} proposals round the truth, and where each is moved",
            layers=[
                Boxes(proposals, REGRESS_COLORS["proposal"], width_px=1),
                Boxes(moved, REGRESS_COLORS["moved"], width_px=1.5),
                Boxes(pair[1:], REGRESS_COLORS["truth"], ["truth"], 3),
            ],
            max_height_px=MOST_HIGH_PX,
        )
        st.html(color_key(words.keyed(REGRESS_COLORS)))
    with right:
        figure = gain_figure(before.tolist(), after.tolist())
        chart(figure, config=PLAIN, key="regress_gain")
    record = zoo.record(MODEL)
    st.markdown(
        f"{words.MANY} The regressor of **{record.classes[row]}**. "
        + words.many_said(before.tolist(), after.tolist(), record)
    )
    return Shown(pair, proposals, deltas, moved, heads=(found,))


def prove(shown: Shown | None) -> list[Proof]:
    """Compare with torchvision's coder, the file's weights and the browser."""
    from explorer.models.proofs import box_regression as proofs
    from explorer.models.proofs.rcnn import prove_decode

    if shown is None or not len(shown.proposals):
        return []
    made = [
        live.compute("Decoding", prove_decode, shown.proposals, shown.deltas),
        live.compute("Encoding", proofs.prove_encode, shown.proposals, shown.moved),
    ]
    if shown.heads:
        said = [
            np.concatenate([h[k] for h in shown.heads]) for k in ("features", "deltas")
        ]
        made.append(live.compute("Head", proofs.prove_regressors, *said))
    delta = browser_delta(shown)
    if delta is not None:
        note = "the four numbers, the moved box and both overlaps, as drawn"
        made.append(Proof(BROWSER, delta, BROWSER_TOLERANCE, note=note))
    return made


def browser_delta(shown: Shown) -> float | None:
    """Return how far the browser's numbers are off; None for those of other boxes."""
    sent = shown.sent
    try:
        if not sent:
            return None
        boxes = np.asarray(sent["boxes"], np.float64).reshape(2, 4)
        t, moved, iou = (np.asarray(sent[k], np.float64) for k in ("t", "moved", "iou"))
    except (KeyError, TypeError, ValueError):
        return None
    if np.abs(boxes - shown.pair).max() > 1e-6:
        return None
    ours = t[None] if sent.get("own") else encode(boxes[:1], boxes[1:])
    box = decode(boxes[:1], ours)
    overlaps = [box_iou(one, boxes[1:])[0, 0] for one in (boxes[:1], box)]
    mine = np.concatenate([ours[0], box[0], overlaps])
    theirs = np.concatenate([t, moved, iou])
    return float(np.abs(mine - theirs).max()) if mine.shape == theirs.shape else np.inf


def numbers(shown: Shown | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if shown is None:
        return {}
    return {
        "pair": shown.pair,
        "proposals": shown.proposals,
        "deltas": shown.deltas,
        "moved": shown.moved,
    }
