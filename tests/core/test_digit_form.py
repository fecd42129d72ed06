"""Digits in the data set's form."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.digit_form import INK_PX, SIDE_PX, as_digit, stroke_digit


def _ink(image):
    rows, columns = np.nonzero(image)
    return rows.max() - rows.min() + 1, columns.max() - columns.min() + 1


@given(st.integers(0, 9), st.integers(0, 5))
def test_strokes_have_the_form(digit, seed):
    image = stroke_digit(digit, seed)
    assert image.shape == (SIDE_PX, SIDE_PX)
    assert max(_ink(image)) == INK_PX
    rows, columns = np.indices(image.shape)
    mass = image.sum()
    middle = ((rows * image).sum() / mass, (columns * image).sum() / mass)
    np.testing.assert_allclose(middle, 13.5, atol=0.51)


@pytest.mark.parametrize("size", [(28, 28), (300, 200), (37, 411)])
@pytest.mark.parametrize("dark", [False, True])
def test_place_size_and_paper_do_not_matter(size, dark):
    digit = stroke_digit(5)
    side = min(size) * 2 // 3
    paper = np.zeros(size, np.uint8)
    small = cv2.resize(digit, (side, side), interpolation=cv2.INTER_AREA)
    paper[2 : 2 + side, 3 : 3 + side] = small
    found = as_digit(255 - paper if dark else paper).astype(float)
    alike = np.corrcoef(found.ravel(), digit.ravel())[0, 1]
    assert alike > 0.85, alike


def test_a_thin_line_stays_inside():
    paper = np.zeros((60, 60), np.uint8)
    paper[10, 5:50] = 255
    image = as_digit(paper)
    assert _ink(image)[1] == INK_PX
    assert image[13:15].any()


def test_faint_pencil_is_made_strong():
    pale = (stroke_digit(2) * 0.3).astype(np.uint8)
    assert as_digit(pale).max() > 200


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_empty_paper_is_refused_with_a_sentence(grey):
    with pytest.raises(ValueError, match="No ink was found"):
        as_digit(np.full((40, 40), grey, np.uint8))


@pytest.mark.parametrize(("step", "found"), [(39, False), (41, True)])
def test_contrast_has_a_least(step, found):
    paper = np.full((40, 40), 100, np.uint8)
    paper[10:30, 15:22] += step
    if found:
        as_digit(paper)
    else:
        with pytest.raises(ValueError, match="No ink"):
            as_digit(paper)


def test_no_such_digit():
    with pytest.raises(ValueError, match="digit is 10; it must be from 0 to 9"):
        stroke_digit(10)
