"""The lesson that sets every detector on the same picture."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from explorer.core.proof import Proof
from explorer.core.race_published import PUBLISHED
from explorer.figures.packing import pack
from explorer.figures.race import STEP_COLORS, Tile, race_figure, race_sheet
from explorer.figures.theme import class_color
from explorer.ui import live
from explorer.ui.controls import slider, toggle
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.lessons import race_runs as runs
from explorer.ui.lessons import race_words as words
from explorer.ui.lessons.race_runs import Lap
from explorer.ui.stage import stage

STAGE = "detector_race_stage"
MOST_WIDE_PX, MOST_HIGH_PX = 640, 430
MOST_RUNS = 9  # of each detector on one picture
MOST_PROVED = 300  # raw boxes, the best: our own NMS is plain Python
LABELLED = 6  # boxes of a small picture that carry their word
NO_CHART_BAR = {"displayModeBar": False}


def settings() -> tuple[float, float, bool]:
    """Ask for both thresholds, and whether the older detectors run too."""
    score = slider(
        "Score threshold", 0.05, 0.95, 0.3, 0.05, key="score", help=words.SCORE_HELP
    )
    iou = slider("IoU threshold", 0.1, 0.9, 0.5, 0.1, key="iou", help=words.IOU_HELP)
    older = toggle("Older ones too", False, key="older", help=words.OLDER_HELP)
    return score, iou, older


def measured(picture: Picture, iou_threshold: float, older: bool) -> list[Lap]:
    """Run every detector; the button under the picture asks for one run more."""
    count = st.session_state.setdefault("_race_runs", {}).get(picture.digest, 1)
    names = runs.racers(older)
    slow = "rcnn" in names
    with st.spinner(words.SLOW, show_time=True) if slow else st.empty():
        laps = [runs.lap(name, picture, iou_threshold, count) for name in names]
    return [one for one in laps if one is not None]


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
    return {
        "name": one.record.name,
        "title": runs.title(one.record.name),
        "color": class_color(row),
        "boxes": pack(one.boxes[seen].reshape(-1, 4).astype(np.float32)),
        "scores": [round(float(v), 2) for v in one.scores[seen]],
        "labels": [one.labels[k] for k in seen],
        "parts": [[part, round(ms, 2)] for part, ms in one.parts],
        "parameters": one.record.parameters,
        "ap": None if np.isnan(one.ap_person) else one.ap_person,
        "said": words.racer_said(one),
    }


def sheet(picture: Picture, laps: Sequence[Lap], threshold: float) -> None:
    """Show all answers side by side."""
    st.markdown("**All at once**")
    tiles = []
    for row, one in enumerate(laps):
        seen = one.above(threshold)
        said = [f"{one.labels[k]} {one.scores[k]:.2f}" for k in seen[:LABELLED]]
        tiles.append(
            Tile(
                runs.title(one.record.name),
                words.tile_line(one, len(seen)),
                class_color(row),
                one.boxes[seen],
                said + [""] * (len(seen) - len(said)),
            )
        )
    image = live.compute("sheet", race_sheet, picture.image, tiles)
    st.image(image, width="stretch", output_format="JPEG")


def charts(laps: Sequence[Lap]) -> None:
    """Draw accuracy against time, ours and the papers'."""
    scored = [one for one in laps if not np.isnan(one.ap_person)]
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Measured here**: AP50 of people, time on this machine")
        figure = race_figure(
            [runs.title(one.record.name) for one in scored],
            [one.family for one in scored],
            [one.ms for one in scored],
            [one.ap_person for one in scored],
            "AP50 of people, COCO photos",
        )
        st.plotly_chart(figure, width="stretch", config=NO_CHART_BAR, key="race_here")
        st.caption(words.here_said(scored))
    with right:
        st.markdown("**In the papers**: mean AP on VOC 2007, one Titan X")
        figure = race_figure(
            [one.name for one in PUBLISHED],
            [one.family for one in PUBLISHED],
            [one.ms for one in PUBLISHED],
            [one.map_percent for one in PUBLISHED],
            "mean AP in percent, VOC 2007",
        )
        st.plotly_chart(figure, width="stretch", config=NO_CHART_BAR, key="race_paper")
        st.caption(words.papers_said())


def answer(laps: Sequence[Lap]) -> None:
    """Answer the lesson's question with what was measured and recorded."""
    st.markdown(words.choice(laps))


def prove(
    picture: Picture, one: Lap, threshold: float, iou_threshold: float
) -> list[Proof]:
    """Suppress the chosen detector's raw boxes by our own NMS and by torchvision's."""
    from explorer.models.proofs.nms import prove_classwise, prove_iou

    least = 0.0 if one.record.name in runs.MARGINS else threshold
    raw = live.model(one.record.name, "raw", image=picture.image, score_threshold=least)
    if raw is None:
        return []
    boxes, scores = raw.arrays["boxes"], raw.arrays["scores"]
    codes = np.unique(raw.arrays["labels"].astype(str), return_inverse=True)[1]
    best = np.argsort(-scores, kind="stable")[:MOST_PROVED]
    boxes = boxes[best].astype(np.float64)
    return [
        prove_classwise(boxes, scores[best], codes[best], iou_threshold),
        prove_iou(boxes),
    ]


def numbers(laps: Sequence[Lap]) -> dict[str, Any]:
    """Return what can be downloaded."""
    found: dict[str, Any] = {
        "detectors": [one.record.name for one in laps],
        "milliseconds": [one.ms for one in laps],
        "parameters": [one.record.parameters for one in laps],
        "ap50_person": [one.ap_person for one in laps],
    }
    for one in laps:
        rows = np.column_stack([one.boxes.reshape(-1, 4), one.scores])
        found[f"boxes_{one.record.name}"] = rows
    return found
