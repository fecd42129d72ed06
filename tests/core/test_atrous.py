"""Where atrous taps land, and the separable convolution at one place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.atrous import (
    NormNumbers,
    SeparableWeights,
    atrous_separable,
    atrous_terms,
    tap_shares,
    taps_inside,
)
from explorer.core.convolution import conv2d

SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 12))
RATES = st.integers(1, 14)


def counted_one_by_one(shape: tuple[int, int], rate: int) -> np.ndarray:
    counts = np.zeros(shape, int)
    for row, column in np.ndindex(shape):
        for i in (-1, 0, 1):
            for j in (-1, 0, 1):
                y, x = row + i * rate, column + j * rate
                counts[row, column] += 0 <= y < shape[0] and 0 <= x < shape[1]
    return counts


@given(SHAPES, RATES)
def test_taps_are_counted_as_one_by_one(shape, rate) -> None:
    assert (taps_inside(shape, rate) == counted_one_by_one(shape, rate)).all()


@given(SHAPES, RATES)
def test_taps_inside_are_a_convolution_of_ones(shape, rate) -> None:
    ones = conv2d(np.ones(shape), np.ones((3, 3)), padding=rate, dilation=rate)
    assert (taps_inside(shape, rate) == ones).all()


@given(SHAPES, st.lists(RATES, min_size=1, max_size=3))
def test_shares_sum_to_one_and_never_are_of_five_seven_or_eight(shape, rates) -> None:
    shares = tap_shares(shape, rates)
    np.testing.assert_allclose(shares.sum(1), 1)
    assert (shares[:, [0, 5, 7, 8]] == 0).all()


def test_the_kernel_is_1x1_from_the_rate_on_that_is_the_longer_side() -> None:
    assert taps_inside((22, 30), 29).max() == 2  # a side tap in two columns
    assert (taps_inside((22, 30), 30) == 1).all()
    assert taps_inside((22, 30), 10).max() == 9  # 2 x 10 + 1 rows are 21
    assert taps_inside((22, 30), 11).max() == 6


def test_the_papers_figure_for_a_65x65_map() -> None:
    """Nine taps land on (65 - 2 rate)^2 of the cells, one on all from rate 65."""
    shares = tap_shares((65, 65), (6, 12, 18, 33, 65))
    expected = [(65 - 2 * rate) ** 2 / 65**2 for rate in (6, 12, 18)] + [0, 0]
    np.testing.assert_allclose(shares[:, 9], expected)
    assert shares[3, 1] == pytest.approx(1 / 65**2)
    assert shares[4, 1] == 1


def plain(count: int) -> NormNumbers:
    values = (np.full(count, v) for v in (0.0, 1.0, 1.0, 0.0))
    return NormNumbers(*values)


def test_terms_off_the_map_are_zero_and_the_middle_is_the_cell() -> None:
    x = np.arange(1.0, 13).reshape(1, 3, 4)
    read = atrous_terms(x, 2, 0, 2)[0]
    assert read.tolist() == [[0, 1, 3], [0, 9, 11], [0, 0, 0]]


@given(RATES, st.integers(0, 5), st.integers(0, 6), st.integers(0, 2**31))
def test_a_place_is_that_of_the_dilated_convolution(rate, row, column, seed) -> None:
    rng = np.random.default_rng(seed)
    x, kernels = rng.normal(size=(4, 6, 7)), rng.normal(size=(4, 3, 3))
    maps = [
        conv2d(one, kernel, padding=rate, dilation=rate)
        for one, kernel in zip(x, kernels, strict=True)
    ]
    filtered = np.maximum([one[row, column] for one in maps], 0)
    mix = rng.normal(size=(5, 4))
    weights = SeparableWeights(kernels, plain(4), mix, plain(5))
    ours = atrous_separable(x, weights, row, column, rate)
    np.testing.assert_allclose(ours, np.maximum(mix @ filtered, 0), atol=1e-12)


def test_a_norm_shifts_scales_and_cuts() -> None:
    norm = NormNumbers(*(np.array([v, v]) for v in (1.0, 4.0, 3.0, -2.0)))
    assert norm(np.array([5.0, 1.0])).tolist() == [4.0, 0.0]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: taps_inside((3, 3), 0), "rate is 0; it must be at least 1"),
        (lambda: taps_inside((0, 3), 1), "rows is 0"),
        (lambda: atrous_terms(np.zeros((3, 3)), 0, 0, 1), "must be \\(C, H, W\\)"),
        (lambda: atrous_terms(np.zeros((1, 3, 4)), 3, 0, 1), "no cell \\(3, 0\\)"),
        (lambda: atrous_terms(np.zeros((1, 3, 4)), 0, 4, 1), "no cell \\(0, 4\\)"),
    ],
)
def test_what_can_not_be_is_told(call, sentence) -> None:
    with pytest.raises(ValueError, match=sentence):
        call()
