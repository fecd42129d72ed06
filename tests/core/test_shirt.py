"""The drawn shirt: grey cloth on black, in the middle, another one a seed."""

import numpy as np
import pytest

from explorer.core.shirt import shirt


@pytest.mark.parametrize("seed", range(5))
def test_it_fills_the_middle_and_leaves_the_corners_black(seed):
    image = shirt(seed)
    assert image.dtype == np.uint8
    assert (image[14, 9:19] > 0).all()
    assert not image[-6:, :3].any()
    assert not image[-6:, -3:].any()


def test_sleeves_are_wider_than_the_body():
    inked = (shirt() > 0).sum(axis=1)
    assert inked[10] > inked[22] > 0


def test_a_seed_is_a_shirt_of_its_own():
    np.testing.assert_array_equal(shirt(3), shirt(3))
    assert len({shirt(seed).tobytes() for seed in range(20)}) == 20
