"""YOLO's codecs there and back, the counts, and k-means anchors against brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from explorer.core.anchor_kmeans import anchor_kmeans_steps, size_iou
from explorer.core.boxes import box_iou
from explorer.core.yolo import (
    box_count,
    decode_anchored,
    decode_v1,
    encode_anchored,
    encode_v1,
)

ANCHORS = [[10, 13], [16, 30], [33, 23], [30, 61], [62, 45], [59, 119]]


def test_the_papers_counts() -> None:
    assert box_count(7, 2) == 98
    assert box_count(13, 5) == 845
    assert box_count([13, 26, 52], 3) == 10_647


boxes_inside = st.lists(
    st.tuples(*[st.floats(0, 415)] * 2, *[st.floats(0.5, 500)] * 2).map(
        lambda b: [b[0] - b[2] / 2, b[1] - b[3] / 2, b[0] + b[2] / 2, b[1] + b[3] / 2]
    ),
    max_size=5,
)


@given(boxes_inside)
def test_version_1_there_and_back(boxes: list[list[float]]) -> None:
    written = encode_v1(boxes, 7, 416)
    back = decode_v1(written, 7, 416)
    assert_allclose(back, np.array(boxes).reshape(-1, 4), atol=1e-6)
    assert ((written.numbers[:, :2] >= 0) & (written.numbers[:, :2] <= 1)).all()


@given(boxes_inside)
def test_versions_2_and_3_there_and_back(boxes: list[list[float]]) -> None:
    for cells in ([13], [52, 26, 13]):
        written = encode_anchored(boxes, ANCHORS, cells, 416)
        back = decode_anchored(written, ANCHORS, cells, 416)
        assert_allclose(back, np.array(boxes).reshape(-1, 4), atol=1e-6)


def test_the_anchor_chooses_the_map() -> None:
    boxes = [[0, 0, 11, 12], [100, 100, 160, 220]]
    written = encode_anchored(boxes, ANCHORS, [52, 26, 13], 416)
    assert written.anchor.tolist() == [0, 5]
    assert written.rows.tolist() == [0, 160 // 32]  # strides 8 and 32
    assert written.cols.tolist() == [0, 130 // 32]


@pytest.mark.parametrize(("x", "col"), [(63.99, 0), (64.0, 1)])
def test_both_sides_of_a_cell(x: float, col: int) -> None:
    assert encode_v1([[x - 5, 0, x + 5, 10]], 7, 448).cols.tolist() == [col]


@pytest.mark.parametrize("x", [-0.01, 448.0])
def test_a_middle_outside_the_picture(x: float) -> None:
    with pytest.raises(ValueError, match="middle of a box must be inside the 448 px"):
        encode_v1([[x - 5, 0, x + 5, 10]], 7, 448)


def test_boxes_and_anchors_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="width and height above 0"):
        encode_v1([[5, 5, 5, 9]], 7, 448)
    with pytest.raises(ValueError, match="6 anchors can't be shared out to 4 maps"):
        encode_anchored([[0, 0, 5, 5]], ANCHORS, [1, 2, 3, 4], 416)


def test_size_iou_is_the_iou_of_boxes_on_one_middle() -> None:
    rng = np.random.default_rng(0)
    sizes, anchors = rng.uniform(1, 100, (40, 2)), rng.uniform(1, 100, (7, 2))
    around = [np.concatenate([-s / 2, s / 2], axis=1) for s in (sizes, anchors)]
    assert_allclose(size_iou(sizes, anchors), box_iou(*around))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("k", [1, 3, 7])
def test_kmeans_ends_where_nothing_moves(seed: int, k: int) -> None:
    sizes = np.random.default_rng(seed).uniform(1, 100, (200, 2))
    last = anchor_kmeans_steps(sizes, k, seed)[-1]
    slow = [
        max(range(k), key=lambda a: size_iou([s], last.anchors)[0, a]) for s in sizes
    ]
    assert_array_equal(last.nearest, slow)
    for cluster in range(k):
        mine = sizes[last.nearest == cluster]
        assert_allclose(last.anchors[cluster], mine.mean(axis=0))


def test_each_size_its_own_anchor_overlaps_wholly() -> None:
    sizes = [[3, 4], [30, 4], [10, 80], [3, 4]]
    assert anchor_kmeans_steps(sizes, 3)[-1].mean_iou == 1.0


def test_more_anchors_overlap_more() -> None:
    sizes = np.random.default_rng(0).lognormal(3, 1, (500, 2))
    means = [anchor_kmeans_steps(sizes, k)[-1].mean_iou for k in (1, 5, 9, 20)]
    assert means == sorted(means)


@pytest.mark.parametrize("k", [0, 3])
def test_a_number_of_anchors_that_is_none(k: int) -> None:
    with pytest.raises(ValueError, match=r"k must be 1 to 2, .* got " + str(k)):
        anchor_kmeans_steps([[3, 4], [30, 4], [3, 4]], k)


def test_sizes_that_are_none() -> None:
    with pytest.raises(ValueError, match="sizes must be"):
        size_iou([[0, 1]], [[1, 1]])
    with pytest.raises(ValueError, match="N at least 1"):
        size_iou([[1, 1]], np.zeros((0, 2)))
