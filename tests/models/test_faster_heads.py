"""The learned layers of the shipped Faster R-CNNs are those of their files."""

import numpy as np
import pytest
import torch

from explorer.core.samples import load_sample
from explorer.models import engine
from explorer.models.fpn import WIDTH
from explorer.models.proofs.fast_rcnn import SECOND_LOOK, prove_second_look
from explorer.models.proofs.faster_heads import (
    prove_box_head,
    prove_laterals,
    prove_smoothing,
)
from explorer.models.roi_heads import SAMPLES, USUAL_LEVEL, WEIGHTS
from explorer.models.two_stage import AGAIN, LEAST_PX, FastRCNN

FPN, SINGLE = "everyday_faster_rcnn_fpn", "everyday_faster_rcnn"
FAST = "everyday_fast_rcnn"
LEVELS = (3, 4, 5)


@pytest.fixture(scope="module")
def opened():
    image = load_sample("coffee").image[:240]
    found = {}
    for name in (FPN, SINGLE, FAST):
        arrays = engine.run(name, "opened", image=image).arrays
        rois = arrays["proposals" if "proposals" in arrays else "rois"]
        found[name] = {**arrays, "rois": rois}
    return found


@pytest.mark.parametrize("name", [FPN, SINGLE, FAST])
def test_the_box_head_reads_rois_by_its_file(opened, name) -> None:
    arrays = opened[name]
    assert prove_box_head(name, arrays, USUAL_LEVEL, SAMPLES).holds
    wrong = arrays | {"logits": arrays["logits"] + 0.1}
    assert not prove_box_head(name, wrong, USUAL_LEVEL, SAMPLES).holds
    moved = arrays | {"rois": arrays["rois"] + 16}
    assert not prove_box_head(name, moved, USUAL_LEVEL, SAMPLES).holds


def test_a_wrong_level_shows_in_the_head(opened) -> None:
    assert not prove_box_head(FPN, opened[FPN], USUAL_LEVEL - 1, SAMPLES).holds


def test_the_laterals_are_the_backbones_maps_through_their_kernels(opened) -> None:
    arrays = opened[FPN]
    assert prove_laterals(FPN, arrays, LEVELS).holds
    largest = np.float32(np.abs(arrays["lateral3"]).max())
    wrong = arrays | {"lateral5": arrays["lateral5"] + np.float32(0.01) * largest}
    assert not prove_laterals(FPN, wrong, LEVELS).holds
    mixed = arrays | {"backbone4": arrays["backbone4"][::-1].copy()}
    assert not prove_laterals(FPN, mixed, LEVELS).holds


def test_the_maps_are_the_sums_smoothed(opened) -> None:
    arrays = opened[FPN]
    assert prove_smoothing(FPN, arrays, LEVELS).holds
    wrong = arrays | {"map4": arrays["map4"] + np.float32(0.01)}
    assert not prove_smoothing(FPN, wrong, LEVELS).holds
    cut = arrays | {"map3": arrays["map3"][:, 1:]}
    assert not prove_smoothing(FPN, cut, LEVELS).holds


def test_fast_r_cnn_looks_again_where_its_best_regions_were_moved_to(opened) -> None:
    arrays = opened[FAST]
    side = len(arrays["input"])
    looks = {name: arrays[name] for name in SECOND_LOOK}
    assert len(arrays["rois"]) == len(arrays["logits"]) == len(arrays["boxes"]) == AGAIN
    assert len(arrays["regions"]) > AGAIN
    assert prove_second_look(looks, WEIGHTS, side).holds
    off = looks | {"rois": arrays["rois"] + 1}
    assert not prove_second_look(off, WEIGHTS, side).holds
    worst = looks["region_logits"][:, 0].argmax()  # nothing but background
    rows = np.append(arrays["region_rows"][:-1], worst)
    assert not prove_second_look(looks | {"region_rows": rows}, WEIGHTS, side).holds


def test_a_region_that_is_moved_to_nothing_is_looked_at_where_it_was() -> None:
    net = FastRCNN(2).eval()
    torch.nn.init.zeros_(net.box.move.weight)
    torch.nn.init.constant_(net.box.move.bias, -1e3)  # far left, as narrow as can be
    regions = torch.tensor([[8.0, 8, 40, 48], [0, 0, 64, 64]])
    with torch.no_grad():
        maps = {4: torch.rand(1, WIDTH, 4, 4)}
        seen = net.twice(maps, regions, 64)
    assert torch.equal(seen.rois, regions[seen.rows])
    assert (seen.rois[:, 2:] - seen.rois[:, :2]).min() >= LEAST_PX
