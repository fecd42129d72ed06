"""Photos of digits: light, dust, tables and blackboards must not matter."""

import cv2
import numpy as np
import pytest

from explorer.core.digit_form import as_digit, stroke_digit
from explorer.core.digit_photo import digit_of_photo

HIGH, WIDE, SIDE, TOP, LEFT = 480, 640, 260, 110, 240
ALIKE = 0.75  # a pixel's shift of a thin stroke costs 0.2


def photo(digit, paper, strength=0.7, seed=0):
    ink = np.zeros((HIGH, WIDE), np.float32)
    large = cv2.resize(stroke_digit(digit), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    ink[TOP : TOP + SIDE, LEFT : LEFT + SIDE] = large / 255
    grain = np.random.default_rng(seed).normal(0, 3, ink.shape)
    return np.clip(paper * (1 - strength * ink) + grain, 0, 255).astype(np.uint8)


def alike(image, digit):
    return np.corrcoef(image.ravel(), stroke_digit(digit).ravel())[0, 1]


SHADOW = np.tile(np.linspace(70, 230, WIDE), (HIGH, 1))


@pytest.mark.parametrize("digit", range(10))
def test_a_shadow_over_the_paper_does_not_matter(digit):
    image = digit_of_photo(photo(digit, SHADOW))
    assert image.shape == (28, 28)
    assert alike(image, digit) > ALIKE
    assert image[0].max() == 0


def test_without_it_the_shadow_is_taken_for_ink():
    assert alike(as_digit(photo(3, SHADOW)), 3) < 0.6


def test_chalk_on_a_blackboard():
    board = 255 - photo(5, np.full((HIGH, WIDE), 210.0))
    assert alike(digit_of_photo(board), 5) > ALIKE


def test_the_edge_of_the_table_and_dust_are_left_out():
    paper = photo(2, np.full((HIGH, WIDE), 220.0))
    paper[:, :200] = 0  # wider than the window that looks for paper
    paper[400:404, 500:504] = 40
    assert alike(digit_of_photo(paper), 2) > ALIKE


def test_both_strokes_of_a_digit_stay():
    paper = np.full((200, 200), 220, np.uint8)
    paper[40:160, 60:70] = 30
    paper[40:160, 120:130] = 30
    image = digit_of_photo(paper)
    assert image[14].max() > 200
    assert (image[14] > 128).sum() >= 2
    assert image[14, 13] == 0


def test_ink_that_reaches_the_border_is_better_than_none():
    paper = np.full((200, 200), 220, np.uint8)
    paper[:, 90:110] = 30
    assert digit_of_photo(paper).max() > 200


@pytest.mark.parametrize("grey", [0, 130, 255])
def test_empty_paper_is_refused_with_a_sentence(grey):
    with pytest.raises(ValueError, match="No ink was found"):
        digit_of_photo(np.full((50, 40), grey, np.uint8))


def test_grain_alone_is_no_ink():
    with pytest.raises(ValueError, match="No ink was found"):
        digit_of_photo(photo(1, np.full((HIGH, WIDE), 200.0), strength=0.0))
