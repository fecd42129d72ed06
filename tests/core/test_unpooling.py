"""Pooling with indices and the ways back, against torch and by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from explorer.core.unpooling import max_pool, max_unpool, nearest_unpool


@given(
    rows=st.integers(1, 5),
    columns=st.integers(1, 5),
    channels=st.integers(1, 3),
    size=st.integers(1, 3),
    seed=st.integers(0, 99),
)
def test_pool_and_both_ways_back_equal_torch(rows, columns, channels, size, seed):
    rng = np.random.default_rng(seed)
    shape = (channels, rows * size, columns * size)
    x = rng.integers(-2, 3, shape).astype(np.float32)  # few values: many ties
    theirs, places = functional.max_pool2d(
        torch.from_numpy(x)[None], size, return_indices=True
    )
    ours = max_pool(x, size)
    np.testing.assert_array_equal(ours.values, theirs[0].numpy())
    np.testing.assert_array_equal(ours.indices, places[0].numpy())
    # A decoder's own values go to the encoder's places.
    values = rng.normal(size=ours.values.shape).astype(np.float32)
    back = functional.max_unpool2d(torch.from_numpy(values)[None], places, size)
    np.testing.assert_array_equal(
        max_unpool(values, ours.indices, shape[1:]), back[0].numpy()
    )
    copied = functional.interpolate(
        torch.from_numpy(values)[None], scale_factor=float(size), mode="nearest"
    )
    np.testing.assert_array_equal(nearest_unpool(values, size), copied[0].numpy())


@given(seed=st.integers(0, 99))
def test_pooling_what_was_unpooled_gives_the_values_back(seed):
    rng = np.random.default_rng(seed)
    pooled = max_pool(rng.random((2, 6, 8)))
    back = max_unpool(pooled.values, pooled.indices, (6, 8))
    np.testing.assert_array_equal(max_pool(back).values, pooled.values)
    assert (back != 0).sum() == pooled.values.size


def test_by_hand_a_tie_goes_to_the_first_cell():
    found = max_pool(np.array([[0, 0, 1, 2], [0, 0, 4, 3]]))
    assert found.values.tolist() == [[0, 4]]
    assert found.indices.tolist() == [[0, 6]]
    back = max_unpool(np.array([[7, -8]]), found.indices, (2, 4))
    assert back.tolist() == [[7, 0, 0, 0], [0, 0, -8, 0]]


@pytest.mark.parametrize("shape", [(3, 4), (4, 3)])
def test_windows_must_tile_the_map(shape):
    with pytest.raises(ValueError, match="do not tile a map of"):
        max_pool(np.zeros(shape))


def test_an_index_outside_the_map_is_told():
    values = np.ones((1, 2))
    assert max_unpool(values, np.array([[0, 7]]), (2, 4))[1, 3] == 1
    with pytest.raises(ValueError, match="from 0 to 8"):
        max_unpool(values, np.array([[0, 8]]), (2, 4))
    with pytest.raises(ValueError, match="from -1 to 0"):
        max_unpool(values, np.array([[0, -1]]), (2, 4))
    with pytest.raises(ValueError, match="values for"):
        max_unpool(values, np.array([[0]]), (2, 4))
