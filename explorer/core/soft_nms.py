"""Soft non-maximum suppression, round by round."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.boxes import box_iou
from explorer.core.nms import check_iou_threshold, check_scored

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Decay = Literal["linear", "gaussian"]
DECAYS: tuple[Decay, ...] = ("linear", "gaussian")


@dataclass(frozen=True)
class SoftStep:
    """One round of soft-NMS: the best box left is kept, its neighbours lose score.

    Attributes
    ----------
    kept : int
        Row of the box that is kept.
    score : float
        The score it has by now: its final one.
    lowered : (K,) int array
        Rows of the boxes that lose score.
    ious : (K,) float64 array
        Their IoU with the kept box.
    before, after : (K,) float64 array
        Their scores.
    dropped : (D,) int array
        Rows that fell below the score threshold and are out.
    """

    kept: int
    score: float
    lowered: Indices
    ious: Array
    before: Array
    after: Array
    dropped: Indices


def soft_nms_steps(
    boxes: ArrayLike,
    scores: ArrayLike,
    decay: Decay = "linear",
    iou_threshold: float = 0.5,
    sigma: float = 0.5,
    score_threshold: float = 0.001,
) -> list[SoftStep]:
    """Soft-NMS: neighbours of a kept box lose score instead of their place.

    Parameters
    ----------
    boxes : (N, 4) array_like
        ``(x1, y1, x2, y2)`` in pixels.
    scores : (N,) array_like
        At least 0: they are multiplied. Ties keep the lower row first.
    decay : {"linear", "gaussian"}
        ``1 - iou`` for an IoU of the threshold or more; or ``exp(-iou**2 / sigma)``
        for every IoU above 0.
    iou_threshold : float
        In [0, 1]; the linear decay's only.
    sigma : float
        Above 0; the Gaussian decay's only.
    score_threshold : float
        At least 0. A box whose score falls below it is out.

    Returns
    -------
    list of SoftStep
        In the order the boxes are picked, which is in decreasing final score.

    Raises
    ------
    ValueError
        If shapes disagree, a score is negative, or an option is out of range.

    Notes
    -----
    Linear decay starts at the threshold itself (>=), as [1]_ writes it, while greedy
    NMS here removes strictly above it, as torchvision does. The paper drops no box;
    its code does, at 0.001.

    References
    ----------
    .. [1] Bodla, Singh, Chellappa & Davis 2017, Soft-NMS, section 3, figure 2.

    Examples
    --------
    >>> steps = soft_nms_steps([[0, 0, 10, 10], [0, 0, 10, 8]], [0.9, 0.5])
    >>> [(step.kept, round(step.score, 3)) for step in steps]
    [(0, 0.9), (1, 0.1)]
    """
    array, numbers = check_scored(boxes, scores)
    _check_soft(numbers, decay, iou_threshold, sigma, score_threshold)
    left = np.flatnonzero(numbers >= score_threshold)
    now = numbers.copy()
    overlaps = box_iou(array, array)  # (N, N): every row is asked for once
    steps = []
    while len(left):
        at = int(np.argmax(now[left]))
        best, rest = left[at], np.delete(left, at)
        ious = overlaps[best, rest]
        near = ious >= iou_threshold if decay == "linear" else ious > 0
        near &= ious > 0
        lowered, close = rest[near], ious[near]
        before = now[lowered]
        now[lowered] *= 1 - close if decay == "linear" else np.exp(-(close**2) / sigma)
        stays = now[rest] >= score_threshold
        steps.append(
            SoftStep(
                int(best),
                float(now[best]),
                lowered,
                close,
                before,
                now[lowered],
                rest[~stays],
            )
        )
        left = rest[stays]
    return steps


def final_scores(steps: Sequence[SoftStep], count: int) -> Array:
    """Return every box's score after soft-NMS; 0 for the boxes that are out.

    Examples
    --------
    >>> final_scores(soft_nms_steps([[0, 0, 2, 2], [0, 0, 2, 2]], [0.9, 0.5]), 2)
    array([0.9, 0. ])
    """
    scores = np.zeros(count)
    for step in steps:
        scores[step.kept] = step.score
    return scores


def soft_nms_scores(
    boxes: ArrayLike,
    scores: ArrayLike,
    labels: ArrayLike | None = None,
    decay: Decay = "linear",
    iou_threshold: float = 0.5,
    sigma: float = 0.5,
) -> Array:
    """Return every box's score after soft-NMS, none dropped.

    Parameters
    ----------
    boxes, scores, decay, iou_threshold, sigma
        As for ``soft_nms_steps``.
    labels : (N,) array_like of int or None
        With labels, only boxes of the same class lower each other's scores.

    Returns
    -------
    (N,) float64 array
        At most the scores that came in.

    Raises
    ------
    ValueError
        As ``soft_nms_steps``.

    Examples
    --------
    >>> soft_nms_scores([[0, 0, 2, 2], [0, 0, 2, 2]], [0.9, 0.5], [0, 1])
    array([0.9, 0.5])
    """
    array, numbers = check_scored(boxes, scores)
    classes = np.zeros(len(array)) if labels is None else np.asarray(labels)
    final = np.zeros(len(array))
    for label in np.unique(classes):
        rows = np.flatnonzero(classes == label)
        steps = soft_nms_steps(
            array[rows], numbers[rows], decay, iou_threshold, sigma, 0.0
        )
        final[rows] = final_scores(steps, len(rows))
    return final


def _check_soft(
    scores: Array, decay: str, iou_threshold: float, sigma: float, floor: float
) -> None:
    check_iou_threshold(iou_threshold)
    if decay not in DECAYS:
        raise ValueError(f"decay must be one of {DECAYS}, got {decay!r}")
    if not sigma > 0:
        raise ValueError(f"sigma must be above 0, got {sigma}")
    if not floor >= 0:
        raise ValueError(f"score_threshold must be at least 0, got {floor}")
    if len(scores) and scores.min() < 0:
        raise ValueError(f"scores must be at least 0, got {scores.min()}")
