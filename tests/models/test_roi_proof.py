"""Core RoI pooling against torchvision and torch, over random regions."""

import numpy as np
import pytest
import torch
from torch.nn import functional
from torchvision.ops import roi_align, roi_pool

from explorer.core.roi import roi_pool_steps
from explorer.core.roi_align import roi_align_steps, roi_resize_steps
from explorer.models.proofs.roi import prove_roi_align, prove_roi_pool

HEIGHT, WIDTH, CHANNELS = 11, 17, 3


def regions(seed, count, scale, turned=True):
    """Random boxes: inside, across each border, outside, turned, empty, on halves."""
    rng = np.random.default_rng(seed)
    side = np.array([WIDTH, HEIGHT, WIDTH, HEIGHT]) / scale
    boxes = rng.uniform(-0.4, 1.4, (count, 4)) * side
    every = 2 if turned else 1
    some = boxes[::every].reshape(-1, 2, 2)
    boxes[::every] = np.sort(some, axis=1).reshape(-1, 4)
    boxes[::7, 2:] = boxes[::7, :2]
    boxes[::5] = np.round(boxes[::5] * scale * 2) / 2 / scale
    boxes[0] = [0, 0, *side[:2]]
    return boxes


@pytest.mark.parametrize("scale", [1.0, 1 / 8, 1 / 16, 1 / 32])
@pytest.mark.parametrize("size", [1, 2, 7])
def test_pool_equals_torchvision(size, scale):
    grid = np.random.default_rng(size).normal(size=(CHANNELS, HEIGHT, WIDTH))
    boxes = regions(size, 120, scale)
    theirs = roi_pool(torch.tensor(grid)[None], [torch.tensor(boxes)], size, scale)
    ours = np.stack([roi_pool_steps(grid, b, size, scale).values for b in boxes])
    assert np.abs(ours - theirs.numpy()).max() <= 1e-5


@pytest.mark.parametrize("aligned", [True, False])
@pytest.mark.parametrize("ratio", [-1, 0, 1, 2, 3])
@pytest.mark.parametrize("size", [1, 2, 7])
def test_align_equals_torchvision(size, ratio, aligned):
    scale = 1 / 16
    grid = np.random.default_rng(size).normal(size=(CHANNELS, HEIGHT, WIDTH))
    # torchvision itself fails on a turned box when the number of points is adaptive.
    boxes = regions(ratio + 7, 80, scale, turned=ratio > 0)
    theirs = roi_align(
        torch.tensor(grid)[None], [torch.tensor(boxes)], size, scale, ratio, aligned
    )
    ours = np.stack(
        [roi_align_steps(grid, b, size, scale, ratio, aligned).values for b in boxes]
    )
    assert np.abs(ours - theirs.numpy()).max() <= 1e-5


@pytest.mark.parametrize("box", [[0, 0, 3, 3], [2, 1, 9, 10], [-4, -4, 30, 30]])
@pytest.mark.parametrize("size", [2, 5, 7])
def test_resize_equals_crop_and_interpolate(size, box):
    grid = np.random.default_rng(3).normal(size=(CHANNELS, HEIGHT, WIDTH))
    x1, y1, x2, y2 = np.clip(box, 0, [WIDTH - 1, HEIGHT - 1] * 2)
    crop = torch.tensor(grid)[None, :, y1 : y2 + 1, x1 : x2 + 1]
    theirs = functional.interpolate(crop, (size, size), mode="bilinear")[0].numpy()
    ours = roi_resize_steps(grid, box, size, 1.0).values
    assert np.abs(ours - theirs).max() <= 1e-9


@pytest.mark.parametrize("seed", range(6))
def test_the_proofs_hold_with_their_gradients(seed):
    rng = np.random.default_rng(seed)
    grid = rng.normal(size=(2, HEIGHT, WIDTH)).astype(np.float32)
    for box in regions(seed, 8, 1 / 8, turned=False):
        assert prove_roi_pool(grid, box, 3, 1 / 8).holds
        for ratio in (0, 2):
            proof = prove_roi_align(grid, box, 3, 1 / 8, ratio, seed % 2 == 0)
            assert proof.holds, (box, proof)


def test_a_wrong_result_would_be_seen(monkeypatch):
    from explorer.models.proofs import roi

    true = roi.roi_align_steps
    monkeypatch.setattr(
        roi, "roi_align_steps", lambda f, b, n, s, r, a: true(f, b, n, s, r, not a)
    )
    grid = np.random.default_rng(0).normal(size=(1, HEIGHT, WIDTH))
    assert not prove_roi_align(grid, [8, 8, 60, 60], 3, 1 / 8, 2, True).holds
