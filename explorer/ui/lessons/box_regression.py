"""The lesson on box regression, part by part."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.box_codec import CLAMP, clip_boxes, decode, encode
from explorer.core.box_jitter import jittered
from explorer.core.boxes import box_iou
from explorer.core.proof import BROWSER, Proof
from explorer.core.samples import HAND_DRAWN
from explorer.figures.box_regression import REGRESS_COLORS, gain_figure
from explorer.figures.layers import Boxes
from explorer.figures.ledger import color_key
from explorer.models import zoo
from explorer.ui import live
from explorer.ui.controls import select, slider
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.lessons import box_regression_words as words
from explorer.ui.stage.stage import stage

MODEL = "rcnn"
TIMES = (0, 4, 1, 1)  # low, high, start, step
MANY = 32  # proposals
BROWSER_TOLERANCE = 1e-6
LEAST_SIDE_PX = 2.0
MOVED_PX = 0.05  # from here on a box was dragged
MOST_WIDE_PX = 600  # on the screen: the panel stands beside it
MOST_HIGH_PX = 440
PLAIN: dict[str, Any] = {"displayModeBar": False}

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Shown:
    """What a part showed: the pair, the boxes moved, what the browser committed."""

    pair: Array
    proposals: Array
    deltas: Array
    moved: Array
    sent: dict[str, Any] | None = None


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


def pair_stage(picture: Picture, layers: list[Boxes], program: bool) -> Shown:
    """Show the two boxes to drag; return them as they are now."""
    start, place = first_pair(picture), _place(picture)
    pair = np.array(remember(place, start), np.float64).reshape(2, 4)
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
        remember.set(place, tuple(float(v) for v in pair.ravel()), start)
    sent = event.program if program else None
    if sent and "t" in sent:
        own = tuple(round(float(v), 4) for v in sent["t"]) if sent.get("own") else ()
        remember.set("t", own, ())
    nothing = np.zeros((0, 4))
    return Shown(pair, nothing, nothing, nothing, sent)


def four_numbers(picture: Picture) -> Shown:
    """Let both boxes be dragged, the four numbers written out beside them."""
    shown = pair_stage(picture, [], program=True)
    if known_box(picture) is None:
        st.caption(words.NO_TRUTH)
    st.markdown(words.DRAG)
    flat = (shown.pair[:, 2:] - shown.pair[:, :2] <= 0).any()
    if flat:
        return shown
    proposal, truth = shown.pair[:1], shown.pair[1:]
    deltas = encode(proposal, truth)
    return Shown(shown.pair, proposal, deltas, decode(proposal, deltas), shown.sent)


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


def _run(picture: Picture, boxes: Array) -> dict[str, NDArray[Any]] | None:
    answer = live.model(MODEL, "crops", image=picture.image, boxes=boxes)
    return None if answer is None else answer.arrays


def _row(label: str, scores: NDArray[np.float32]) -> int:
    """Return the class to be used: the one asked for, else the likeliest."""
    names = zoo.record(MODEL).classes
    return int(scores.argmax()) if label == words.BEST else names.index(label)


def _inside(boxes: Array, picture: Picture) -> Array:
    height, width = picture.image.shape[:2]
    return clip_boxes(boxes, width, height)


def live_head(picture: Picture, label: str, times: int) -> Shown | None:
    """Let the shipped head move the proposal, as often as asked for."""
    start = np.array(remember(_place(picture), first_pair(picture))).reshape(2, 4)
    path, moves, first = [_inside(start[:1], picture)], [], (0, 0.0)
    for step in range(max(times, 1)):
        box = path[-1]
        if (box[0, 2:] - box[0, :2]).min() < LEAST_SIDE_PX:
            st.info("The box has no area left inside the picture: drag it back.")
            break
        found = _run(picture, box)
        if found is None:
            return None
        if step == 0:
            row = _row(label, found["scores"][0])
            first = row, float(found["scores"][0, row])
        if step < times:
            moves.append(found["deltas"][:, first[0]].astype(np.float64))
            path.append(_inside(decode(box, moves[-1]), picture))
    # Named in the key beside: labels of boxes that lie on each other hide each other.
    layers = [
        Boxes(box, REGRESS_COLORS["moved"], width_px=3 if box is path[-1] else 1.5)
        for box in path[1:]
    ]
    hidden = Boxes(np.zeros((0, 4)), REGRESS_COLORS["moved"])
    left, right = st.columns([1.6, 1], gap="medium")
    with left:
        shown = pair_stage(picture, [*layers, hidden], program=False)
    if np.abs(shown.pair - start).max() > MOVED_PX:
        again()  # the boxes above were moved from where the proposal was before
    ious = [float(box_iou(box, shown.pair[1:])[0, 0]) for box in path]
    name = zoo.record(MODEL).classes[first[0]]
    with right:
        st.html(words.moves_table(moves, ious))
        st.html(color_key(words.keyed(REGRESS_COLORS, len(moves))))
    if known_box(picture) is None:
        st.caption(words.NO_TRUTH)
    st.markdown(words.moved_said(name, first[1], ious))
    st.caption(words.LIVE)
    if not moves:
        return Shown(shown.pair, path[0], np.zeros((1, 4)), path[0])
    return Shown(
        shown.pair,
        np.concatenate(path[: len(moves)]),
        np.concatenate(moves),
        np.concatenate(path[1:]),
    )


def many(picture: Picture, label: str) -> Shown | None:
    """Move many proposals around the truth at once; draw each one's overlap."""
    pair = np.array(remember(_place(picture), first_pair(picture))).reshape(2, 4)
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
        st.plotly_chart(figure, width="stretch", config=PLAIN, key="regress_gain")
    record = zoo.record(MODEL)
    st.markdown(
        f"The regressor of **{record.classes[row]}**. "
        + words.many_said(before.tolist(), after.tolist(), record)
    )
    return Shown(pair, proposals, deltas, moved)


def prove(shown: Shown | None) -> list[Proof]:
    """Compare with torchvision's coder, there and back, and with the browser."""
    from explorer.models.proofs import box_regression as proofs
    from explorer.models.proofs.rcnn import prove_decode

    if shown is None or not len(shown.proposals):
        return []
    made = [
        live.compute("Decoding", prove_decode, shown.proposals, shown.deltas),
        live.compute("Encoding", proofs.prove_encode, shown.proposals, shown.moved),
    ]
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
