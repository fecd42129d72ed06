"""The proofs of the lesson on YOLO hold for what is right and fail for what is not."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.core.anchor_kmeans import anchor_kmeans_steps
from explorer.core.proofs import yolo as proofs
from explorer.core.yolo_read import read_anchored

RNG = np.random.default_rng(0)
READ = read_anchored([RNG.normal(size=(14, 3, 3))], [[50, 70], [90, 30]], True, 320)
SIZES = RNG.uniform(10, 200, (40, 2))


def test_the_tensor_read_equals_itself_and_no_other():
    own = (READ.boxes, READ.confidence, READ.classes)
    assert proofs.prove_read(READ, *own).delta == 0
    assert not proofs.prove_read(READ, READ.boxes + 0.02, *own[1:]).holds
    assert not proofs.prove_read(READ, own[0], own[1] + 0.02, own[2]).holds
    assert not proofs.prove_read(READ, own[0][:-1], own[1], own[2]).holds


def test_a_wrong_count_is_caught(monkeypatch):
    assert proofs.prove_counts([3], 2, 18).holds
    assert proofs.prove_counts([3], 2, 17).delta == 1
    monkeypatch.setattr(proofs, "box_count", lambda cells, each: 0)
    assert proofs.prove_counts([3], 2, 18).delta == 4


@pytest.mark.parametrize("version", [1, 2, 3])
def test_targets_come_back_as_boxes(version, monkeypatch):
    boxes = [[10, 20, 60, 90], [200, 100, 319, 310]]
    anchors, cells = SIZES[:3], [10] if version < 3 else [10, 20, 40]
    given = (version, boxes, anchors, cells, 320)
    assert proofs.prove_round_trip(*given).holds
    name = "decode_v1" if version == 1 else "decode_anchored"
    right = getattr(proofs, name)
    monkeypatch.setattr(proofs, name, lambda *a: right(*a) + 1e-3)
    assert not proofs.prove_round_trip(*given).holds


def test_no_box_is_no_fault():
    assert proofs.prove_round_trip(1, [], [], [10], 320).holds


def test_terms_are_compared_by_name_and_as_a_share():
    ours = {"place": 1.0, "no_object": 3000.0}
    assert proofs.prove_terms(ours, ours | {"no_object": 3000.1}).holds
    assert not proofs.prove_terms(ours, ours | {"place": 1.001}).holds
    assert not proofs.prove_terms(ours, {"place": 1.0}).holds


def test_kmeans_that_is_not_at_rest_is_caught():
    steps = anchor_kmeans_steps(SIZES, 4)
    assert proofs.prove_kmeans(steps, SIZES).holds
    assert not proofs.prove_kmeans(steps[:1], SIZES).holds
    wrong = replace(steps[-1], nearest=(steps[-1].nearest + 1) % 4)
    assert not proofs.prove_kmeans([wrong], SIZES).holds
