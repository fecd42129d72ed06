"""SSD's loss taken apart: by hand, box by box, at its bounds, and its mining."""

import math

import numpy as np
import pytest

from explorer.core.anchor_matching import AnchorMatch
from explorer.core.box_codec import decode, encode
from explorer.core.proofs import ssd as proofs
from explorer.core.ssd_loss import (
    VARIANCES,
    log_softmax,
    smooth_l1,
    ssd_loss_parts,
)

ANCHORS = np.array(
    [[0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10], [60, 0, 70, 10.0]]
)


def slow(logits, deltas, gt_boxes, gt_labels, match, per_positive):
    """Both terms by definition, one box after the other."""
    classes, boxes, backgrounds = 0.0, 0.0, []
    for row, gt in enumerate(match.gt):
        total = sum(math.exp(v) for v in logits[row])
        if gt >= 0:
            classes -= math.log(math.exp(logits[row][gt_labels[gt] + 1]) / total)
            wanted = encode(ANCHORS[row : row + 1], gt_boxes[gt : gt + 1], VARIANCES)
            for a, b in zip(deltas[row], wanted[0], strict=True):
                far = abs(a - b)
                boxes += far**2 / 2 if far < 1 else far - 0.5
        else:
            backgrounds.append(-math.log(math.exp(logits[row][0]) / total))
    positives = sum(gt >= 0 for gt in match.gt)
    worst = sorted(backgrounds, reverse=True)[: int(per_positive * positives)]
    return (classes + sum(worst)) / max(1, positives), boxes / max(1, positives)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("per_positive", [0, 1, 3])
def test_it_is_the_definition(seed, per_positive):
    rng = np.random.default_rng(seed)
    logits, deltas = rng.normal(size=(4, 3)) * 3, rng.normal(size=(4, 4)) * 2
    truths, labels = np.array([[1.0, 0, 11, 9], [62, 0, 75, 12]]), [1, 0]
    found = ssd_loss_parts(ANCHORS, logits, deltas, truths, labels, per_positive)
    wanted = slow(logits, deltas, truths, labels, found.match, per_positive)
    assert found.terms == pytest.approx(wanted)
    assert found.positives == 2
    assert found.negatives == 2


def test_equal_logits_and_right_numbers_cost_the_logarithm_alone():
    truths = np.array([[1.0, 1, 11, 9]])
    deltas = np.zeros((4, 4))
    deltas[0] = encode(ANCHORS[:1], truths, VARIANCES)[0]
    found = ssd_loss_parts(ANCHORS, np.zeros((4, 4)), deltas, truths, [2])
    # One positive and three negatives, each -log(1/4), over one positive.
    assert found.terms == pytest.approx((4 * math.log(4), 0.0))
    np.testing.assert_allclose(
        decode(ANCHORS[:1], deltas[:1], weights=VARIANCES), truths
    )


def test_the_worst_negatives_learn_and_the_sums_say_so():
    logits = np.array([[0, 5.0], [0, 1], [0, 3], [0, -2]])
    found = ssd_loss_parts(
        ANCHORS, logits, np.zeros((4, 4)), [[0, 0, 10, 10]], [0], per_positive=1
    )
    assert found.hard.tolist() == [False, False, True, False]
    assert found.hard_sum == pytest.approx(math.log(1 + math.exp(3)))
    rest = math.log(1 + math.exp(1)) + math.log(1 + math.exp(-2))
    assert found.negative_sum == pytest.approx(found.hard_sum + rest)


def test_without_truth_nothing_learns():
    found = ssd_loss_parts(ANCHORS, np.ones((4, 3)), np.zeros((4, 4)), [], [])
    assert found.terms == (0.0, 0.0)
    assert found.negatives == 4


@pytest.mark.parametrize(("far", "cost"), [(0.999, 0.999**2 / 2), (1, 0.5), (2, 1.5)])
def test_smooth_l1_on_both_sides_of_its_knee(far, cost):
    assert smooth_l1([far, -far]).tolist() == pytest.approx([cost, cost])


def test_log_softmax_of_large_numbers_is_finite():
    assert log_softmax([[1000.0, 0.0]]).tolist() == [[0.0, -1000.0]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"logits": np.zeros((3, 3))}, "4 boxes need as many"),
        ({"deltas": np.zeros((4, 3))}, "4 boxes need as many"),
        ({"gt_labels": [0, 1]}, "1 boxes need as many labels"),
        ({"gt_labels": [2]}, "rows of 2 classes"),
        ({"gt_labels": [-1]}, "rows of 2 classes"),
    ],
)
def test_what_does_not_fit_is_refused(change, words):
    given = {
        "boxes": ANCHORS,
        "logits": np.zeros((4, 3)),
        "deltas": np.zeros((4, 4)),
        "gt_boxes": [[0, 0, 10, 10]],
        "gt_labels": [0],
    }
    with pytest.raises(ValueError, match=words):
        ssd_loss_parts(**(given | change))


def test_the_mining_is_proved_with_ties_and_seen_when_wrong(monkeypatch):
    gt = np.array([0, -1, -1, -1, -1, 1, -1, -1, -1])
    match = AnchorMatch(gt, np.zeros((9, 2)), np.zeros(9, bool))
    losses = np.array([9, 1, 2, 2, 0, 9, 2, 2, 1.0])
    for per_positive in (0, 1, 1.5, 3, 10):
        assert proofs.prove_hard_negatives(losses, match, per_positive).delta == 0
    true = proofs.hard_negatives
    monkeypatch.setattr(proofs, "hard_negatives", lambda x, m, k: true(-x, m, k))
    assert not proofs.prove_hard_negatives(losses, match, 1).holds
