"""YOLO's maps read as boxes, and its losses on hand-worked cases."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from explorer.core.yolo import box_count, encode_anchored, encode_v1
from explorer.models.trunk import Features, Trunk
from explorer.models.yolo import (
    YoloMaps,
    YoloV1Head,
    YoloV2Head,
    YoloV3Head,
    boxes_anchored,
    boxes_v1,
    raw_anchored,
)
from explorer.models.yolo_loss import (
    RULE_V2,
    RULE_V3,
    loss_anchored,
    loss_v1,
    owners_anchored,
    owners_v1,
)

ANCHORS_V2 = [(20.0, 30.0), (50.0, 80.0), (90.0, 60.0), (150.0, 200.0), (280.0, 250.0)]
ANCHORS_V3 = [
    *((120.0, 90.0), (160.0, 200.0), (300.0, 260.0)),
    *((30.0, 60.0), (60.0, 45.0), (60.0, 120.0)),
    *((10.0, 13.0), (16.0, 30.0), (33.0, 23.0)),
]
GT = torch.tensor([[40.0, 60.0, 120.0, 200.0], [210.0, 30.0, 300.0, 90.0]])
LABELS = torch.tensor([2, 0])


def features(side: int = 320, seed: int = 0) -> Features:
    torch.manual_seed(seed)
    net = Trunk().eval()
    with torch.no_grad():
        return net(torch.rand(2, 3, side, side) * 2 - 1)


@pytest.fixture(scope="module")
def seen() -> Features:
    return features()


def test_each_head_gives_the_papers_tensor(seen: Features) -> None:
    v1 = YoloV1Head(20).eval()(seen).maps
    v2 = YoloV2Head(20, 5).eval()(seen).maps
    v3 = YoloV3Head(20, 3).eval()(seen).maps
    assert [tuple(one.shape) for one in v1] == [(2, 30, 10, 10)]
    assert [tuple(one.shape) for one in v2] == [(2, 125, 10, 10)]
    assert [tuple(one.shape) for one in v3] == [
        (2, 75, 10, 10), (2, 75, 20, 20), (2, 75, 40, 40)
    ]  # fmt: skip


def test_at_the_papers_sizes_the_counts_are_the_papers() -> None:
    def maps(channels: int, *cells: int) -> YoloMaps:
        return YoloMaps(tuple(torch.zeros(1, channels, n, n) for n in cells))

    assert boxes_v1(maps(30, 7), 448).boxes.shape[1] == 98 == box_count(7, 2)
    two = boxes_anchored(maps(125, 13), ANCHORS_V2, False, 416)
    assert two.boxes.shape[1] == 845
    three = boxes_anchored(maps(75, 13, 26, 52), ANCHORS_V3, True, 416)
    assert three.boxes.shape[1] == 10_647


def test_the_passthrough_lays_four_neighbours_into_one_cell() -> None:
    fine = torch.arange(16.0).reshape(1, 1, 4, 4)
    laid = functional.pixel_unshuffle(fine, 2)
    assert laid[0, :, 0, 0].tolist() == [0, 1, 4, 5]


# Reading: what is written by the core is read back


def test_version_1_reads_what_the_core_writes() -> None:
    written = encode_v1(GT.numpy(), 10, 320)
    raw = torch.zeros(1, 30, 10, 10)
    for k in range(2):
        at = (0, slice(5, 9), written.rows[k], written.cols[k])
        raw[at] = torch.from_numpy(written.numbers[k]).float()
    read = boxes_v1(YoloMaps((raw,)), 320).boxes[0]
    rows = (written.rows * 10 + written.cols) * 2 + 1
    torch.testing.assert_close(read[rows], GT, atol=1e-3, rtol=0)


@pytest.mark.parametrize(
    ("anchors", "cells"), [(ANCHORS_V2, [10]), (ANCHORS_V3, [10, 20, 40])]
)
def test_versions_2_and_3_read_what_the_core_writes(anchors, cells) -> None:
    per_map = len(anchors) // len(cells)
    written = encode_anchored(GT.numpy(), anchors, cells, 320)
    maps = [torch.zeros(1, per_map * 25, n, n) for n in cells]
    for k in range(2):
        level, slot = divmod(int(written.anchor[k]), per_map)
        place, logs = np.split(written.numbers[k], 2)
        place = place.clip(1e-6, 1 - 1e-6)
        numbers = np.concatenate([np.log(place / (1 - place)), logs])
        channels = slice(slot * 25, slot * 25 + 4)
        maps[level][0, channels, written.rows[k], written.cols[k]] = torch.from_numpy(
            numbers
        ).float()
    read = boxes_anchored(YoloMaps(tuple(maps)), anchors, True, 320)
    own = owners_anchored(GT, anchors, cells, 320)
    torch.testing.assert_close(read.boxes[0, own.rows], GT[own.gt], atol=1e-3, rtol=0)


def test_class_confidence_is_the_product() -> None:
    torch.manual_seed(0)
    read = boxes_anchored(YoloMaps((torch.randn(1, 125, 3, 3),)), ANCHORS_V2, False, 96)
    torch.testing.assert_close(read.classes.sum(2), torch.ones(1, 45))
    torch.testing.assert_close(
        read.scores[0, 7, 3], read.objectness[0, 7] * read.classes[0, 7, 3]
    )


# Owners


def test_a_cell_owns_one_truth_the_largest() -> None:
    both = torch.tensor([[40.0, 40.0, 60.0, 60.0], [20.0, 20.0, 80.0, 80.0]])
    own = owners_v1(torch.zeros(200, 4), both, 10, 320)
    assert own.gt.tolist() == [1]


def test_of_a_cells_boxes_the_nearer_one_is_responsible() -> None:
    boxes = torch.zeros(200, 4)
    written = encode_v1(GT[:1].numpy(), 10, 320)
    cell = int(written.rows[0] * 10 + written.cols[0])
    boxes[2 * cell + 1] = GT[0]
    assert owners_v1(boxes, GT[:1], 10, 320).rows.tolist() == [2 * cell + 1]
    boxes[2 * cell] = GT[0] + 1
    assert owners_v1(boxes, GT[:1], 10, 320).rows.tolist() == [2 * cell + 1]
    boxes[2 * cell + 1] = 0
    assert owners_v1(boxes, GT[:1], 10, 320).rows.tolist() == [2 * cell]


def test_two_truths_of_one_box_leave_it_to_the_later() -> None:
    both = torch.stack([GT[0], GT[0] + 2])
    own = owners_anchored(both, ANCHORS_V2, [10], 320)
    assert own.gt.tolist() == [1]


# Losses


def test_version_1_by_hand() -> None:
    # One cell of a 1x1 map owns the one truth; its second box is the responsible one.
    gt = torch.tensor([[8.0, 8.0, 24.0, 24.0]])
    raw = torch.zeros(1, 13, 1, 1)
    raw[0, :, 0, 0] = torch.tensor(
        [0, 0, 0.1, 0.1, 0.3, 0.5, 0.5, 0.6, 0.7, 0.9, 0.2, 0.8, 0.1]
    )
    terms = loss_v1(YoloMaps((raw,)), [gt], [torch.tensor([1])], side_px=32)
    wide, high = 0.36 * 32, 0.49 * 32
    shared = wide * high
    iou = shared / (16 * 16 + wide * high - shared)
    root = np.sqrt(0.5)
    assert float(terms["place"]) == pytest.approx(0)
    size = 5 * ((0.6 - root) ** 2 + (0.7 - root) ** 2)
    assert float(terms["size"]) == pytest.approx(size, rel=1e-5)
    assert float(terms["object"]) == pytest.approx((0.9 - iou) ** 2, rel=1e-5)
    assert float(terms["no_object"]) == pytest.approx(0.5 * 0.3**2, rel=1e-5)
    classes = 0.2**2 + (0.8 - 1) ** 2 + 0.1**2
    assert float(terms["classes"]) == pytest.approx(classes, rel=1e-5)


def test_version_1_may_leave_out_a_box_that_nearly_finds_a_thing() -> None:
    """The truth is the first cell's; the next cell's box overlaps it by 24 / 40."""
    gt = torch.tensor([[0.0, 0.0, 32.0, 32.0]])
    raw = torch.zeros(1, 13, 2, 2)
    raw[0, 2:4] = 0.5**0.5  # 32 px of 64, both sides; the other box of a cell has none
    raw[0, 0:2] = 0.5
    raw[0, 0, 0, 1] = -0.25  # 8 px right of the first: 24 x 32 of 40 x 32 are shared
    raw[0, 4] = 0.4

    def empty(**asked: float) -> float:
        maps = YoloMaps((raw,))
        terms = loss_v1(maps, [gt], [torch.tensor([0])], 64, **asked)
        return float(terms["no_object"])

    each = 0.5 * 0.4**2
    assert empty() == pytest.approx(3 * each, rel=1e-5)
    assert empty(ignore=0.65) == pytest.approx(3 * each, rel=1e-5)  # above 24 / 40
    assert empty(ignore=0.55) == pytest.approx(2 * each, rel=1e-5)


@pytest.mark.parametrize("rule", [RULE_V2, RULE_V3])
def test_versions_2_and_3_by_hand(rule) -> None:
    anchors = [(16.0, 16.0), (8.0, 8.0)]
    gt = torch.tensor([[8.0, 8.0, 24.0, 24.0]])
    raw = torch.zeros(1, 14, 1, 1)
    raw[0, :7, 0, 0] = torch.tensor([0.0, 0.4, 0.1, -0.2, 0.7, 1.0, -1.0])
    raw[0, 7:, 0, 0] = torch.tensor([0.0, 0.0, 0.0, 0.0, -0.5, 0.0, 0.0])
    label = torch.tensor([0])
    terms = loss_anchored(rule, YoloMaps((raw,)), anchors, [gt], [label], side_px=32)
    wide, high, middle = 16 * np.exp(0.1), 16 * np.exp(-0.2), 32 / (1 + np.exp(-0.4))
    low = max(8, middle - high / 2)
    shared = 16 * (min(24, middle + high / 2) - low)
    iou = shared / (256 + wide * high - shared)
    sure, other = 1 / (1 + np.exp(-0.7)), 1 / (1 + np.exp(0.5))
    assert float(terms["place"]) == pytest.approx((middle / 32 - 0.5) ** 2, rel=1e-4)
    assert float(terms["size"]) == pytest.approx(0.05, rel=1e-4)
    if rule is RULE_V2:
        wanted = 5 * (sure - iou) ** 2, other**2, np.log(1 + np.exp(-2))
    else:
        wanted = -np.log(sure), -np.log(1 - other), 2 * np.log(1 + np.exp(-1))
    found = [float(terms[name]) for name in ("object", "no_object", "classes")]
    np.testing.assert_allclose(found, wanted, rtol=1e-4)


@pytest.mark.parametrize(("rule", "above"), [(RULE_V2, 0.6), (RULE_V3, 0.5)])
def test_a_box_near_a_truth_is_not_asked_to_be_empty(rule, above) -> None:
    # Two anchors like the truth: one owns it, the other overlaps by their areas' ratio.
    gt = torch.tensor([[8.0, 8.0, 24.0, 24.0]])
    for iou, left_out in ((above - 0.01, False), (above + 0.01, True)):
        side = 16 * np.sqrt(iou)
        anchors = [(16.0, 16.0), (side, side)]
        raw = torch.zeros(1, 14, 1, 1)
        terms = loss_anchored(
            rule, YoloMaps((raw,)), anchors, [gt], [torch.tensor([0])], side_px=32
        )
        assert (float(terms["no_object"]) == 0) is left_out


@pytest.mark.parametrize("version", [1, 2, 3])
def test_nothing_true_and_nothing_known_costs_nothing(version: int) -> None:
    none = [torch.zeros(0, 4)], [torch.zeros(0, dtype=torch.long)]
    raw = YoloMaps((torch.ones(1, 30 if version == 1 else 125, 10, 10),))
    known = torch.zeros(1, 40, 40)

    def terms(known: torch.Tensor | None) -> dict[str, torch.Tensor]:
        if version == 1:
            return loss_v1(raw, *none, 320, known)
        rule = RULE_V2 if version == 2 else RULE_V3
        return loss_anchored(rule, raw, ANCHORS_V2, *none, 320, known)

    assert all(float(term) == 0 for term in terms(known).values())
    assert float(terms(None)["no_object"]) > 0
    known[:, :20] = 1
    half = float(terms(known)["no_object"])
    assert half == pytest.approx(float(terms(None)["no_object"]) / 2, rel=1e-4)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_head_learns_two_boxes_by_heart(version: int) -> None:
    one = features(160)
    anchors = ANCHORS_V3 if version == 3 else ANCHORS_V2
    head = {1: YoloV1Head(3), 2: YoloV2Head(3, 5), 3: YoloV3Head(3, 3)}[version]
    optimiser = torch.optim.Adam(head.parameters(), 3e-3)
    first = last = 0.0
    for step in range(25):
        maps = head(one)
        truth = ([GT / 2, GT[:1] / 2], [LABELS, LABELS[:1]])
        if version == 1:
            terms = loss_v1(maps, *truth, side_px=160)
        else:
            rule = RULE_V2 if version == 2 else RULE_V3
            terms = loss_anchored(rule, maps, anchors, *truth, side_px=160)
        loss = torch.stack(list(terms.values())).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        last = float(loss.detach())
        first = last if step == 0 else first
    assert last < 0.4 * first


def test_the_row_of_boxes_is_map_row_column_anchor() -> None:
    raw = torch.zeros(1, 10, 2, 2)
    raw[0, 5, 1, 0] = 7.0  # second anchor, row 1, column 0
    flat = raw_anchored(YoloMaps((raw,)), 2)
    assert flat.shape == (1, 8, 5)
    assert flat[0, :, 0].nonzero().flatten().tolist() == [5]
