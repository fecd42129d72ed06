"""A drawn face shows what its numbers say, and nothing else changes."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.core.avatars import SIDE_PX, Avatar, avatars, draw_avatar


def test_same_seed_same_faces_and_another_seed_others():
    made, images = avatars(5, seed=3)
    again, same = avatars(5, seed=3)
    assert made == again
    np.testing.assert_array_equal(images, same)
    assert (avatars(5, seed=4)[1] != images).any()
    assert images.shape == (5, SIDE_PX, SIDE_PX, 3)
    assert images.dtype == np.uint8


def _changed(**values):
    """Return which rows and columns of the picture an attribute changes."""
    plain = Avatar()
    apart = draw_avatar(replace(plain, **values)).astype(int) - draw_avatar(plain)
    return np.nonzero(np.abs(apart).max(axis=2) > 8)


def test_glasses_change_the_eyes_alone():
    rows, columns = _changed(glasses=1)
    assert 27 <= rows.min() < rows.max() <= 39
    assert 18 <= columns.min() < columns.max() <= 46


@pytest.mark.parametrize("smile", [-1.0, 1.0])
def test_smile_changes_the_mouth_alone(smile):
    rows, _ = _changed(smile=smile)
    assert 40 <= rows.min() < rows.max() <= 52


def test_light_comes_from_its_side():
    left, right = (draw_avatar(Avatar(light=v)).mean(axis=(0, 2)) for v in (-1, 1))
    assert left[:20].mean() > left[-20:].mean()
    assert right[:20].mean() < right[-20:].mean()
    np.testing.assert_allclose(left[:8], right[::-1][:8], atol=6)


def test_skin_and_hair_have_their_colours():
    dark, light = (draw_avatar(Avatar(skin=v))[37, 26].sum() for v in (0.0, 1.0))
    assert dark + 200 < light
    red, black = (draw_avatar(Avatar(hair=v))[16, 32].astype(int) for v in (3, 0))
    assert red[0] > 2 * red[2] > 0
    assert black.max() < 60


def test_long_hair_reaches_lower():
    rows, _ = _changed(length=1.0)
    assert rows.max() > 52


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("smile", 1.01, "smile is 1.01; it must be from -1 to 1"),
        ("skin", -0.01, "skin is -0.01; it must be from 0 to 1"),
        ("hair", 4, "hair is 4; it must be from 0 to 3"),
    ],
)
def test_what_cannot_be_drawn_is_refused(name, value, words):
    with pytest.raises(ValueError, match=words):
        Avatar(**{name: value})
    Avatar(**{name: round(value)} if name != "hair" else {name: 3})
