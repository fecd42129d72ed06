"""Distance to class boundaries, and what happens near them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import distance_transform_edt

from explorer.core.boundary import (
    boundary_distance,
    boundary_pixels,
    change_by_distance,
    trimap_scores,
)
from explorer.core.confusion import VOID, confusion_matrix, mean_iou

LABELS = hnp.arrays(
    np.uint8,
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    elements=st.integers(0, 2),
)


def slow_boundary(labels: np.ndarray) -> np.ndarray:
    found = np.zeros(labels.shape, bool)
    for y, x in np.ndindex(labels.shape):
        for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0)):
            v, u = y + dy, x + dx
            inside = 0 <= v < labels.shape[0] and 0 <= u < labels.shape[1]
            found[y, x] |= inside and labels[v, u] != labels[y, x]
    return found


@given(LABELS)
def test_boundary_pixels_have_a_neighbour_of_another_class(labels) -> None:
    assert (boundary_pixels(labels) == slow_boundary(labels)).all()


@given(LABELS)
def test_distances_are_scipys(labels) -> None:
    edge = boundary_pixels(labels)
    ours = boundary_distance(labels)
    if edge.any():
        np.testing.assert_allclose(ours, distance_transform_edt(~edge), atol=1e-4)
    else:
        assert np.isinf(ours).all()


@given(LABELS, st.integers(0, 2**31))
def test_every_pixel_is_in_one_bin(labels, seed) -> None:
    other = np.random.default_rng(seed).integers(0, 3, labels.shape, np.uint8)
    found = change_by_distance(labels, other, (0, 1, 2, 4))
    assert found.pixels.sum() == labels.size
    assert found.differ.sum() == found.changed.sum()
    assert found.share == pytest.approx((labels != other).mean())
    assert (found.differ <= found.pixels).all()


def test_a_bin_holds_its_lower_limit_and_not_its_upper() -> None:
    a = np.array([[0, 0, 0, 0, 1, 1, 1, 1]], np.uint8)  # distances 3 2 1 0 0 1 2 3
    b = a.copy()
    b[0, 1] = 1  # at distance 2
    found = change_by_distance(a, b, (0, 2, 3))
    assert found.pixels.tolist() == [4, 2, 2]
    assert found.differ.tolist() == [0, 1, 0]
    assert found.shares.tolist() == [0, 0.5, 0]


def test_one_class_everywhere_is_infinitely_far() -> None:
    a = np.zeros((2, 3), np.uint8)
    found = change_by_distance(a, np.ones_like(a), (0, 8))
    assert found.pixels.tolist() == [0, 6]
    assert np.isnan(found.shares[0])
    assert found.shares[1] == 1


def test_the_same_twice_changes_nothing() -> None:
    a = np.eye(5, dtype=np.uint8)
    assert change_by_distance(a, a, (0, 1)).share == 0


def test_trimap_bands_widen_to_the_whole_picture() -> None:
    truth = np.repeat(np.array([[0, 0, 0, 0, 1, 1, 1, 1]], np.uint8), 3, 0)
    guess = truth.copy()
    guess[:, 3] = 1
    found = trimap_scores(truth, guess, (0, 1, 99), 2)
    assert found.pixels.tolist() == [6, 12, 24]
    assert found.accuracy == pytest.approx([1 / 2, 3 / 4, 7 / 8])
    assert found.miou == pytest.approx([(0 + 1 / 2) / 2, (1 / 2 + 2 / 3) / 2, 0.775])


def test_void_counts_neither_way_and_a_width_is_included() -> None:
    truth = np.array([[0, 0, 0, VOID, 1, 1]], np.uint8)  # distances 1 0 0 0 0 1 ...
    guess = np.zeros_like(truth)
    assert trimap_scores(truth, guess, (0, 0.5, 1), 2).pixels.tolist() == [2, 2, 4]


@given(LABELS, st.integers(0, 2**31))
def test_each_band_is_scored_as_by_itself(truth, seed) -> None:
    guess = np.random.default_rng(seed).integers(0, 3, truth.shape, np.uint8)
    away, widths = boundary_distance(truth), (0, 1, 2.5, 20)
    found = trimap_scores(truth, guess, widths, 3)
    for k, width in enumerate(widths):
        band = np.where(away <= width, truth, VOID).astype(np.uint8)
        matrix = confusion_matrix(band, guess, 3)
        assert found.pixels[k] == matrix.sum()
        np.testing.assert_equal(found.miou[k], mean_iou(matrix))


def test_without_a_boundary_there_is_no_band() -> None:
    truth = np.zeros((3, 3), np.uint8)
    found = trimap_scores(truth, truth, (5,), 2)
    assert found.pixels.tolist() == [0]
    assert np.isnan(found.accuracy[0])


@pytest.mark.parametrize("edges", [(1, 2), (0, 2, 2), (0, -1)])
def test_edges_must_rise_from_zero(edges) -> None:
    labels = np.zeros((2, 2), np.uint8)
    with pytest.raises(ValueError, match="start at 0 and rise"):
        change_by_distance(labels, labels, edges)


def test_shapes_must_agree() -> None:
    one, two = np.zeros((2, 2), np.uint8), np.zeros((2, 3), np.uint8)
    with pytest.raises(ValueError, match="same shape"):
        change_by_distance(one, two, (0, 1))
    with pytest.raises(ValueError, match="same shape"):
        trimap_scores(one, two, (1,), 2)
    with pytest.raises(ValueError, match="widths must rise"):
        trimap_scores(one, one, (2, 1), 2)
    with pytest.raises(ValueError, match="must be \\(H, W\\)"):
        boundary_pixels(np.zeros(3, np.uint8))
