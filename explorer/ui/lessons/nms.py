"""The lesson on non-maximum suppression, part by part."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.boxes import box_area
from explorer.core.nms import NmsStep, kept_counts, nms_classwise_steps, nms_steps
from explorer.core.proof import Proof
from explorer.core.soft_nms import DECAYS, Decay, soft_nms_scores
from explorer.figures.nms import (
    COVER_PX,
    THRESHOLDS,
    cover_counts,
    kept_curve_figure,
    round_layers,
    soft_scores_figure,
)
from explorer.figures.theme import COLORS
from explorer.models.proofs import nms as proofs
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.fragment import fragment
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons.nms_detectors import (
    Raw,
    at_hand,
    detector_controls,
    detector_label,
    detectors,
    offer,
    one_class,
    parts_of,
    raw_boxes,
    resolve,
    scale_of,
    score_control,
)
from explorer.ui.lessons.nms_words import (
    CLASS_HELP,
    LEGEND,
    NOTHING,
    QUESTION,
    SOURCES,
    THRESHOLD_HELP,
    reading,
    round_name,
    table,
    words,
)
from explorer.ui.one_box import boxes_parser
from explorer.ui.stage.event import Hover
from explorer.ui.stage.scrubber import scrubber
from explorer.ui.stage.stage import stage

PARTS = ("Two boxes", "A detector")
CLASSES = ("same", "different")
MOST_WIDE_PX = 640  # on the screen: the panel stands beside it
NO_CHART_BAR = {"displayModeBar": False}

Array = NDArray[np.float64]

__all__ = [
    "CLASSES",
    "CLASS_HELP",
    "PARTS",
    "QUESTION",
    "SOURCES",
    "THRESHOLD_HELP",
    "at_hand",
    "curves",
    "detector_controls",
    "detector_label",
    "detectors",
    "nothing",
    "offer",
    "one_class",
    "parts_of",
    "play",
    "prove",
    "raw_boxes",
    "resolve",
    "rounds",
    "scale_of",
    "score_control",
    "table",
    "two_boxes",
    "words",
]


def first_pair(picture: Picture) -> tuple[float, ...]:
    """Return two overlapping boxes to start from: a known object's, and one beside."""
    height, width = picture.image.shape[:2]
    if len(picture.gt_boxes):
        areas = box_area(picture.gt_boxes)
        x1, y1, x2, y2 = picture.gt_boxes[int(areas.argmax())]
    else:
        x1, y1, x2, y2 = np.array([0.3, 0.2, 0.6, 0.75]) * ([width, height] * 2)
    shift = np.array([0.35 * (x2 - x1), 0.12 * (y2 - y1)])
    low = np.clip([x1, y1] + shift, 0, [width - (x2 - x1), height - (y2 - y1)])
    pair = (x1, y1, x2, y2, low[0], low[1], low[0] + x2 - x1, low[1] + y2 - y1)
    return tuple(round(float(v), 1) for v in pair)


def two_boxes(
    picture: Picture,
    scores: tuple[float, float],
    same: bool,
    classwise: bool,
    iou_threshold: float,
) -> tuple[Array, Array, NDArray[np.int64]]:
    """Show two boxes to drag, with their IoU beside; return boxes, scores, classes."""
    start = first_pair(picture)
    height, width = picture.image.shape[:2]
    place = f"pair_{width}x{height}"
    pair = np.array(
        remember(place, start, boxes_parser(2, width, height)), dtype=float
    ).reshape(2, 4)
    event = stage(
        picture.image,
        key="nms_pair",
        alt="Two boxes on the picture, to be dragged",
        mode="boxes",
        boxes=pair,
        box_labels=[f"A {scores[0]:.2f}", f"B {scores[1]:.2f}"],
        box_colors=[COLORS["first"], COLORS["second"]],
        min_boxes=2,
        max_boxes=2,
        max_width_px=MOST_WIDE_PX,
        program=_iou_program(scores, same, classwise, iou_threshold),
    )
    if event.boxes is not None:
        pair = event.boxes
        remember.set(place, tuple(float(v) for v in pair.ravel()), start)
    return pair, np.array(scores), np.array([0, 0 if same else 1])


def _iou_program(
    scores: tuple[float, float], same: bool, classwise: bool, iou_threshold: float
) -> dict[str, object]:
    """Return what ``programs/iou.js`` needs to know."""
    return {
        "name": "iou",
        "threshold": iou_threshold,
        "scores": list(scores),
        "classes": ["person", "person" if same else "dog"],
        "together": not classwise,
        "colors": {
            "first": COLORS["first"],
            "second": COLORS["second"],
            "overlap": COLORS["overlap"],
            "kept": COLORS["kept"],
            "gone": COLORS["negative"],
        },
    }


def rounds(raw: Raw, iou_threshold: float, classwise: bool) -> list[NmsStep]:
    """Return the rounds of NMS on the raw boxes."""
    if classwise:
        return live.compute(
            "NMS", nms_classwise_steps, raw.boxes, raw.scores, raw.codes, iou_threshold
        )
    return live.compute("NMS", nms_steps, raw.boxes, raw.scores, iou_threshold)


@fragment
def play(
    picture: Picture,
    raw: Raw,
    steps: Sequence[NmsStep],
    iou_threshold: float,
    classwise: bool,
) -> None:
    """Show the rounds over the picture, and say what happens in the present one."""
    left, right = st.columns([3, 2], gap="medium")
    height, width = picture.image.shape[:2]
    with left:
        shown = scrubber(
            "Rounds",
            len(steps),
            key="nms_rounds",
            names=["all boxes wait", *(round_name(step) for step in steps)],
            start=1,
            linked="round",
        )
        names = [raw.name(row) for row in range(len(raw.boxes))]
        stage(
            picture.image,
            key="nms_photo",
            alt=f"{len(raw.boxes)} raw boxes; round {shown} of {len(steps)} is shown",
            layers=round_layers(raw.boxes, raw.scores, names, steps),
            frames="nms_rounds",
            hover=Hover(
                cover_counts(raw.boxes, width, height),
                names=("raw boxes that cover this place:",),
                cell=(COVER_PX, COVER_PX),
                digits=0,
            ),
        )
    with right:
        st.markdown(LEGEND)
        st.markdown(reading(raw, steps, shown, iou_threshold, classwise))


def nothing(picture: Picture) -> None:
    """Say that no box was found, beside the picture."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        stage(picture.image, key="nms_photo", alt="The picture; no box was found")
    right.info(NOTHING, icon=":material/search_off:")


def curves(
    raw: Raw,
    steps: Sequence[NmsStep],
    iou_threshold: float,
    classwise: bool,
) -> Array:
    """Draw boxes left against the threshold, and soft-NMS; return the soft scores."""
    codes = raw.codes if classwise else None
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**What another threshold would leave** of {len(raw.boxes)} boxes")
        counts = live.compute(
            "Curve", kept_counts, raw.boxes, raw.scores, THRESHOLDS, codes
        )
        chart(
            kept_curve_figure(THRESHOLDS, counts, iou_threshold),
            config=NO_CHART_BAR,
            key="nms_curve",
        )
    with right:
        return _soft(raw, steps, iou_threshold, codes)


@fragment
def _soft(
    raw: Raw,
    steps: Sequence[NmsStep],
    iou_threshold: float,
    codes: NDArray[np.int64] | None,
) -> Array:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Soft-NMS** lowers scores instead of removing")
        decay: Decay = st.segmented_control(
            "Decay",
            DECAYS,
            default="linear",
            required=True,
            key="nms_decay",
            bind="query-params",
            label_visibility="collapsed",
        )
    before = raw.scores if raw.scale.probability else 1 / (1 + np.exp(-raw.scores))
    after = live.compute(
        "Soft-NMS", soft_nms_scores, raw.boxes, before, codes, decay, iou_threshold
    )
    chart(
        soft_scores_figure(before, after, [step.kept for step in steps]),
        config=NO_CHART_BAR,
        key="nms_soft",
    )
    rule = (
        f"score × (1 − IoU) from IoU {iou_threshold:.2f} on"
        if decay == "linear"
        else "score × exp(−IoU² ÷ 0.5) at any overlap"
    )
    squashed = (
        ""
        if raw.scale.probability
        else " A margin s enters as 1 ÷ (1 + e⁻ˢ), so that it lies in 0 to 1."
    )
    st.caption(f"Each kept box changes its neighbours: {rule}.{squashed}")
    return after


def prove(
    boxes: Array,
    scores: Array,
    codes: NDArray[np.int64],
    classwise: bool,
    iou_threshold: float,
) -> list[Proof]:
    """Compare what the page shows with torchvision, on the same boxes."""
    proofs.load_reference()
    if classwise:
        kept = live.compute(
            "Proof", proofs.prove_classwise, boxes, scores, codes, iou_threshold
        )
    else:
        kept = live.compute("Proof", proofs.prove_nms, boxes, scores, iou_threshold)
    return [kept, live.compute("Proof of IoU", proofs.prove_iou, boxes)]
