"""The drawn street: exact truth, repeatable, and people that a real detector finds."""

import cv2
import numpy as np
import pytest

from explorer.core.street import draw_street, mask_box
from explorer.core.street_people import POSES, limb, stand_figure

JPEG_QUALITY = 85


def people_found_by_opencv(image: np.ndarray) -> np.ndarray:
    svm = cv2.HOGDescriptor()
    svm.setSVMDetector(cv2.HOGDescriptor_getDefaultPeopleDetector())
    xywh, _ = svm.detectMultiScale(image, winStride=(8, 8), scale=1.05)
    boxes = np.asarray(xywh, dtype=np.float64).reshape(-1, 4)
    return np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)


def best_ious(truth: np.ndarray, found: np.ndarray) -> np.ndarray:
    if len(found) == 0:
        return np.zeros(len(truth))
    low = np.maximum(truth[:, None, :2], found[None, :, :2])
    high = np.minimum(truth[:, None, 2:], found[None, :, 2:])
    inter = np.clip(high - low, 0, None).prod(axis=2)
    area = [(b[:, 2:] - b[:, :2]).prod(axis=1) for b in (truth, found)]
    return (inter / (area[0][:, None] + area[1][None] - inter)).max(axis=1)


def as_jpeg(image: np.ndarray) -> np.ndarray:
    flags = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    _, data = cv2.imencode(".jpg", image[..., ::-1], flags)
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


@pytest.fixture(scope="module")
def street():
    return draw_street()


def test_opencv_finds_everyone_in_the_default_street(street):
    for image in (np.ascontiguousarray(street.image[..., ::-1]), as_jpeg(street.image)):
        found = people_found_by_opencv(image)
        assert best_ious(street.boxes, found).min() >= 0.5
        assert len(found) <= len(street.boxes) + 2


def test_opencv_finds_most_people_in_other_streets():
    scores = []
    for seed in range(1, 6):
        street = draw_street(seed)
        found = people_found_by_opencv(as_jpeg(street.image))
        scores.append(best_ious(street.boxes, found))
    assert (np.concatenate(scores) >= 0.5).mean() >= 0.8


def test_figures_span_near_and_far(street):
    heights = street.boxes[:, 3] - street.boxes[:, 1]
    assert len(heights) >= 4
    assert heights.min() < 130
    assert heights.max() > 240


def test_boxes_are_tight_around_the_masks(street):
    for box, mask in zip(street.boxes, street.masks, strict=True):
        x1, y1, x2, y2 = box.astype(int)
        inside = mask[y1:y2, x1:x2]
        assert mask.sum() == inside.sum() > 0
        edges = (inside[0], inside[-1], inside[:, 0], inside[:, -1])
        assert all(edge.any() for edge in edges)


def test_masks_of_two_figures_never_share_a_pixel(street):
    assert street.masks.sum(axis=0).max() == 1


def test_same_seed_same_picture_and_other_seed_another(street):
    again = draw_street(0)
    np.testing.assert_array_equal(again.image, street.image)
    np.testing.assert_array_equal(again.boxes, street.boxes)
    assert not np.array_equal(draw_street(1).image, street.image)


@pytest.mark.parametrize(("width", "height"), [(320, 320), (800, 480), (320, 640)])
def test_other_sizes_keep_every_figure_inside(width, height):
    street = draw_street(3, width, height)
    assert street.image.shape == (height, width, 3)
    assert (street.boxes[:, :2] >= 0).all()
    assert (street.boxes[:, 2:] <= (width, height)).all()


@pytest.mark.parametrize("side", [319, 1281])
def test_a_side_out_of_bounds_is_named(side):
    with pytest.raises(ValueError, match=rf"width_px must be .*320.*1280, got {side}"):
        draw_street(0, side, 480)


def test_an_empty_mask_has_no_box():
    with pytest.raises(ValueError, match="empty mask"):
        mask_box(np.zeros((3, 3), dtype=bool))


@pytest.mark.parametrize("pose", POSES)
def test_a_figure_is_one_body_height_high(pose):
    figure = stand_figure(np.random.default_rng(4), pose)
    corners = np.concatenate([p for shape, _ in figure.parts for p in shape])
    assert corners[:, 1].min() == pytest.approx(0)
    assert corners[:, 1].max() == pytest.approx(1)
    assert np.ptp(corners[:, 0]) == pytest.approx(figure.width)


def test_an_unknown_pose_is_named():
    with pytest.raises(ValueError, match="pose 'flying' is not one of walking"):
        stand_figure(np.random.default_rng(0), "flying")


def test_a_limb_is_as_wide_as_told():
    (bone,) = limb([(0.0, 0.0), (0.0, 1.0)], [0.2, 0.1])
    assert bone[:, 1].min() == pytest.approx(-0.1, abs=1e-3)
    assert bone[:, 1].max() == pytest.approx(1.05, abs=1e-3)
