"""The lesson on anchors, first part: the guesses, and which of them learn a truth."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.anchor_maps import AnchorMaps, MapPlan, anchor_maps
from explorer.core.anchor_matching import AnchorMatch, match_overlaps
from explorer.core.boxes import box_iou
from explorer.core.proof import BROWSER, Proof
from explorer.figures.anchors import ANCHOR_COLORS, shape_names
from explorer.ui import live
from explorer.ui.controls import slider, toggle
from explorer.ui.imagebar import Picture
from explorer.ui.kept_choice import kept_choice
from explorer.ui.lesson import remember
from explorer.ui.lessons import anchors_words as words
from explorer.ui.lessons.anchors_plans import Planned, plan_controls
from explorer.ui.lessons.anchors_truth import MOST, keep_boxes, kept_boxes, offer_first
from explorer.ui.stage import stage

MOST_WIDE_PX = 560  # on the screen: the panel stands beside it
MOST_HIGH_PX = 440
BROWSER_TOLERANCE = 1e-9
FORCED = 128  # the bit of a state byte that says so
SHOWN = ("positive", "positive+ignored", "ignored", "none")  # anchors on the picture
THRESHOLDS = (0.0, 1.0, 0.05)  # low, high, step

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Rule:
    """Which anchors learn what."""

    high: float
    low: float
    low_quality: bool
    crossed: bool = False  # whether more was asked of negatives than of positives


@dataclass(frozen=True, eq=False)
class Shown:
    """What the first part showed.

    Attributes
    ----------
    maps : AnchorMaps
    planned : Planned
    rule : Rule
    boxes : (G, 4) float64
        The truths in the photo's pixels.
    match : AnchorMatch
        Of all anchors, in the network's pixels.
    sent : dict
        What the browser said last.
    """

    maps: AnchorMaps
    planned: Planned
    rule: Rule
    boxes: Array
    match: AnchorMatch
    sent: Mapping[str, Any]


def anchor_controls(picture: Picture) -> tuple[Planned, Rule]:
    """Ask for the anchors and for the rule."""
    height, width = picture.image.shape[:2]
    planned = plan_controls(width, height)
    low, high, step = THRESHOLDS
    above = slider(
        "Positive from",
        low,
        high,
        0.7,
        step,
        key="high",
        help=words.HIGH_HELP,
        width_px=160,
    )
    below = slider(
        "Negative below",
        low,
        high,
        0.3,
        step,
        key="low",
        help=words.LOW_HELP,
        width_px=160,
    )
    best = toggle("Best anchor rule", True, key="best", help=words.LOW_QUALITY_HELP)
    return planned, Rule(above, min(below, above), best, below > above)


def anchors_part(picture: Picture, planned: Planned, rule: Rule) -> Shown:
    """Show the anchors under the pointer and the truths to be dragged."""
    maps = live.compute("anchors", anchor_maps, planned.plans)
    kept = kept_boxes(picture)
    tag = _tag(planned, rule)
    event = stage(
        picture.image,
        key=_key(picture),
        alt="A photo with the places of anchors, one cell's anchors, and true boxes",
        mode="boxes",
        boxes=kept,
        box_labels=[f"truth {k + 1}" for k in range(MOST)],
        box_colors=[ANCHOR_COLORS["truth"]],
        max_boxes=MOST,
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
        program=_program(picture, planned, rule, maps, kept, tag),
    )
    boxes = keep_boxes(picture, event.boxes)
    sent = event.program or {}
    _keep_cell(sent, tag)
    offer_first(picture, boxes)
    # Kept by the plans, not by the anchors: a new threshold digests a few numbers.
    ious = live.compute("overlaps", overlaps, maps.plans, boxes * planned.scale)
    match = match_overlaps(ious, rule.high, rule.low, rule.low_quality)
    return Shown(maps, planned, rule, boxes, match, sent)


def overlaps(plans: tuple[MapPlan, ...], gt_boxes: Array) -> Array:
    """Return the IoU of every anchor with every true box, in the network's pixels."""
    return box_iou(anchor_maps(plans).boxes, gt_boxes)


def _program(
    picture: Picture,
    planned: Planned,
    rule: Rule,
    maps: AnchorMaps,
    boxes: Array,
    tag: str,
) -> dict[str, Any]:
    plan = live.digest(planned, picture.digest)[:12]
    remember.forget(plan, "cell")
    chosen = _chosen_cell(planned)
    return {
        "name": "anchors",
        "maps": [
            {
                "stride": one.stride,
                "rows": one.rows,
                "cols": one.cols,
                "shapes": grid.shapes.tolist(),
                "names": shape_names(one.sizes_px, one.ratios),
            }
            for one, grid in zip(maps.plans, maps.grids, strict=True)
        ],
        "level": planned.level,
        "scale": planned.scale,
        "high": rule.high,
        "low": rule.low,
        "lowQuality": rule.low_quality,
        "cell": chosen or _first_cell(picture, planned, boxes),
        "chosen": chosen is not None,
        "colors": ANCHOR_COLORS,
        "shown": kept_choice(_key(picture), "shown", SHOWN, SHOWN[0]),
        "plan": plan,
        "tag": tag,
    }


def _key(picture: Picture) -> str:
    return f"anchors_{picture.digest[:6]}"


def _tag(planned: Planned, rule: Rule) -> str:
    return live.digest(planned.plans, planned.scale, rule)


def _chosen_cell(planned: Planned) -> list[int] | None:
    """Return the cell that a reader chose on this map, by the link."""
    plan = planned.plans[planned.level]
    kept = tuple(int(v) for v in remember("cell", ()))
    if len(kept) == 3 and kept[0] == planned.level:
        row, col = kept[1:]
        if 0 <= row < plan.rows and 0 <= col < plan.cols:
            return [row, col]
    return None


def _first_cell(picture: Picture, planned: Planned, boxes: Array) -> list[int]:
    """Return the cell at the largest truth's middle."""
    plan = planned.plans[planned.level]
    height, width = picture.image.shape[:2]
    x, y = width / 2, height / 2
    if len(boxes):
        largest = boxes[int((boxes[:, 2:] - boxes[:, :2]).prod(axis=1).argmax())]
        x, y = (largest[:2] + largest[2:]) / 2
    place = np.rint(np.array([y, x]) * planned.scale / plan.stride)
    held = np.clip(place, 0, [plan.rows - 1, plan.cols - 1])
    return [int(v) for v in held]


def _keep_cell(sent: Mapping[str, Any], tag: str) -> None:
    """Put the cell that a reader chose into the link."""
    cell = sent.get("cell")
    if sent.get("tag") != tag or not isinstance(cell, list) or len(cell) != 3:
        return
    try:
        remember.set("cell", tuple(float(int(v)) for v in cell), ())
    except (TypeError, ValueError):
        return


def explain(picture: Picture, shown: Shown) -> None:
    """Write the rules with this picture's own numbers."""
    from explorer.models.rpn import SAMPLED

    maps, planned, rule = shown.maps, shown.planned, shown.rule
    height, width = picture.image.shape[:2]
    if rule.crossed:
        st.caption(words.CROSSED.format(rule.high))
    match, truths = shown.match, shown.boxes * planned.scale
    learned = truths[match.gt[match.forced]]
    tie = words.tie_said(maps.boxes[match.forced], learned.reshape(-1, 4))
    st.markdown(words.match_said(match, rule.high, rule.low, SAMPLED, tie))
    st.markdown(words.count_said(maps, (width, height), planned.scale))
    plan, grid = maps.plans[planned.level], maps.grids[planned.level]
    st.markdown(words.shape_said(plan, grid.shapes))


def prove(shown: Shown) -> list[Proof]:
    """Compare anchors and matching with torchvision's, and the browser with ours."""
    from explorer.models.proofs.anchors import (
        prove_anchors,
        prove_matching,
        torchvision_overlaps,
    )

    rule, plans = shown.rule, shown.maps.plans
    made = [
        live.compute("torchvision's anchors", prove_anchors, plans, shown.maps.boxes)
    ]
    if len(shown.boxes):
        truths = shown.boxes * shown.planned.scale
        theirs = live.compute(
            "torchvision's overlaps", torchvision_overlaps, shown.maps.boxes, truths
        )
        asked = (rule.high, rule.low, rule.low_quality)
        made.append(prove_matching(theirs, shown.match.gt, *asked))
    delta = browser_delta(shown)
    if delta is not None:
        note = "every anchor's verdict and each truth's best IoU, as drawn"
        made.append(Proof(BROWSER, delta, BROWSER_TOLERANCE, note=note))
    return made


def browser_delta(shown: Shown) -> float | None:
    """Return how many anchors the browser judged otherwise, or how far the best IoUs
    are apart; None for what it said of other boxes.
    """
    sent = shown.sent
    if sent.get("tag") != _tag(shown.planned, shown.rule):
        return None
    try:
        boxes = np.asarray(sent["boxes"], np.float64).reshape(-1, 4)
        tops = np.asarray(sent["tops"], np.float64)
        raw = base64.b64decode(sent["states"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        return None
    if boxes.shape != shown.boxes.shape or np.abs(boxes - shown.boxes).max(initial=0):
        return None
    states = np.frombuffer(raw, np.uint8)
    ours = (shown.match.gt + 2 + FORCED * shown.match.forced).astype(np.uint8)
    best = shown.match.ious.max(axis=0, initial=0)
    if states.shape != ours.shape or tops.shape != best.shape:
        return float("inf")
    return float((states != ours).sum() + np.abs(tops - best).max(initial=0))


def numbers(shown: Shown) -> dict[str, Any]:
    """Return what can be downloaded."""
    return {
        "anchors": shown.maps.boxes,
        "truths": shown.boxes * shown.planned.scale,
        "learns": shown.match.gt,
        "best_iou": shown.match.ious.max(axis=1, initial=0),
    }
