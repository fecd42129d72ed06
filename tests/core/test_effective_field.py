"""Where a gradient's mass lies: by hand, at the border, and against a slow twin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.effective_field import mass_profile


def test_an_even_gradient_follows_the_even_curve():
    found = mass_profile(np.ones((20, 20)), (0, 0, 20, 20))
    assert np.allclose(found.mass, found.even)
    assert found.effective_px == 20
    assert found.half == pytest.approx(0.75, abs=0.05)  # sqrt(1/2), in whole pixels


def test_all_at_the_middle_is_half_at_once_and_at_the_rim_only_at_the_end():
    middle, rim = np.zeros((9, 9)), np.zeros((9, 9))
    middle[4, 4], rim[0, 0] = 3, 3
    assert mass_profile(middle, (0, 0, 9, 9)).half == 0
    assert mass_profile(rim, (0, 0, 9, 9)).half == pytest.approx(8 / 9)


@given(st.integers(0, 10_000), st.floats(0.05, 0.95))
def test_the_curve_is_the_sum_over_the_shrunk_box(seed, share):
    rng = np.random.default_rng(seed)
    values = rng.uniform(size=(14, 11))
    box = (-3, 2, 9, 17)
    found = mass_profile(values, box)
    place = round(share * (len(found.shares) - 1))
    inside = total = 0.0
    for y in range(14):
        for x in range(11):
            far = max(abs(x + 0.5 - 3) / 6, abs(y + 0.5 - 9.5) / 7.5)
            if far <= 1:
                total += values[y, x]
                inside += values[y, x] * (far <= found.shares[place])
    assert found.mass[place] == pytest.approx(inside / total)


def test_half_lies_in_the_box_that_is_drawn():
    values = np.random.default_rng(0).uniform(size=(30, 30))
    found = mass_profile(values, (5, 5, 25, 25))
    x1, y1, x2, y2 = found.half_box
    centres = np.arange(30) + 0.5
    near = (centres >= y1) & (centres <= y2)
    within = values[np.ix_(near, (centres >= x1) & (centres <= x2))].sum()
    assert within / values[5:25, 5:25].sum() >= 0.5


def test_a_pixel_just_below_the_tail_does_not_count():
    values = np.zeros((4, 4))
    values[1, 1], values[2, 2] = 1.0, 0.0455
    assert mass_profile(values, (0, 0, 4, 4)).effective_px == 1
    values[2, 2] = 0.0456
    assert mass_profile(values, (0, 0, 4, 4)).effective_px == pytest.approx(2**0.5)


def test_what_lies_outside_the_box_is_told():
    values = np.ones((6, 6))
    values[0, 0] = 5
    assert mass_profile(values, (1, 1, 6, 6)).outside == 5
    assert mass_profile(values, (0, 0, 6, 6)).outside == 0


def test_no_gradient_at_all_is_no_error():
    found = mass_profile(np.zeros((5, 5)), (0, 0, 5, 5))
    assert np.isnan(found.half)
    assert found.mass.max() == 0
    assert found.effective_px == 0


@pytest.mark.parametrize(
    ("gradient", "box"),
    [
        (np.zeros(4), (0, 0, 1, 1)),
        (-np.ones((2, 2)), (0, 0, 2, 2)),
        (np.full((2, 2), np.nan), (0, 0, 2, 2)),
        (np.ones((2, 2)), (1, 0, 1, 2)),
    ],
)
def test_bad_input_is_named(gradient, box):
    with pytest.raises(ValueError, match="must be"):
        mass_profile(gradient, box)
