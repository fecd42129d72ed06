"""Pooling with any stride and every way back, against torch and by hand."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from explorer.core.unpooling import bed_of_nails, lost_share, max_pool, max_unpool
from explorer.core.unpooling_fit import unpool_steps
from explorer.core.upsampling import (
    bilinear,
    nearest,
    shifted,
    transposed_conv,
    triangle_kernel,
)
from explorer.models.proofs import unpooling as proofs


def maps(height: int, width: int, seed: int = 0, ties: bool = True) -> np.ndarray:
    rng = np.random.default_rng(seed)
    if ties:
        return rng.integers(-3, 4, (2, height, width)).astype(float)
    return rng.normal(size=(2, height, width))


def test_pooling_and_unpooling_equal_torch_over_all_small_settings() -> None:
    tried = 0
    for height, width, size, stride in itertools.product(
        (1, 2, 5, 6, 7), (2, 3, 6, 8), (1, 2, 3, 4), (1, 2, 3, 4)
    ):
        x = maps(height, width, seed=tried)
        if size > min(height, width):
            with pytest.raises(ValueError, match="fits into a map of"):
                max_pool(x, size, stride)
            continue
        pool = max_pool(x, size, stride)
        values, indices = functional.max_pool2d(
            torch.from_numpy(x)[None], size, stride, return_indices=True
        )
        np.testing.assert_array_equal(pool.values, values[0].numpy())
        np.testing.assert_array_equal(pool.indices, indices[0].numpy())
        back = functional.max_unpool2d(
            values, indices, [size] * 2, [stride] * 2, output_size=[height, width]
        )
        ours = max_unpool(pool.values, pool.indices, pool.shape)
        np.testing.assert_array_equal(ours, back[0].numpy())
        tried += 1
    assert tried > 100


def test_enlarging_tiled_windows_equals_torch_interpolate() -> None:
    for size, rows, columns in itertools.product((1, 2, 3, 4), (1, 2, 5), (1, 3, 4)):
        x = maps(rows * size, columns * size, ties=False)
        pool = max_pool(x, size)
        values = torch.from_numpy(pool.values)[None]
        for way, ours in (("nearest", nearest), ("bilinear", bilinear)):
            theirs = functional.interpolate(values, pool.shape, mode=way)[0].numpy()
            np.testing.assert_allclose(ours(pool), theirs, atol=1e-12)


@pytest.mark.parametrize(("size", "stride"), [(3, 1), (3, 2), (2, 3), (1, 4)])
def test_enlarging_leaves_a_number_in_the_middle_of_its_window(
    size: int, stride: int
) -> None:
    pool = max_pool(maps(13, 13, ties=False), size, stride)
    starts = np.arange(pool.values.shape[1]) * stride
    for at in {(size - 1) // 2, size // 2}:  # the middle cell, or the two around it
        middle = np.ix_([0, 1], starts + at, starts + at)
        np.testing.assert_array_equal(nearest(pool)[middle], pool.values)
        if size % 2:
            np.testing.assert_allclose(bilinear(pool)[middle], pool.values)


@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 2), (3, 3), (2, 3)])
def test_the_triangle_stamps_what_bilinear_mixes_away_from_the_border(
    size: int, stride: int
) -> None:
    pool = max_pool(maps(20, 20, ties=False), size, stride)
    stamped = transposed_conv(pool, triangle_kernel(size, stride))
    inner = (slice(None), slice(5, 15), slice(5, 15))
    np.testing.assert_allclose(stamped[inner], bilinear(pool)[inner], atol=1e-12)


def test_hand_worked_enlarging_of_windows_with_gaps_and_leftovers() -> None:
    x = np.array([[[4, 4, 0, 8, 8, 0, 0]]])
    pool = max_pool(x, 1, 3)  # windows at columns 0, 3 and 6
    assert nearest(pool)[0].tolist() == [[4, 4, 8, 8, 8, 0, 0]]
    np.testing.assert_allclose(
        bilinear(pool)[0], [[4, 16 / 3, 20 / 3, 8, 16 / 3, 8 / 3, 0]]
    )


@given(
    height=st.integers(3, 11),
    width=st.integers(3, 11),
    size=st.integers(1, 3),
    stride=st.integers(1, 4),
    seed=st.integers(0, 99),
    fitted=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_every_step_is_proved_for_any_setting(
    height: int, width: int, size: int, stride: int, seed: int, fitted: bool
) -> None:
    x = np.random.default_rng(seed).normal(size=(3, height, width))
    steps = unpool_steps(x, size, stride, fitted)
    assert (steps.dense is not None) == fitted
    for proof in proofs.prove_unpooling(steps):
        assert proof.holds, proof


def test_a_wrong_way_back_is_seen() -> None:
    for way, size in itertools.product(
        ("unpool", "nails", "nearest", "bilinear", "transposed", "dense"), (2, 3)
    ):
        steps = unpool_steps(maps(6, 8, ties=False), size, 2, fitted=True)
        steps.rebuilt[way][1, 2, 3] += 0.01
        held = [proof.holds for proof in proofs.prove_unpooling(steps)]
        assert held.count(False) == 1, way


def test_a_wrong_fit_is_seen() -> None:
    steps = unpool_steps(maps(9, 12, ties=False), 2, 2, fitted=True)
    assert steps.dense is not None
    steps.dense[1] += 0.01
    wrong = [p.reference for p in proofs.prove_unpooling(steps) if not p.holds]
    assert "torch.autograd" in wrong


def test_a_wrong_loss_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = unpool_steps(maps(6, 8), 2, 2)
    monkeypatch.setattr(proofs, "lost_share", lambda x, y: 1.01 * lost_share(x, y))
    wrong = [p.reference for p in proofs.prove_unpooling(steps) if not p.holds]
    assert wrong == ["torch.nn.functional.mse_loss"]


def test_wrong_pooled_indices_are_seen() -> None:
    steps = unpool_steps(maps(6, 8), 2, 2)
    steps.pool.indices[0, 0, 0] += 1
    assert not proofs.prove_unpooling(steps)[0].holds


def test_hand_worked_windows_that_overlap_name_one_cell_twice() -> None:
    x = np.array([[[0, 9, 1], [2, 3, 4]]])
    pool = max_pool(x, 2, 1)
    assert pool.indices.tolist() == [[[1, 1]]]
    back = max_unpool(pool.values, pool.indices, pool.shape)
    assert back.tolist() == [[[0, 9, 0], [0, 0, 0]]]  # once, not added up


def test_hand_worked_ties_leftovers_and_gaps() -> None:
    x = np.array([[[5, 5, 1, 7, 8], [5, 5, 1, 7, 8], [9, 9, 9, 9, 9]]])
    pool = max_pool(x, 2, 3)  # columns 2 and row 2 are in no window
    assert pool.values.tolist() == [[[5, 8]]]
    assert pool.indices.tolist() == [[[0, 4]]]
    assert bed_of_nails(pool).tolist() == [
        [[5, 0, 0, 8, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]]
    ]


def test_where_maxima_stand_first_nails_and_switches_agree() -> None:
    x = np.zeros((1, 6, 6))
    x[:, ::2, ::2] = np.arange(1, 10).reshape(3, 3)
    pool = max_pool(x, 2)
    back = max_unpool(pool.values, pool.indices, pool.shape)
    np.testing.assert_array_equal(back, bed_of_nails(pool))
    np.testing.assert_array_equal(back, x)


@given(size=st.integers(1, 4), stride=st.integers(1, 4))
@settings(deadline=None)
def test_the_triangle_copies_a_constant_between_windows(size: int, stride: int) -> None:
    pool = max_pool(np.ones((1, 30, 30)), size, stride)
    made = transposed_conv(pool, triangle_kernel(size, stride))
    inner = made[0, 9:18, 9:18]
    if size % 2 == 1 and stride == 1:
        np.testing.assert_allclose(inner, 1)
    elif stride > 1 or size == 2:
        np.testing.assert_allclose(inner, 1, atol=1e-12)


def test_a_kernel_of_another_size_is_refused() -> None:
    pool = max_pool(np.ones((1, 6, 6)))
    for shape in ((3, 3), (1, 1), (4, 2)):
        with pytest.raises(ValueError, match="it must be square, of side 2"):
            transposed_conv(pool, np.ones(shape))


def test_shifting_stops_at_the_border() -> None:
    pool = max_pool(np.arange(16.0).reshape(1, 4, 4))
    assert shifted(pool, -1, 0)[0].tolist() == [
        [0, 0, 0, 0],
        [13, 0, 15, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
    ]


def test_lost_is_0_for_a_copy_1_for_the_mean_and_nan_for_flat_maps() -> None:
    x = maps(5, 6, ties=False)
    means = np.broadcast_to(x.mean(axis=(1, 2), keepdims=True), x.shape)
    np.testing.assert_allclose(lost_share(x, x), 0)
    np.testing.assert_allclose(lost_share(x, means), 1)
    assert np.isnan(lost_share(np.ones((1, 3, 3)), np.zeros((1, 3, 3)))).all()


def test_fitted_kernels_have_not_seen_their_own_map_and_beat_the_start() -> None:
    rng = np.random.default_rng(0)
    x = np.maximum(rng.normal(size=(8, 24, 24)), 0)
    plain, fitted = unpool_steps(x, 2, 2), unpool_steps(x, 2, 2, fitted=True)
    before = lost_share(x, plain.rebuilt["transposed"]).mean()
    assert lost_share(x, fitted.rebuilt["transposed"]).mean() < before
    changed = x.copy()
    changed[0] = rng.normal(size=(24, 24))  # an even channel
    again = unpool_steps(changed, 2, 2, fitted=True)
    np.testing.assert_array_equal(again.stamps[0], fitted.stamps[0])
    assert (again.stamps[1] != fitted.stamps[1]).any()


def test_fitting_is_least_squares() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(2, 12, 12))
    steps = unpool_steps(x, 2, 2, fitted=True)
    spots = steps.rebuilt["unpool"][1]
    wide = np.pad(spots, 1)
    rows = [wide[i : i + 12, j : j + 12].ravel() for i in range(3) for j in range(3)]
    best, *_ = np.linalg.lstsq(np.array(rows).T, x[1].ravel(), rcond=None)
    assert steps.dense is not None
    np.testing.assert_allclose(steps.dense[0].ravel(), best, atol=1e-4)


def test_silent_maps_can_be_fitted() -> None:
    steps = unpool_steps(np.zeros((3, 6, 6)), 2, 2, fitted=True)
    assert all(np.isfinite(one).all() for one in steps.rebuilt.values())


@pytest.mark.parametrize(
    ("x", "sentence"),
    [(np.zeros(3), "must have shape"), (np.zeros((1, 0, 2)), "numbers in it")],
)
def test_bad_maps(x: np.ndarray, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        unpool_steps(x, 2, 2)
