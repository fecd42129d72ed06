"""Light, roll and viewpoint against libraries and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.exposure import adjust_gamma
from skimage.transform import ProjectiveTransform, warp

from explorer.core import challenges as camera
from explorer.core.boxes import box_iou

RNG = np.random.default_rng(3)
PHOTO = RNG.integers(0, 256, (24, 32, 3), dtype=np.uint8)


def smooth(height=40, width=60):
    y, x = np.mgrid[:height, :width]
    waves = [120 + 60 * np.sin(x / 9 + k) + 60 * np.cos(y / 7 - k) for k in range(3)]
    return np.dstack(waves).astype(np.uint8)


@pytest.mark.parametrize("stops", [-9, -2.2, -1, 0, 0.5, 3])
def test_the_light_is_scikit_images_gain(stops):
    theirs = adjust_gamma(PHOTO, 1, camera.light_gain(stops))
    assert np.array_equal(camera.relight(PHOTO, stops), theirs)


def test_no_stop_changes_nothing_and_more_light_never_darkens():
    assert np.array_equal(camera.relight(PHOTO, 0), PHOTO)
    ladder = [camera.relight(PHOTO, v).astype(int) for v in (-4, -1, 0, 1, 4)]
    assert all((b >= a).all() for a, b in zip(ladder, ladder[1:], strict=False))


def test_two_stops_one_after_the_other_are_their_sum_before_rounding():
    assert camera.light_gain(1.5) * camera.light_gain(-4) == pytest.approx(
        camera.light_gain(-2.5)
    )


def test_what_is_no_photo_or_no_number_is_refused():
    with pytest.raises(ValueError, match="uint8"):
        camera.relight(PHOTO.astype(float), 1)
    with pytest.raises(ValueError, match="finite, got nan"):
        camera.relight(PHOTO, float("nan"))


@pytest.mark.parametrize(
    "matrix",
    [
        camera.roll_matrix((20, 15), 37),
        camera.yaw_matrix((25, 20), -50, 60.0),
        camera.roll_matrix((0, 0), 0),
    ],
    ids=["roll", "yaw", "nothing"],
)
def test_a_moved_picture_is_scikit_images_warp(matrix):
    image = smooth()
    shift = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # theirs counts middles
    inverse = np.linalg.inv(shift) @ np.linalg.inv(matrix) @ shift
    ground = np.array(camera.beyond(image), float)
    lifted = image.astype(float) - ground  # so that what lies beyond is 0
    theirs = warp(lifted, ProjectiveTransform(inverse), order=1, mode="constant")
    inside = warp(np.ones(image.shape[:2]), ProjectiveTransform(inverse), order=1)
    ours = camera.warp_picture(image, matrix)
    sure = (inside > 0.999) | (inside < 0.001)
    assert sure.mean() > 0.9
    assert np.abs(ours - (theirs + ground))[sure].max() < 1.5


def test_a_quarter_turn_about_the_middle_is_exact():
    square = PHOTO[:, :24]
    turned = camera.warp_picture(square, camera.roll_matrix((12, 12), 90))
    assert np.array_equal(turned, np.rot90(square, -1))


def test_a_map_that_flattens_the_picture_is_refused():
    with pytest.raises(ValueError, match="no inverse"):
        camera.warp_picture(PHOTO, np.diag([1.0, 0, 1]))


@given(st.floats(-90, 90), st.floats(5, 40), st.floats(5, 40), st.floats(0, 50))
def test_the_box_of_a_turned_ellipse_has_its_closed_form(angle, wide, high, x):
    box = np.array([[x, 7, x + wide, 7 + high]])
    middle = (x + wide / 2, 7 + high / 2)
    x1, y1, x2, y2 = camera.moved_boxes(box, camera.roll_matrix(middle, angle))[0]
    a = np.deg2rad(angle)
    half = np.hypot(wide / 2 * np.cos(a), high / 2 * np.sin(a))
    tall = np.hypot(wide / 2 * np.sin(a), high / 2 * np.cos(a))
    assert x2 - x1 == pytest.approx(2 * half, rel=1e-3)
    assert y2 - y1 == pytest.approx(2 * tall, rel=1e-3)
    assert [(x1 + x2) / 2, (y1 + y2) / 2] == pytest.approx(middle, abs=0.01)


def test_a_circles_box_stays_and_the_corners_box_would_be_twice_as_large():
    box = np.array([[10.0, 10, 30, 30]])
    matrix = camera.roll_matrix((20, 20), 45)
    moved = camera.moved_boxes(box, matrix)
    assert box_iou(moved, box)[0, 0] > 0.999
    corners = camera.transform_points(matrix, [[10, 10], [30, 10], [10, 30], [30, 30]])
    around = [[*corners.min(0), *corners.max(0)]]
    assert box_iou(around, box)[0, 0] == pytest.approx(0.5)


def test_the_far_side_of_a_turned_page_is_the_smaller_one():
    matrix = camera.yaw_matrix((50, 0), 40, 100.0)
    left, right = camera.transform_points(matrix, [[0, 10], [100, 10]])
    assert 50 - left[0] > right[0] - 50
    assert left[1] > 10 > right[1]


@pytest.mark.parametrize("degrees", [80, -80])
def test_the_widest_turn_is_allowed_and_no_wider(degrees):
    camera.yaw_matrix((0, 0), degrees, 10)
    with pytest.raises(ValueError, match="±80"):
        camera.yaw_matrix((0, 0), degrees * 1.001, 10)
    with pytest.raises(ValueError, match="focal_px"):
        camera.yaw_matrix((0, 0), 0, 0)


def test_what_lies_behind_the_camera_is_nowhere():
    matrix = camera.yaw_matrix((0, 0), -80, 10.0)
    assert np.isnan(camera.transform_points(matrix, [[99, 0]])).all()
