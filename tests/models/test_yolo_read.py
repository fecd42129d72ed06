"""YOLO read and its loss taken apart in NumPy, against the networks' own code."""

import numpy as np
import pytest
import torch

from explorer.core import yolo_read, yolo_terms
from explorer.models import yolo, yolo_loss

SIDE = 320
TRUTHS = torch.tensor(
    [[40.0, 60, 120, 200], [44, 64, 118, 196], [210, 30, 300, 90], [5, 5, 318, 318]]
)
LABELS = torch.tensor([2, 0, 1, 3])
ANCHORS = [(30.0 * k, 25.0 * k) for k in range(10, 1, -1)]


def maps_of(version, seed=0):
    torch.manual_seed(seed)
    sides = {1: [10], 2: [10], 3: [10, 20, 40]}[version]
    depth = {1: 2 * 5 + 4, 2: 5 * (5 + 4), 3: 3 * (5 + 4)}[version]
    return yolo.YoloMaps(tuple(torch.randn(1, depth, s, s) for s in sides))


def anchors_of(version):
    return ANCHORS[:5] if version == 2 else ANCHORS


def read_of(version, maps):
    arrays = [one[0].numpy() for one in maps.maps]
    if version == 1:
        return yolo_read.read_v1(arrays[0], SIDE)
    return yolo_read.read_anchored(arrays, anchors_of(version), version == 3, SIDE)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_the_boxes_are_the_networks(version):
    maps = maps_of(version)
    ours = read_of(version, maps)
    theirs = (
        yolo.boxes_v1(maps, SIDE)
        if version == 1
        else yolo.boxes_anchored(maps, anchors_of(version), version == 3, SIDE)
    )
    # Boxes reach 54 anchors of 300 px: float32 has 7 digits of these.
    np.testing.assert_allclose(ours.boxes, theirs.boxes[0], rtol=1e-5, atol=1e-3)
    np.testing.assert_allclose(ours.confidence, theirs.objectness[0], atol=1e-6)
    np.testing.assert_allclose(ours.classes, theirs.classes[0], atol=1e-6)
    np.testing.assert_allclose(ours.scores, theirs.scores[0], atol=1e-6)


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_the_terms_are_the_losses(version, seed):
    maps = maps_of(version, seed)
    read, cells = read_of(version, maps), [one.shape[-1] for one in maps.maps]
    if version == 1:
        own = yolo_loss.owners_v1(yolo.boxes_v1(maps, SIDE).boxes[0], TRUTHS, 10, SIDE)
        theirs = yolo_loss.loss_v1(maps, [TRUTHS], [LABELS], SIDE)
        assert 1 not in own.gt  # the smaller of two in one cell
    else:
        anchors = anchors_of(version)
        own = yolo_loss.owners_anchored(TRUTHS, anchors, cells, SIDE)
        rule = yolo_loss.RULE_V2 if version == 2 else yolo_loss.RULE_V3
        theirs = yolo_loss.loss_anchored(rule, maps, anchors, [TRUTHS], [LABELS], SIDE)
    ours = yolo_terms.yolo_terms(
        version,
        read,
        own.rows.numpy(),
        own.numbers.numpy(),
        TRUTHS[own.gt].numpy(),
        LABELS[own.gt].numpy(),
        TRUTHS.numpy(),
    ).sums()
    assert ours.keys() == theirs.keys()
    for name, value in theirs.items():
        assert ours[name] == pytest.approx(float(value), rel=1e-4, abs=1e-4), name


def test_the_constants_are_the_losses():
    assert (yolo_terms.COORD, yolo_terms.NO_OBJECT) == (
        yolo_loss.COORD,
        yolo_loss.NO_OBJECT,
    )
    assert yolo_terms.OBJECT_V2 == yolo_loss.OBJECT_V2
    assert yolo_terms.IGNORE == {2: yolo_loss.IGNORE_V2, 3: yolo_loss.IGNORE_V3}
    assert yolo_read.MOST_LOG == yolo.MOST_LOG
    assert yolo_read.BOXES_V1 == yolo.BOXES_V1
