"""The lesson on SSD, third part: matching, mining and loss against their references."""

from typing import Any

import numpy as np

from explorer.core.proof import BROWSER, Proof
from explorer.core.proofs.ssd import prove_hard_negatives
from explorer.core.ssd_loss import SSDLoss
from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import judging_truth as truth
from explorer.ui.lessons.ssd_live import Seen
from explorer.ui.lessons.ssd_rule import Asked
from explorer.ui.lessons.ssd_scene import MODEL, OURS

# Four numbers a box go to the browser in thousandths: half of one each, at a slope of
# smooth L1 of 1 at most, and the classes' costs in single precision.
LOSS_TOLERANCE = 0.003


def prove(
    picture: Picture,
    answer: Seen,
    drawn: truth.Drawn,
    asked: Asked,
    loss: SSDLoss | None,
    sent: dict[str, Any] | None,
) -> list[Proof]:
    """Compare matching, mining and loss with their references, and the browser."""
    from explorer.models.proofs import ssd as proofs

    if loss is None:
        return []
    boxes = truth.in_square(picture, drawn.boxes, OURS.side_px)
    labels = np.array([answer.classes.index(name) for name in drawn.labels])
    found = [
        live.compute(
            "proof of the matching",
            proofs.prove_matching,
            answer.boxes,
            boxes,
            asked.threshold,
        ),
        live.compute(
            "proof of the mining",
            prove_hard_negatives,
            loss.background,
            loss.match,
            float(asked.ratio),
        ),
        proofs.prove_loss(
            loss, answer.boxes, answer.logits, answer.deltas, boxes, labels
        ),
    ]
    if asked.trained:
        learnt = live.model(
            MODEL, "losses", image=picture.image, boxes=drawn.boxes, labels=labels
        )
        if learnt is not None:
            arrays = learnt.arrays
            found.append(proofs.prove_engine(loss, arrays["terms"], arrays["match"]))
    delta = browser_delta(sent, drawn, loss)
    if delta is not None:
        note = "which box learns which truth, and each truth's best IoU, as drawn"
        found.append(Proof(BROWSER, delta, 1e-9, note=note))
        found += browser_loss(sent or {}, loss)
    return found


def browser_loss(sent: dict[str, Any], loss: SSDLoss) -> list[Proof]:
    """Compare the hard negatives and both terms as the browser shows them in a drag.

    None while the browser waits for the costs of a class.
    """
    if sent.get("loss") is None:
        return []
    try:
        theirs = np.asarray(sent["loss"], np.float64).reshape(2)
        same = sorted(sent["hard"]) == np.flatnonzero(loss.hard).tolist()
    except (KeyError, TypeError, ValueError):
        return []
    delta = float(np.abs(theirs - loss.terms).max()) if same else float("inf")
    note = "both terms of the loss as drawn, and every hard negative"
    return [Proof(BROWSER, delta, LOSS_TOLERANCE, note=note)]


def browser_delta(
    sent: dict[str, Any] | None, drawn: truth.Drawn, loss: SSDLoss
) -> float | None:
    """Return how far the browser's matching is off, None for other boxes' one.

    The number of boxes matched otherwise, plus the largest difference of a best IoU.
    """
    try:
        boxes = np.asarray((sent or {})["boxes"], np.float64).reshape(-1, 4)
        rows = np.asarray((sent or {})["rows"], np.int64)
        gt = np.asarray((sent or {})["gt"], np.int64)
        best = np.asarray((sent or {})["best"], np.float64)
    except (KeyError, TypeError, ValueError):
        return None
    if boxes.shape != drawn.boxes.shape or np.abs(boxes - drawn.boxes).max() > 1e-9:
        return None
    ours = {int(k): int(loss.match.gt[k]) for k in np.flatnonzero(loss.match.positive)}
    if len(rows) != len(gt) or len(best) != len(boxes):
        return float("inf")
    theirs = dict(zip(rows.tolist(), gt.tolist(), strict=True))
    differ = sum(ours.get(k) != theirs.get(k) for k in {*ours, *theirs})
    return differ + float(np.abs(best - loss.match.ious.max(axis=0)).max(initial=0))
