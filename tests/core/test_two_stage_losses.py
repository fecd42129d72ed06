"""The losses taken apart equal torch's, item by item and summed."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from explorer.core.two_stage_losses import (
    Term,
    binary_cross_entropy,
    cross_entropy,
    first_stage,
    second_stage,
    smooth_l1,
)

RNG = np.random.default_rng(3)


def test_each_item_is_torchs():
    x, t = RNG.normal(0, 9, 50), RNG.integers(0, 2, 50)
    theirs = functional.binary_cross_entropy_with_logits(
        torch.from_numpy(x), torch.from_numpy(t).double(), reduction="none"
    )
    assert np.allclose(binary_cross_entropy(x, t), theirs.numpy())
    logits, labels = RNG.normal(0, 4, (30, 7)), RNG.integers(0, 7, 30)
    said = functional.cross_entropy(
        torch.from_numpy(logits), torch.from_numpy(labels), reduction="none"
    )
    assert np.allclose(cross_entropy(logits, labels), said.numpy())
    a, b = RNG.normal(0, 1, (20, 4)), RNG.normal(0, 1, (20, 4))
    far = functional.smooth_l1_loss(
        torch.from_numpy(a), torch.from_numpy(b), beta=1 / 9, reduction="none"
    )
    assert np.allclose(smooth_l1(a, b, 1 / 9), far.sum(1).numpy())


@pytest.mark.parametrize(("far", "wanted"), [(0.99, 0.49005), (1.0, 0.5), (1.01, 0.51)])
def test_smooth_l1_turns_straight_at_beta(far, wanted):
    assert smooth_l1([[far, 0, 0, 0]], [[0, 0, 0, 0]], 1.0)[0] == pytest.approx(wanted)


def test_huge_logits_do_not_overflow():
    assert np.isfinite(binary_cross_entropy([1e4, -1e4], [0, 1])).all()
    assert np.isfinite(cross_entropy([[1e4, -1e4]], [1])).all()


def test_a_hand_worked_first_stage():
    match = np.array([0, -1, -2, -1])
    sampled = np.array([True, True, False, False])
    deltas = np.array([[0.5, 0, 0, 0], [9, 9, 9, 9], [9, 9, 9, 9], [9, 9, 9, 9.0]])
    made = first_stage(np.zeros(4), deltas, np.zeros((1, 4)), match, sampled, 1.0)
    assert made.rows.tolist() == [0, 1]
    assert made.front.tolist() == [0]
    assert made.said.value == pytest.approx(np.log(2))  # two of p = 1/2, over two
    assert made.boxes.value == pytest.approx(0.125 / 2)  # 0.5 ** 2 / 2, over two


def test_a_hand_worked_second_stage():
    deltas = np.zeros((2, 2, 4))
    deltas[0, 1] = [2, 0, 0, 0]
    made = second_stage(
        np.zeros((2, 3)), deltas, np.zeros((1, 4)), np.array([2, 0]), 1.0
    )
    assert made.front.tolist() == [0]
    assert made.said.value == pytest.approx(np.log(3))
    assert made.boxes.value == pytest.approx(1.5 / 2)


def test_nothing_that_learns_is_a_term_of_zero():
    assert Term(np.zeros(0), 0).value == 0.0
    none = second_stage(
        np.zeros((0, 3)), np.zeros((0, 2, 4)), np.zeros((0, 4)), np.zeros(0, int), 1.0
    )
    assert none.said.value == none.boxes.value == 0.0


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="one target a logit"):
        binary_cross_entropy([0.0], [1, 0])
    with pytest.raises(ValueError, match="one label a row"):
        cross_entropy([[0.0, 1.0]], [0, 1])
    with pytest.raises(ValueError, match="labels must lie in 0..1"):
        cross_entropy([[0.0, 1.0]], [2])
    with pytest.raises(ValueError, match="rows of one shape"):
        smooth_l1([[0.0]], [[0.0, 1.0]], 1.0)
    with pytest.raises(ValueError, match="beta must be above 0"):
        smooth_l1([[0.0]], [[0.0]], 0.0)
