"""What the stage of the lesson on R-CNN is told: boxes, scores, rounds, the choice."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.box_codec import clip_boxes, decode
from explorer.core.nms import NmsStep
from explorer.core.rcnn import Candidates, fates
from explorer.core.warp import CONTEXT_PX, SIDE_PX
from explorer.figures.rcnn import RCNN_COLORS, feature_bytes, top_rows
from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons import rcnn_runs as runs
from explorer.ui.lessons.fully_convolutional_scores import names
from explorer.ui.stage import committed_program

STAGE = "rcnn_stage"
TOP = 5
MEANS = 1280  # of the features: what ImageNet's classifier reads too; these are shown

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """What the toolbar says."""

    count: int
    trained: bool
    score_threshold: float
    iou_threshold: float


@dataclass(frozen=True, eq=False)
class Piped:
    """All that comes of the crops.

    ``probs`` (n, 1000) are ImageNet's, ``scores`` (n, classes) those in use; ``found``
    and ``steps`` the candidates and the rounds of NMS.
    """

    run: runs.Run
    probs: Array
    scores: Array
    found: Candidates
    steps: list[NmsStep]


def program(
    picture: Picture, proposals: Array, asked: Asked, piped: Piped | None
) -> dict[str, Any]:
    """Return what ``programs/rcnn.js`` needs; without the crops' answers at first."""
    count = asked.count
    told: dict[str, Any] = {
        "name": "rcnn",
        "all": proposals.astype(np.float32),
        "count": count,
        "side": SIDE_PX,
        "context": CONTEXT_PX,
        "mean": picture.image.reshape(-1, 3).mean(axis=0).round().tolist(),
        "tag": live.digest(picture.digest, count, piped is None, asked.trained),
        "picked": _picked(picture, count, piped),
        "digest": picture.digest,
        "colors": RCNN_COLORS,
        "ready": piped is not None,
    }
    if piped is None:
        return told
    told |= _answers(piped, asked.trained)
    return told | (_regressed(picture, piped) if asked.trained else {})


def _picked(picture: Picture, count: int, piped: Piped | None) -> int:
    """Return the chosen proposal: the reader's, or the one of the highest score."""
    sent = committed_program(STAGE)
    if sent.get("digest") == picture.digest and isinstance(sent.get("picked"), int):
        remember.set("proposal", int(sent["picked"]) + 1, 0)
    chosen = int(remember("proposal", 0))
    if 1 <= chosen <= count:
        return chosen - 1
    return 0 if piped is None else int(piped.scores.max(axis=1).argmax())


def _answers(piped: Piped, trained: bool) -> dict[str, Any]:
    """Return features, scores and the rounds of NMS."""
    run, found = piped.run, piped.found
    features, most = feature_bytes(run.features[:, :MEANS])
    top, probs, known = top_rows(piped.probs, TOP)
    labels = names()
    in_use = runs.trained() if trained else labels
    fate = fates(piped.steps, len(found.rows))
    used = np.unique(found.labels)
    return {
        "features": features,
        "featureCount": run.features.shape[1],
        "most": most,
        "top": top,
        "probs": probs,
        "names": [labels[k] for k in known],
        "chances": run.scores.astype(np.float32),
        "classNames": runs.trained(),
        "rows": found.rows.astype(np.int32),
        "boxes": found.boxes.astype(np.float32),
        "scores": found.scores.astype(np.float32),
        "labels": np.searchsorted(used, found.labels).astype(np.int32),
        "labelNames": [in_use[k] for k in used.tolist()],
        "rounds": fate.rounds.astype(np.int32),
        "keepers": fate.keepers.astype(np.int32),
        "ious": fate.ious.astype(np.float32),
    }


def _regressed(picture: Picture, piped: Piped) -> dict[str, Any]:
    """Return each crop's best class, and where its regressor moves the box."""
    best, deltas = best_deltas(piped.run)
    height, width = picture.image.shape[:2]
    moved = clip_boxes(decode(piped.run.boxes, deltas), width, height)
    return {
        "best": best.astype(np.int32),
        "deltas": deltas.astype(np.float32),
        "moved": moved.astype(np.float32),
    }


def best_deltas(run: runs.Run) -> tuple[NDArray[np.intp], Array]:
    """Return each crop's best class (n,), and that class's four numbers (n, 4)."""
    best = run.scores.argmax(axis=1)
    return best, run.deltas[np.arange(len(best)), best].astype(np.float64)
