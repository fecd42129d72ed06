"""The family behind the engine's face: what is opened gives what is detected.

The networks here have weights drawn from a seed: what is compared are two ways through
the same network, which no training makes equal.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.core.letterbox import letterbox
from explorer.core.nms import nms_classwise_steps, nms_steps
from explorer.core.samples import load_sample
from explorer.models import everyday, records
from explorer.models.detections import MOST, finish
from explorer.models.everyday import Everyday, array, build
from explorer.models.everyday_opened import COUNTS
from explorer.models.segmenters import imagenet_trunk
from explorer.training.rcnn_settings import CLASSES

IMAGE = load_sample("coffee").image[:240]  # wider than high: grey below it
ANCHORS = [[40.0 * k, 30.0 * k] for k in range(9, 0, -1)]
ARGUMENTS = {
    "yolo_v1": {},
    "yolo_v2": {"anchors": ANCHORS[:5]},
    "yolo_v3": {"anchors": ANCHORS},
    "ssd": {},
    "fast_rcnn": {"proposals": 20},
    "faster_rcnn": {},
    "faster_rcnn_fpn": {},
    "mask_rcnn": {},
}
BOXES = np.array([[60.0, 20.0, 330.0, 230.0], [350.0, 10.0, 420.0, 110.0]])
LABELS = np.array([3, 0])
CROWD = 90  # candidates, fewer than a network's final boxes may be
TERMS = {
    "yolo": {"place", "size", "object", "no_object", "classes"},
    "ssd": {"classes", "boxes"},
    "fast": {"classes", "boxes"},
    "rpn": {"objectness", "anchors", "classes", "boxes"},
}


def record_of(architecture: str) -> records.Record:
    base = records.read(records.FOLDER / "rcnn.json")
    arguments = ARGUMENTS[architecture]
    size = {"side_px": 320 if architecture == "ssd" else 352}
    return replace(
        base, architecture=architecture, arguments=arguments, preprocessing=size
    )


@pytest.fixture(scope="module")
def trunk():
    return imagenet_trunk().requires_grad_(False)


@pytest.fixture(scope="module", params=list(ARGUMENTS))
def member(request, trunk) -> Everyday:
    torch.manual_seed(0)
    about = record_of(request.param)
    net = build(about)
    if request.param == "yolo_v1":  # drawn weights alone make boxes without area
        net.out.bias.data[[2, 3, 7, 8]] = 0.5
    return Everyday(trunk, net, about)


def test_what_is_opened_leads_to_what_is_detected(member: Everyday) -> None:
    threshold = float(np.quantile(member.opened(IMAGE)["scores"], 0.995))
    seen = member.opened(IMAGE, score_threshold=threshold)
    found = member.detect(IMAGE, score_threshold=threshold)
    made = letterbox(IMAGE, member.side_px)
    assert np.array_equal(seen["input"], made.image)
    assert float(seen["scale"]) == made.scale
    assert np.abs(found["boxes"] - made.outside(seen["found_boxes"])).max() < 1e-3
    assert np.array_equal(found["labels"], np.array(CLASSES)[seen["found_labels"]])
    rows, labels = seen["found_rows"], seen["found_labels"]
    assert np.allclose(seen["scores"][rows, labels], seen["found_scores"])
    boxes = seen["boxes"]
    own = boxes[rows] if boxes.ndim == 2 else boxes[rows, labels]
    assert np.array_equal(own, seen["found_boxes"])


@pytest.fixture
def crowded(member: Everyday, monkeypatch) -> Everyday:
    """Return a member whose boxes overlap and are sure of something.

    Drawn weights make boxes of version 1 of YOLO a pixel wide, with scores near 0.
    """
    if member.architecture == "yolo_v1":
        seen = member._candidates

        def grown(picture):
            found = seen(picture)
            by = found.boxes.new_tensor([-40, -40, 40, 40])
            return replace(found, boxes=found.boxes + by, scores=100 * found.scores)

        monkeypatch.setattr(member, "_candidates", grown)
    return member


def suppressed_alike(member: Everyday, iou_threshold: float) -> bool:
    """Return whether a member keeps, best first, the boxes that the course keeps."""
    scores = member.opened(IMAGE)["scores"]
    threshold = float(np.sort(scores, axis=None)[-CROWD])
    given = {"score_threshold": threshold, "iou_threshold": iou_threshold}
    seen = member.opened(IMAGE, **given)
    row, label = np.nonzero(scores >= threshold)
    boxes = seen["boxes"][row] if seen["boxes"].ndim == 2 else seen["boxes"][row, label]
    best = scores[row, label]
    # Without ties both orders are the only one, and no limit cuts the kept ones.
    assert len(best) == len(np.unique(best)) == CROWD
    steps = nms_classwise_steps(boxes, best, label, iou_threshold)
    # Some go, some stay, and more would go if classes did not count.
    assert len(nms_steps(boxes, best, iou_threshold)) < len(steps) < CROWD
    seen_at = letterbox(IMAGE, member.side_px)  # what lies below it is left out at last
    kept = [step.kept for step in steps if seen_at.reaches(boxes[step.kept])]
    names = np.array(CLASSES)[label[kept]].tolist()
    return (
        row[kept].tolist() == seen["found_rows"].tolist()
        and label[kept].tolist() == seen["found_labels"].tolist()
        and member.detect(IMAGE, **given)["labels"].tolist() == names
    )


@pytest.mark.parametrize("iou_threshold", [0.1, 0.4])
def test_suppression_is_the_courses_own(crowded: Everyday, iou_threshold) -> None:
    assert suppressed_alike(crowded, iou_threshold)


@pytest.mark.parametrize(
    "broken",
    [
        lambda boxes, scores, score, iou: finish(boxes, scores, score, 1.0),
        lambda boxes, scores, score, iou: finish(boxes, scores, score, iou + 0.2),
        lambda boxes, scores, score, iou: finish(
            boxes, scores * (scores == scores.max(1, keepdim=True)[0]), score, iou
        ),
        lambda boxes, scores, score, iou: finish(boxes, scores, score, iou, 5),
    ],
    ids=["none goes", "another threshold", "one class a box", "few are kept"],
)
def test_another_suppression_would_be_noticed(crowded, broken, monkeypatch) -> None:
    monkeypatch.setattr(everyday, "finish", broken)
    assert not suppressed_alike(crowded, 0.4)


def test_raw_candidates_are_all_above_the_threshold_best_first(crowded) -> None:
    threshold = max(float(np.quantile(crowded.opened(IMAGE)["scores"], 0.99)), 0.01)
    raw = crowded.raw(IMAGE, score_threshold=threshold)
    found = crowded.detect(IMAGE, score_threshold=threshold, iou_threshold=0.4)
    for one in (raw, found):
        assert (np.diff(one["scores"]) <= 0).all()
        assert (one["scores"] >= threshold).all()
    assert len(found["boxes"]) <= min(MOST, len(raw["boxes"]))
    assert found["scores"][0] == raw["scores"][0]


def test_backbone_and_search_run_once_a_picture_for_its_losses(member, monkeypatch):
    runs, run = [], member.features
    searches, search = [], member.given

    def counted(picture):
        runs.append(picture)
        return run(picture)

    def searched(picture):
        searches.append(picture)
        return search(picture)

    monkeypatch.setattr(member, "features", counted)
    monkeypatch.setattr(member, "given", searched)
    monkeypatch.setattr(member, "_last", None)
    member.losses(IMAGE, BOXES[:1], LABELS[:1])
    kept = member.losses(IMAGE, BOXES, LABELS)
    assert len(runs) == len(searches) == 1
    member.losses(IMAGE[::-1].copy(), BOXES, LABELS)
    fresh = member.losses(IMAGE, BOXES, LABELS)
    assert len(runs) == len(searches) == 3
    np.testing.assert_array_equal(kept["terms"], fresh["terms"])


def test_losses_come_with_what_they_are_taken_over(member: Everyday) -> None:
    found = member.losses(IMAGE, BOXES, LABELS)
    name = member.architecture
    kind = {"yolo": "yolo", "ssd": "ssd", "fast": "fast"}
    wanted = TERMS.get(kind.get(name.split("_")[0], "rpn"))
    assert set(found["term_names"]) == wanted
    assert (found["terms"] >= 0).all()
    assert np.isfinite(found["terms"]).all()
    again = member.losses(IMAGE, BOXES, LABELS)
    assert np.array_equal(found["terms"], again["terms"])
    if "match" in found:
        count = len(member.opened(IMAGE)["anchors" if "sampled" in found else "boxes"])
        assert found["match"].shape == (count,)
        assert set(found["match"][found["match"] >= 0]) == {0, 1}
    if "owner_gt" in found:
        assert sorted(found["owner_gt"]) == [0, 1]
    if "roi_labels" in found:
        front = found["roi_labels"] > 0
        assert np.array_equal(
            found["roi_labels"][front] - 1, LABELS[found["roi_gt"][front]]
        )


def test_truth_that_cannot_be_is_refused(member: Everyday) -> None:
    with pytest.raises(ValueError, match="as many labels"):
        member.losses(IMAGE, BOXES, LABELS[:1])
    with pytest.raises(ValueError, match="rows of 20 classes"):
        member.losses(IMAGE, BOXES, np.array([3, 20]))
    with pytest.raises(ValueError, match="an area"):
        member.losses(IMAGE, BOXES[:, [0, 1, 0, 3]], LABELS)


def test_no_truth_at_all_is_background(member: Everyday) -> None:
    none = member.losses(IMAGE, np.zeros((0, 4)), np.zeros(0, int))
    assert np.isfinite(none["terms"]).all()


def test_the_funnel_counts_what_it_lets_through(trunk) -> None:
    about = record_of("faster_rcnn_fpn")
    member = Everyday(trunk, build(about), about)
    seen = member.opened(IMAGE)
    counts = dict(zip(COUNTS, seen["proposal_counts"], strict=True))
    cells = 2586  # 44² + 22² + 11² + 6² + 3²
    assert counts["anchors"] == len(seen["anchors"]) == 9 * cells
    assert counts["kept"] == len(seen["proposals"]) == len(seen["logits"])
    values = list(counts.values())
    assert values == sorted(values, reverse=True)
    doubled = seen["sum5"].repeat(2, 1).repeat(2, 2)
    assert np.allclose(seen["sum4"], seen["lateral4"] + doubled, atol=1e-5)
    for above in (6, 7):
        assert np.array_equal(seen[f"map{above}"], seen[f"map{above - 1}"][:, ::2, ::2])


def test_masks_are_pasted_where_the_boxes_are(trunk) -> None:
    torch.manual_seed(0)
    about = record_of("mask_rcnn")
    member = Everyday(trunk, build(about), about)
    threshold = float(np.quantile(member.opened(IMAGE)["scores"], 0.999))
    found = member.methods["masks"](IMAGE, threshold, 0.5)
    count = len(found["boxes"])
    assert found["masks"].shape == (count, 240, 600)
    assert found["mask_logits"].shape == (count, 20, 28, 28)
    plain = member.detect(IMAGE, threshold, 0.5)
    assert np.allclose(found["boxes"], plain["boxes"])
    with_masks = member.detect(IMAGE, threshold, 0.5, masks=True)
    assert np.array_equal(with_masks["masks"], found["masks"])
    few = member.methods["masks"](IMAGE, threshold, 0.5, most=2)
    assert count > len(few["boxes"]) == len(few["mask_logits"]) == 2
    assert np.allclose(few["every_scores"], plain["scores"])
    assert np.allclose(few["every_boxes"], plain["boxes"])
    pooled = member.methods["masks"](IMAGE, threshold, 0.5, align=False)
    assert np.abs(pooled["mask_logits"] - found["mask_logits"]).max() > 1e-3


def test_halves_become_single_precision() -> None:
    assert array(torch.ones(2, dtype=torch.float16)).dtype == np.float32


def test_an_architecture_of_another_family_is_refused() -> None:
    about = replace(record_of("ssd"), architecture="dpm")
    with pytest.raises(ValueError, match="no 'dpm'"):
        build(about)


def test_nothing_is_found_in_the_grey_beside_a_picture(member: Everyday) -> None:
    """An untrained network sees things everywhere, below this wide picture too."""
    wide = np.zeros((40, 400, 3), np.uint8)
    threshold = float(np.quantile(member.opened(wide)["scores"], 0.9))
    seen = member.opened(wide, score_threshold=threshold)
    made = letterbox(wide, member.side_px)
    assert made.reaches(seen["found_boxes"]).all()
    assert (
        seen["found_counts"][-1] == len(seen["found_boxes"]) == len(seen["found_rows"])
    )
    if member.architecture != "fast_rcnn":  # its regions are of the picture alone
        assert not made.reaches(array(seen["boxes"]).reshape(-1, 4)).all()
    for found in (member.detect(wide, threshold), member.raw(wide, threshold)):
        sides = found["boxes"][:, 2:] - found["boxes"][:, :2]
        assert (sides > 0).all()
        assert len(found["boxes"]) == len(found["scores"]) == len(found["labels"])


def test_the_photo_of_a_reader_is_not_kept_with_its_maps(member: Everyday) -> None:
    member.losses(IMAGE, BOXES, LABELS)
    mark, features, _ = member._last
    assert isinstance(mark, bytes)
    member.losses(IMAGE, BOXES[:1], LABELS[:1])
    assert member._last[1] is features
