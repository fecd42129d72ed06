"""YOLO's losses taken apart: worked by hand, and both sides of the overlap ignored."""

import numpy as np
import pytest

from explorer.core.yolo_read import read_anchored, read_v1
from explorer.core.yolo_terms import TERMS, yolo_terms

ANCHOR = [[100, 100]]


def anchored(version, raw=None):
    grid = np.zeros((7, 1, 1)) if raw is None else np.reshape(raw, (7, 1, 1))
    return read_anchored([grid], ANCHOR, version == 3, 320)


def test_version_1_pays_what_equation_3_says():
    raw = np.zeros((12, 1, 1))
    raw[:, 0, 0] = [0.5, 0.5, 0.5, 0.5, 0.4, 0, 0, 0, 0, 0.2, 0.75, 0]
    read = read_v1(raw, 320)  # the first box: 80 px in the middle
    truth = read.boxes[0][None]
    found = yolo_terms(1, read, [0], [[0.5, 0.25, 0.5, 1]], truth, [0])
    assert found.ious.tolist() == [1]
    expected = [5 * 0.25**2, 5 * 0.5**2, (0.4 - 1) ** 2, 0.25**2]
    np.testing.assert_allclose(found.each, [expected])
    assert found.sums()["no_object"] == pytest.approx(0.5 * 0.2**2)  # the other box
    assert len(found.ignored) == 0
    assert tuple(found.sums()) == TERMS


def test_version_2_pays_squares_and_cross_entropy():
    read = anchored(2)
    truth = read.boxes[0][None]
    found = yolo_terms(2, read, [0], [[0.25, 0.5, 0.5, 0]], truth, [1])
    expected = [0.25**2, 0.5**2, 5 * (0.5 - 1) ** 2, np.log(2)]
    np.testing.assert_allclose(found.each, [expected])
    assert found.sums()["no_object"] == 0


def test_version_3_pays_logistic_losses():
    read = anchored(3)
    truth = read.boxes[0][None]
    found = yolo_terms(3, read, [0], [[0.5, 0.5, 0, 0]], truth, [1])
    np.testing.assert_allclose(found.each, [[0, 0, np.log(2), 2 * np.log(2)]])


@pytest.mark.parametrize(("version", "limit"), [(2, 0.6), (3, 0.5)])
def test_a_box_near_a_truth_is_ignored_only_above_the_limit(version, limit):
    read = anchored(version)  # one box, 100 px, from 110 to 210
    empty = 0.25 if version == 2 else np.log(2)
    for overlap, ignored in ((limit - 0.01, 0), (limit + 0.01, 1)):
        truth = [[110, 110, 210, 110 + 100 * overlap]]
        none = np.zeros((0, 4))
        found = yolo_terms(version, read, [], none, none, [], truth)
        assert len(found.ignored) == ignored
        assert found.sums()["no_object"] == pytest.approx(0 if ignored else empty)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_without_truths_only_no_object_is_left(version):
    read = read_v1(np.ones((11, 2, 2)), 320) if version == 1 else anchored(version)
    none = np.zeros((0, 4))
    sums = yolo_terms(version, read, [], none, none, []).sums()
    assert [k for k, v in sums.items() if v] == ["no_object"]


def test_another_version_is_refused():
    with pytest.raises(ValueError, match="1, 2 or 3, got 4"):
        yolo_terms(4, anchored(2), [], [], [], [])
