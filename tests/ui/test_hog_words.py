"""The written arithmetic says the descriptor's own numbers."""

import re

import numpy as np
import pytest

from explorer.core.hog import OPENCV, SKIMAGE, HogSettings, hog_cells, hog_steps
from explorer.ui.lessons import hog_words as words


@pytest.fixture(scope="module")
def window():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (128, 64, 3), dtype=np.uint8)


def test_size_is_a_product_that_holds():
    assert "15 x 7 blocks x 4 cells x 9 bins = **3,780**" in words.size_words(
        OPENCV, 64, 128
    )
    said = words.size_words(HogSettings(16, 3, 12), 64, 128)
    assert said == "6 x 2 blocks x 9 cells x 12 bins = **1,296** numbers"
    assert "x 1 cell x" in words.size_words(HogSettings(block_cells=1), 64, 128)


@pytest.mark.parametrize("mask", ["centred", "uncentred", "cubic", "sobel"])
@pytest.mark.parametrize("axis", ["x", "y"])
def test_derivative_terms_add_up(window, mask, axis):
    settings = HogSettings(mask=mask, gamma=False)
    steps = hog_steps(window, 20, 40, settings)
    left, right = words.derivative_terms(steps, mask, axis).split(" = ")
    assert re.fullmatch(r"[-+·\d ]+", left)
    terms = re.findall(r"([-+]?) ?(?:(\d+) · )?(\d+)", left)
    total = sum(int(f"{sign}{times or 1}") * int(value) for sign, times, value in terms)
    assert total == int(right)
    assert int(right) == (steps.dx if axis == "x" else steps.dy)


def test_diagonal_masks_say_that_they_were_turned(window):
    settings = HogSettings(mask="diagonal")
    said = words.pixel_words(hog_steps(window, 20, 40, settings), settings, True)
    assert "turned by 45°" in said


@pytest.mark.parametrize("settings", [OPENCV, SKIMAGE])
def test_place_written_out_is_one_the_pixel_reaches(window, settings):
    for x, y in ((20, 40), (3, 126), (62, 1)):
        steps = hog_steps(window, x, y, settings)
        grid = settings.block_grid(64, 128)
        said = words.place_words(steps, settings, grid)
        sum_, place = re.search(r"\n\n(.*) = place \*\*([\d,]+)\*\*", said).groups()
        number = int(place.replace(",", ""))
        a, b, c, d, e, f, g, h, i = map(int, re.findall(r"\d+", sum_))
        assert (a * b + c) * d + (e * f + g) * h + i == number
        assert number in steps.places


def test_words_of_a_flat_pixel_and_of_the_margin():
    flat = hog_steps(np.zeros((34, 34), np.uint8), 5, 5)
    assert "no gradient" in words.place_words(flat, OPENCV, (3, 3))
    assert "| 0, 0 | 0 |" in words.block_words(flat, OPENCV)
    margin = hog_steps(np.zeros((34, 34), np.uint8), 33, 5)
    assert "margin" in words.block_words(margin, OPENCV)


@pytest.mark.parametrize("settings", [OPENCV, SKIMAGE])
def test_votes_and_blocks_quote_the_steps(window, settings):
    steps = hog_steps(window, 20, 40, settings)
    assert f"**{steps.magnitude:.2f}**" in words.vote_words(steps, settings)
    assert words.block_words(steps, settings).count("\n| ") == 5


def test_cell_share_is_what_the_cell_gets():
    image = np.zeros((32, 32), np.uint8)
    image[10, 11] = 100
    for settings in (OPENCV, SKIMAGE):
        total = np.zeros((4, 4))
        for y, x in np.ndindex(32, 32):
            steps = hog_steps(image, x, y, settings)
            share = words.cell_share(steps, settings, (4, 4))
            total[steps.cell] += share * steps.magnitude
        cells = hog_cells(image, settings).sum(-1)
        assert total[1, 1] == pytest.approx(cells[1, 1], rel=0.25)
