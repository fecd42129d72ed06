"""Matching: torchvision's matchers, both sides of the thresholds, hand-worked cases."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from explorer.core.anchor_matching import (
    hard_negatives,
    match_anchors,
    match_default_boxes,
)

SQUARE = [[0.0, 0.0, 100.0, 100.0]]


def random_boxes(seed: int, n: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 100, (n, 2))
    return np.concatenate([corners, corners + rng.uniform(5, 90, (n, 2))], axis=1)


def reaching(ious: np.ndarray) -> np.ndarray:
    """Return the truths that overlap an anchor at all."""
    return ious.max(axis=0) > 0


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("low_quality", [True, False])
def test_equals_torchvision(seed: int, low_quality: bool) -> None:
    torch = pytest.importorskip("torch")
    from torchvision.models.detection._utils import Matcher

    anchors, gt_boxes = random_boxes(seed, 300), random_boxes(seed + 99, 6)
    match = match_anchors(anchors, gt_boxes, 0.7, 0.3, low_quality)
    assert reaching(match.ious).all()
    theirs = Matcher(0.7, 0.3, low_quality)(torch.tensor(match.ious.T.copy()))
    assert_array_equal(match.gt, theirs.numpy())


@pytest.mark.parametrize("seed", range(20))
def test_default_boxes_equal_torchvision(seed: int) -> None:
    torch = pytest.importorskip("torch")
    from torchvision.models.detection._utils import SSDMatcher

    boxes, gt_boxes = random_boxes(seed, 60), random_boxes(seed + 99, 6)
    match = match_default_boxes(boxes, gt_boxes, 0.5)
    theirs = SSDMatcher(0.5)(torch.tensor(match.ious.T.copy()))
    assert_array_equal(match.gt, theirs.numpy())


@pytest.mark.parametrize(
    ("height", "gt"), [(29, -1), (30, -2), (69, -2), (70, 0), (100, 0)]
)
def test_both_sides_of_the_thresholds(height: int, gt: int) -> None:
    anchors = [[0, 0, 100, height]]
    assert match_anchors(anchors, SQUARE, low_quality=False).gt.tolist() == [gt]


def test_the_best_anchor_of_a_truth_is_positive_however_low() -> None:
    match = match_anchors([[0, 0, 100, 5], [0, 0, 100, 4]], SQUARE)
    assert match.gt.tolist() == [0, -1]
    assert match.forced.tolist() == [True, False]
    assert match.counts == {"positive": 1, "negative": 1, "ignored": 0}


def test_equals_are_all_lifted() -> None:
    match = match_anchors([[0, 0, 100, 5], [0, 95, 100, 100]], SQUARE)
    assert match.gt.tolist() == [0, 0]


def test_a_truth_out_of_reach_lifts_nothing() -> None:
    match = match_anchors([[0, 0, 10, 10]], [[500, 500, 510, 510]])
    assert match.gt.tolist() == [-1]
    assert not match.forced.any()
    assert match_default_boxes([[0, 0, 9, 9]], [[50, 50, 60, 60]]).gt.tolist() == [-1]


def test_without_truth_all_are_negative() -> None:
    assert match_anchors(random_boxes(0, 4), []).gt.tolist() == [-1] * 4
    assert match_default_boxes(random_boxes(0, 4), []).gt.tolist() == [-1] * 4


def test_a_lifted_anchor_learns_what_it_overlaps_most() -> None:
    # One anchor, two truths: the best there is for both, it learns the nearer one.
    match = match_anchors([[0, 0, 100, 50]], [[0, 0, 100, 90], [0, 0, 100, 200]])
    assert match.gt.tolist() == [0]
    # SSD: the later of the two takes it.
    gt = match_default_boxes([[0, 0, 100, 50]], [[0, 0, 100, 90], [0, 0, 100, 200]]).gt
    assert gt.tolist() == [1]


@pytest.mark.parametrize(("high", "low"), [(0.3, 0.7), (1.1, 0.3), (0.7, -0.1)])
def test_thresholds_that_are_none(high: float, low: float) -> None:
    with pytest.raises(ValueError, match="need 0 <= low <= high <= 1"):
        match_anchors(SQUARE, SQUARE, high, low)


@pytest.mark.parametrize("threshold", [0.0, 1.1])
def test_a_threshold_that_is_none(threshold: float) -> None:
    with pytest.raises(ValueError, match=r"threshold must be in \(0, 1\]"):
        match_default_boxes(SQUARE, SQUARE, threshold)


def test_three_negatives_a_positive() -> None:
    boxes = np.array(SQUARE * 1 + [[500 + i, 0, 510 + i, 9] for i in range(9)], float)
    match = match_default_boxes(boxes, SQUARE)
    losses = np.arange(10.0)
    assert np.flatnonzero(hard_negatives(losses, match)).tolist() == [7, 8, 9]
    assert hard_negatives(losses, match, 100).sum() == 9
    assert not hard_negatives(losses, match, 0).any()


def test_of_equal_losses_the_earlier_is_taken() -> None:
    match = match_default_boxes(SQUARE + [[500, 0, 510, 9]] * 3, SQUARE)
    assert hard_negatives(np.ones(4), match, 1).tolist() == [False, True, False, False]


def test_losses_that_do_not_fit() -> None:
    match = match_anchors(SQUARE, SQUARE)
    with pytest.raises(ValueError, match="one loss a box"):
        hard_negatives([1.0, 2.0], match)
    with pytest.raises(ValueError, match="at least 0"):
        hard_negatives([1.0], match, -1)
