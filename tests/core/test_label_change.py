"""Where labels changed, against slow twins by definition, and by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.label_change import (
    boundary_iou,
    label_changes,
    shares_within,
)


def random_labels(seed, count=1, high=7, wide=9, classes=3):
    rng = np.random.default_rng(seed)
    blocks = rng.integers(0, classes, (count, high, wide)).astype(np.uint8)
    return blocks.repeat(rng.integers(1, 4), 1).repeat(rng.integers(1, 3), 2)


def slow_distance(labels):
    """To the nearest pixel with a 4-neighbour of another class."""
    places = list(np.ndindex(labels.shape))
    pairs = [
        (one, other)
        for one, other in itertools.product(places, places)
        if abs(one[0] - other[0]) + abs(one[1] - other[1]) == 1
    ]
    edge = {one for one, other in pairs if labels[one] != labels[other]}
    found = np.full(labels.shape, np.inf)
    for one in places:
        for y, x in edge:
            found[one] = min(found[one], np.hypot(one[0] - y, one[1] - x))
    return found


def slow_boundary_iou(truth, labels, classes, width_px):
    rims = [
        x_distance <= width_px for x_distance in map(slow_distance, (truth, labels))
    ]
    found = []
    for k in range(classes):
        a, b = (truth == k) & rims[0], (labels == k) & rims[1]
        known = truth < classes
        a, b = a & known, b & known
        if (a | b).any():
            found.append((a & b).sum() / (a | b).sum())
    return np.mean(found) if found else np.nan


@given(seed=st.integers(0, 30), width_px=st.sampled_from([0.0, 1.0, 1.5, 2.0]))
def test_boundary_iou_is_that_of_the_definition(seed, width_px):
    truth, labels = random_labels(seed, count=2, high=3, wide=4)
    expected = slow_boundary_iou(truth, labels, 3, width_px)
    assert boundary_iou(truth, labels, 3, width_px) == pytest.approx(
        expected, nan_ok=True
    )
    truth[:2] = 255  # void: left out of the count, a boundary all the same
    expected = slow_boundary_iou(truth, labels, 3, width_px)
    assert boundary_iou(truth, labels, 3, width_px) == pytest.approx(
        expected, nan_ok=True
    )


def test_a_region_moved_inside_the_rim_keeps_its_inner_pixels_out_of_it():
    truth = np.zeros((9, 20), np.uint8)
    truth[:, 10:] = 1
    moved = np.roll(truth, 1, axis=1)
    moved[:, 0] = 0
    # Rims of two columns a side: 8, 9 | 10, 11 against 9, 10 | 11, 12.
    assert boundary_iou(truth, moved, 2, 1) == pytest.approx(1 / 3)
    assert boundary_iou(truth, truth, 2, 1) == 1


def test_one_class_has_no_boundary():
    flat = np.zeros((4, 5), np.uint8)
    assert np.isnan(boundary_iou(flat, flat, 2))
    found = label_changes(flat, flat[None], 2)
    assert np.isinf(found.distance).all()
    assert found.near_frac == 0
    assert np.isnan(found.each[0].near_frac)
    assert found.each[0].changed_frac == 0
    assert found.each[0].agreement == 1


def test_near_has_both_sides_of_its_limit():
    before = np.zeros((1, 12), np.uint8)
    before[:, 6:] = 1
    after = before.copy()
    after[0, 2] = 1  # three pixels from the last one before the boundary
    assert label_changes(before, after[None], 2, 3).each[0].near_frac == 1
    assert label_changes(before, after[None], 2, 2.99).each[0].near_frac == 0


@given(seed=st.integers(0, 50))
def test_changes_are_counted_and_the_curve_agrees(seed):
    before, *others = random_labels(seed, count=3)
    found = label_changes(before, np.array(others), 3, 2.0)
    for labels, one in zip(others, found.each, strict=True):
        assert one.changed_frac == pytest.approx((labels != before).mean())
        shares = shares_within(found.distance, one.changed, np.array([2.0, 1e9]))
        np.testing.assert_allclose(
            shares, [one.near_frac, 1 if one.changed.any() else np.nan]
        )
    everywhere = np.ones(before.shape, bool)
    assert shares_within(found.distance, everywhere, np.array([2.0])) == pytest.approx(
        found.near_frac
    )


def test_shapes_that_do_not_fit_are_told():
    labels = np.zeros((4, 5), np.uint8)
    with pytest.raises(ValueError, match="label maps are"):
        label_changes(labels, labels, 2)
    with pytest.raises(ValueError, match="same shape"):
        boundary_iou(labels, labels.T, 2)
