"""Class maps against slow twins, hand-worked cases and torch's enlarging."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.class_map import (
    LONG_2015_MAP_MS,
    LONG_2015_ONE_MS,
    LONG_2015_OUTPUTS,
    class_prob,
    class_probs,
    class_window,
    map_box,
    probability_shift,
    top_classes,
    upsampled,
    window_box,
)


def scores(seed, classes, rows, cols):
    return np.random.default_rng(seed).normal(0, 4, (classes, rows, cols))


def test_probabilities_equal_scipys_softmax_and_survive_large_scores():
    from scipy.special import softmax

    logits = scores(1, 7, 3, 5)
    np.testing.assert_allclose(class_probs(logits), softmax(logits, 0), atol=1e-12)
    np.testing.assert_allclose(class_probs(logits + 1e4), softmax(logits, 0), atol=1e-9)
    np.testing.assert_allclose(class_prob(logits, 6), softmax(logits, 0)[6])


@given(st.integers(0, 99), st.integers(1, 9), st.integers(1, 4), st.integers(1, 4))
def test_the_best_classes_are_those_of_a_full_sort(seed, classes, rows, cols):
    logits = scores(seed, classes, rows, cols).round()  # rounded: ties happen
    k = min(5, classes)
    top = top_classes(logits, k)
    probs = class_probs(logits)
    for r in range(rows):
        for c in range(cols):
            order = sorted(range(classes), key=lambda i: (-logits[i, r, c], i))[:k]
            assert top.index[r, c].tolist() == order
            assert top.logits[r, c].tolist() == logits[order, r, c].tolist()
            np.testing.assert_allclose(top.probs[r, c], probs[order, r, c])


def test_of_equal_scores_the_lower_class_comes_first():
    assert top_classes(np.zeros((4, 1, 1)), 4).index.ravel().tolist() == [0, 1, 2, 3]


def test_a_window_shrinks_only_where_the_map_has_fewer_cells():
    assert class_window(7, 7, 7) == (7, 7)
    assert class_window(6, 8, 7) == (6, 7)
    assert class_window(20, 15, 1) == (1, 1)


def test_the_boxes_of_all_windows_lie_on_the_input_and_the_map_at_their_middles():
    window, stride, shape = (7, 7), 32, (2, 3)  # an input of 8 x 9 cells
    boxes = [
        window_box(r, c, window, stride)
        for r in range(shape[0])
        for c in range(shape[1])
    ]
    assert min(b[0] for b in boxes) == min(b[1] for b in boxes) == 0
    assert (max(b[2] for b in boxes), max(b[3] for b in boxes)) == (9 * 32, 8 * 32)
    left, top, right, bottom = map_box(shape, window, stride)
    assert (right - left, bottom - top) == (3 * 32, 2 * 32)
    x1, y1, x2, y2 = boxes[0]
    assert (left + stride / 2, top + stride / 2) == ((x1 + x2) / 2, (y1 + y2) / 2)


@given(st.integers(0, 50), st.integers(1, 6), st.integers(1, 6), st.integers(1, 9))
def test_an_enlarged_map_keeps_its_range_and_a_flat_one_stays_flat(seed, h, w, factor):
    small = np.random.default_rng(seed).normal(size=(h, w))
    big = upsampled(small, factor)
    assert big.shape == (h * factor, w * factor)
    assert small.min() - 1e-12 <= big.min()
    assert big.max() <= small.max() + 1e-12
    assert np.ptp(upsampled(np.full((h, w), 2.5), factor)) <= 1e-12


def test_an_enlarged_map_by_hand():
    # Middles of two cells stand at 1 and 3 of 4 new half cells: .25 and .75 between.
    assert upsampled([[0.0, 4.0]], 2)[0].tolist() == [0, 1, 3, 4]
    assert upsampled([[3.0]], 1).tolist() == [[3.0]]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: top_classes(np.zeros((2, 3)), 1), r"\(classes, h, w\), got \(2, 3\)"),
        (lambda: top_classes(np.zeros((2, 3, 3)), 3), r"1\.\.2 classes, got 3"),
        (lambda: top_classes(np.zeros((2, 3, 3)), 0), "got 0"),
        (lambda: class_probs(np.zeros((0, 3))), r"got \(0, 3\)"),
        (lambda: class_prob(np.zeros((2, 3)), 2), r"0\.\.1, got 2"),
        (lambda: class_window(3, 3, 0), "at least 1 cell, got 0"),
        (lambda: upsampled([1.0], 2), r"\(h, w\), got \(1,\)"),
        (lambda: upsampled([[1.0]], 0), "at least 1, got 0"),
    ],
)
def test_what_does_not_fit_is_named(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_probability_that_moved_is_half_of_all_changes():
    before, after = np.array([[0.0, 0.0, -90.0]]), np.array([[-90.0, 0.0, 0.0]])
    assert probability_shift(before, after) == pytest.approx(0.5)
    assert probability_shift(before, before).tolist() == [0.0]
    assert probability_shift([[90.0, 0.0]], [[0.0, 90.0]]) == pytest.approx(1)
    with pytest.raises(ValueError, match=r"\(1, 2\) and \(1, 3\)"):
        probability_shift(np.zeros((1, 2)), np.zeros((1, 3)))


def test_the_papers_saving_is_more_than_five_times():
    """Long et al. 2015, section 3.1: "more than 5 times faster"."""
    assert LONG_2015_ONE_MS * LONG_2015_OUTPUTS / LONG_2015_MAP_MS > 5
