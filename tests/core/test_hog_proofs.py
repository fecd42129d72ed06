"""The proofs compare what they say, with whatever the reader has chosen."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from explorer.core import hog
from explorer.core.hog import MASKS, OPENCV, SKIMAGE, HogSettings, axis_weights
from explorer.core.hog_gradients import wrap_table
from explorer.core.proofs import hog as proofs
from explorer.core.proofs.hog import prove_gradient, prove_opencv, prove_skimage


def _image(*shape):
    return np.random.default_rng(len(shape)).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize("orientations", [4, 9, 12])
@pytest.mark.parametrize(("cell_px", "block_cells"), [(4, 2), (8, 1), (8, 3), (16, 2)])
@pytest.mark.parametrize("signed", [False, True])
def test_equals_both_in_other_settings(orientations, cell_px, block_cells, signed):
    rng = np.random.default_rng(orientations + cell_px)
    window = rng.integers(0, 256, (128, 64, 3), dtype=np.uint8)
    chosen = HogSettings(cell_px, block_cells, orientations, signed=signed)
    assert prove_opencv(window, chosen).holds
    assert prove_skimage(window, chosen).holds


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("shape", [(31, 23, 3), (31, 23), (3, 3, 3)])
def test_every_masks_gradient_is_scipys_to_the_border(mask, shape):
    proof = prove_gradient(_image(*shape), mask)
    assert proof.holds
    assert proof.delta == 0
    assert f"{MASKS[mask].title} mask" in proof.note


@pytest.mark.parametrize("mask", MASKS)
def test_the_gradients_proof_fails_on_another_mask(mask, monkeypatch):
    other = "sobel" if mask != "sobel" else "centred"
    monkeypatch.setattr(
        proofs, "gradients", lambda image, _: hog.gradients(image, other)
    )
    assert not prove_gradient(_image(20, 20, 3), mask).holds


@pytest.mark.parametrize("channels", [1, 3])
def test_the_gradients_proof_sees_one_wrong_border_pixel(channels, monkeypatch):
    image = _image(20, 20, channels).squeeze()
    found = hog.gradients(image)
    found.dx[0, 0] += 1
    monkeypatch.setattr(proofs, "gradients", lambda *_: found)
    assert prove_gradient(image).delta == 1


def test_departures_are_said_and_only_these():
    window = cv2.resize(_image(16, 8, 3), (64, 128))
    assert "knows only" not in prove_opencv(window, OPENCV).note
    assert "knows only" not in prove_skimage(window, SKIMAGE).note
    signed = replace(OPENCV, signed=True)
    assert "knows only" not in prove_opencv(window, signed).note
    assert "unsigned directions: this is compared, not signed" in (
        prove_skimage(window, signed).note
    )
    both = replace(OPENCV, mask="cubic", norm="l1")
    assert prove_opencv(window, both).note.endswith(
        "; OpenCV knows only the centred mask and L2-Hys: this is compared, "
        "not 1-D cubic-corrected and L1"
    )
    assert "only the centred mask: this" in prove_skimage(window, both).note
    none = prove_skimage(window, replace(OPENCV, norm="none"))
    assert none.holds
    assert "only normalised blocks: this is compared, not raw ones" in none.note


@pytest.mark.parametrize("shared", [axis_weights(OPENCV), wrap_table(9)])
def test_cached_tables_cannot_be_written(shared):
    with pytest.raises(ValueError, match="read-only"):
        shared[0] = 0
