"""The lesson on Faster R-CNN, first part: from anchors to detections, step by step."""

from typing import Any

import numpy as np
import streamlit as st

from explorer.core.activations import softmax
from explorer.core.anchors import RATIOS, anchor_shapes
from explorer.core.funnel import DetectionFunnel, ProposalFunnel
from explorer.core.proof import Proof
from explorer.figures.faster_rcnn import FASTER_COLORS, LEVEL_COLORS
from explorer.figures.packing import pack
from explorer.figures.theme import class_color
from explorer.ui import link, live
from explorer.ui.controls import slider
from explorer.ui.fragment import fragment
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons import faster_words as words
from explorer.ui.lessons.faster_seen import (
    FAST,
    IOU,
    NETWORKS,
    PYRAMID,
    SCORE,
    Seen,
    ending,
    settings,
    sizes,
)
from explorer.ui.lessons.faster_steps import funnel_steps
from explorer.ui.stage import committed_program, stage
from explorer.ui.stage.scrubber import scrubber

STAGE, SCRUB = "faster_funnel", "faster_scrub"
MOST_WIDE_PX, MOST_HIGH_PX = 540, 415
OWN = f" at its own thresholds, a score of {SCORE:.2f} and an IoU of {IOU:.2f}"
SLIDER_PX = 150  # so that all controls stand in one row at 1280 px


def thresholds() -> tuple[float, float]:
    """Ask for the two thresholds at the end of the funnel."""
    score = slider(
        "Score threshold",
        0.0,
        1.0,
        SCORE,
        0.05,
        key="score",
        help=words.SCORE_HELP,
        width_px=SLIDER_PX,
    )
    iou = slider(
        "IoU threshold of NMS",
        0.0,
        1.0,
        IOU,
        0.05,
        key="iou",
        help=words.IOU_HELP,
        width_px=SLIDER_PX,
    )
    return float(score), float(iou)


def show(picture: Picture, seen: Seen, score: float, iou: float) -> DetectionFunnel:
    """Show the funnel; return its second half."""
    end = ending(seen, score, iou)
    steps = funnel_steps(seen, end, score, iou)
    _scrub(seen.title, [f"{one['name']}: {one['count']:,}" for one in steps])
    stage(
        picture.image,
        key=STAGE,
        alt="The photo with the boxes that are left at each step of the funnel",
        program=_program(picture, seen, end, steps),
        frames=SCRUB,
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
    )
    st.markdown(words.rule(seen, end, score))
    if not len(end.found):
        st.info(words.nothing(seen, score), icon=":material/search_off:")
    return end


@fragment
def _scrub(title: str, said: list[str]) -> None:
    """Show the scrubber alone: a step sends nothing of the picture again."""
    last = len(said) - 1
    linked = "fast_step" if title == FAST else "step"
    scrubber("Step", last, key=SCRUB, names=said, start=last, linked=linked, first=1)


def _tag(picture: Picture, seen: Seen) -> str:
    return live.digest(picture.digest, seen.title)


def _picked(picture: Picture, seen: Seen, end: DetectionFunnel) -> int:
    """Return the RoI to follow: the reader's, the best detection's, the best one."""
    sent, tag = committed_program(STAGE), _tag(picture, seen)
    key, most = "roi", len(seen.rois)
    remember.forget(tag, key, default=0)
    remember.forget(tag, f"{STAGE}_view", default="")
    if sent.get("tag") == tag and isinstance(sent.get("picked"), int):
        remember.set(key, int(sent["picked"]) + 1, 0)
    chosen = int(remember(key, 0))
    if 1 <= chosen <= most:
        return chosen - 1
    if chosen:
        link.note(
            f"The link asked for region {chosen}, and there are {most}; the page "
            "follows its usual one."
        )
        remember.set(key, 0, 0)
    if len(end.found):
        return int(end.rows[end.found[0]])
    return int(seen.arrays["scores"].max(axis=1).argmax())


def _program(
    picture: Picture, seen: Seen, end: DetectionFunnel, steps: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return what ``programs/funnel.js`` needs."""
    from explorer.models.fpn import LEVELS
    from explorer.models.roi_heads import USUAL_LEVEL, WEIGHTS

    arrays = seen.arrays
    boxes, deltas = arrays["boxes"], arrays["deltas"]
    best = arrays["scores"].argmax(axis=1)
    each = np.arange(len(best))
    told: dict[str, Any] = {
        "name": "funnel",
        "scale": seen.scale,
        "steps": steps,
        "names": list(seen.classes),
        "classColors": [class_color(k) for k in range(len(seen.classes))],
        "colors": FASTER_COLORS,
        "levelColors": {str(k): color for k, color in LEVEL_COLORS.items()},
        "usual": USUAL_LEVEL if seen.title == PYRAMID else 0,
        "lowest": min(LEVELS),
        "highest": max(LEVELS),
        "weights": list(WEIGHTS),
        "tag": _tag(picture, seen),
        "picked": _picked(picture, seen, end),
        "rois": seen.rois,
        "probs": softmax(arrays["logits"]).astype(np.float32),
        "bestBoxes": boxes[each, best],
        "bestDeltas": deltas[each, best],
        "rows": end.rows,
        "labels": end.labels,
        "scores": end.scores,
        "boxes": end.boxes,
        "deltas": deltas[end.rows, end.labels].reshape(-1, 4),
        "keepers": end.keepers,
        "ious": end.ious,
        "kept": end.kept,
        "found": end.found,
    }
    return told | ({"first": _first(seen)} if seen.first else _searched(seen))


def _searched(seen: Seen) -> dict[str, Any]:
    """Return where the RoIs came from, where no network proposed them."""
    arrays = seen.arrays
    rows = arrays["region_rows"]
    probs = softmax(arrays["region_logits"][rows]).astype(np.float32)
    best = probs[:, 1:].argmax(axis=1)
    return {
        "regions": arrays["regions"],
        "regionRows": rows,
        "regionLabels": best,
        "regionScores": probs[np.arange(len(rows)), 1 + best],
        "regionDeltas": arrays["region_deltas"][rows, best],
    }


def _first(seen: Seen) -> dict[str, Any]:
    """Return the first half of the funnel for the browser."""
    arrays, first = seen.arrays, seen.first
    assert first is not None
    rows = arrays["best_rows"]
    grids, start = [], 0
    for level, sides in sizes(seen.title).items():
        high, wide = arrays[f"map{level}"].shape[-2:]
        shapes = anchor_shapes(sides, RATIOS)
        grids.append([level, 2**level, high, wide, start, pack(shapes)])
        start += high * wide * len(shapes)
    return {
        "grids": grids,
        "boxes": arrays["best_boxes"],
        "scores": arrays["best_scores"],
        "deltas": arrays["rpn_deltas"][rows],
        "rows": rows,
        "levels": arrays["levels"][rows].astype(np.uint8),
        "keepers": first.keepers,
        "ious": first.ious,
        "kept": first.kept,
        "proposals": first.proposals,
    }


def prove(seen: Seen, end: DetectionFunnel, iou: float) -> list[Proof]:
    """Compare the whole way with torchvision, and with the network's own answer.

    What no threshold moves is kept: a control's release proves only the end anew.
    """
    from explorer.models.proofs import faster_rcnn as proofs
    from explorer.models.roi_heads import WEIGHTS

    arrays = seen.arrays
    moved = {"rois": seen.rois, "deltas": arrays["deltas"], "boxes": arrays["boxes"]}
    return [
        *(_prove_looks(seen) if seen.first is None else _prove_first(seen, seen.first)),
        _prove_head(seen),
        live.compute("every RoI again", proofs.prove_moves, moved, WEIGHTS),
        proofs.prove_second_nms(end, iou),
        proofs.prove_found(arrays, ending(seen, SCORE, IOU), OWN),
    ]


def _prove_first(seen: Seen, first: ProposalFunnel) -> list[Proof]:
    """Compare the proposals of a network that proposes itself."""
    from explorer.models.proofs.faster_rcnn import FIRST_HALF, prove_first_half

    arrays, levels = seen.arrays, sizes(seen.title)
    cells = {k: arrays[f"map{k}"].shape[-2:] for k in levels}
    given = {name: arrays[name] for name in FIRST_HALF}
    return live.compute(
        "the first half again",
        prove_first_half,
        given,
        cells,
        levels,
        settings(),
        first,
        seen.side,
    )


def _prove_looks(seen: Seen) -> list[Proof]:
    """Compare the first look at selective search's boxes, and where it moves them."""
    from explorer.models.proofs.fast_rcnn import SECOND_LOOK, prove_second_look
    from explorer.models.roi_heads import WEIGHTS

    arrays = seen.arrays
    moved = {name: arrays[name] for name in SECOND_LOOK}
    first = (arrays[name] for name in ("regions", "region_logits", "region_deltas"))
    return [
        _prove_read(seen, "proposals", *first),
        live.compute(
            "the first move again", prove_second_look, moved, WEIGHTS, seen.side
        ),
    ]


def _prove_head(seen: Seen) -> Proof:
    """Compare the box head, from the maps on."""
    read = (seen.arrays[name] for name in ("logits", "deltas"))
    return _prove_read(seen, "RoIs", seen.rois, *read)


def _prove_read(seen: Seen, what: str, rois: Any, logits: Any, deltas: Any) -> Proof:
    """Compare what the box head read in some boxes."""
    from explorer.models.proofs.faster_heads import prove_box_head
    from explorer.models.roi_heads import SAMPLES, USUAL_LEVEL

    maps = {f"map{k}": seen.arrays[f"map{k}"] for k in sizes(seen.title)}
    return live.compute(
        "the head again",
        prove_box_head,
        NETWORKS[seen.title],
        {"rois": rois, "logits": logits, "deltas": deltas} | maps,
        USUAL_LEVEL,
        SAMPLES,
        what,
    )


def numbers(seen: Seen, end: DetectionFunnel) -> dict[str, Any]:
    """Return what can be downloaded; boxes in pixels of the network's square."""
    made = {
        "input": seen.arrays["input"],
        "scale": seen.scale,
        "rois": seen.rois,
        "logits": seen.arrays["logits"],
        "detections": np.column_stack([end.boxes, end.scores, end.labels])[end.found],
        "classes": np.array(seen.classes),
    }
    if seen.first is None:
        made |= {name: seen.arrays[name] for name in ("regions", "region_rows")}
    else:
        made |= {
            "candidates": seen.arrays["best_boxes"],
            "candidate_keepers": seen.first.keepers,
        }
    return made
