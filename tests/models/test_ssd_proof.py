"""The proofs of the lesson on SSD hold on any numbers, and fail on wrong ones."""

import numpy as np
import pytest

from explorer.core.box_codec import decode
from explorer.core.default_boxes import SSD300, SSD320, SSD512, default_boxes
from explorer.core.ssd_loss import VARIANCES, ssd_loss_parts
from explorer.models.proofs import ssd as proofs

BOXES = default_boxes(SSD320, 320).astype(np.float32).astype(float)
TRUTHS = np.array([[40.0, 60, 120, 200], [210, 30, 300, 90], [10, 10, 14, 15]])
LABELS = np.array([1, 0, 2])


@pytest.fixture(scope="module")
def head():
    rng = np.random.default_rng(0)
    return rng.normal(size=(len(BOXES), 5)), rng.normal(size=(len(BOXES), 4))


@pytest.mark.parametrize(
    ("maps", "size", "count"),
    [(SSD300, 300, "8,732"), (SSD512, 512, "24,564"), (SSD320, 320, "9,590")],
)
def test_the_default_boxes_are_torchvisions(maps, size, count):
    proof = proofs.prove_defaults(maps, size, "SSD")
    assert proof.holds
    assert count in proof.note


def test_other_default_boxes_are_seen(monkeypatch):
    monkeypatch.setattr(
        proofs, "default_boxes", lambda maps, size: default_boxes(maps, size) + 0.5
    )
    assert not proofs.prove_defaults(SSD300, 300, "SSD").holds


def test_the_codec_is_torchvisions_and_a_moved_box_would_be_seen(head):
    moved = decode(BOXES, head[1], weights=VARIANCES)
    assert proofs.prove_decode(BOXES, head[1], moved).holds
    moved[7, 0] += 0.01
    assert not proofs.prove_decode(BOXES, head[1], moved).holds


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.9])
def test_the_matching_is_torchvisions(threshold):
    assert proofs.prove_matching(BOXES, TRUTHS, threshold).holds


def test_another_matching_is_seen(monkeypatch):
    true = proofs.match_default_boxes
    monkeypatch.setattr(
        proofs, "match_default_boxes", lambda b, t, high: true(b, t, high + 0.1)
    )
    assert not proofs.prove_matching(BOXES, TRUTHS, 0.5).holds


@pytest.mark.parametrize("ratio", [1, 3, 10])
def test_the_loss_is_torchs(head, ratio):
    found = ssd_loss_parts(BOXES, *head, TRUTHS, LABELS, ratio)
    assert proofs.prove_loss(found, BOXES, *head, TRUTHS, LABELS).holds
    assert not proofs.prove_loss(found, BOXES, *head, TRUTHS, LABELS[::-1]).holds


def test_the_loss_is_the_trainings(head):
    import torch

    from explorer.models.ssd import SSDResult
    from explorer.models.ssd_loss import ssd_loss

    logits, deltas = (v.astype(np.float32) for v in head)
    found = ssd_loss_parts(BOXES, logits, deltas, TRUTHS, LABELS)
    result = SSDResult(torch.tensor(logits[None]), torch.tensor(deltas[None]))
    theirs = ssd_loss(result, [torch.tensor(TRUTHS).float()], [torch.tensor(LABELS)])
    terms = [float(theirs.classes), float(theirs.boxes)]
    assert proofs.prove_engine(found, terms, theirs.matches[0].gt).holds
    wrong = [terms[0] * 1.01, terms[1]]
    assert not proofs.prove_engine(found, wrong, found.match.gt).holds
    assert not proofs.prove_engine(found, terms, found.match.gt[::-1]).holds
