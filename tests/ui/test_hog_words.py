"""The written arithmetic says the descriptor's own numbers."""

import math
import re
from types import SimpleNamespace

import numpy as np
import pytest

from explorer.core.hog import OPENCV, SKIMAGE, HogSettings, hog_cells, hog_steps
from explorer.figures.hog import bin_color, hue_key_html
from explorer.ui.lessons import hog_words as words


@pytest.fixture(scope="module")
def window():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (128, 64, 3), dtype=np.uint8)


def test_size_is_a_product_that_holds():
    assert "15 × 7 blocks × 4 cells × 9 bins = **3,780**" in words.size_words(
        OPENCV, 64, 128
    )
    said = words.size_words(HogSettings(16, 3, 12), 64, 128)
    assert said == "6 × 2 blocks × 9 cells × 12 bins = **1,296** numbers"
    assert "× 1 cell ×" in words.size_words(HogSettings(block_cells=1), 64, 128)


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


def _direction(dx, dy, signed):
    """Return (atan2 as written, turn as written, folded as written or None)."""
    settings = HogSettings(signed=signed)
    angle = math.degrees(math.atan2(dy, dx)) % settings.range_deg
    steps = SimpleNamespace(
        dx=dx, dy=dy, magnitude=math.hypot(dx, dy), orientation_deg=angle
    )
    said = words.direction_words(steps, settings).replace("−", "-")
    true = float(re.search(r"\) = (-?[\d.]+)°\$", said)[1])
    fold = re.search(r", ([-+]) (\d+)° = \*\*([\d.]+)°\*\*, (.*)", said)
    return (true, None, None, "") if fold is None else (
        true, int(fold[1] + fold[2]), float(fold[3]), fold[4]
    )  # fmt: skip


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("dy", [-0.9, 0.9, 0.0])
@pytest.mark.parametrize("dx", [-1.28, 1.28, 0.0])
def test_the_angle_is_atan2_and_its_folding_holds(dx, dy, signed):
    if dx == dy == 0:
        return
    true, turn, folded, why = _direction(dx, dy, signed)
    assert true == pytest.approx(math.degrees(math.atan2(dy, dx)), abs=0.05)
    high = 360 if signed else 180
    assert (turn is None) == (0 <= true < high)
    if turn is not None:
        assert folded == pytest.approx(true + turn)
        assert 0 <= folded < high
        assert ("opposite directions" in why) != signed


def test_the_reviewers_pixel_is_folded_in_words():
    assert _direction(1.28, -0.9, False) == (
        -35.1, 180, 144.9, "because opposite directions count as one"
    )  # fmt: skip
    assert _direction(1.28, -0.9, True)[1:3] == (360, 324.9)


def test_the_written_angle_is_the_one_that_votes(window):
    for settings in (OPENCV, SKIMAGE, HogSettings(signed=True)):
        for x, y in ((20, 40), (21, 40), (22, 40), (23, 40), (24, 40)):
            steps = hog_steps(window, x, y, settings)
            said = words.direction_words(steps, settings)
            assert f"{steps.orientation_deg:.1f}°" in said
            assert f"{steps.orientation_deg:.1f}" in words.vote_words(steps, settings)


def test_a_flat_pixel_has_no_direction():
    flat = hog_steps(np.zeros((34, 34), np.uint8), 5, 5)
    assert "no direction" in words.pixel_words(flat, OPENCV, False)


def test_the_followed_pixel_is_called_by_its_colour():
    assert "orange pixel" in words.WINDOW_TEXT


@pytest.mark.parametrize(("bins", "signed"), [(9, False), (18, True), (4, False)])
def test_the_key_names_every_hue(bins, signed):
    key = hue_key_html(HogSettings(orientations=bins, signed=signed))
    hues = re.findall(r"background:(#\w+)", key)
    assert hues == [bin_color(k, bins) for k in range(bins)]
    degrees = [float(d) for d in re.findall(r"</span>([\d.]+)°", key)]
    width = (360 if signed else 180) / bins
    assert degrees == pytest.approx([(k + 0.5) * width for k in range(bins)], abs=1)
    turned = [float(d) - 90 for d in re.findall(r"rotate\(([\d.]+)deg", key)]
    assert turned == pytest.approx(degrees, abs=1)
    assert "<svg" not in key  # Streamlit's sanitiser takes it away
