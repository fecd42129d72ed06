"""How a detector does over the whole range of a challenge, box by box."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.boxes import as_boxes, box_iou
from explorer.core.challenge_frames import Frames
from explorer.core.detection_errors import (
    MISTAKES,
    NEAR_IOU,
    Kind,
    error_kinds,
    similar_classes,
)
from explorer.core.labelled import Found
from explorer.core.matching import match_ranked, overlaps

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
MATCH_IOU = 0.5  # Pascal VOC's rule: a box that overlaps at least so much is right


@dataclass(frozen=True, eq=False)
class Scored:
    """What a detector found over a challenge, each box named.

    Attributes
    ----------
    found : Found
        N detections, best first; ``images`` is the frame.
    kinds : tuple of N str
        Hoiem's types, see ``error_kinds``.
    reason : (N,) int64
        The truth (a row of ``Frames.true``) that the name rests on: the object hit or
        nearly hit; -1 for background.
    ious : (N,) float64
        Its overlap with that truth.
    object_scores : (F,) float64
        The best score of a box on the object (overlap at least ``MATCH_IOU``); nan
        where there is none.
    wrong_scores : (F,) float64
        The best score of a box that is wrong; nan where there is none.
    """

    found: Found
    kinds: tuple[Kind, ...]
    reason: Ints
    ious: Array
    object_scores: Array
    wrong_scores: Array


def score_frames(
    frames: Frames, boxes: ArrayLike, scores: ArrayLike, which: ArrayLike
) -> Scored:
    """Name each detection of a challenge, and draw its curves.

    Parameters
    ----------
    frames : Frames
    boxes : (N, 4) array_like, xyxy pixels
        Detections of the object's class.
    scores : (N,) array_like
    which : (N,) array_like of int
        The frame each was found in.

    Returns
    -------
    Scored

    Raises
    ------
    ValueError
        If the lengths differ or a frame is not there.

    Notes
    -----
    What nobody marked as true counts as background, also where a reader would see an
    object: only the known truths are asked.

    References
    ----------
    Hoiem, Chodpathumwan & Dai 2012, Diagnosing Error in Object Detectors, section 2.
    """
    seen = _found(frames, boxes, scores, which).ranked()
    own = frames.true.take(frames.true.classes == 0)
    verdicts = match_ranked(seen, own, MATCH_IOU)
    similar = similar_classes(frames.classes)
    kinds = tuple(error_kinds(seen, frames.true, verdicts, similar))
    reason, ious = _reasons(seen, frames, kinds)
    at = box_iou(seen.boxes, frames.objects)[np.arange(len(seen)), seen.images]
    wrong = np.isin(np.array(kinds, str), MISTAKES)
    count = len(frames)
    return Scored(
        seen,
        kinds,
        reason,
        ious,
        best_of(seen, at >= MATCH_IOU, count),
        best_of(seen, wrong, count),
    )


def best_of(seen: Found, chosen: NDArray[np.bool_], count: int) -> Array:
    """Return the best score among the chosen in each frame; nan where there is none.

    Examples
    --------
    >>> from explorer.core.labelled import found
    >>> seen = found([[0, 0, 1, 1]] * 2, [3, 5], images=[1, 1])
    >>> best_of(seen, np.array([True, False]), 2).tolist()
    [nan, 3.0]
    """
    best = np.full(count, -np.inf)
    np.maximum.at(best, seen.images[chosen], seen.scores[chosen])
    return np.where(np.isfinite(best), best, np.nan)


def _found(
    frames: Frames, boxes: ArrayLike, scores: ArrayLike, which: ArrayLike
) -> Found:
    array = as_boxes(boxes)
    rank, at = np.asarray(scores, np.float64), np.asarray(which, np.int64)
    if rank.shape != (len(array),) or at.shape != (len(array),):
        raise ValueError(f"{len(array)} boxes, scores {rank.shape}, frames {at.shape}")
    if len(at) and not (0 <= at.min() and at.max() < len(frames)):
        raise ValueError(f"frames are 0 to {len(frames) - 1}, got {at.max()}")
    return Found(array, rank, np.zeros(len(array), np.int64), at)


def _reasons(
    seen: Found, frames: Frames, kinds: tuple[Kind, ...]
) -> tuple[Ints, Array]:
    """Return the truth that each name rests on, and the overlap with it."""
    true = frames.true
    alike = similar_classes(frames.classes)[0][true.classes]
    own = true.classes == 0
    may = {
        "right": own,
        "ignored": own,
        "localisation": own,
        "similar": alike,
        "other": ~own & ~alike,
    }
    reason, ious = np.full(len(seen), -1, np.int64), np.zeros(len(seen))
    for row, kind in enumerate(kinds):
        if kind in may:
            rows = np.flatnonzero(may[kind] & (true.images == seen.images[row]))
            near = overlaps(seen.boxes[row : row + 1], true.take(rows))[0]
            reason[row], ious[row] = rows[near.argmax()], near.max()
    return reason, ious


def rule_of(kind: Kind, iou: float, object_name: str) -> str:
    """Say in a line why a detection has its name.

    Examples
    --------
    >>> rule_of("localisation", 0.31, "face")
    'IoU 0.31 with a face: at least 0.1, below 0.5'
    """
    near, hit = f"{NEAR_IOU:g}", f"{MATCH_IOU:g}"
    return {
        "right": f"IoU {iou:.2f} with a {object_name}: at least {hit}",
        "localisation": (
            f"IoU {iou:.2f} with a {object_name}: at least {near}, below {hit}"
            if iou < MATCH_IOU
            else f"IoU {iou:.2f}, but a better box has this {object_name} already"
        ),
        "similar": f"on a {object_name}, a similar class (IoU {iou:.2f} ≥ {near})",
        "other": f"on a {object_name}, another class (IoU {iou:.2f} ≥ {near})",
        "background": f"overlaps nothing known by {near} or more",
        "ignored": f"on a {object_name} that can hardly be seen: counts neither way",
    }[kind]
