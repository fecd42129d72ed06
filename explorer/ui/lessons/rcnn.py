"""The lesson on R-CNN, first part: the pipeline, step by step on the reader's photo."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.class_map import class_probs
from explorer.core.nms import NmsStep, nms_classwise_steps
from explorer.core.proof import Proof
from explorer.core.rcnn import IOU_THRESHOLD, Candidates, candidates, fates
from explorer.core.warp import CONTEXT_PX, SIDE_PX
from explorer.figures.rcnn import RCNN_COLORS, feature_bytes, top_rows
from explorer.ui import live
from explorer.ui.controls import select, slider
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.lessons import rcnn_runs as runs
from explorer.ui.lessons import rcnn_words as words
from explorer.ui.lessons.fully_convolutional_scores import NETWORK, names
from explorer.ui.stage import committed_program, stage
from explorer.ui.stage.scrubber import scrubber

STAGE = "rcnn_stage"
SCRUB = "rcnn_scrub"
FIRST = 64  # crops run by themselves
COUNTS = (16, 32, 64, 128, 256)  # crops: their features are all in the browser
TOP = 5
MOST_WIDE_PX, MOST_HIGH_PX = 560, 420

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """What the toolbar says."""

    count: int
    score_threshold: float
    iou_threshold: float


@dataclass(frozen=True, eq=False)
class Piped:
    """All that comes of the crops.

    ``scores`` (n, classes) of the classes in use; ``found`` and ``steps`` the
    candidates and the rounds of NMS.
    """

    run: runs.Run
    scores: Array
    found: Candidates
    steps: list[NmsStep]


def pipeline_controls(total: int) -> Asked:
    """Ask how many crops are run, and for both thresholds."""
    counts = tuple(n for n in COUNTS if n < total)
    count = total
    if counts:
        count = select(
            "Crops",
            counts,
            FIRST if FIRST in counts else counts[-1],
            key="crops" if len(counts) == len(COUNTS) else f"crops_{counts[-1]}",
            help=words.COUNT_HELP,
            width_px=90,
        )
    score = slider(
        "Score threshold", 0.0, 1.0, 0.2, 0.05, key="score", help=words.SCORE_HELP
    )
    iou = slider(
        "IoU threshold", 0.0, 1.0, IOU_THRESHOLD, 0.05, key="iou", help=words.IOU_HELP
    )
    return Asked(count, score, iou)


def pipeline(picture: Picture, proposals: Array, asked: Asked) -> Piped | None:
    """Show the steps; the first time the proposals alone, while the crops are run."""
    boxes = proposals[: asked.count]
    slot = st.container()
    seen = st.session_state.setdefault("_rcnn_run", {})
    ready = seen.get(picture.digest, 0) >= len(boxes)
    if not ready:
        _show(picture, proposals, asked, None, slot)
    run = runs.run_crops(picture, boxes)
    if not ready:
        _remember(seen, picture.digest, len(boxes))
        again()
    if run is None:
        _show(picture, proposals, asked, None, slot)
        return None
    piped = _piped(picture, run, asked)
    _show(picture, proposals, asked, piped, slot)
    st.caption(words.IMAGENET_ONLY)
    st.markdown(words.rule(picture.image.shape, len(proposals), piped))
    return piped


def _remember(seen: dict[str, int], digest: str, count: int) -> None:
    """Note how many crops of a picture were run; of a few pictures only."""
    seen[digest] = count
    while len(seen) > 8:
        seen.pop(next(iter(seen)))


def _piped(picture: Picture, run: runs.Run, asked: Asked) -> Piped:
    scores = live.compute("softmax", class_rows, run.logits)
    height, width = picture.image.shape[:2]
    found = candidates(
        run.boxes, scores, asked.score_threshold, (width, height), best_only=True
    )
    steps = live.compute(
        "NMS",
        nms_classwise_steps,
        found.boxes,
        found.scores,
        found.labels,
        asked.iou_threshold,
    )
    return Piped(run, scores, found, steps)


def class_rows(logits: NDArray[np.float32]) -> Array:
    """Return each crop's probabilities: (n, classes)."""
    return np.ascontiguousarray(class_probs(logits.T).T)


def _show(
    picture: Picture,
    proposals: Array,
    asked: Asked,
    piped: Piped | None,
    slot: Any,
) -> None:
    program = _program(picture, proposals, asked, piped)
    if piped is not None:
        with slot:
            _scrub(words.frame_names(piped, len(proposals)))
    stage(
        picture.image,
        key=STAGE,
        alt="The photo with its proposals, the chosen one on its way through R-CNN",
        program=program,
        frames=None if piped is None else SCRUB,
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
    )


@st.fragment
def _scrub(said: list[str]) -> None:
    """Show the scrubber alone: a step sends nothing of the picture again."""
    scrubber("Step", len(said) - 1, key=SCRUB, names=said, start=0, linked="step")


def _program(
    picture: Picture, proposals: Array, asked: Asked, piped: Piped | None
) -> dict[str, Any]:
    """Return what ``programs/rcnn.js`` needs."""
    count = asked.count
    program: dict[str, Any] = {
        "name": "rcnn",
        "all": proposals.astype(np.float32),
        "count": count,
        "side": SIDE_PX,
        "context": CONTEXT_PX,
        "mean": picture.image.reshape(-1, 3).mean(axis=0).round().tolist(),
        "tag": live.digest(picture.digest, count, piped is None),
        "picked": _picked(picture, count, piped),
        "digest": picture.digest,
        "colors": RCNN_COLORS,
        "ready": piped is not None,
    }
    if piped is None:
        return program
    return program | _answers(piped)


def _picked(picture: Picture, count: int, piped: Piped | None) -> int:
    """Return the chosen proposal: the reader's, or the one of the highest score."""
    sent = committed_program(STAGE)
    if sent.get("digest") == picture.digest and isinstance(sent.get("picked"), int):
        remember.set("proposal", int(sent["picked"]) + 1, 0)
    chosen = int(remember("proposal", 0))
    if 1 <= chosen <= count:
        return chosen - 1
    return 0 if piped is None else int(piped.scores.max(axis=1).argmax())


def _answers(piped: Piped) -> dict[str, Any]:
    """Return features, scores and the rounds of NMS for the browser."""
    features, most = feature_bytes(piped.run.features)
    top, probs, known = top_rows(piped.scores, TOP)
    labels, found = names(), piped.found
    fate = fates(piped.steps, len(found.rows))
    used = np.unique(found.labels)
    return {
        "features": features,
        "most": most,
        "top": top,
        "probs": probs,
        "names": [labels[k] for k in known],
        "rows": found.rows.astype(np.int32),
        "boxes": found.boxes.astype(np.float32),
        "scores": found.scores.astype(np.float32),
        "labels": np.searchsorted(used, found.labels).astype(np.int32),
        "labelNames": [labels[k] for k in used.tolist()],
        "rounds": fate.rounds.astype(np.int32),
        "keepers": fate.keepers.astype(np.int32),
        "ious": fate.ious.astype(np.float32),
    }


def prove(picture: Picture, asked: Asked, piped: Piped | None) -> list[Proof]:
    """Compare the warp, the batch and the NMS with their references."""
    from explorer.models.proofs import nms as nms_proof
    from explorer.models.proofs import rcnn as prove_rcnn
    from explorer.models.proofs.cnn_windows import prove_batch

    if piped is None:
        return []
    first = piped.run.boxes[: runs.ALONE]
    found = piped.found
    proofs = [live.compute("proof", prove_rcnn.prove_warp, picture.image, first)]
    alone = live.model(NETWORK, "warped_run", image=picture.image, boxes=first, batch=1)
    if alone is not None:
        ours = piped.run.logits[: len(first)]
        proofs.append(prove_batch(ours, alone.arrays["logits"], piped.run.batch))
    proofs.append(
        live.compute(
            "proof of NMS",
            nms_proof.prove_classwise,
            found.boxes,
            found.scores,
            found.labels,
            asked.iou_threshold,
        )
    )
    return proofs


def numbers(proposals: Array, piped: Piped | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if piped is None:
        return {"proposals": proposals}
    kept = [step.kept for step in piped.steps]
    found = piped.found
    return {
        "proposals": proposals,
        "features": piped.run.features,
        "logits": piped.run.logits,
        "detections": np.column_stack([found.boxes, found.scores])[kept],
        "detection_labels": found.labels[kept],
    }
