"""Masks pasted one by one: the same as all at once, each proved."""

import numpy as np
import pytest

from explorer.core.mask_compare import pasted_probs
from explorer.models.proofs import mask_rcnn as proofs
from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import mask_found

RNG = np.random.default_rng(7)
LOGITS = RNG.normal(size=(3, 28, 28)).astype(np.float32)
BOXES = np.array([[2.0, 3, 30, 40], [10, 5, 44, 29], [0, 0, 60, 48]])


def _picture() -> Picture:
    image = np.zeros((48, 60, 3), np.uint8)
    return Picture(image, "grey", live.digest(image))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_one_by_one_is_all_at_once(count: int) -> None:
    logits, boxes = LOGITS[:count], BOXES[:count]
    ours = mask_found.pasted_each(_picture(), logits, boxes)
    assert np.array_equal(ours, pasted_probs(logits, boxes, 48, 60))


def test_the_worst_mask_counts_in_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    [whole] = mask_found.prove_pasted(_picture(), LOGITS, BOXES)
    assert whole.holds
    assert "3 masks" in whole.note
    real = proofs.pasted_probs

    def spoilt(logits, boxes, height, width):
        made = real(logits, boxes, height, width)
        return made + 0.25 * (np.asarray(boxes)[0, 0] == BOXES[1, 0])

    monkeypatch.setattr(proofs, "pasted_probs", spoilt)
    [wrong] = mask_found.prove_pasted(_picture(), LOGITS + 1, BOXES)
    assert not wrong.holds
    assert wrong.delta == pytest.approx(0.25, abs=1e-4)
