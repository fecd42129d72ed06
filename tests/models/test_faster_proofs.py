"""The proofs of the lesson on Faster R-CNN hold on a network, and fail on a fault."""

import numpy as np
import pytest
import torch

from explorer.core.funnel import detection_funnel, proposal_funnel
from explorer.core.samples import load_sample
from explorer.models import rpn
from explorer.models.everyday import Everyday, build
from explorer.models.proofs import faster_losses as losses
from explorer.models.proofs import faster_pyramid as pyramid
from explorer.models.proofs import faster_rcnn as proofs
from explorer.models.proofs.anchors import prove_matching, torchvision_overlaps
from explorer.models.roi_heads import BINS, SAMPLES, USUAL_LEVEL, WEIGHTS
from explorer.models.segmenters import imagenet_trunk
from tests.models.test_everyday import record_of

IMAGE = load_sample("coffee").image[:240]
BOXES, LABELS = np.array([[60.0, 20.0, 330.0, 230.0]]), np.array([3])
ASKED = {
    "top_level": rpn.TOP_LEVEL,
    "top": rpn.TOP,
    "nms_iou": rpn.NMS_IOU,
    "least_px": rpn.LEAST_PX,
}


@pytest.fixture(scope="module", params=["faster_rcnn_fpn", "faster_rcnn"])
def member(request) -> Everyday:
    torch.manual_seed(0)
    about = record_of(request.param)
    return Everyday(imagenet_trunk().requires_grad_(False), build(about), about)


@pytest.fixture(scope="module")
def seen(member):
    return member.opened(IMAGE, score_threshold=0.05)


@pytest.fixture(scope="module")
def found(member):
    return member.losses(IMAGE, BOXES, LABELS)


def first_of(seen):
    return proposal_funnel(
        seen["best_boxes"],
        seen["best_scores"],
        seen["levels"][seen["best_rows"]],
        least_px=ASKED["least_px"],
        iou_threshold=ASKED["nms_iou"],
        top=int(ASKED["top"]),
    )


def sizes_of(member):
    return rpn.LEVEL_SIZES if member.architecture.endswith("fpn") else rpn.SINGLE_SIZES


def test_the_first_half_holds_and_a_fault_shows(member, seen):
    made = first_of(seen)
    sizes = sizes_of(member)
    cells = {k: seen[f"map{k}"].shape[-2:] for k in sizes}
    given = {name: seen[name] for name in proofs.FIRST_HALF}
    four = proofs.prove_first_half(given, cells, sizes, ASKED, made, member.side_px)
    assert [one.holds for one in four] == [True] * 4
    assert not proofs.prove_anchors(seen["anchors"] + 1, cells, sizes).holds
    fewer = seen | {"proposals": seen["proposals"][1:]}
    assert proofs.prove_proposals(fewer, ASKED, member.side_px).delta == 1
    other = seen | {"proposal_rows": seen["proposal_rows"][1:]}
    assert proofs.prove_first_nms(other, made, ASKED).delta == 1
    worse = seen["best_rows"].copy()
    worse[0] = seen["rpn_logits"].argmin()
    assert not proofs.prove_best(seen | {"best_rows": worse}, rpn.TOP_LEVEL).holds


def test_the_second_half_holds_and_a_fault_shows(seen):
    given = (seen["boxes"], seen["scores"], 0.05, 0.5)
    made = detection_funnel(*given, extent=seen["extent"])
    moved = seen | {"rois": seen["proposals"]}
    assert proofs.prove_moves(moved, WEIGHTS).holds
    assert proofs.prove_second_nms(made, 0.5).holds
    assert proofs.prove_found(seen, made).holds
    assert not proofs.prove_found(seen, detection_funnel(*given)).holds
    assert not proofs.prove_moves(moved, (1.0, 1.0, 1.0, 1.0)).holds
    other = detection_funnel(seen["boxes"], seen["scores"], 0.05, 0.05)
    assert proofs.prove_second_nms(other, 0.9).delta > 0


@pytest.mark.parametrize("member", ["faster_rcnn_fpn"], indirect=True)
def test_the_pyramid_holds_and_a_fault_shows(seen):
    assert all(one.holds for one in pyramid.prove_top_down(seen))
    wrong = seen | {"sum4": seen["sum4"] + 1}
    assert not any(one.holds for one in pyramid.prove_top_down(wrong))
    for box, level in (
        ([10, 10, 60, 90], 3),
        ([0, 0, 150, 170], 4),
        ([0, 0, 240, 240], 5),
    ):
        given = (box, level, USUAL_LEVEL, BINS, SAMPLES)
        assert all(one.holds for one in pyramid.prove_roi(seen, *given))
        other = (box, 4 if level == 3 else 3, USUAL_LEVEL, BINS, SAMPLES)
        assert not pyramid.prove_roi(seen, *other)[0].holds


def test_the_terms_hold_and_a_fault_shows(seen, found):
    truths = np.float32(BOXES * float(found["scale"]))
    terms = dict(
        zip(found["term_names"].tolist(), found["terms"].tolist(), strict=True)
    )
    assert losses.prove_terms(terms, terms).holds
    assert not losses.prove_terms(terms | {"classes": 99.0}, terms).holds
    ious = torchvision_overlaps(seen["anchors"], truths)
    assert prove_matching(ious, found["match"], 0.7, 0.3, True).holds
    turned = np.where(found["match"] == 0, -1, found["match"])
    assert not prove_matching(ious, turned, 0.7, 0.3, True).holds
    assert not prove_matching(ious / 2, found["match"], 0.7, 0.3, True).holds
    assert losses.prove_rpn_terms(seen, found, truths).holds
    assert losses.prove_roi_terms(found, truths, WEIGHTS).holds
    wrong = found | {"terms": found["terms"] + 0.01}
    assert not losses.prove_rpn_terms(seen, wrong, truths).holds
    assert not losses.prove_roi_terms(wrong, truths, WEIGHTS).holds


def test_boxes_apart_are_counted_once():
    assert proofs.apart([], [[0, 0, 1, 1]]) == 1
    assert proofs.apart([[0, 0, 1, 1]], [[0, 0, 1, 1.0005]]) == 0
    assert proofs.apart([[0, 0, 1, 1]], [[0, 0, 1, 1.01]]) == 2
