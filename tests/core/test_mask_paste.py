"""Masks laid into pictures, against torchvision."""

import numpy as np
import pytest
import torch
from torchvision.models.detection.roi_heads import paste_masks_in_image

from explorer.core.mask_paste import paste_mask


def test_pasting_equals_torchvision() -> None:
    rng = np.random.default_rng(3)
    for _ in range(60):
        mask = rng.random((28, 28))
        corner = rng.uniform(-30, 110, 2)  # torchvision fails on one wholly outside
        sides = rng.uniform(32 if corner.min() < 0 else 0.3, 160, 2)
        box = np.concatenate([corner, corner + sides])
        ours = paste_mask(mask, box, 120, 150)
        theirs = paste_masks_in_image(
            torch.from_numpy(mask)[None, None], torch.from_numpy(box)[None], (120, 150)
        )[0, 0].numpy()
        assert np.abs(ours.probs - theirs).max() <= 1e-6


def test_by_hand() -> None:
    made = paste_mask([[1.0]], [3, 3, 6, 6], 9, 9)
    # One cell grows to three, so the box to three times its size: 0 .. 9 and its edge.
    assert made.box.tolist() == [0, 0, 9, 9]
    assert made.padded.tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert made.resized.shape == (10, 10)
    assert made.probs[4, 4] == pytest.approx(0.85**2)


def test_a_box_outside_leaves_an_empty_picture() -> None:
    assert not paste_mask(np.ones((4, 4)), [50, 50, 60, 60], 20, 20).probs.any()


def test_what_is_no_mask_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(M, M\)"):
        paste_mask(np.ones((4, 5)), [0, 0, 4, 4], 9, 9)
    with pytest.raises(ValueError, match="a pixel"):
        paste_mask(np.ones((4, 4)), [0, 0, 4, 4], 0, 9)
