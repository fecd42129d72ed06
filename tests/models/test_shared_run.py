"""What the shared run times, and the proofs of warp and regression."""

import numpy as np
import pytest
import torch

from explorer.core.samples import load_sample
from explorer.core.warp import warp_boxes
from explorer.models import zoo
from explorer.models.proofs.rcnn import (
    WARP_TOLERANCE,
    prove_decode,
    prove_shared,
    prove_warp,
)
from explorer.models.shared_run import MOST_ROIS, SharedRun, proposal_layers

IMAGE = load_sample("coffee").image
BOXES = np.array(
    [[30, 20, 330, 260], [-5, 10, 60, 50], [200, 150, 230, 390], [0, 0, 600, 400]],
    dtype=np.float64,
)


@pytest.fixture(scope="module")
def runner():
    return zoo.load("efficientnet_lite0")


def test_the_shared_run_times_every_part(runner):
    found = runner.methods["shared_run"](image=IMAGE, boxes=np.repeat(BOXES, 20, 0))
    assert all(float(found[k]) > 0 for k in ("backbone", "rpn", "pool", "head"))
    assert int(found["rois"]) == 80
    assert (found["map_size"] * 32 == found["input_size"]).all()


def test_its_backbone_is_the_networks_own_stage_7(runner):
    x = torch.rand(1, 3, 64, 96, device=runner.device)
    shared = SharedRun(runner.net, runner._whole)
    with torch.inference_mode():
        assert torch.equal(shared._features(x), runner.net(x).stages[-1])


@pytest.mark.parametrize("wrong", ["", "parts", "pooled", "placed"])
def test_its_parts_and_its_pooling_are_proved_and_a_fault_is_seen(runner, wrong):
    found = runner.methods["shared_run"](image=IMAGE, boxes=BOXES)
    assert len(found["pooled"]) == len(BOXES)
    if wrong:
        found[wrong] = found[wrong] + (64 if wrong == "placed" else 0.01)
    proofs = prove_shared(found)
    assert [proof.holds for proof in proofs] == [
        wrong != "parts",
        wrong not in ("pooled", "placed"),
    ]


def test_too_many_or_none_are_told(runner):
    many = np.tile([[0.0, 0, 9, 9]], (MOST_ROIS + 1, 1))
    for boxes in (many[:0], many):
        with pytest.raises(ValueError, match=f"1 to {MOST_ROIS}"):
            runner.methods["shared_run"](image=IMAGE, boxes=boxes)


def test_the_proposal_layers_have_the_papers_size():
    before = torch.random.get_rng_state()
    layers = proposal_layers(320)
    assert torch.equal(torch.random.get_rng_state(), before)
    objectness, deltas = layers(torch.zeros(1, 320, 5, 7))
    assert objectness.shape == (1, 18, 5, 7)
    assert deltas.shape == (1, 36, 5, 7)


def test_the_warp_is_proved_and_a_shifted_photo_is_seen(monkeypatch):
    assert prove_warp(IMAGE, BOXES).holds
    sharp = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)
    boxes = [[10, 10, 60, 50], [0, 0, 120, 90]]
    assert prove_warp(sharp, boxes).delta <= WARP_TOLERANCE
    from explorer.models.proofs import rcnn as proofs

    shifted = warp_boxes(np.roll(sharp, 1, axis=1), boxes)
    monkeypatch.setattr(proofs, "warp_boxes", lambda image, given: shifted)
    assert not prove_warp(sharp, boxes).holds


def test_the_decoding_is_torchvisions():
    rng = np.random.default_rng(1)
    boxes = np.array([[0, 0, 10, 20], [5, 5, 50, 9.0]])
    assert prove_decode(boxes, rng.normal(0, 0.5, (2, 4))).holds
    assert prove_decode(boxes, [[0, 0, 9.0, 0], [0, 0, 0, -9.0]]).holds
