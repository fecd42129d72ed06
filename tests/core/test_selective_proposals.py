"""Proposals in their order, and what they find."""

import numpy as np
from hypothesis import given

from explorer.core.boxes import box_iou
from explorer.core.proposal_recall import (
    best_overlaps,
    first_found,
    recall_at,
)
from explorer.core.samples import load_sample
from explorer.core.selective_search import (
    FAST,
    Strategy,
    ranked_boxes,
    search_trees,
    selective_search,
)
from tests.core.selective_cases import SEEDS, photo


def test_proposals_are_unique_inside_the_picture_and_repeatable():
    image = load_sample("coffee").image
    boxes = selective_search(image, FAST[:2], max_side_px=200)
    assert len(np.unique(boxes, axis=0)) == len(boxes) > 50
    height, width = image.shape[:2]
    assert boxes.min() >= 0
    assert boxes[:, 2].max() <= width + 1e-6
    assert boxes[:, 3].max() <= height + 1e-6
    again = selective_search(image, FAST[:2], max_side_px=200)
    assert np.array_equal(boxes, again)
    other = selective_search(image, FAST[:2], max_side_px=200, seed=1)
    assert not np.array_equal(boxes, other)
    trees = search_trees(photo("coffee"), FAST[:2])
    one, two = (ranked_boxes(trees, seed).tolist() for seed in (0, 1))
    assert sorted(one) == sorted(two)


def test_more_strategies_find_all_that_fewer_found():
    image = photo("coffee")
    few, many = (
        {tuple(b) for b in selective_search(image, FAST[:n], near_iou=1).tolist()}
        for n in (1, 4)
    )
    assert few < many


def test_boxes_nearly_equal_to_an_earlier_one_are_left_out():
    image = photo("coffee")
    all_boxes, few = (selective_search(image, FAST[:4], near_iou=t) for t in (1, 0.9))
    ious = box_iou(few, few) - np.eye(len(few))
    assert ious.max() <= 0.9
    assert len(few) < len(all_boxes)
    assert box_iou(all_boxes, few).max(axis=1).min() > 0.9
    places = [all_boxes.tolist().index(box) for box in few.tolist()]
    assert places == sorted(places)


def test_large_regions_tend_to_come_first():
    tree = search_trees(photo("street"), [Strategy()])[0]
    boxes = ranked_boxes([tree])
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    half = len(areas) // 2
    assert areas[:half].mean() > 2 * areas[half:].mean()


def test_a_drawn_object_is_found():
    image = np.full((120, 160, 3), 90, np.uint8)
    image[30:80, 40:110] = (200, 40, 40)
    boxes = selective_search(image, [Strategy()])
    assert box_iou(boxes, [[40, 30, 110, 80]]).max() > 0.95


@given(SEEDS)
def test_recall_and_overlap_never_fall_with_more_boxes(seed):
    rng = np.random.default_rng(seed)
    corners = np.sort(rng.random((2, 30, 2)) * 100, axis=0)
    boxes = np.concatenate(corners, axis=1)
    overlaps = best_overlaps(boxes[:25], boxes[25:], range(40))
    assert (np.diff(overlaps, axis=0) >= 0).all()
    assert (np.diff(recall_at(overlaps)) >= 0).all()
    best = box_iou(boxes[:25], boxes[25:]).max(0)
    assert np.array_equal(overlaps[-1], best)
    assert np.array_equal(overlaps[25], best)


@given(SEEDS)
def test_the_first_box_that_finds_an_object_is_where_its_overlap_gets_there(seed):
    rng = np.random.default_rng(seed)
    corners = np.sort(rng.random((2, 24, 2)) * 60, axis=0)
    boxes = np.concatenate(corners, axis=1)
    first = first_found(boxes[:20], boxes[20:], 0.3)
    overlaps = best_overlaps(boxes[:20], boxes[20:], range(21))
    for number, course in zip(first, overlaps.T, strict=True):
        reached = np.flatnonzero(course >= 0.3)
        assert number == (reached[0] if len(reached) else 0)
    assert first_found([], boxes[20:]).tolist() == [0] * 4


def test_an_iou_at_the_threshold_counts():
    overlaps = best_overlaps([[0, 0, 1, 1]], [[0, 0, 2, 1], [0, 0, 2.01, 1]], [1])
    assert recall_at(overlaps).tolist() == [0.5]
