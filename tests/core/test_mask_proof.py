import numpy as np
import pytest

from explorer.core.proofs import masks


@pytest.mark.parametrize("seed", range(5))
def test_mask_scores_equal_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    truth = rng.choice([0, 1, 2, 3, 255], (20, 30)).astype(np.uint8)
    labels = rng.choice([0, 1, 2, 4], (20, 30)).astype(np.uint8)
    assert masks.prove_masks(truth, labels, 6).holds


def test_a_wrong_score_is_caught(monkeypatch):
    right = masks.class_iou
    monkeypatch.setattr(masks, "class_iou", lambda matrix: right(matrix) + 1e-9)
    truth = np.array([[0, 1, 1]], np.uint8)
    assert not masks.prove_masks(truth, truth, 2).holds
