"""Recall and average precision of boxes of one class, for a detector's record."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.core.people import MATCH_IOU, Detections, match_people

__all__ = ["MATCH_IOU", "Score", "average_precision", "match", "score_photos"]


@dataclass(frozen=True)
class Score:
    """How a detector did on a set of photos.

    Attributes
    ----------
    recall : float
        Share of true boxes found, at the operating threshold.
    false_per_photo : float
        Boxes that matched nothing, a photo, at the operating threshold.
    ap50 : float
        Area under the precision envelope over all ranked boxes.
    boxes : int
        True boxes counted.
    """

    recall: float
    false_per_photo: float
    ap50: float
    boxes: int


def match(found: Detections, truth: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which detections (best first) are the first to hit a true box."""
    return match_people(found.boxes, truth)


def score_photos(
    found: list[Detections], truths: list[NDArray[np.float64]], threshold: float
) -> Score:
    """Score ranked detections against true boxes, photo by photo.

    Parameters
    ----------
    found : list of Detections
        As far down the ranking as AP shall see.
    truths : list of (M, 4) array
    threshold : float
        Of the score, for recall and false alarms.
    """
    hits = [match(one, truth) for one, truth in zip(found, truths, strict=True)]
    total = sum(len(truth) for truth in truths)
    scores = np.concatenate([one.scores for one in found])
    right = np.concatenate(hits)
    order = np.argsort(-scores, kind="stable")
    above = scores >= threshold
    return Score(
        float((right & above).sum() / total),
        float((~right & above).sum() / len(found)),
        average_precision(right[order], total),
        total,
    )


def average_precision(right: NDArray[np.bool_], total: int) -> float:
    """Return the all-point area under the precision envelope of a ranking.

    Examples
    --------
    >>> average_precision(np.array([True, False, True]), 2)
    0.8333333333333333
    """
    true = np.cumsum(right)
    precision = true / np.arange(1, len(right) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(envelope[right].sum() / total)
