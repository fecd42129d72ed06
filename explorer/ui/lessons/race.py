"""The lesson that sets every detector on the same picture."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from explorer.core.proof import Proof
from explorer.core.race_published import DEVICE, PUBLISHED
from explorer.figures.ledger import duration
from explorer.figures.packing import pack
from explorer.figures.race import STEP_COLORS, boxes_image, race_figure
from explorer.figures.theme import COLORS, class_color
from explorer.ui import live, shelf
from explorer.ui.chart import chart
from explorer.ui.controls import select, slider, toggle
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.lessons import race_runs as runs
from explorer.ui.lessons import race_words as words
from explorer.ui.lessons.race_runs import Lap
from explorer.ui.stage import stage

STAGE = "detector_race_stage"
MOST_WIDE_PX, MOST_HIGH_PX = 480, 430  # the table beside it has six columns
PATIENCE_S = 0.3  # answers that are kept from before come sooner
SO_FAR_PX = 220  # across a small picture, until all detectors have answered
MOST_RUNS = 9  # of each detector on one picture
MOST_PROVED = 300  # raw boxes, the best: our own NMS is plain Python
NO_CHART_BAR = {"displayModeBar": False}
# The charts' names are placed for this width: on a phone a finger moves along it.
ROOMY = """<style>@media (max-width: 640px) {
:is(.st-key-race_here, .st-key-race_paper, .st-key-race_large) {
  overflow-x: auto; overflow-y: hidden;}
:is(.st-key-race_here, .st-key-race_paper, .st-key-race_large) > * {min-width: 480px;}
}</style>"""


@dataclass(frozen=True)
class Asked:
    """What the toolbar says; ``full_size`` is "" or the large detector asked for."""

    score: float
    iou: float
    older: bool
    full_size: str


def settings() -> Asked:
    """Ask for both thresholds, and whether older and large detectors run too."""
    score = slider(
        "Score threshold", 0.05, 0.95, 0.3, 0.05, key="score", help=words.SCORE_HELP
    )
    iou = slider(
        "IoU threshold of NMS", 0.1, 0.9, 0.5, 0.1, key="iou", help=words.IOU_HELP
    )
    older = toggle("Older ones too", False, key="older", help=words.older_help())
    full_size = select(
        "Full-size too",
        ("", *runs.at_shelf()),
        "",
        key="full",
        format_func=words.full_size_label,
        help=words.FULL_SIZE_HELP,
    )
    return Asked(score, iou, older, full_size)


def offer(asked: Asked) -> None:
    """Offer the large detector asked for where it is not on this machine yet."""
    if asked.full_size and not shelf.ready(asked.full_size):
        st.caption(words.MEANWHILE)


def measured(picture: Picture, asked: Asked) -> list[Lap]:
    """Run every detector; the button under the picture asks for one run more."""
    count = st.session_state.setdefault("_race_runs", {}).get(picture.digest, 1)
    names = runs.racers(asked.older, bool(asked.full_size))
    found: dict[str, Lap] = {}
    # It shows only where it takes a while: not when all answers are kept.
    with st.spinner(words.running(len(names), "rcnn" in names), show_time=True):
        arrived, start = st.empty(), time.monotonic()
        for name in runs.slow_last(names):
            with live.one_line(runs.title(name)):
                lap = runs.lap(name, picture, asked.iou, count)
            if lap is not None:
                found[name] = lap
            if time.monotonic() - start > PATIENCE_S:
                with arrived.container():
                    _so_far(picture, in_order(names, found), asked.score)
        arrived.empty()
    return in_order(names, found)


def in_order(names: Sequence[str], found: dict[str, Lap]) -> list[Lap]:
    """Return the answers that there are, in the order of the names."""
    return [found[name] for name in names if name in found]


def _so_far(picture: Picture, laps: Sequence[Lap], threshold: float) -> None:
    """Show the answers that there are while the other detectors still run."""
    with st.container(horizontal=True):
        for one in laps:
            seen = one.boxes[one.above(threshold)]
            title = runs.title(one.record.name)
            st.image(
                boxes_image(picture.image, seen, COLORS["prediction"], SO_FAR_PX),
                caption=f"{title}, {duration(one.ms / 1e3)}",
                alt=f"{title}: {len(seen)} boxes on the photo",
                width=SO_FAR_PX,
            )


def measure_button(picture: Picture, laps: Sequence[Lap]) -> None:
    """Offer another run of all."""
    held: dict[str, int] = st.session_state["_race_runs"]
    done = max((one.runs for one in laps), default=1)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Measure again",
            key="detector_race_again",
            icon=":material/timer:",
            disabled=done >= MOST_RUNS,
        ):
            held[picture.digest] = min(done + 1, MOST_RUNS)
            while len(held) > 8:
                held.pop(next(iter(held)))
            again()
        st.caption(words.runs_said(done))


def show(picture: Picture, laps: Sequence[Lap], threshold: float) -> int:
    """Show the picture with one detector's boxes, all others a pointer away."""
    names = [one.record.name for one in laps]
    first = names[max(range(len(laps)), key=lambda k: np.nan_to_num(laps[k].ap_person))]
    known = remember("chosen", first)
    chosen = names.index(known if known in names else first)
    event = stage(
        picture.image,
        key=STAGE,
        alt="The photo with the boxes of the chosen detector",
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
        program={
            "name": "race",
            "racers": [_racer(one, k, threshold) for k, one in enumerate(laps)],
            "chosen": chosen,
            "colors": STEP_COLORS,
        },
    )
    sent = (event.program or {}).get("chosen")
    if sent in names:
        chosen = names.index(sent)
        remember.set("chosen", sent, first)
    return chosen


def _racer(one: Lap, row: int, threshold: float) -> dict[str, Any]:
    seen = one.above(threshold)
    nothing, shortly = words.none_said(one, threshold)
    return {
        "name": one.record.name,
        "title": runs.title(one.record.name),
        "color": class_color(row),
        "boxes": pack(one.boxes[seen].reshape(-1, 4).astype(np.float32)),
        "scores": [round(float(v), 2) for v in one.scores[seen]],
        "labels": [one.labels[k] for k in seen],
        "parts": [[part, round(ms, 2)] for part, ms in one.parts],
        "parameters": one.parameters,
        "ap": None if np.isnan(one.ap_person) else one.ap_person,
        "said": words.racer_said(one, threshold),
        "nothing": nothing,
        "shortly": shortly,
    }


def charts(laps: Sequence[Lap]) -> None:
    """Draw accuracy against time, ours and the papers'."""
    scored = [one for one in laps if not np.isnan(one.ap_person)]
    large = [one for one in laps if not np.isnan(one.box_ap)]
    st.html(ROOMY)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Measured here**: AP50 of people, time on this machine")
        gains = [one.ap_person for one in scored]
        _chart("race_here", scored, gains, "AP50 of people, COCO photos")
        st.caption(words.here_said(scored))
    with right:
        st.markdown(f"**In the papers**: mean AP on VOC 2007, {DEVICE}")
        figure = live.compute(
            "charts",
            race_figure,
            [one.name for one in PUBLISHED],
            [one.family for one in PUBLISHED],
            [one.ms for one in PUBLISHED],
            [one.map_percent for one in PUBLISHED],
            "mean AP in percent, VOC 2007",
        )
        chart(figure, config=NO_CHART_BAR, key="race_paper")
        st.caption(words.papers_said())
    if large:
        st.markdown("**Full-size, on this machine**: published AP, time measured here")
        _chart("race_large", large, [one.box_ap for one in large], words.BOX_AP)


def _chart(key: str, laps: Sequence[Lap], gains: list[float], title: str) -> None:
    """Draw some detectors' accuracy against their time on the reader's picture."""
    figure = live.anew(
        "charts",
        race_figure,
        [runs.title(one.record.name) for one in laps],
        [one.family for one in laps],
        [one.ms for one in laps],
        gains,
        title,
    )
    chart(figure, config=NO_CHART_BAR, key=key)


def answer(laps: Sequence[Lap]) -> None:
    """Answer the lesson's question with what was measured and recorded."""
    st.markdown(words.choice(laps))


def prove(picture: Picture, one: Lap, asked: Asked) -> list[Proof]:
    """Suppress the chosen detector's raw boxes by our own NMS and by torchvision's."""
    from explorer.models.proofs.nms import prove_classwise, prove_iou

    # The raw boxes of every threshold at once: another one costs no second run.
    least = runs.least_of(one.record.name)
    with live.one_line("raw boxes of the proof"):
        raw = live.model(
            one.record.name, "raw", image=picture.image, score_threshold=least
        )
    if raw is None:
        return []
    scores = raw.arrays["scores"]
    rows = np.argsort(-scores, kind="stable")[:MOST_PROVED]
    rows = rows[scores[rows] >= one.least(asked.score)]
    codes = np.unique(raw.arrays["labels"][rows].astype(str), return_inverse=True)[1]
    boxes = raw.arrays["boxes"][rows].reshape(-1, 4).astype(np.float64)
    return [
        prove_classwise(boxes, scores[rows], codes, asked.iou),
        prove_iou(boxes),
    ]


def numbers(laps: Sequence[Lap]) -> dict[str, Any]:
    """Return what can be downloaded."""
    found: dict[str, Any] = {
        "detectors": [one.record.name for one in laps],
        "milliseconds": [one.ms for one in laps],
        "parameters": [one.parameters for one in laps],
        "ap50_person": [one.ap_person for one in laps],
    }
    for one in laps:
        rows = np.column_stack([one.boxes.reshape(-1, 4), one.scores])
        found[f"boxes_{one.record.name}"] = rows
    return found
