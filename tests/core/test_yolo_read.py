"""YOLO's tensors read in NumPy: by hand, at the bounds, and what is refused."""

import numpy as np
import pytest

from explorer.core.yolo import box_count
from explorer.core.yolo_read import (
    PAPERS,
    read_anchored,
    read_v1,
    sigmoid,
    softmax,
)


def test_sigmoid_and_softmax_stay_finite_far_out():
    assert sigmoid([-1e4, 0, 1e4]).tolist() == [0, 0.5, 1]
    np.testing.assert_allclose(softmax([[1e4, 1e4], [-1e4, 0]]), [[0.5, 0.5], [0, 1]])


def test_version_1_cuts_probabilities_and_shares_the_classes():
    raw = np.zeros((12, 2, 2))
    raw[:, 1, 0] = [0.25, 0.5, 0.5, 0.25, 1.5, 0, 0, 0.1, 0.1, -0.2, 0.4, 1.2]
    read = read_v1(raw, 320)
    first, second = np.flatnonzero((read.row == 1) & (read.col == 0))
    # x = (0.25 + 0) * 160, y = (0.5 + 1) * 160; w = 0.5² * 320, h = 0.25² * 320.
    assert read.boxes[first].tolist() == [0, 230, 80, 250]
    assert read.confidence[[first, second]].tolist() == [1, 0]
    assert read.classes[first].tolist() == read.classes[second].tolist() == [0.4, 1]
    assert read.scores[first].tolist() == [0.4, 1]
    assert read.slot[[first, second]].tolist() == [0, 1]


@pytest.mark.parametrize("independent", [False, True])
def test_an_anchored_box_is_its_anchor_where_all_numbers_are_0(independent):
    read = read_anchored([np.zeros((7, 5, 5))], [[64, 32]], independent, 320)
    at = int(np.flatnonzero((read.row == 3) & (read.col == 1))[0])
    assert read.boxes[at].tolist() == [64, 208, 128, 240]  # middle (1.5, 3.5) cells
    assert read.classes[at].tolist() == [0.5, 0.5]
    assert read.confidence[at] == 0.5


def test_a_side_grows_to_e4_anchors_and_no_further():
    def side(tw):
        raw = np.zeros((6, 1, 1))
        raw[2] = tw
        x1, _, x2, _ = read_anchored([raw], [[10, 10]], True, 320).boxes[0]
        return x2 - x1

    assert side(3.9) == pytest.approx(10 * np.exp(3.9))
    assert side(4.0) == side(4.1) == pytest.approx(10 * np.exp(4))


def test_maps_follow_each_other_and_each_has_its_anchors():
    maps = [np.zeros((12, 1, 1)), np.zeros((12, 2, 2))]
    read = read_anchored(maps, [[8, 8], [6, 6], [4, 4], [2, 2]], True, 320)
    assert read.level.tolist() == [0] * 2 + [1] * 8
    assert read.slot.tolist() == [0, 1] * 5
    wide = read.boxes[:, 2] - read.boxes[:, 0]
    assert wide.tolist() == [8, 6, *([4, 2] * 4)]


@pytest.mark.parametrize("version", PAPERS)
def test_the_papers_counts_are_those_of_their_maps(version):
    sides, each, count = PAPERS[version]
    assert box_count(list(sides), each) == count


@pytest.mark.parametrize("shape", [(30, 7), (30, 7, 6), (10, 7, 7)])
def test_what_is_no_map_of_version_1_is_refused(shape):
    with pytest.raises(ValueError, match="a map must be"):
        read_v1(np.zeros(shape), 320)


def test_channels_that_do_not_fit_the_anchors_are_refused():
    with pytest.raises(ValueError, match="can't be shared out to 2 anchors"):
        read_anchored([np.zeros((7, 1, 1))], [[1, 1], [2, 2]], True, 320)
    with pytest.raises(ValueError, match="0 anchors"):
        read_anchored([np.zeros((7, 1, 1))], [], True, 320)
