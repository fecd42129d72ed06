"""A judged set beside pycocotools, and the curve beside scikit-learn's."""

import contextlib
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.coco_eval import MAX_DETECTIONS, THRESHOLDS, CocoScores, coco_scores
from explorer.core.labelled import Labelled
from explorer.core.matching import FP, IGNORED, TP, Verdicts
from explorer.core.precision_recall import Curve
from explorer.core.proof import Proof

TOLERANCE = 1e-9


def pycocotools_scores(labelled: Labelled) -> CocoScores:
    """Return what ``pycocotools`` makes of a set, NaN where it says -1."""
    judge = _judge(labelled, list(MAX_DETECTIONS))
    precision, recall = judge.eval["precision"], judge.eval["recall"]
    return CocoScores(_unknown(precision), _unknown(recall))


def _judge(labelled: Labelled, most: list[int], iou: float | None = None) -> Any:
    """Run ``COCOeval``, at its ten overlaps or at one of the reader's."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = _dataset(labelled)
        truth.createIndex()
        results = _results(labelled)
        seen = truth.loadRes(results) if results else COCO()
        if not results:
            seen.dataset = truth.dataset | {"annotations": []}
            seen.createIndex()
        judge = COCOeval(truth, seen, "bbox")
        judge.params.maxDets = most
        if iou is not None:
            judge.params.iouThrs = np.array([iou])
        judge.evaluate()
        judge.accumulate()
    return judge


def _unknown(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(values < 0, np.nan, values)


def _dataset(labelled: Labelled) -> dict[str, Any]:
    true = labelled.truths
    return {
        "info": {},
        "images": [{"id": k} for k in range(len(labelled.images))],
        "categories": [{"id": k} for k in range(len(labelled.classes))],
        "annotations": [
            {
                "id": row + 1,  # pycocotools takes 0 for "no match"
                "image_id": int(true.images[row]),
                "category_id": int(true.classes[row]),
                "bbox": _xywh(true.boxes[row]),
                "area": float(true.areas[row]),
                "iscrowd": int(true.ignore[row]),
            }
            for row in range(len(true))
        ],
    }


def _results(labelled: Labelled) -> list[dict[str, Any]]:
    seen = labelled.found
    return [
        {
            "image_id": int(seen.images[row]),
            "category_id": int(seen.classes[row]),
            "bbox": _xywh(seen.boxes[row]),
            "score": float(seen.scores[row]),
        }
        for row in range(len(seen))
    ]


def _xywh(box: NDArray[np.float64]) -> list[float]:
    x1, y1, x2, y2 = box.tolist()
    return [x1, y1, x2 - x1, y2 - y1]


def prove_coco(labelled: Labelled) -> Proof:
    """Compare every precision and recall of COCO's evaluation with ``pycocotools``.

    Parameters
    ----------
    labelled : Labelled

    Returns
    -------
    Proof
        Over all classes, thresholds, area ranges and numbers of detections.
    """
    ours, theirs = coco_scores(labelled), pycocotools_scores(labelled)
    delta = max(
        _apart(ours.precision, theirs.precision), _apart(ours.recall, theirs.recall)
    )
    numbers = ours.precision.size + ours.recall.size
    kinds = len(labelled.classes)
    of = labelled.classes[0] if kinds == 1 else f"{kinds} classes"
    note = f"COCO AP and COCO's twelve numbers: all {numbers:,} behind them, of {of}, "
    limits = f"{len(THRESHOLDS)} overlaps, 4 area ranges, 3 limits a picture"
    return Proof("pycocotools.cocoeval.COCOeval", delta, TOLERANCE, note=note + limits)


def prove_verdicts(one: Labelled, verdicts: Verdicts, ap: float, iou: float) -> Proof:
    """Compare each verdict under COCO's rule, and the 101-point AP, with pycocotools.

    Parameters
    ----------
    one : Labelled
        One class; detections best first.
    verdicts : Verdicts
        Of those detections, at ``iou``.
    ap : float
        The 101-point average precision that came of them.
    iou : float
    """
    count = len(one.found)
    judge = _judge(one, [1, 10, max(100, count)], iou)
    theirs = np.full(count, np.nan)
    hits = np.full(count, -1)
    for image in (e for e in judge.evalImgs if e and e["aRng"] == [0, 1e5**2]):
        rows = np.array(image["dtIds"], np.int64) - 1  # loadRes counts from 1
        match = np.asarray(image["dtMatches"])[0].astype(np.int64)
        ignored = np.asarray(image["dtIgnore"])[0].astype(bool)
        theirs[rows] = np.where(ignored, IGNORED, np.where(match > 0, TP, FP))
        hits[rows] = np.where(ignored, -1, match - 1)
    ours = np.where(verdicts.outcomes == TP, verdicts.gt, -1)
    wrong = (verdicts.outcomes != theirs) | (ours != hits)
    mean = float(_unknown(judge.eval["precision"])[0, :, 0, 0, -1].mean())
    delta = float(wrong.sum()) + abs(ap - mean)
    note = (
        f"{count:,} verdicts at IoU {iou:.2f}, the truth each took, and the 101-point "
        "AP: what the list and the curve show"
    )
    return Proof("pycocotools.cocoeval.COCOeval", delta, TOLERANCE, note=note)


def _apart(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return the largest difference; NaN in one alone is infinitely far."""
    if a.shape != b.shape or (np.isnan(a) != np.isnan(b)).any():
        return float("inf")
    gap = np.abs(a - b)
    return float(np.nanmax(gap, initial=0.0)) if gap.size else 0.0


def prove_curve(outcomes: NDArray[np.int64], curve: Curve) -> Proof | None:
    """Compare the curve's points with scikit-learn's; None without any hit.

    Parameters
    ----------
    outcomes : (N,) int64
        Best score first, as for ``pr_curve``.
    curve : Curve
        Made of them.

    Notes
    -----
    scikit-learn does not know of truths that were never found: its recall is a share
    of the hits, so it is multiplied by hits / truths.
    """
    from sklearn.metrics import precision_recall_curve

    counted = outcomes >= FP
    hits = int((outcomes == TP).sum())
    if not hits:
        return None
    rank = -np.arange(int(counted.sum()), dtype=float)
    precision, recall, _ = precision_recall_curve(
        outcomes[counted] == TP, rank, drop_intermediate=False
    )
    theirs = np.stack([precision, recall * hits / curve.truths])[:, -2::-1]
    ours = np.stack([curve.precision, curve.recall])[:, counted][:, : theirs.shape[1]]
    delta = float(np.abs(ours - theirs).max())
    note = f"precision and recall after each of {theirs.shape[1]} detections"
    reference = "sklearn.metrics.precision_recall_curve"
    return Proof(reference, delta, TOLERANCE, note=note)
