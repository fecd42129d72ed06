"""RoIPool, RoIAlign and resize, by hand, by definition, and what they refuse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core.roi import MASK_RCNN_TABLE_2, roi_pool_steps, round_half_away
from explorer.core.roi_align import roi_align_steps, roi_resize_steps
from explorer.core.roi_gradient import roi_pool_gradient, roi_samples_gradient

RAMP = np.arange(25.0).reshape(1, 5, 5)
COURSE = np.array([[[1.0, 3, 2, 1], [4, 6, 5, 0], [7, 2, 9, 8], [3, 1, 4, 5]]])


def test_course_example_four_by_four_to_two_by_two():
    steps = roi_pool_steps(COURSE, [0, 0, 3, 3], 2, 1.0)
    assert steps.values.tolist() == [[[6, 5], [7, 9]]]
    assert steps.argmax.tolist() == [[[5, 6], [8, 10]]]


@pytest.mark.parametrize(
    ("aligned", "expected"),
    [(False, [[3, 4], [8, 9]]), (True, [[0.75, 1.625], [5.125, 6]])],
)
def test_align_by_hand(aligned, expected):
    steps = roi_align_steps(RAMP, [0, 0, 2, 2], 2, 1.0, 2, aligned)
    np.testing.assert_allclose(steps.values[0], expected)


@pytest.mark.parametrize(
    ("x2", "last"), [(23.9, 1), (24.0, 2), (24.1, 2), (39.9, 2), (40.0, 3)]
)
def test_a_border_is_rounded_at_half_a_cell(x2, last):
    steps = roi_pool_steps(np.zeros((1, 8, 8)), [0, 0, x2, 30], 2, 1 / 16)
    assert steps.cells[2] == last


def test_halves_round_away_from_zero_not_to_even():
    assert round_half_away([-1.5, -0.5, 0.5, 2.5]).tolist() == [-2, -1, 1, 3]


def test_empty_region_and_region_outside():
    flat = roi_pool_steps(RAMP, [2, 2, 2, 2], 2, 1.0)
    assert (flat.values == 12).all()
    outside = roi_pool_steps(RAMP, [40, 40, 60, 60], 2, 1.0)
    assert (outside.values == 0).all()
    assert (outside.argmax == -1).all()
    assert (roi_align_steps(RAMP, [40, 40, 60, 60], 2, 1.0).values == 0).all()
    assert (roi_resize_steps(RAMP, [40, 40, 60, 60], 2, 1.0).values == 0).all()


def test_a_sample_counts_until_one_cell_outside():
    near = roi_align_steps(RAMP + 1, [-0.9, 0, 0.1, 1], 1, 1.0, 1)
    far = roi_align_steps(RAMP + 1, [-1.2, 0, -0.2, 1], 1, 1.0, 1)
    assert near.values[0, 0, 0] == 1
    assert far.values[0, 0, 0] == 0


def test_without_aligned_a_region_is_at_least_one_cell():
    one = roi_align_steps(RAMP, [1, 1, 1, 1], 1, 1.0, 1, aligned=False)
    np.testing.assert_allclose(one.points[0, 0, 0], [1.5, 1.5])


boxes = st.tuples(*[st.floats(-20, 120)] * 4)


@settings(max_examples=60, deadline=None)
@given(boxes, st.integers(1, 7), st.integers(0, 3), st.booleans())
def test_outputs_are_features_or_their_means(box, size, ratio, aligned):
    grid = np.random.default_rng(0).normal(size=(2, 6, 9)) + 5
    pool = roi_pool_steps(grid, box, size, 0.1)
    some = pool.argmax >= 0
    flat = np.broadcast_to(grid.reshape(2, -1)[:, None], (2, size * size, 54))
    picked = np.take_along_axis(flat, pool.argmax.reshape(2, -1, 1), 2)[..., 0]
    assert (pool.values[some] == picked.reshape(pool.values.shape)[some]).all()
    for steps in (
        roi_align_steps(grid, box, size, 0.1, ratio, aligned),
        roi_resize_steps(grid, box, size, 0.1),
    ):
        assert (steps.values <= grid.max() + 1e-9).all()
        assert (steps.weights >= 0).all()
        assert (steps.weights.sum(-1) <= 1 + 1e-12).all()


def test_gradients_sum_to_what_came_in():
    box, ones = [3, 4, 61, 70], np.ones((1, 3, 3))
    grid = np.random.default_rng(1).normal(size=(1, 10, 10))
    pool = roi_pool_steps(grid, box, 3, 0.1)
    align = roi_align_steps(grid, box, 3, 0.1)
    assert roi_pool_gradient(pool, ones, 10, 10).sum() == 9
    assert roi_samples_gradient(align, ones, 10, 10).sum() == pytest.approx(9)
    assert (roi_pool_gradient(pool, ones, 10, 10) > 0).sum() <= 9
    assert (roi_samples_gradient(align, ones, 10, 10) > 0).sum() > 9


def test_rounding_leaves_outputs_equal_while_align_follows():
    grid = np.random.default_rng(2).normal(size=(1, 20, 20))
    one, two = [32, 32, 160, 160], [35, 35, 163, 163]
    still = [roi_pool_steps(grid, box, 4, 1 / 16).values for box in (one, two)]
    moved = [roi_align_steps(grid, box, 4, 1 / 16).values for box in (one, two)]
    assert (still[0] == still[1]).all()
    assert np.abs(moved[0] - moved[1]).max() > 0.01


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((np.zeros((5, 5)), [0, 0, 1, 1], 2, 1.0), r"\(C, H, W\), got \(5, 5\)"),
        ((RAMP, [0, 0, 1], 2, 1.0), "four finite numbers"),
        ((RAMP, [0, 0, 1, np.nan], 2, 1.0), "four finite numbers"),
        ((RAMP, [0, 0, 1, 1], 0, 1.0), r"output_size must lie in 1..64, got 0"),
        ((RAMP, [0, 0, 1, 1], 65, 1.0), r"got 65"),
        ((RAMP, [0, 0, 1, 1], 2, 0), r"spatial_scale must lie in \(0, 1\], got 0"),
    ],
)
@pytest.mark.parametrize("steps", [roi_pool_steps, roi_align_steps, roi_resize_steps])
def test_a_bad_argument_is_named(steps, arguments, words):
    with pytest.raises(ValueError, match=words):
        steps(*arguments)


def test_a_gradient_of_another_shape_is_named():
    steps = roi_pool_steps(RAMP, [0, 0, 3, 3], 2, 1.0)
    with pytest.raises(ValueError, match=r"\(1, 2, 2\), got \(1, 3, 3\)"):
        roi_pool_gradient(steps, np.ones((1, 3, 3)), 5, 5)


def test_arguments_are_not_changed():
    grid, box = RAMP.copy(), np.array([0.0, 0, 3, 3])
    roi_pool_steps(grid, box, 2, 1.0)
    roi_align_steps(grid, box, 2, 1.0)
    roi_resize_steps(grid, box, 2, 1.0)
    assert (grid == RAMP).all()
    assert box.tolist() == [0, 0, 3, 3]


def test_the_papers_gain_is_larger_at_the_larger_stride():
    gain = {s: align - pool for s, (pool, align) in MASK_RCNN_TABLE_2.items()}
    assert gain[32] > gain[16] > 0
