"""A picture in a square: where its pixels and its boxes land."""

import numpy as np
import pytest

from explorer.core.letterbox import GREY, boxes_in_square, letterbox, without_bars


@pytest.mark.parametrize("shape", [(100, 200), (200, 100), (7, 9), (1, 300), (64, 64)])
def test_a_picture_fills_one_side_and_leaves_grey(shape) -> None:
    image = np.full((*shape, 3), 255, np.uint8)
    made = letterbox(image, 64)
    assert made.image.shape == (64, 64, 3)
    white = made.image[..., 0] == 255
    wide, high = white.any(0).sum(), white.any(1).sum()
    assert max(wide, high) == 64
    assert (wide, high) == tuple(max(1, round(n * made.scale)) for n in shape[::-1])
    assert (made.image[~white] == GREY).all()


def test_boxes_go_in_and_come_out() -> None:
    made = letterbox(np.zeros((100, 200, 3), np.uint8), 50)
    box = np.array([[10.0, 20.0, 110.0, 90.0]])
    assert made.inside(box).tolist() == [[2.5, 5.0, 27.5, 22.5]]
    assert made.outside(made.inside(box)).tolist() == box.tolist()
    beyond = np.array([[-4.0, 10.0, 60.0, 30.0]])
    assert made.outside(beyond).tolist() == [[0.0, 40.0, 200.0, 100.0]]


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(H, W, 3\)"):
        letterbox(np.zeros((4, 4), np.uint8), 8)
    with pytest.raises(ValueError, match="at least 1"):
        letterbox(np.zeros((4, 4, 3), np.uint8), 0)


@pytest.mark.parametrize("shape", [(100, 200), (200, 100), (64, 64)])
def test_true_boxes_lie_where_the_picture_lies_and_end_inside(shape) -> None:
    high, wide = shape
    made = letterbox(np.zeros((high, wide, 3), np.uint8), 64)
    boxes = np.array([[3.0, 5.0, 40.5, 60.25], [0.0, 0.0, wide, high]])
    got = boxes_in_square(boxes, (wide, high), 64)
    np.testing.assert_allclose(got, made.inside(boxes), atol=2e-3)
    assert got.max() < 64
    assert (got == got.astype(np.float32)).all()
    assert boxes_in_square(np.zeros((0, 4)), (wide, high), 64).shape == (0, 4)


def test_a_box_in_the_grey_reaches_nothing_of_the_picture():
    made = letterbox(np.zeros((240, 320, 3), np.uint8), 320)
    boxes = [[0, 0, 320, 320], [10, 238.5, 90, 300], [10, 239.5, 90, 300],
             [10, 240, 90, 300], [10, 250, 90, 300], [5, 5, 5.5, 50]]  # fmt: skip
    assert made.reaches(boxes).tolist() == [True, True, False, False, False, False]
    assert made.reaches(np.zeros((0, 4))).tolist() == []


def test_the_grey_of_a_square_is_cut_off_and_a_grey_photo_is_not():
    photo = np.zeros((60, 90, 3), np.uint8)
    assert without_bars(letterbox(photo, 180).image).shape == (120, 180, 3)
    assert without_bars(np.full((8, 8, 3), GREY, np.uint8)).shape == (8, 8, 3)
