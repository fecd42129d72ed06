"""Softmax, cross-entropy and entropy, pixel by pixel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.core.activations import softmax
from explorer.core.pixel_loss import cross_entropy, entropy

SCORES = arrays(np.float64, (3, 4, 5), elements=st.floats(-50, 50))


@given(SCORES)
def test_probabilities_add_up_and_do_not_move_with_a_shift(scores):
    probs = softmax(scores)
    assert np.abs(probs.sum(-1) - 1).max() < 1e-12
    assert np.abs(softmax(scores + 7) - probs).max() < 1e-9


def test_scores_far_too_large_for_exp_are_no_problem():
    assert softmax([1000.0, 0.0]).tolist() == [1.0, 0.0]
    assert cross_entropy([[1000.0, 0.0]], np.array([1], np.uint8)).tolist() == [1000.0]


@given(SCORES, arrays(np.uint8, (3, 4), elements=st.integers(0, 4)))
def test_the_loss_is_torchs(scores, truth):
    import torch
    from torch.nn import functional

    theirs = functional.cross_entropy(
        torch.tensor(scores).permute(2, 0, 1)[None],
        torch.tensor(truth.astype(np.int64))[None],
        reduction="none",
    )[0].numpy()
    assert np.abs(cross_entropy(scores, truth) - theirs).max() < 1e-9


def test_a_pixel_without_a_class_has_no_loss_and_the_last_class_has_one():
    scores = np.zeros((1, 3, 4))
    loss = cross_entropy(scores, np.array([[3, 4, 255]], np.uint8))[0]
    assert loss[0] == pytest.approx(np.log(4))
    assert np.isnan(loss[1:]).all()


def test_a_truth_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"truth of shape \(2, 2\), got \(2, 3\)"):
        cross_entropy(np.zeros((2, 2, 4)), np.zeros((2, 3), np.uint8))


def test_entropy_is_none_for_the_sure_and_log_k_for_the_undecided():
    assert entropy([1.0, 0.0, 0.0]) == 0
    assert entropy(np.full(8, 1 / 8)) == pytest.approx(np.log(8))
