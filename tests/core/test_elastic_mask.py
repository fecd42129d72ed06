"""Labels that bilinear mixing invents, and folds, against slow twins and scipy."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from explorer.core.elastic import displacement, warp
from explorer.core.elastic_mask import folded, mix_labels


def still(height: int, width: int, down: float = 0, right: float = 0) -> np.ndarray:
    field = np.zeros((2, height, width), np.float32)
    field[0], field[1] = down, right
    return field


@given(alpha=st.floats(0, 20), sigma=st.floats(1, 12), seed=st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_mixed_values_equal_map_coordinates(
    alpha: float, sigma: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    mask = rng.integers(0, 6, (8, 10)).astype(np.uint8).repeat(3, 0).repeat(3, 1)
    field = displacement(mask.shape, alpha, sigma, rng)
    at = (np.indices(mask.shape, np.float32) + field).astype(float)
    theirs = ndimage.map_coordinates(mask.astype(float), at, order=1, mode="mirror")
    mixed = mix_labels(mask, field)
    np.testing.assert_allclose(mixed.values, theirs, atol=1e-9)
    assert not mixed.invented[~mixed.between].any()


@given(seed=st.integers(0, 199))
@settings(max_examples=40, deadline=None)
def test_invented_by_the_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mask = rng.integers(0, 5, (5, 6)).astype(np.uint8)
    field = rng.uniform(-7, 7, (2, 5, 6)).astype(np.float32)
    padded = np.pad(mask, 12, mode="reflect")
    mixed = mix_labels(mask, field)
    for r, c in np.ndindex(mask.shape):
        y, x = np.float32(r) + field[0, r, c], np.float32(c) + field[1, r, c]
        top, left = int(np.floor(y)) + 12, int(np.floor(x)) + 12
        around = padded[top : top + 2, left : left + 2]
        label = np.floor(mixed.values[r, c] + 0.5)
        assert mixed.invented[r, c] == (label not in around)


def test_between_two_neighbouring_labels_nothing_is_invented() -> None:
    mask = np.array([[0, 0, 1, 1]], np.uint8)
    mixed = mix_labels(mask, still(1, 4, right=0.5))
    assert mixed.values.tolist() == [[0, 0.5, 1, 1]]
    assert mixed.between.tolist() == [[False, True, False, False]]
    assert not mixed.invented.any()


def test_between_far_labels_all_those_in_between_appear() -> None:
    mask = np.array([[0, 5]], np.uint8)
    for share, label in ((0.05, 0), (0.2, 1), (0.4, 2), (0.6, 3), (0.8, 4), (0.95, 5)):
        mixed = mix_labels(mask, still(1, 2, right=share))
        assert np.floor(mixed.values[0, 0] + 0.5) == label
        assert mixed.invented[0, 0] == (0 < label < 5)


def test_nearest_invents_nothing() -> None:
    rng = np.random.default_rng(0)
    mask = rng.choice(np.array([0, 3, 9], np.uint8), (20, 20))
    field = displacement(mask.shape, 4.0, 3.0, rng)
    assert set(np.unique(warp(mask, field, nearest=True))) <= {0, 3, 9}
    assert mix_labels(mask, field).invented.any()


def test_shrinking_folds_on_both_sides_of_no_area() -> None:
    columns = np.arange(4, dtype=np.float32)
    for slope, folds in ((-0.9, False), (-1.0, True), (-1.1, True)):
        field = still(3, 4)
        field[1] = slope * columns
        assert folded(field).all() == folds
        assert folded(field).shape == (2, 3)


def test_a_turn_does_not_fold() -> None:
    rows, columns = np.indices((9, 9)) - 4.0
    turn = np.deg2rad(170)
    down = np.sin(turn) * columns + np.cos(turn) * rows - rows
    right = np.cos(turn) * columns - np.sin(turn) * rows - columns
    assert not folded(np.stack([down, right]).astype(np.float32)).any()


def test_alpha_far_above_sigma_folds_and_far_below_does_not() -> None:
    rng = np.random.default_rng
    assert not folded(displacement((60, 80), 2.0, 12.0, rng(0))).any()
    assert folded(displacement((60, 80), 20.0, 6.0, rng(0))).mean() > 0.05
