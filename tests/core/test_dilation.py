"""Coverage of dilated stacks against brute force, published fields and by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.dilation import (
    coverage_steps,
    effective_kernel_size,
    hdc_check,
    kernel_taps,
)

rates = st.lists(st.integers(1, 9), min_size=1, max_size=4)


def brute(kernel_size, dilations):
    """Every path, tap by tap, from the kernel's first cell on."""
    counts = {}
    steps = [range(0, kernel_size * d, d) for d in dilations]
    for path in itertools.product(*steps):
        counts[sum(path)] = counts.get(sum(path), 0) + 1
    return [counts.get(i, 0) for i in range(max(counts) + 1)]


@given(rates, st.integers(1, 5))
def test_paths_are_those_followed_one_by_one(dilations, kernel_size):
    whole = coverage_steps(kernel_size, dilations)[-1]
    assert whole.paths.tolist() == brute(kernel_size, dilations)
    assert whole.paths.sum() == kernel_size ** len(dilations)


@given(rates)
def test_order_does_not_change_what_is_read(dilations):
    one = coverage_steps(3, dilations)[-1]
    other = coverage_steps(3, sorted(dilations))[-1]
    assert np.array_equal(one.paths, other.paths)


@given(rates, st.integers(1, 5))
def test_the_field_is_the_recurrence(dilations, kernel_size):
    side = 1
    for step, dilation in zip(
        coverage_steps(kernel_size, dilations), dilations, strict=True
    ):
        side += effective_kernel_size(kernel_size, dilation) - 1
        assert step.field == side


def test_yu_and_koltuns_fields():
    steps = coverage_steps(3, (1, 1, 2, 4, 8, 16, 1))
    assert [step.field for step in steps] == [3, 5, 9, 17, 33, 65, 67]
    assert steps[-1].reached_frac == 1


def test_aspps_effective_kernels():
    assert [effective_kernel_size(3, d) for d in (6, 12, 18)] == [13, 25, 37]


@pytest.mark.parametrize(
    ("rate", "percent"), [(1, 100.0), (2, 36.0), (3, 18.4), (4, 11.1)]
)
def test_one_layer_touches_less_and_less(rate, percent):
    one = coverage_steps(3, (rate,))[-1]
    assert round(100 * one.reached_frac_2d, 1) == percent
    assert (one.paths_2d > 0).sum() == 9


def test_gridding_and_its_fix():
    gridded, fixed = coverage_steps(3, (2, 2, 2))[-1], coverage_steps(3, (1, 2, 5))[-1]
    assert (gridded.reached, gridded.field) == (7, 13)
    assert round(100 * gridded.reached_frac) == 54
    assert gridded.shared_frac == 0
    assert (fixed.reached_frac, fixed.field) == (1, 17)
    assert fixed.shared_frac == pytest.approx(16 / 17)
    assert gridded.weights_2d == fixed.weights_2d == 27


def test_two_dimensions_are_the_product_of_rows_and_columns():
    step = coverage_steps(3, (1, 3))[-1]
    full = np.zeros((9, 9), int)
    for a, b, c, d in itertools.product((-1, 0, 1), repeat=4):
        full[a + 3 * c + 4, b + 3 * d + 4] += 1
    assert np.array_equal(step.paths_2d, full)


def test_so_many_paths_that_their_square_overflows_are_refused():
    assert coverage_steps(3, [1] * 20)[-1].paths_2d.min() > 0
    with pytest.raises(ValueError, match="64 bits"):
        _ = coverage_steps(3, [1] * 22)[-1].paths_2d


def test_the_papers_two_examples():
    good, bad = hdc_check(3, (1, 2, 5)), hdc_check(3, (1, 2, 9))
    assert (good.distances[1], good.keeps) == (2, True)
    assert (bad.distances[1], bad.keeps) == (5, False)


def test_both_sides_of_the_limit():
    # M_2 = max(M_3 - 2 r_2, 2 r_2 - M_3, r_2) with r_2 = 2: M_3 = 7 gives 3, 8 gives 4.
    assert hdc_check(3, (1, 2, 7)).distances[1] == 3
    assert hdc_check(3, (1, 2, 7)).keeps
    assert hdc_check(3, (1, 2, 8)).distances[1] == 4
    assert not hdc_check(3, (1, 2, 8)).keeps
    assert coverage_steps(3, (1, 2, 7))[-1].reached_frac == 1
    assert coverage_steps(3, (1, 2, 8))[-1].reached_frac < 1


def test_a_common_factor_leaves_holes_whatever_the_rule_says():
    check = hdc_check(3, (2, 2, 2))
    assert check.keeps
    assert check.common == 2
    assert not check.promises
    assert coverage_steps(3, (2, 2, 2))[-1].reached_frac < 1


@given(st.lists(st.integers(1, 8), min_size=1, max_size=4), st.sampled_from((3, 5)))
def test_the_rule_is_enough_from_rate_one_on(rest, kernel_size):
    stack = (1, *rest)
    if hdc_check(kernel_size, stack).keeps:
        assert coverage_steps(kernel_size, stack)[-1].reached_frac == 1


def test_the_rule_is_not_necessary():
    assert not hdc_check(3, (1, 4, 3)).keeps
    assert coverage_steps(3, (1, 4, 3))[-1].reached_frac == 1


def test_taps_are_a_kernel_with_gaps():
    assert kernel_taps(3, 1).tolist() == [1, 1, 1]
    assert kernel_taps(2, 4).tolist() == [1, 0, 0, 0, 1]
    assert kernel_taps(1, 9).tolist() == [1]


@pytest.mark.parametrize(("k", "d"), [(0, 1), (3, 0)])
def test_a_number_below_one_is_named(k, d):
    with pytest.raises(ValueError, match="must be at least 1"):
        effective_kernel_size(k, d)


def test_a_stack_needs_a_layer():
    with pytest.raises(ValueError, match="at least one layer"):
        coverage_steps(3, ())
    with pytest.raises(ValueError, match="there must be a layer"):
        hdc_check(3, ())
