import numpy as np
import pytest

from explorer.models.proofs import nms as proofs

BOXES = np.array(
    [[0, 0, 10, 10], [1, 0, 11, 10], [20, 20, 30, 30], [5, 5, 5, 9], [5, 5, 5, 9.0]]
)
SCORES = np.array([0.8, 0.9, 0.7, 0.1, 0.2])
LABELS = np.array([0, 1, 1, 0, 0])


@pytest.mark.parametrize("iou_threshold", [0.0, 0.5, 1.0])
def test_proofs_hold(iou_threshold):
    assert proofs.prove_nms(BOXES, SCORES, iou_threshold).holds
    assert proofs.prove_classwise(BOXES, SCORES, LABELS, iou_threshold).holds
    assert proofs.prove_iou(BOXES).holds


def test_proofs_hold_on_nothing():
    assert proofs.prove_nms([], [], 0.5).holds
    assert proofs.prove_classwise([], [], [], 0.5).holds
    assert proofs.prove_iou([]).holds


def test_a_wrong_answer_is_caught(monkeypatch):
    right = proofs.nms_steps
    monkeypatch.setattr(proofs, "nms_steps", lambda *given: right(*given)[::-1])
    proof = proofs.prove_nms(BOXES, SCORES, 0.5)
    assert not proof.holds
    assert proof.delta > 0


def test_a_wrong_iou_is_caught(monkeypatch):
    right = proofs.box_iou
    monkeypatch.setattr(proofs, "box_iou", lambda a, b: right(a, b, True))
    assert not proofs.prove_iou(BOXES).holds
