"""Greedy non-maximum suppression, round by round, and class by class."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.boxes import as_boxes, box_iou

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
BLOCK = 32  # rows compared at a time: the working stays in the processor's cache


@dataclass(frozen=True)
class NmsStep:
    """One round of greedy NMS: the best box left is kept, and removes others.

    Attributes
    ----------
    kept : int
        Row of the box that is kept.
    suppressed : (K,) int array
        Rows of the boxes it removes, best score first.
    ious : (K,) float64 array
        Their IoU with the kept box, each above the threshold.
    label : int
        Class of the round; 0 when classes play no part.
    """

    kept: int
    suppressed: Indices
    ious: Array
    label: int = 0


def nms_steps(
    boxes: ArrayLike, scores: ArrayLike, iou_threshold: float
) -> list[NmsStep]:
    """Greedy non-maximum suppression, one step for each box kept.

    Parameters
    ----------
    boxes : (N, 4) array_like
        ``(x1, y1, x2, y2)`` in pixels, ``x1 <= x2`` and ``y1 <= y2``.
    scores : (N,) array_like
        Any finite numbers, higher is better. Ties keep the lower row first.
    iou_threshold : float
        In [0, 1]. A box goes when its IoU with a kept box is strictly above it.

    Returns
    -------
    list of NmsStep
        In decreasing score: ``[step.kept for step in steps]`` is what
        ``torchvision.ops.nms`` returns. Every row is kept or suppressed once.

    Raises
    ------
    ValueError
        If the shapes disagree, a number is not finite, or the threshold is outside
        [0, 1].

    Notes
    -----
    The rule of [1]_ without its cap on the number of boxes kept. Overlaps are
    computed for the best ``BLOCK`` boxes left at a time and the rounds look them up,
    which changes nothing in the result. A box without area overlaps nothing, so it
    is always kept.

    References
    ----------
    .. [1] Girshick et al. 2014, Rich feature hierarchies (R-CNN), section 2.2;
       Ren et al. 2015, Faster R-CNN, section 3.3.

    Examples
    --------
    >>> boxes = [[0, 0, 10, 10], [0, 0, 9, 10], [20, 20, 30, 30]]
    >>> [step.kept for step in nms_steps(boxes, [0.8, 0.9, 0.7], 0.5)]
    [1, 2]
    """
    array, numbers = check_scored(boxes, scores)
    check_iou_threshold(iou_threshold)
    left = np.argsort(-numbers, kind="stable")
    steps: list[NmsStep] = []
    while len(left):
        ious = _ious_of_first(array[left])
        alive = np.ones(len(left), dtype=bool)
        for at in range(len(ious)):
            if alive[at]:
                after = ious[at, at + 1 :]
                gone = (
                    at + 1 + np.flatnonzero((after > iou_threshold) & alive[at + 1 :])
                )
                alive[gone] = False
                steps.append(NmsStep(int(left[at]), left[gone], ious[at, gone]))
        left = left[BLOCK:][alive[BLOCK:]]
    return steps


def _ious_of_first(boxes: Array) -> Array:
    """Return the IoU of the first ``BLOCK`` boxes with all: (BLOCK, N) or (N, N)."""
    x1, y1, x2, y2 = np.ascontiguousarray(boxes.T)  # (N,) each
    areas = (x2 - x1) * (y2 - y1)
    width = np.minimum(x2[:BLOCK, None], x2) - np.maximum(x1[:BLOCK, None], x1)
    height = np.minimum(y2[:BLOCK, None], y2) - np.maximum(y1[:BLOCK, None], y1)
    pairs = np.flatnonzero((width > 0) & (height > 0))  # (P,) those that meet
    row, column = pairs // len(boxes), pairs % len(boxes)
    shared = width.ravel()[pairs] * height.ravel()[pairs]
    ious = np.zeros(width.shape)
    ious.ravel()[pairs] = shared / (areas[row] + areas[column] - shared)
    return ious


def nms_classwise_steps(
    boxes: ArrayLike, scores: ArrayLike, labels: ArrayLike, iou_threshold: float
) -> list[NmsStep]:
    """Greedy NMS in which a box removes boxes of its own class only.

    Parameters
    ----------
    boxes, scores, iou_threshold
        As for ``nms_steps``.
    labels : (N,) array_like of int
        Class of each box.

    Returns
    -------
    list of NmsStep
        The rounds of all classes, in decreasing score of the kept box:
        ``torchvision.ops.batched_nms``.

    Raises
    ------
    ValueError
        As ``nms_steps``, or if the labels do not match the boxes.

    Examples
    --------
    >>> boxes = [[0, 0, 10, 10], [0, 0, 9, 10]]
    >>> [step.kept for step in nms_classwise_steps(boxes, [0.8, 0.9], [0, 1], 0.5)]
    [1, 0]
    """
    array, numbers = check_scored(boxes, scores)
    classes = np.asarray(labels, dtype=np.intp).reshape(-1)
    if len(classes) != len(array):
        raise ValueError(f"labels must be ({len(array)},), got {classes.shape}")
    check_iou_threshold(iou_threshold)
    steps: list[NmsStep] = []
    for label in np.unique(classes):
        rows = np.flatnonzero(classes == label)
        for step in nms_steps(array[rows], numbers[rows], iou_threshold):
            kept, gone = int(rows[step.kept]), rows[step.suppressed]
            steps.append(replace(step, kept=kept, suppressed=gone, label=int(label)))
    return sorted(steps, key=lambda step: (-numbers[step.kept], step.kept))


def kept_counts(
    boxes: ArrayLike,
    scores: ArrayLike,
    iou_thresholds: ArrayLike,
    labels: ArrayLike | None = None,
) -> NDArray[np.int64]:
    """Return how many boxes greedy NMS keeps at each of many thresholds.

    Parameters
    ----------
    boxes, scores
        As for ``nms_steps``.
    iou_thresholds : (T,) array_like
        Each in [0, 1].
    labels : (N,) array_like of int or None
        With labels, boxes remove boxes of their own class only.

    Returns
    -------
    (T,) int64 array
        All thresholds at once: one pass over the boxes.

    Examples
    --------
    >>> kept_counts([[0, 0, 10, 10], [0, 0, 9, 9]], [0.9, 0.8], [0.8, 0.81]).tolist()
    [1, 2]
    """
    array, numbers = check_scored(boxes, scores)
    thresholds = np.asarray(iou_thresholds, dtype=np.float64)
    order = np.argsort(-numbers, kind="stable")
    ious = box_iou(array[order], array[order])  # (N, N)
    if labels is not None:
        classes = np.asarray(labels)[order]
        ious = np.where(classes[:, None] == classes[None, :], ious, 0.0)
    kept = np.ones((len(thresholds), len(order)), dtype=bool)
    for row, near in enumerate(ious):
        over = near[None, row + 1 :] > thresholds[:, None]  # (T, N - row - 1)
        kept[:, row + 1 :] &= ~(over & kept[:, row, None])
    counts: NDArray[np.int64] = kept.sum(axis=1)
    return counts


def check_scored(boxes: ArrayLike, scores: ArrayLike) -> tuple[Array, Array]:
    """Return boxes and scores as arrays, or raise ValueError."""
    array = as_boxes(boxes)
    numbers = np.asarray(scores, dtype=np.float64)
    if numbers.shape != (len(array),):
        raise ValueError(
            f"scores must be ({len(array)},) to match boxes {array.shape}, "
            f"got {numbers.shape}"
        )
    if not np.isfinite(numbers).all():
        raise ValueError("scores must be finite numbers, got one that is not")
    return array, numbers


def check_iou_threshold(iou_threshold: float) -> None:
    """Raise ValueError if the threshold is outside [0, 1]."""
    if not 0 <= iou_threshold <= 1:
        raise ValueError(f"iou_threshold must be in [0, 1], got {iou_threshold}")
