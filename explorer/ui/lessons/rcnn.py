"""The lesson on R-CNN, first part: the pipeline, step by step on the reader's photo."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.class_map import class_probs
from explorer.core.nms import nms_classwise_steps
from explorer.core.proof import Proof
from explorer.core.rcnn import IOU_THRESHOLD, candidates
from explorer.ui import live
from explorer.ui.controls import select, slider
from explorer.ui.fragment import fragment
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again
from explorer.ui.lessons import rcnn_runs as runs
from explorer.ui.lessons import rcnn_words as words
from explorer.ui.lessons.rcnn_scene import STAGE, Asked, Piped, best_deltas, program
from explorer.ui.stage import stage
from explorer.ui.stage.scrubber import scrubber

SCRUB = "rcnn_scrub"
FIRST = 64  # crops run by themselves
COUNTS = (16, 32, 64, 128, 256)  # crops: their features are all in the browser
IOUS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
MOST_WIDE_PX, MOST_HIGH_PX = 560, 420

Array = NDArray[np.float64]


def pipeline_controls(total: int) -> Asked:
    """Ask how many crops are run, for the classes and for both thresholds."""
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
    svms = _trained_wanted()
    score = slider(
        "Score threshold", 0.0, 1.0, 0.2, 0.05, key="score", help=words.SCORE_HELP
    )
    iou = select(
        "IoU threshold of NMS",
        IOUS,
        IOU_THRESHOLD,
        key="iou",
        help=words.IOU_HELP,
        width_px=175,
    )
    return Asked(count, svms, score, iou)


def _trained_wanted() -> bool:
    """Ask whether the SVMs or ImageNet's classifier are to be used."""
    classes = select(
        "Classes",
        words.CLASSES,
        words.CLASSES[0],
        key="classes",
        help=words.CLASSES_HELP,
        width_px=150,
    )
    return classes == words.CLASSES[0]


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
    st.caption(words.classes_said(asked.trained))
    st.markdown(words.rule(picture.image.shape, len(proposals), piped))
    return piped


def _remember(seen: dict[str, int], digest: str, count: int) -> None:
    """Note how many crops of a picture were run; of a few pictures only."""
    seen[digest] = count
    while len(seen) > 8:
        seen.pop(next(iter(seen)))


def _piped(picture: Picture, run: runs.Run, asked: Asked) -> Piped:
    """Take the candidates of the classes in use, and suppress class by class."""
    probs = live.compute("softmax", class_rows, run.logits)
    height, width = picture.image.shape[:2]
    scores = run.scores.astype(np.float64) if asked.trained else probs
    found = candidates(
        run.boxes,
        scores,
        asked.score_threshold,
        (width, height),
        deltas=run.deltas if asked.trained else None,
        best_only=not asked.trained,
    )
    steps = live.compute(
        "NMS",
        nms_classwise_steps,
        found.boxes,
        found.scores,
        found.labels,
        asked.iou_threshold,
    )
    return Piped(run, probs, scores, found, steps)


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
    told = program(picture, proposals, asked, piped)
    if piped is not None:
        with slot:
            _scrub(words.frame_names(piped, len(proposals)))
    stage(
        picture.image,
        key=STAGE,
        alt="The photo with its proposals, the chosen one on its way through R-CNN",
        program=told,
        frames=None if piped is None else SCRUB,
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
    )


@fragment
def _scrub(said: list[str]) -> None:
    """Show the scrubber alone: a step sends nothing of the picture again."""
    last = len(said) - 1
    scrubber("Step", last, key=SCRUB, names=said, start=0, linked="step", first=None)


def prove(picture: Picture, asked: Asked, piped: Piped | None) -> list[Proof]:
    """Compare warp, batch, regression and NMS with their references."""
    from explorer.models.proofs import nms as nms_proof
    from explorer.models.proofs import rcnn as prove_rcnn

    if piped is None:
        return []
    found = piped.found
    first = piped.run.boxes[: runs.ALONE]
    proofs = [
        live.compute("proof of the warp", prove_rcnn.prove_warp, picture.image, first),
        *prove_crops(picture, piped.run),
    ]
    if asked.trained:
        _, deltas = best_deltas(piped.run)
        proofs.append(prove_rcnn.prove_decode(piped.run.boxes, deltas))
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


def prove_crops(picture: Picture, run: runs.Run) -> list[Proof]:
    """Compare the first crops of a batch with the same one by one."""
    from explorer.models import device
    from explorer.models.proofs.cnn_windows import prove_batch
    from explorer.models.rcnn import AT_ONCE

    alone = []
    for box in run.boxes[: runs.ALONE]:
        answer = runs.ask(picture, box[None])
        if answer is None:
            return []
        alone.append(answer.arrays["logits"])
    ours = run.logits[: len(alone)]
    return [prove_batch(ours, np.concatenate(alone), AT_ONCE[device.choose()])]


def numbers(proposals: Array, piped: Piped | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if piped is None:
        return {"proposals": proposals}
    kept = [step.kept for step in piped.steps]
    found = piped.found
    return {
        "proposals": proposals,
        "features": piped.run.features,
        "imagenet_logits": piped.run.logits,
        "svm_scores": piped.run.scores,
        "deltas": piped.run.deltas,
        "detections": np.column_stack([found.boxes, found.scores])[kept],
        "detection_labels": found.labels[kept],
    }
