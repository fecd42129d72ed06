import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.core.boxes import as_boxes, box_area, box_intersection, box_iou


@st.composite
def some_boxes(draw, least=0, most=8):
    n = draw(st.integers(least, most))
    corners = draw(arrays(float, (n, 2, 2), elements=st.integers(-9, 20)))
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)


def iou_by_counting(a, b):
    """Slow twin on whole-number boxes: count unit squares."""
    inside = []
    for x1, y1, x2, y2 in np.array([a, b], dtype=int):
        inside.append({(x, y) for x in range(x1, x2) for y in range(y1, y2)})
    union = len(inside[0] | inside[1])
    return len(inside[0] & inside[1]) / union if union else 0.0


@given(some_boxes(), some_boxes())
def test_iou_is_the_share_of_common_unit_squares(a, b):
    expected = [[iou_by_counting(p, q) for q in b] for p in a]
    np.testing.assert_allclose(
        box_iou(a, b), np.reshape(expected, (len(a), len(b))), atol=1e-12
    )


@given(some_boxes(1), st.integers(-50, 50), st.floats(0.1, 40))
def test_iou_ignores_shift_and_scale_and_order(boxes, shift, scale):
    iou = box_iou(boxes, boxes)
    assert ((iou >= 0) & (iou <= 1)).all()
    np.testing.assert_array_equal(iou, iou.T)
    moved = box_iou(boxes * scale + shift, boxes * scale + shift)
    np.testing.assert_allclose(moved, iou, atol=1e-9)
    np.testing.assert_array_equal(np.diag(iou), (box_area(boxes) > 0).astype(float))


def test_equals_torchvision_wherever_it_has_a_number():
    torch = pytest.importorskip("torch")
    from torchvision.ops import box_iou as theirs

    rng = np.random.default_rng(0)
    low = rng.integers(0, 30, (200, 2)).astype(float)
    boxes = np.c_[low, low + rng.integers(0, 20, (200, 2))]
    reference = theirs(torch.tensor(boxes), torch.tensor(boxes)).numpy()
    ours = box_iou(boxes, boxes)
    known = ~np.isnan(reference)
    np.testing.assert_allclose(ours[known], reference[known], atol=1e-12)
    assert (ours[~known] == 0).all()


def test_hand_worked_pair():
    a, b = [[0, 0, 10, 10]], [[5, 5, 15, 15]]
    assert box_area(a)[0] == 100
    assert box_intersection(a, b)[0, 0] == 25
    assert box_iou(a, b)[0, 0] == pytest.approx(25 / 175, abs=1e-15)
    assert round(float(box_iou(a, b)[0, 0]), 6) == 0.142857


def test_hand_worked_pair_with_the_pixels_of_voc():
    iou = box_iou([[0, 0, 10, 10]], [[5, 5, 15, 15]], whole_pixels=True)
    assert iou[0, 0] == pytest.approx(36 / (121 + 121 - 36), abs=1e-15)
    assert round(float(iou[0, 0]), 6) == 0.174757


@pytest.mark.parametrize(
    ("gap", "shared"),
    [pytest.param(0.0, 0.0, id="touch"), pytest.param(-0.5, 5.0, id="overlap")],
)
def test_both_sides_of_touching(gap, shared):
    other = [[10 + gap, 0, 20, 10]]
    assert box_intersection([[0, 0, 10, 10]], other)[0, 0] == shared


def test_arguments_are_left_alone():
    boxes = np.array([[0, 0, 10, 10.0]])
    box_iou(boxes, boxes, whole_pixels=True)
    np.testing.assert_array_equal(boxes, [[0, 0, 10, 10]])


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        (np.zeros((2, 3)), r"boxes must be \(N, 4\) .* got \(2, 3\)"),
        ([[0, 0, np.nan, 1]], "finite"),
        (
            [[0, 0, 1, 1], [5, 0, 4, 1]],
            r"x1 <= x2 .* \[5.0, 0.0, 4.0, 1.0\] at index 1",
        ),
    ],
)
def test_says_what_is_wrong(boxes, message):
    with pytest.raises(ValueError, match=message):
        as_boxes(boxes)
