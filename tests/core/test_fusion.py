"""FCN's sum of scores: doubling, adding, enlarging."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.fusion import bilinear_weights, double, enlarge, fuse_steps

SIDES = st.integers(1, 6)
CLASSES = st.integers(1, 4)


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


@given(SIDES, SIDES, CLASSES, CLASSES)
def test_doubling_is_torchs_transposed_convolution(h, w, k, m):
    import torch
    from torch.nn import functional

    grid, weight = random(h, w, k), random(k, m, 4, 4, seed=1)
    theirs = functional.conv_transpose2d(
        torch.tensor(grid).permute(2, 0, 1)[None],
        torch.tensor(weight),
        stride=2,
        padding=1,
    )[0].permute(1, 2, 0)
    assert np.abs(double(grid, weight) - theirs.numpy()).max() < 1e-12


def test_doubling_by_definition_one_stamp_a_cell():
    grid, weight = random(2, 3, 2), random(2, 2, 4, 4, seed=1)
    slow = np.zeros((6, 8, 2))
    for r, c, a, b, i, j in np.ndindex(2, 3, 2, 2, 4, 4):
        slow[2 * r + i, 2 * c + j, b] += grid[r, c, a] * weight[a, b, i, j]
    assert np.abs(double(grid, weight) - slow[1:-1, 1:-1]).max() < 1e-12


def test_a_bilinear_kernel_doubles_a_flat_map_to_a_flat_map_inside():
    row = np.array([0.25, 0.75, 0.75, 0.25])
    weight = (row[:, None] * row)[None, None]
    grown = double(np.full((3, 3, 1), 8.0), weight)[..., 0]
    assert (grown[1:-1, 1:-1] == 8).all()
    assert grown[0, 0] == 8 * 0.75 * 0.75  # the border has no neighbour


@given(SIDES, SIDES, st.integers(1, 20), st.integers(1, 20))
def test_enlarging_is_torchs_interpolation(h, w, height, width):
    import torch
    from torch.nn import functional

    grid = random(h, w, 2)
    theirs = functional.interpolate(
        torch.tensor(grid).permute(2, 0, 1)[None],
        (height, width),
        mode="bilinear",
        align_corners=False,
    )[0].permute(1, 2, 0)
    assert np.abs(enlarge(grid, height, width) - theirs.numpy()).max() < 1e-12


@given(SIDES, st.integers(1, 40))
def test_the_weights_of_a_pixel_add_up_to_one(cells, pixels):
    weights = bilinear_weights(cells, pixels)
    assert np.abs(weights.sum(1) - 1).max() < 1e-12
    assert weights.min() >= 0


def three():
    scores = {32: random(2, 3, 4), 16: random(4, 6, 4), 8: random(8, 12, 4)}
    return scores, {16: random(4, 4, 4, 4), 8: random(4, 4, 4, 4, seed=2)}


def test_each_sum_is_the_doubled_one_before_and_the_score():
    scores, weights = three()
    steps = fuse_steps(scores, weights)
    assert (steps.doubled[16] == double(scores[32], weights[16])).all()
    assert (steps.fused[16] == steps.doubled[16] + scores[16]).all()
    assert (steps.fused[8] == double(steps.fused[16], weights[8]) + scores[8]).all()
    assert steps.finest is steps.fused[8]


def test_a_skip_that_is_off_adds_nothing_and_the_rest_stays():
    scores, weights = three()
    without = fuse_steps(scores, weights, off=(16,))
    zeros = fuse_steps({**scores, 16: np.zeros_like(scores[16])}, weights)
    assert (without.finest == zeros.finest).all()
    assert (without.finest != fuse_steps(scores, weights).finest).any()


def test_one_stride_alone_is_its_own_sum():
    steps = fuse_steps({32: np.ones((1, 2, 3))}, {})
    assert steps.doubled == {}
    assert (steps.finest == 1).all()


def test_what_does_not_fit_is_named():
    with pytest.raises(ValueError, match=r"half of the one before, got \[32, 8\]"):
        fuse_steps({32: np.ones((1, 1, 1)), 8: np.ones((4, 4, 1))}, {})
    with pytest.raises(ValueError, match="stride 32 is where the sum starts"):
        fuse_steps({32: np.ones((1, 1, 1))}, {}, off=(32,))
    with pytest.raises(ValueError, match="3 classes and the kernel 2"):
        double(np.ones((1, 1, 3)), np.ones((2, 2, 4, 4)))
    with pytest.raises(ValueError, match=r"kernel \(K, M, 4, 4\)"):
        double(np.ones((1, 1, 3)), np.ones((3, 3, 3, 3)))
