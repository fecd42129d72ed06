"""The funnel of a two-stage detector: which box goes at which step, and why."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.boxes import as_boxes
from explorer.core.letterbox import reaches
from explorer.core.nms import nms_classwise_steps
from explorer.core.rcnn import fates

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
TOO_SMALL = -1
MOST_FOUND = 100  # detections a picture, as in COCO's evaluation


@dataclass(frozen=True, eq=False)
class ProposalFunnel:
    """What became of the best anchors of each level, moved: B candidates.

    Attributes
    ----------
    large : (B,) bool
        Wide and high enough.
    keepers : (B,) int64
        The candidate that decided: itself where it stays, the better one that it
        overlaps too much, -1 where it was too small to be compared.
    ious : (B,) float64
        Its overlap with the keeper; 1 with itself, 0 where it was too small.
    kept : (K,) int64
        What suppression leaves, best first.
    proposals : (R,) int64
        The first of them.
    """

    large: NDArray[np.bool_]
    keepers: Ints
    ious: Array
    kept: Ints
    proposals: Ints


def proposal_funnel(
    boxes: ArrayLike,
    scores: ArrayLike,
    levels: ArrayLike,
    *,
    least_px: float,
    iou_threshold: float,
    top: int,
) -> ProposalFunnel:
    """Thin out candidates as a region proposal network does.

    Parameters
    ----------
    boxes : (B, 4) array_like
        xyxy pixels, moved and cut at the picture's border.
    scores : (B,) array_like
        Of "an object is here".
    levels : (B,) array_like of int
        Of the pyramid; boxes of two levels do not suppress each other.
    least_px : float
        A box stays with both sides at least so long.
    iou_threshold : float
        Of two that overlap by more, the better stays.
    top : int
        So many are left in the end, at least 1.

    Raises
    ------
    ValueError
        If the arrays do not fit each other, or ``top`` is below 1.

    Notes
    -----
    Candidates of equal scores are taken in the order given, as torchvision's ``nms``
    does; which of equals come first into the order is the caller's.

    References
    ----------
    Ren et al. 2015, Faster R-CNN, section 3.3; Lin et al. 2017, FPN, section 4.1.

    Examples
    --------
    >>> made = proposal_funnel([[0, 0, 9, 9], [0, 0, 9, 8], [3, 3, 4, 9]],
    ...                        [0.9, 0.8, 0.7], [3, 3, 3],
    ...                        least_px=2, iou_threshold=0.7, top=9)
    >>> made.keepers.tolist(), made.proposals.tolist()
    ([0, 0, -1], [0])
    """
    array, numbers = as_boxes(boxes), np.asarray(scores)
    labels = np.asarray(levels, np.int64)
    if numbers.shape != (len(array),) or labels.shape != (len(array),):
        raise ValueError(
            f"{len(array)} boxes need as many scores and levels, got "
            f"{numbers.shape} and {labels.shape}"
        )
    if top < 1:
        raise ValueError(f"top must be at least 1, got {top}")
    large = (array[:, 2:] - array[:, :2]).min(axis=1, initial=np.inf) >= least_px
    rows = np.flatnonzero(large)
    steps = nms_classwise_steps(array[rows], numbers[rows], labels[rows], iou_threshold)
    fate = fates(steps, len(rows))
    keepers, ious = np.full(len(array), TOO_SMALL, np.int64), np.zeros(len(array))
    keepers[rows], ious[rows] = rows[fate.keepers], fate.ious
    kept = rows[[step.kept for step in steps]].astype(np.int64)
    return ProposalFunnel(large, keepers, ious, kept, kept[:top])


@dataclass(frozen=True, eq=False)
class DetectionFunnel:
    """What became of each RoI's box of each class that reaches the threshold: M.

    Attributes
    ----------
    rows, labels : (M,) int64
        Which RoI and which class, RoI after RoI.
    boxes : (M, 4) float64
    scores : (M,) float64
    keepers : (M,) int64
        Itself where it stays, else the better one of its class.
    ious : (M,) float64
        The overlap with the keeper.
    kept : (K,) int64
        What suppression leaves, best first.
    found : (D,) int64
        The first of them, without those in the grey beside the picture: the detections.
    """

    rows: Ints
    labels: Ints
    boxes: Array
    scores: Array
    keepers: Ints
    ious: Array
    kept: Ints
    found: Ints


def detection_funnel(
    boxes: NDArray[Any],
    scores: NDArray[Any],
    score_threshold: float,
    iou_threshold: float,
    most: int = MOST_FOUND,
    extent: ArrayLike | None = None,
) -> DetectionFunnel:
    """Thin out the class boxes of the RoIs to detections.

    Parameters
    ----------
    boxes : (R, C, 4) array
        Each RoI, moved for each class.
    scores : (R, C) array
        Probabilities of the classes, background left out.
    score_threshold : float
        A class counts from here up; compared in the precision of ``scores``.
    iou_threshold : float
        Of two boxes of one class that overlap by more, the better stays.
    most : int
        Detections at most, at least 1.
    extent : (2,) array_like, optional
        Width and height of the picture in its square. Of the last ones those that lie
        in the grey beside it are no detections; without it all are.

    Raises
    ------
    ValueError
        If the shapes disagree or ``most`` is below 1.

    References
    ----------
    Girshick 2015, Fast R-CNN, section 2.4.

    Examples
    --------
    >>> one = np.array([[[0.0, 0, 8, 8]], [[0, 0, 8, 9]], [[9, 9, 12, 12]]])
    >>> made = detection_funnel(one, np.array([[0.9], [0.8], [0.2]]), 0.3, 0.5)
    >>> made.rows.tolist(), made.keepers.tolist(), made.found.tolist()
    ([0, 1], [0, 0], [0])
    """
    if scores.ndim != 2 or boxes.shape != (*scores.shape, 4):
        raise ValueError(
            f"boxes must be {(*scores.shape, 4)} to match scores, got {boxes.shape}"
        )
    if most < 1:
        raise ValueError(f"most must be at least 1, got {most}")
    rows, labels = np.nonzero(scores >= score_threshold)
    mine = np.asarray(boxes[rows, labels], np.float64).reshape(-1, 4)
    said = np.asarray(scores[rows, labels], np.float64)
    steps = nms_classwise_steps(mine, said, labels, iou_threshold)
    fate = fates(steps, len(rows))
    kept = np.array([step.kept for step in steps], np.int64)
    found = kept[:most]
    if extent is not None:
        found = found[reaches(mine[found], extent)]
    return DetectionFunnel(
        rows.astype(np.int64),
        labels.astype(np.int64),
        mine,
        said,
        fate.keepers.astype(np.int64),
        fate.ious,
        kept,
        found,
    )
