"""A set of detections judged for one class: what all parts of the lesson share."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.coco_eval import CocoScores, coco_scores
from explorer.core.detection_errors import (
    MISTAKES,
    Kind,
    ap_without,
    error_kinds,
    similar_classes,
)
from explorer.core.labelled import Found, Labelled, Truths
from explorer.core.matching import TP, Rule, Verdicts, match_ranked
from explorer.core.precision_recall import METHODS, Curve, average_precision, pr_curve
from explorer.core.proof import BROWSER, Proof
from explorer.core.proofs.precision_recall import (
    prove_coco,
    prove_curve,
    prove_verdicts,
)
from explorer.figures.precision_recall import JUDGE_COLORS
from explorer.ui import live
from explorer.ui.stage.event import StageEvent

BROWSER_TOLERANCE = 1e-9
MOST_PROVED = 5_000  # detections that are all proved; of a larger set, one class


@dataclass(frozen=True, eq=False)
class Judged:
    """One class of a set, judged at one overlap.

    Attributes
    ----------
    labelled : Labelled
        The classes that have a truth, and the one judged.
    label : str
        The class judged.
    seen, true : Found, Truths
        Of that class, detections best first.
    """

    labelled: Labelled
    label: str
    iou: float
    rule: Rule
    seen: Found
    true: Truths
    verdicts: Verdicts
    curve: Curve
    kinds: tuple[Kind, ...]

    def ap(self) -> tuple[float, ...]:
        """Return the three average precisions in the order of ``METHODS``."""
        return tuple(average_precision(self.curve, method) for method in METHODS)

    def tag(self) -> str:
        """Return what tells this question from others, apart from the truths."""
        return live.digest(self.seen, self.label, self.iou, self.rule)


def judge(labelled: Labelled, label: str, iou: float, rule: Rule) -> Judged:
    """Judge one class of a set."""
    row = labelled.classes.index(label)
    one = labelled.of_class(row)
    verdicts = match_ranked(one.found, one.truths, iou, rule)
    wanted = int((~one.truths.ignore).sum())
    similar = similar_classes(labelled.classes)
    kinds = error_kinds(one.found, labelled.truths, verdicts, similar, rule)
    return Judged(
        narrow(labelled, row),
        label,
        iou,
        rule,
        one.found,
        one.truths,
        verdicts,
        pr_curve(verdicts.outcomes, wanted),
        tuple(kinds),
    )


def narrow(labelled: Labelled, row: int) -> Labelled:
    """Return the set with only the classes that have a truth, and the one judged."""
    known = np.flatnonzero(labelled.counted() > 0)
    return _part(labelled, np.unique(np.append(known, row)))


def only(labelled: Labelled, label: str) -> Labelled:
    """Return the set with one class alone."""
    return _part(labelled, np.array([labelled.classes.index(label)]))


def _part(labelled: Labelled, rows: NDArray[np.intp]) -> Labelled:
    """Return the set with some classes, numbered anew."""
    seen = labelled.found.take(np.isin(labelled.found.classes, rows))
    true = labelled.truths.take(np.isin(labelled.truths.classes, rows))
    place = np.searchsorted(rows, np.arange(len(labelled.classes)))
    return Labelled(
        tuple(labelled.classes[k] for k in rows),
        labelled.images,
        labelled.sizes,
        Truths(**(_fields(true) | {"classes": place[true.classes]})),
        Found(**(_fields(seen) | {"classes": place[seen.classes]})),
    )


def _fields(rows: Any) -> dict[str, Any]:
    return {name: getattr(rows, name) for name in type(rows).__dataclass_fields__}


@dataclass(frozen=True, eq=False)
class ClassRow:
    """A class in the table: how many, how many found, and its average precisions."""

    label: str
    truths: int
    detections: int
    found: int
    ap: tuple[float, ...]
    coco: float


def class_rows(
    labelled: Labelled, iou: float, rule: Rule, coco: CocoScores
) -> list[ClassRow]:
    """Return a row for each class of a set that has a truth."""
    rows = []
    for label, name in enumerate(labelled.classes):
        one = labelled.of_class(label)
        wanted = int((~one.truths.ignore).sum())
        if wanted:
            verdicts = match_ranked(one.found, one.truths, iou, rule)
            curve = pr_curve(verdicts.outcomes, wanted)
            hits = int((verdicts.outcomes == TP).sum())
            ap = tuple(average_precision(curve, method) for method in METHODS)
            mean = coco.ap(label=label)
            rows.append(ClassRow(name, wanted, len(one.found), hits, ap, mean))
    return rows


def coco_of(judged: Judged) -> CocoScores:
    """Return COCO's evaluation of the set, kept from before where it can be."""
    return live.compute("COCO's evaluation", coco_scores, judged.labelled)


def mistakes(judged: Judged) -> tuple[list[int], list[float]]:
    """Return how many mistakes there are of each kind, and what AP gains without."""
    counts = [judged.kinds.count(kind) for kind in MISTAKES]
    now = average_precision(judged.curve)
    gone = ap_without(judged.verdicts, judged.kinds, judged.curve.truths)
    return counts, [gone[kind] - now for kind in MISTAKES]


def program(judged: Judged, classes: tuple[str, ...]) -> dict[str, Any]:
    """Return what ``programs/judge.js`` needs to know of any set."""
    row = classes.index(judged.label)
    alike = similar_classes(classes)[row]
    return {
        "name": "judge",
        "iou": judged.iou,
        "rule": judged.rule,
        "label": judged.label,
        "classes": list(classes),
        "similar": [name for name, yes in zip(classes, alike, strict=True) if yes],
        "found": {
            "boxes": judged.seen.boxes.tolist(),
            "scores": judged.seen.scores.tolist(),
            "images": judged.seen.images.tolist(),
        },
        "colors": JUDGE_COLORS,
        "tag": judged.tag(),
    }


def prove(judged: Judged, event: StageEvent | None) -> list[Proof]:
    """Compare with pycocotools and scikit-learn, and the browser with the core.

    Without a true box there is nothing to be right or wrong about: no proof then.
    """
    compared = judged.labelled
    if not compared.counted().any():
        return []
    if len(compared.found) > MOST_PROVED:  # pycocotools takes its time
        compared = only(compared, judged.label)
    proofs = [live.compute("Proof", prove_coco, compared)]
    if judged.rule == "COCO" and judged.curve.truths:
        one = only(judged.labelled, judged.label)
        one = replace(one, found=one.found.ranked())
        ap = average_precision(judged.curve)
        given = (one, judged.verdicts, ap, judged.iou)
        proofs.append(live.compute("Verdicts", prove_verdicts, *given))
    curve = prove_curve(judged.verdicts.outcomes, judged.curve)
    if curve is not None:
        proofs.append(curve)
    sent = event.program if event is not None else None
    if sent and sent.get("tag") == judged.tag():
        delta = browser_delta(sent, judged)
        if delta is not None:
            note = "each overlap and verdict, and the three AP, as drawn while dragging"
            proofs.append(Proof(BROWSER, delta, BROWSER_TOLERANCE, note=note))
    return proofs


def browser_delta(sent: dict[str, Any], judged: Judged) -> float | None:
    """Return how far the browser's verdicts are off, None for other truths' ones."""
    try:
        boxes = np.asarray(sent["boxes"], np.float64).reshape(-1, 4)
        out = np.asarray(sent["out"], np.float64)
        ious = np.asarray(sent["iou"], np.float64)
        ap = np.asarray([np.nan if v is None else v for v in sent["ap"]], np.float64)
        own = boxes[np.array(sent["labels"], str) == judged.label]
    except (KeyError, TypeError, ValueError, IndexError):
        return None
    ours = judged.verdicts
    fits = own.shape == judged.true.boxes.shape and out.shape == ours.outcomes.shape
    if not fits or np.abs(own - judged.true.boxes).max(initial=0) > 1e-9:
        return None
    theirs = np.concatenate([out, ious, ap])
    mine = np.concatenate([ours.outcomes, ours.ious, judged.ap()])
    if theirs.shape != mine.shape or (np.isnan(theirs) != np.isnan(mine)).any():
        return float("inf")
    return float(np.nan_to_num(np.abs(theirs - mine)).max())
