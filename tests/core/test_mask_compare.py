"""Masks beside each other, against slow twins and by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some
from scipy import ndimage

from explorer.core.mask_compare import (
    border_of,
    mask_change,
    melted,
    pasted_probs,
    regions_of,
    sigmoid,
    with_twin,
)
from explorer.core.mask_loss import mask_loss
from explorer.core.mask_paste import paste_mask
from explorer.core.proofs.mask_rcnn import (
    from_runs,
    prove_browser_masks,
    prove_regions,
)
from explorer.models.proofs import mask_rcnn as proofs
from tests.ui.mask_cases import ROWS, answer_masks, answer_opened

IMAGE = np.zeros((90, 120, 3), np.uint8)


def own() -> tuple[np.ndarray, np.ndarray]:
    seen = answer_masks(IMAGE)
    return seen["mask_logits"][np.arange(3), ROWS], seen["boxes"]


def runs_of(mask: np.ndarray) -> list[int]:
    """Slow twin: count pixel by pixel."""
    runs, inside = [0], False
    for pixel in mask.ravel().tolist():
        if pixel != inside:
            runs.append(0)
            inside = pixel
        runs[-1] += 1
    return runs


def test_sigmoid_is_torchs_at_all_sizes() -> None:
    x = np.linspace(-800, 800, 101)
    assert np.allclose(sigmoid(x), torch.from_numpy(x).sigmoid().numpy(), atol=1e-15)


def test_pasting_many_is_pasting_each() -> None:
    logits, boxes = own()
    probs = pasted_probs(logits, boxes, 90, 120)
    for k in range(3):
        one = paste_mask(sigmoid(logits[k]), boxes[k], 90, 120).probs
        assert np.abs(probs[k] - one).max() < 1e-7
    assert pasted_probs(logits[:0], boxes[:0], 90, 120).shape == (0, 90, 120)


def test_border_against_neighbours() -> None:
    mask = np.random.default_rng(0).random((9, 11)) > 0.3
    wide = np.pad(mask, 1)
    inner = wide[:-2, 1:-1] & wide[2:, 1:-1] & wide[1:-1, :-2] & wide[1:-1, 2:]
    assert np.array_equal(border_of(mask), mask & ~inner)


def test_change_by_hand() -> None:
    one = np.array([[0.9, 0.5, 0.0], [0.9, 0.4, 0.0]])
    two = np.array([[0.9, 0.4, 0.0], [0.9, 0.6, 0.5]])
    seen = mask_change(one, two, 0.5)
    assert (seen.pixels, seen.other_pixels) == (3, 4)
    assert (seen.gained_px, seen.lost_px, seen.changed_px) == (2, 1, 3)
    assert seen.iou == pytest.approx(2 / 5)
    assert seen.mean_change == pytest.approx((0.1 + 0.2 + 0.5) / 5)
    assert seen.border_px == 3
    assert seen.border_change == pytest.approx(0.1 / 3)
    assert (
        mask_change(one, one, 0.51).pixels == 2
    )  # on the threshold: inside; below: not
    empty = np.zeros((2, 2))
    assert mask_change(empty, empty, 0.5).iou == 1
    with pytest.raises(ValueError, match="can't be compared"):
        mask_change(empty, one, 0.5)


@given(some.integers(0, 2**20 - 1), some.integers(1, 4))
def test_regions_are_scipys(bits: int, least: int) -> None:
    mask = np.array([bits >> k & 1 for k in range(20)], bool).reshape(4, 5)
    labels, specks = regions_of(mask, least)
    theirs, count = ndimage.label(mask, np.ones((3, 3)))
    sizes = np.bincount(theirs.ravel(), minlength=count + 1)[1:]
    assert specks == (sizes < least).sum()
    kept = np.isin(theirs, np.flatnonzero(sizes >= least) + 1)
    assert np.array_equal(labels > 0, kept)
    found = np.bincount(labels.ravel())[1:]
    assert (np.diff(found) <= 0).all()
    assert prove_regions(mask).holds


def test_the_proof_of_regions_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.core.proofs import mask_rcnn

    mask = np.array([[1, 0, 1]], bool)
    wrong = np.array([[1, 0, 1]], np.int32)  # two regions taken for one
    monkeypatch.setattr(mask_rcnn, "regions_of", lambda region: (wrong, 0))
    assert not prove_regions(mask).holds


def test_what_melts() -> None:
    semantic = np.array([[1, 1, 1, 1, 0, 1, 0, 1, 1]], bool)
    masks = np.zeros((4, 1, 9), bool)
    masks[0, 0, :2], masks[1, 0, 1:4], masks[2, 0, 7:], masks[3, 0, 4] = 1, 1, 1, 1
    seen = melted(semantic, masks, 2)
    assert seen.holds == ((0, 1), (2,))
    assert seen.regions.tolist() == [4, 2]
    assert (seen.specks, seen.overlap_px, seen.union_px) == (1, 1, 7)
    assert (seen.semantic_px, seen.both_px) == (7, 6)
    assert seen.iou == pytest.approx(6 / 8)
    none = melted(np.zeros((2, 2), bool), np.zeros((0, 2, 2), bool), 1)
    assert (none.iou, none.holds, none.overlap_px) == (1.0, (), 0)


def test_a_twin_is_the_mirror_image() -> None:
    image = np.random.default_rng(4).integers(0, 255, (5, 9, 3), np.uint8)
    made = with_twin(image, 6)
    assert np.array_equal(made[:, :6], image[:, :6])
    assert np.array_equal(made, made[:, ::-1])
    for column in (0, 10):
        with pytest.raises(ValueError, match="must lie in 1..9"):
            with_twin(image, column)


def test_runs_go_there_and_back() -> None:
    mask = np.random.default_rng(1).random((5, 7)) > 0.5
    assert np.array_equal(from_runs(runs_of(mask), 5, 7), mask)
    with pytest.raises(ValueError, match="pixels for"):
        from_runs([3], 2, 2)
    with pytest.raises(ValueError, match="at least 0"):
        from_runs([-1, 5], 2, 2)


def test_the_browsers_masks_may_differ_at_the_threshold_alone() -> None:
    probs = pasted_probs(*own(), 90, 120)
    runs = [runs_of(one >= 0.5) for one in probs]
    assert prove_browser_masks(runs, probs, 0.5).delta == 0
    seen = prove_browser_masks(runs, probs, 0.6)
    assert not seen.holds
    assert seen.delta <= 0.1 + 1e-6
    assert not prove_browser_masks(runs[:2], probs, 0.5).holds
    assert not prove_browser_masks([[1], [2], [3]], probs, 0.5).holds
    assert not prove_browser_masks([["a"], *runs[1:]], probs, 0.5).holds


def test_proofs_against_torchvision_hold() -> None:
    logits, boxes = own()
    assert proofs.prove_paste(logits, boxes, 90, 120).holds
    assert proofs.prove_paste(logits[:0], boxes[:0], 90, 120).holds
    level = answer_opened(IMAGE)["map4"]
    for one in proofs.prove_cut(level, np.array([30.0, 40, 210, 200]), 16):
        assert one.holds


def test_the_proof_of_pasting_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    logits, boxes = own()
    moved = pasted_probs(logits, boxes + 1, 90, 120)
    monkeypatch.setattr(proofs, "pasted_probs", lambda *_: moved)
    assert not proofs.prove_paste(logits, boxes, 90, 120).holds


def test_loss_is_torchs_and_by_hand() -> None:
    logits, _ = own()
    target = np.random.default_rng(2).random((28, 28)) > 0.5
    loss = mask_loss(logits[0], target)
    assert proofs.prove_loss(logits[0], target, loss).holds
    assert not proofs.prove_loss(logits[0], target, loss + 0.01).holds
    assert mask_loss([[np.log(3)]], [[1]]) == pytest.approx(-np.log(0.75))
    assert mask_loss([[np.log(3)]], [[0]]) == pytest.approx(-np.log(0.25))
    assert mask_loss([[1000.0]], [[0]]) == 1000
    with pytest.raises(ValueError, match="one shape"):
        mask_loss([[1.0]], [[1, 0]])
