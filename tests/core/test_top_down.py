"""The way from top to bottom of a pyramid."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from explorer.core.top_down import doubled, top_down_steps

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("size", [(8, 6), (7, 6), (8, 5), (7, 5)])
def test_doubling_is_torchs_nearest(size):
    values = RNG.normal(size=(3, 4, 3))
    theirs = functional.interpolate(torch.from_numpy(values)[None], size)[0].numpy()
    assert np.array_equal(doubled(values, *size), theirs)


@pytest.mark.parametrize("size", [(9, 6), (6, 6), (8, 7)])
def test_another_size_is_refused(size):
    with pytest.raises(ValueError, match="doubled to twice its size"):
        doubled(np.zeros((4, 3)), *size)


def test_each_sum_holds_all_above():
    laterals = {k: RNG.normal(size=(2, 2 ** (7 - k), 2 ** (7 - k))) for k in (3, 4, 5)}
    sums = top_down_steps(laterals)
    assert list(sums) == [5, 4, 3]
    assert np.array_equal(sums[5], laterals[5])
    wanted = laterals[3][1, 5, 6] + laterals[4][1, 2, 3] + laterals[5][1, 1, 1]
    assert sums[3][1, 5, 6] == pytest.approx(wanted)


def test_a_pyramid_needs_a_level():
    with pytest.raises(ValueError, match="needs a level"):
        top_down_steps({})
