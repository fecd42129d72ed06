"""The working of one pixel adds up to the descriptor; windows keep their shape."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core.hog import (
    OPENCV,
    SKIMAGE,
    HogSettings,
    cut_window,
    hog_descriptor,
    hog_steps,
    person_window,
    raw_blocks,
    window_box,
)

SMALL = {"cell_px": 4, "orientations": 6}


@pytest.mark.parametrize("chosen", [OPENCV, SKIMAGE])
def test_all_pixels_together_are_the_raw_blocks(chosen):
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (14, 13, 3), dtype=np.uint8)
    chosen = replace(chosen, **SMALL)
    expected = raw_blocks(image, chosen)
    total = np.zeros(expected.shape)
    for y, x in np.ndindex(14, 13):
        for block in hog_steps(image, x, y, chosen).blocks:
            np.add.at(total[block.row, block.col], block.slots, block.amounts)
    np.testing.assert_allclose(total, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("convention", ["opencv", "skimage"])
def test_places_hold_the_blocks_values_in_the_descriptor(convention):
    window = np.random.default_rng(1).integers(0, 256, (128, 64, 3), dtype=np.uint8)
    chosen = HogSettings(convention=convention)
    found = hog_descriptor(window, chosen)
    steps = hog_steps(window, 30, 70, chosen)
    assert steps.cell == (8, 3)
    assert [(b.row, b.col) for b in steps.blocks] == [(7, 2), (7, 3), (8, 2), (8, 3)]
    for block in steps.blocks:
        np.testing.assert_allclose(found[block.places], block.normalised[block.slots])
    assert len(steps.places) == len(set(steps.places.tolist()))
    assert steps.places.max() < 3780


def test_how_many_places_a_vote_reaches():
    window = np.random.default_rng(1).integers(0, 256, (128, 64), dtype=np.uint8)
    assert len(hog_steps(window, 30, 70, SKIMAGE).places) == 4
    assert len(hog_steps(window, 30, 70, OPENCV).places) == 18


@pytest.mark.parametrize(
    ("x", "y", "blocks"), [(0, 0, 1), (7, 8, 2), (8, 8, 4), (55, 64, 4), (63, 127, 1)]
)
def test_corners_edges_and_middle(x, y, blocks):
    window = np.zeros((128, 64), np.uint8)
    assert len(hog_steps(window, x, y).blocks) == blocks


def test_a_pixel_in_the_margin_feeds_nothing():
    steps = hog_steps(np.zeros((18, 18), np.uint8), 16, 3)
    assert steps.blocks == ()
    assert steps.places.size == 0


def test_patch_is_the_strongest_channel_mirrored_at_the_border():
    image = np.zeros((16, 16, 3), np.uint8)
    image[0, 1, 2], image[1, 0, 2] = 16, 64
    steps = hog_steps(image, 0, 0, HogSettings(gamma=False))
    assert steps.channel == 0  # mirrored: no derivative at the corner in any channel
    steps = hog_steps(image, 1, 1, HogSettings(gamma=False))
    assert (steps.channel, steps.dx, steps.dy) == (2, -64, -16)
    assert steps.patch.shape == (5, 5)
    assert steps.patch[2, 1] == 64
    assert steps.patch[0, 2] == 0
    assert hog_steps(image, 1, 1).patch[2, 1] == 8


def test_a_pixel_outside_is_refused():
    window = np.zeros((128, 64), np.uint8)
    with pytest.raises(ValueError, match=r"\(64, 0\) lies outside .* 64x128"):
        hog_steps(window, 64, 0)
    assert hog_steps(window, 63, 0).x == 63


@settings(max_examples=60, deadline=None)
@given(
    box=st.tuples(*[st.floats(-50, 400) for _ in range(4)]),
    width=st.integers(8, 320),
    height=st.integers(16, 320),
)
def test_any_box_becomes_a_window_inside_the_image(box, width, height):
    x1, y1, x2, y2 = window_box(box, width, height)
    assert 0 <= x1 < x2 <= width
    assert 0 <= y1 < y2 <= height
    assert y2 - y1 == 2 * (x2 - x1)
    image = np.zeros((height, width, 3), np.uint8)
    assert cut_window(image, (x1, y1, x2, y2)).shape == (128, 64, 3)


def test_a_window_at_native_size_is_not_resampled():
    image = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    found = cut_window(image, (20, 30, 84, 158))
    np.testing.assert_array_equal(found, image[30:158, 20:84])


def test_person_fills_three_quarters_of_the_window():
    x1, y1, x2, y2 = person_window((200, 100, 240, 220), 640, 480)
    assert (y2 - y1) == 160
    assert (x1 + x2) / 2 == 220


def test_images_too_small_for_a_window():
    assert window_box((0, 0, 8, 16), 8, 16) == (0, 0, 8, 16)
    with pytest.raises(ValueError, match="7x16 px is too small"):
        window_box((0, 0, 8, 16), 7, 16)
    with pytest.raises(ValueError, match="holds no pixel"):
        cut_window(np.zeros((20, 20), np.uint8), (30, 0, 38, 16))
