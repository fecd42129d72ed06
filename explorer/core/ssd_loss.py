"""SSD's loss in numpy, taken apart: what each default box has to pay."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.activations import log_softmax
from explorer.core.anchor_matching import (
    AnchorMatch,
    hard_negatives,
    match_default_boxes,
)
from explorer.core.box_codec import Weights, encode

Array = NDArray[np.float64]
VARIANCES: Weights = (10.0, 10.0, 5.0, 5.0)  # 1 / 0.1 and 1 / 0.2 of the authors' code


@dataclass(frozen=True, eq=False)
class SSDLoss:
    """The loss of one picture and its parts.

    Attributes
    ----------
    match : AnchorMatch
    background : (N,) float64
        -log p(background) of every box: how wrong it is where nothing is.
    classes : (P,) float64
        -log p(class) of each positive, in the order of their rows.
    boxes : (P,) float64
        Smooth L1 of each positive's four numbers, added.
    hard : (N,) bool
        The negatives that learn.
    """

    match: AnchorMatch
    background: Array
    classes: Array
    boxes: Array
    hard: NDArray[np.bool_]

    @property
    def positives(self) -> int:
        """How many boxes learn a truth."""
        return len(self.classes)

    @property
    def negatives(self) -> int:
        """How many boxes are matched with no truth."""
        return int((~self.match.positive).sum())

    @property
    def hard_sum(self) -> float:
        """What the hard negatives cost together."""
        return float(self.background[self.hard].sum())

    @property
    def negative_sum(self) -> float:
        """What all negatives would cost together."""
        return float(self.background[~self.match.positive].sum())

    @property
    def terms(self) -> tuple[float, float]:
        """The loss of classes and of boxes, divided by the number of positives."""
        over = max(1, self.positives)
        return (float(self.classes.sum()) + self.hard_sum) / over, float(
            self.boxes.sum()
        ) / over


def smooth_l1(difference: ArrayLike) -> Array:
    """Return d²/2 below 1 and |d| - 1/2 from there on.

    Examples
    --------
    >>> smooth_l1([0.5, -1.0, 3.0]).tolist()
    [0.125, 0.5, 2.5]
    """
    far = np.abs(np.asarray(difference, np.float64))
    return np.where(far < 1, far**2 / 2, far - 0.5)


def ssd_loss_parts(
    boxes: ArrayLike,
    logits: ArrayLike,
    deltas: ArrayLike,
    gt_boxes: ArrayLike,
    gt_labels: ArrayLike,
    per_positive: float = 3.0,
    threshold: float = 0.5,
) -> SSDLoss:
    """Return what every default box has to pay for one picture's true boxes.

    Parameters
    ----------
    boxes : (N, 4) array_like
        Default boxes, xyxy pixels.
    logits : (N, 1 + C) array_like
        Background first.
    deltas : (N, 4) array_like
        Times ``VARIANCES``.
    gt_boxes : (G, 4) array_like
        xyxy in the same pixels, each with an area.
    gt_labels : (G,) array_like of int
        Rows of the C classes.
    per_positive : float
        Hard negatives a positive.
    threshold : float
        Overlap from which a box is positive.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a label is none of the classes.

    Notes
    -----
    A picture without a positive is divided by 1, as in the training.

    References
    ----------
    Liu et al. 2016, SSD, section 2.2, equations (1) to (3); alpha is 1.
    """
    scores, moves = log_softmax(logits), np.asarray(deltas, np.float64)
    anchors, truths = np.asarray(boxes, np.float64), np.asarray(gt_boxes, np.float64)
    labels = np.asarray(gt_labels, np.int64).reshape(-1)
    truths = truths.reshape(-1, 4)
    if len(scores) != len(anchors) or moves.shape != anchors.shape:
        raise ValueError(
            f"{len(anchors)} boxes need as many logits and deltas, got "
            f"{scores.shape} and {moves.shape}"
        )
    if len(labels) != len(truths):
        raise ValueError(f"{len(truths)} boxes need as many labels, got {len(labels)}")
    if len(labels) and not 0 <= labels.min() <= labels.max() < scores.shape[1] - 1:
        raise ValueError(
            f"labels are rows of {scores.shape[1] - 1} classes, got {labels.tolist()}"
        )
    match = match_default_boxes(anchors, truths, threshold)
    background = -scores[:, 0]
    rows = np.flatnonzero(match.positive)
    gt = match.gt[rows]
    wanted = encode(anchors[rows], truths[gt], VARIANCES)
    return SSDLoss(
        match,
        background,
        -scores[rows, labels[gt] + 1],
        smooth_l1(moves[rows] - wanted).sum(axis=1),
        hard_negatives(background, match, per_positive),
    )
