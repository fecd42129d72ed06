"""A face found in a photo, and brought to the networks' form."""

import cv2
import numpy as np
import pytest

from explorer.core.face_crop import EYES_XY, SIDE_PX, find_face, placed
from explorer.core.samples import load_sample


@pytest.fixture(scope="module")
def astronaut():
    return load_sample("astronaut").image


def _alike(one, other):
    return np.corrcoef(one.astype(float).ravel(), other.astype(float).ravel())[0, 1]


def test_eyes_come_to_their_places(astronaut):
    found = find_face(astronaut)
    assert found.image.shape == (SIDE_PX, SIDE_PX, 3)
    assert len(found.eyes) == 2
    matrix = placed(found.box, found.eyes)
    for eye, place in zip(found.eyes, EYES_XY, strict=True):
        there = matrix @ [*eye, 1]
        np.testing.assert_allclose(there, np.array(place) * SIDE_PX, atol=1e-9)


@pytest.mark.parametrize("degrees", [-8, 8])
def test_a_turned_head_is_set_upright(astronaut, degrees):
    high, wide = astronaut.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1)
    turned = cv2.warpAffine(astronaut, turn, (wide, high))
    found, straight = find_face(turned), find_face(astronaut)
    assert len(found.eyes) == 2
    assert _alike(found.image, straight.image) > 0.9
    # Cut out by the box alone, the turn stays in.
    assert _alike(found.image, straight.image) > _alike(
        cv2.warpAffine(turned, placed(found.box), (SIDE_PX, SIDE_PX)), straight.image
    )


def test_the_largest_of_two_faces_is_taken(astronaut):
    small = cv2.resize(astronaut, (256, 256), interpolation=cv2.INTER_AREA)
    both = np.zeros((512, 768, 3), np.uint8)
    both[:256, :256], both[:, 256:] = small, astronaut
    found = find_face(both)
    assert found.others == 1
    assert found.box[0] > 256
    assert _alike(found.image, find_face(astronaut).image) > 0.95


@pytest.mark.parametrize("name", ["coffee", "flower"])
def test_no_face_gets_a_sentence(name):
    with pytest.raises(ValueError, match="No face looking at the camera"):
        find_face(load_sample(name).image)


def test_an_even_picture_has_no_face():
    with pytest.raises(ValueError, match="No face"):
        find_face(np.full((64, 64, 3), 128, np.uint8))


def test_without_eyes_the_box_says_how_the_face_stands():
    matrix = placed(np.array([10.0, 20.0, 110.0, 120.0]))
    left, right = matrix @ [10, 20, 1], matrix @ [110, 20, 1]
    assert left[1] == pytest.approx(right[1])
    assert right[0] - left[0] == pytest.approx(1.02 * SIDE_PX)
