"""Which anchors learn which true box: positive, negative, or left out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.boxes import box_iou

Ints = NDArray[np.int64]
NEGATIVE, IGNORED = -1, -2


@dataclass(frozen=True, eq=False)
class AnchorMatch:
    """What each anchor is to learn.

    Attributes
    ----------
    gt : (N,) int64
        Row of the true box; -1 for background, -2 for an anchor left out of the loss.
    ious : (N, G) float64
        Overlap of every anchor with every true box.
    forced : (N,) bool
        Positive only because no other anchor overlaps its truth more.
    """

    gt: Ints
    ious: NDArray[np.float64]
    forced: NDArray[np.bool_]

    @property
    def positive(self) -> NDArray[np.bool_]:
        """Anchors that learn a box."""
        return self.gt >= 0

    @property
    def counts(self) -> dict[str, int]:
        """How many anchors are positive, negative and left out."""
        return {
            "positive": int((self.gt >= 0).sum()),
            "negative": int((self.gt == NEGATIVE).sum()),
            "ignored": int((self.gt == IGNORED).sum()),
        }


def match_anchors(
    anchors: ArrayLike,
    gt_boxes: ArrayLike,
    high: float = 0.7,
    low: float = 0.3,
    low_quality: bool = True,
) -> AnchorMatch:
    """Match anchors to truth as a region proposal network does.

    Parameters
    ----------
    anchors : (N, 4) array_like
    gt_boxes : (G, 4) array_like
        xyxy pixels.
    high, low : float
        An anchor with an overlap of at least ``high`` is positive, one below ``low``
        with every truth is negative, one between is left out.
    low_quality : bool
        Whether each truth's best anchors (all of equals) are positive in any case. Such
        an anchor learns the truth that it overlaps most itself, which may be another.

    Returns
    -------
    AnchorMatch
        Without a truth all anchors are negative.

    Raises
    ------
    ValueError
        If the thresholds are outside [0, 1] or ``low`` is above ``high``.

    Notes
    -----
    ``torchvision.models.detection._utils.Matcher`` decides the same, with one
    difference: it forces an anchor even for a truth that overlaps none (all anchors are
    then equally good, at 0); here an overlap of 0 forces nothing.

    References
    ----------
    Ren et al. 2015, Faster R-CNN, section 3.1.2.

    Examples
    --------
    >>> match = match_anchors([[0, 0, 10, 10], [0, 0, 10, 5], [50, 50, 60, 60]],
    ...                       [[0, 0, 10, 10]])
    >>> match.gt.tolist(), match.counts["ignored"]
    ([0, -2, -1], 1)
    """
    return match_overlaps(box_iou(anchors, gt_boxes), high, low, low_quality)


def match_overlaps(
    ious: NDArray[np.float64],
    high: float = 0.7,
    low: float = 0.3,
    low_quality: bool = True,
) -> AnchorMatch:
    """Match as ``match_anchors``, given the overlaps: they outlast a new threshold.

    Parameters
    ----------
    ious : (N, G) float64 array
    high, low, low_quality
        See ``match_anchors``.

    Raises
    ------
    ValueError
        If the thresholds are outside [0, 1] or ``low`` is above ``high``.

    Examples
    --------
    >>> match_overlaps(np.array([[0.4], [0.5]])).forced.tolist()
    [False, True]
    """
    if not 0 <= low <= high <= 1:
        raise ValueError(f"need 0 <= low <= high <= 1, got low {low} and high {high}")
    if not ious.size:
        nothing = np.zeros(len(ious), bool)
        return AnchorMatch(np.full(len(ious), NEGATIVE, np.int64), ious, nothing)
    best, nearest = ious.max(axis=1), ious.argmax(axis=1)
    gt = np.where(best >= high, nearest, np.where(best >= low, IGNORED, NEGATIVE))
    top = ious.max(axis=0)
    lifted = ((ious == top) & (top > 0)).any(axis=1) & low_quality
    forced = lifted & (gt < 0)
    return AnchorMatch(np.where(forced, nearest, gt).astype(np.int64), ious, forced)


def match_default_boxes(
    boxes: ArrayLike, gt_boxes: ArrayLike, threshold: float = 0.5
) -> AnchorMatch:
    """Match default boxes to truth as SSD does.

    Parameters
    ----------
    boxes : (N, 4) array_like
    gt_boxes : (G, 4) array_like
        xyxy pixels.
    threshold : float
        Of the overlap, above 0: a box with at least this much is positive, all others
        are negative; nothing is left out.

    Returns
    -------
    AnchorMatch
        Each truth's best box learns that truth, whatever else it overlaps.

    Raises
    ------
    ValueError
        If the threshold is outside (0, 1].

    Notes
    -----
    ``torchvision.models.detection._utils.SSDMatcher`` decides the same. Where one box
    is the best of two truths the later truth takes it. A truth that overlaps no box
    forces none.

    References
    ----------
    Liu et al. 2016, SSD, section 2.2, "Matching strategy".

    Examples
    --------
    >>> match_default_boxes([[0, 0, 10, 10], [40, 0, 50, 10]],
    ...                     [[0, 0, 10, 9], [44, 0, 54, 10]]).gt.tolist()
    [0, 1]
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"threshold must be in (0, 1], got {threshold}")
    plain = match_anchors(boxes, gt_boxes, threshold, threshold, low_quality=False)
    gt = plain.gt.copy()
    if plain.ious.size:
        for truth, row in enumerate(plain.ious.argmax(axis=0)):
            if plain.ious[row, truth] > 0:
                gt[row] = truth
    return AnchorMatch(gt, plain.ious, (gt >= 0) & (plain.gt < 0))


def hard_negatives(
    losses: ArrayLike, match: AnchorMatch, per_positive: float = 3.0
) -> NDArray[np.bool_]:
    """Return the negatives that SSD learns from: those it is most wrong about.

    Parameters
    ----------
    losses : (N,) array_like
        Classification loss of each box.
    match : AnchorMatch
    per_positive : float
        How many negatives each positive brings with it, at least 0.

    Returns
    -------
    (N,) bool array
        Of equal losses the earlier box is taken.

    Raises
    ------
    ValueError
        If there is not one loss a box, or the ratio is below 0.

    References
    ----------
    Liu et al. 2016, SSD, section 2.2, "Hard negative mining".

    Examples
    --------
    >>> match = AnchorMatch(np.array([0, -1, -1]), np.zeros((3, 1)), np.zeros(3, bool))
    >>> hard_negatives([9.0, 0.1, 0.4], match, per_positive=1).tolist()
    [False, False, True]
    """
    values: NDArray[Any] = np.asarray(losses, dtype=np.float64)
    if values.shape != match.gt.shape:
        raise ValueError(f"need one loss a box, got {values.shape}, {match.gt.shape}")
    if per_positive < 0:
        raise ValueError(f"per_positive must be at least 0, got {per_positive}")
    negative = match.gt == NEGATIVE
    wanted = min(int(per_positive * match.positive.sum()), int(negative.sum()))
    ranked = np.argsort(np.where(negative, -values, np.inf), kind="stable")
    chosen = np.zeros(len(values), bool)
    chosen[ranked[:wanted]] = True
    return chosen
