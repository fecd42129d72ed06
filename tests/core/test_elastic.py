"""Elastic deformation against scipy and torch, hand-worked cases and its errors."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from torch.nn import functional

from explorer.core.elastic import (
    coarse_displacement,
    displacement,
    elastic_steps,
    warp,
)
from explorer.core.elastic_fields import gaussian_kernel, smooth_noise


def scene(height: int = 60, width: int = 80, seed: int = 0) -> tuple:
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (height // 4, width // 4, 3)).astype(np.uint8)
    image = image.repeat(4, axis=0).repeat(4, axis=1)
    mask = (image[..., 0] // 64).astype(np.uint8)
    return image, mask


@pytest.mark.parametrize("sigma", [0.4, 1.0, 3.7, 12.0, 40.0])
@pytest.mark.parametrize("shape", [(60, 80), (31, 17), (5, 90), (1, 1)])
def test_smoothing_equals_scipy(sigma: float, shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).uniform(-1, 1, (2, *shape)).astype(np.float32)
    theirs = [
        ndimage.gaussian_filter(one.astype(float), sigma, mode="wrap", truncate=5.0)
        for one in noise
    ]
    np.testing.assert_allclose(smooth_noise(noise, sigma), theirs, atol=2e-6)


@pytest.mark.parametrize("size", [(2, 2), (7, 9), (60, 81)])
@pytest.mark.parametrize("nodes", [2, 3, 5])
def test_coarse_field_equals_torch_bicubic(size: tuple[int, int], nodes: int) -> None:
    field = coarse_displacement(size, 10.0, nodes, np.random.default_rng(3))
    vectors = 10 * np.random.default_rng(3).standard_normal((2, nodes, nodes))
    theirs = functional.interpolate(
        torch.from_numpy(vectors)[None], size, mode="bicubic", align_corners=True
    )[0].numpy()
    np.testing.assert_allclose(field, theirs, atol=1e-5)


def by_scipy(image: np.ndarray, field: np.ndarray, order: int) -> np.ndarray:
    at = np.indices(image.shape[:2]) + field.astype(float)
    planes = image.reshape(*image.shape[:2], -1).astype(float)
    read = [
        ndimage.map_coordinates(planes[..., c], at, order=order, mode="mirror")
        for c in range(planes.shape[-1])
    ]
    return np.stack(read, -1).reshape(image.shape)


@given(
    alpha=st.floats(0, 30),
    sigma=st.floats(0.5, 20),
    seed=st.integers(0, 99),
    coarse=st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_fast_warp_equals_map_coordinates(
    alpha: float, sigma: float, seed: int, coarse: bool
) -> None:
    image, mask = scene(seed=seed)
    rng = np.random.default_rng(seed)
    if coarse:
        field = coarse_displacement(mask.shape, alpha, 3, rng)
    else:
        field = displacement(mask.shape, alpha, sigma, rng)
    smooth = image.astype(np.float32)
    smooth = np.stack([ndimage.uniform_filter(smooth[..., c], 9) for c in range(3)], -1)
    apart = np.abs(warp(smooth, field) - by_scipy(smooth, field, 1))
    # reading 1/64 pixel beside the place costs 1/64 of a step between neighbours
    steps = max(np.abs(np.diff(smooth, axis=axis)).max() for axis in (0, 1))
    assert apart.max() <= 2 * steps / 64 + 1e-3
    fast = warp(mask, field, nearest=True)
    differ = fast != by_scipy(mask, field, 0)
    assert differ.mean() < 0.02  # only where two pixels are equally near
    assert set(np.unique(fast)) <= set(np.unique(mask))


def test_hand_worked_shift_and_mirror() -> None:
    ramp = np.array([[0, 10, 20, 30]], np.uint8)
    for columns, expected in (
        (1.0, [10, 20, 30, 20]),
        (-1.0, [10, 0, 10, 20]),
        (0.5, [5, 15, 25, 25]),
        (7.0, [10, 20, 30, 20]),  # the mirror image repeats every 6 pixels
    ):
        field = np.stack([np.zeros((1, 4)), np.full((1, 4), columns)])
        read = warp(ramp, field.astype(np.float32))
        assert read.tolist() == [expected], columns


def test_nearest_on_both_sides_of_the_middle() -> None:
    labels = np.array([[1, 2, 3]], np.uint8)
    for shift, expected in ((0.49, [1, 2, 3]), (0.51, [2, 3, 2])):
        field = np.zeros((2, 1, 3), np.float32)
        field[1] = shift
        assert warp(labels, field, nearest=True).tolist() == [expected]


@given(alpha=st.floats(0, 50), sigma=st.floats(0.5, 60), seed=st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_alpha_is_the_root_mean_square(alpha: float, sigma: float, seed: int) -> None:
    field = displacement((40, 50), alpha, sigma, np.random.default_rng(seed))
    assert np.sqrt(np.mean(field.astype(float) ** 2)) == pytest.approx(alpha, rel=1e-4)
    again = displacement((40, 50), alpha, sigma, np.random.default_rng(seed))
    np.testing.assert_array_equal(field, again)


def test_steps_are_the_parts_put_together() -> None:
    image, mask = scene()
    kept = image.copy(), mask.copy()
    steps = elastic_steps(image, mask, 5.0, 6.0, seed=4)
    field = displacement(mask.shape, 5.0, 6.0, np.random.default_rng(4))
    np.testing.assert_array_equal(steps.field, field)
    np.testing.assert_array_equal(steps.image, warp(image, field))
    np.testing.assert_array_equal(steps.mask, warp(mask, field, nearest=True))
    np.testing.assert_array_equal(image, kept[0])
    np.testing.assert_array_equal(mask, kept[1])
    other = elastic_steps(image, mask, 5.0, 9.0, seed=4)
    np.testing.assert_array_equal(other.noise, steps.noise)


def test_no_size_changes_nothing() -> None:
    image, mask = scene()
    steps = elastic_steps(image, mask, 0.0, 6.0, seed=4)
    np.testing.assert_array_equal(steps.image, image)
    np.testing.assert_array_equal(steps.mask, mask)


def test_the_kernel_ends_at_five_sigma() -> None:
    assert len(gaussian_kernel(4.0)) == 41
    assert gaussian_kernel(4.0).sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("alpha", "sigma", "sentence"),
    [
        (-0.1, 5.0, "alpha_px is -0.1; it must be at least 0"),
        (float("nan"), 5.0, "alpha_px is nan"),
        (1.0, 0.0, "sigma_px is 0.0; it must be above 0"),
        (1.0, float("inf"), "sigma_px is inf"),
    ],
)
def test_bad_sizes(alpha: float, sigma: float, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        displacement((4, 4), alpha, sigma, np.random.default_rng(0))


def test_bad_nodes_and_shapes() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="nodes is 1; it must be at least 2"):
        coarse_displacement((4, 4), 1.0, 1, rng)
    with pytest.raises(ValueError, match="sd_px is -1"):
        coarse_displacement((4, 4), -1, 3, rng)
    with pytest.raises(ValueError, match=r"this image needs \(2, 60, 80\)"):
        warp(scene()[0], np.zeros((2, 80, 60), np.float32))
