"""Glyphs lie where and as the numbers say; charts carry the pixel's own numbers."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.core.hog import (
    MASKS,
    OPENCV,
    SKIMAGE,
    HogSettings,
    gradients,
    hog_descriptor,
    hog_steps,
)
from explorer.figures import hog as marks
from explorer.figures import hog_charts as charts
from explorer.figures.theme import COLORS, ORIENTATIONS, rgb


@pytest.fixture(scope="module")
def window():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (128, 64, 3), dtype=np.uint8)


def test_a_vertical_edge_is_drawn_upright_in_its_cell():
    cells = np.zeros((2, 3, 9))
    cells[1, 2, 0] = 5  # gradient at 10 degrees: the edge stands at 100
    layer = marks.glyph_layer(cells, OPENCV)
    assert np.asarray(layer.segments).shape == (1, 4)
    x1, y1, x2, y2 = np.asarray(layer.segments)[0]
    assert ((x1 + x2) / 2, (y1 + y2) / 2) == pytest.approx((20, 12))
    assert np.rad2deg(np.arctan2(y2 - y1, x2 - x1)) % 180 == pytest.approx(100)
    assert list(layer.colors) == [ORIENTATIONS[0]]
    assert np.asarray(layer.opacities).tolist() == [1.0]


def test_glyphs_follow_origin_pitch_and_the_strongest_bins():
    cells = np.array([[[0.2, 0.9, 0.5, 0.4]]])
    settings = HogSettings(orientations=4)
    layer = marks.glyph_layer(cells, settings, (100, 50), 20, strongest=2)
    assert len(np.asarray(layer.segments)) == 2
    middle = np.asarray(layer.segments).reshape(-1, 2, 2).mean(1)
    assert middle == pytest.approx(np.array([[110, 60], [110, 60]]))


def test_empty_cells_have_no_strokes():
    assert len(np.asarray(marks.glyph_layer(np.zeros((4, 4, 9)), OPENCV).segments)) == 0


def test_layers_of_the_way_stand_on_mask_cell_and_blocks(window):
    mask, blocks, home, pixel = marks.way_layers(hog_steps(window, 20, 40), OPENCV)
    assert np.asarray(mask.boxes).tolist() == [[19, 39, 22, 42]]
    assert np.asarray(home.boxes).tolist() == [[16, 40, 24, 48]]
    assert np.asarray(pixel.boxes).tolist() == [[20, 40, 21, 41]]
    assert np.asarray(blocks.boxes)[0].tolist() == [8, 32, 24, 48]
    assert len(np.asarray(blocks.boxes)) == 4
    assert [list(layer.first) for layer in (mask, home, blocks)] == [[1], [2], [4] * 4]
    for layer in (mask, blocks, home, pixel):
        assert layer.data()["kind"] == "boxes"


@pytest.mark.parametrize("mask", list(MASKS))
def test_neighbourhood_frames_what_the_mask_reads(window, mask):
    settings = HogSettings(mask=mask)
    figure = charts.neighbourhood_figure(hog_steps(window, 20, 40, settings), settings)
    centres = {
        ((shape.x0 + shape.x1) / 2, (shape.y0 + shape.y1) / 2)
        for shape in figure.layout.shapes
    }
    counts = {"centred": 4, "uncentred": 3, "cubic": 8, "diagonal": 4, "sobel": 8}
    assert len(centres) == counts[mask]


def test_the_arrow_points_along_the_gradient(window):
    steps = hog_steps(window, 20, 40)
    arrow = charts.neighbourhood_figure(steps, OPENCV).layout.annotations[0]
    assert arrow.x * steps.dy == pytest.approx(arrow.y * steps.dx)
    assert arrow.x * steps.dx > 0
    flat = hog_steps(np.zeros((16, 16), np.uint8), 4, 4)
    assert charts.neighbourhood_figure(flat, OPENCV).layout.annotations == ()


@pytest.mark.parametrize("settings", [OPENCV, SKIMAGE])
def test_vote_bars_hold_the_magnitude(window, settings):
    steps = hog_steps(window, 20, 40, settings)
    figure = charts.vote_figure(steps, settings)
    assert sum(figure.data[0].y) == pytest.approx(steps.magnitude, rel=1e-5)
    assert figure.data[0].y[steps.bins[0]] == pytest.approx(steps.votes[0])
    assert figure.layout.shapes[0].x0 == steps.orientation_deg


def test_cell_bars_stack_to_the_cell():
    cell, own = np.arange(9.0), np.full(9, 0.25)
    figure = charts.cell_figure(cell, own, OPENCV)
    assert figure.data[1].y.tolist() == own.tolist()
    assert (figure.data[0].y + figure.data[1].y)[1:] == pytest.approx(cell[1:])


@pytest.mark.parametrize(("x", "y", "count"), [(0, 0, 1), (20, 0, 2), (20, 40, 4)])
def test_blocks_show_the_normalised_numbers(window, x, y, count):
    steps = hog_steps(window, x, y)
    figure = charts.blocks_figure(steps, OPENCV)
    assert len(figure.data) == count
    for bars, block in zip(figure.data, steps.blocks, strict=True):
        np.testing.assert_array_equal(bars.y, block.normalised)
        strong = np.flatnonzero(np.asarray(bars.marker.opacity) == 1)
        assert strong.tolist() == block.slots.tolist()


def test_vector_marks_the_pixels_places(window):
    descriptor = hog_descriptor(window)
    steps = hog_steps(window, 20, 40)
    figure = charts.vector_figure(descriptor, [b.places for b in steps.blocks])
    assert len(figure.data[0].y) == 3780
    marked = np.concatenate([trace.x for trace in figure.data[1:]])
    assert sorted(marked.tolist()) == steps.places.tolist()
    np.testing.assert_array_equal(figure.data[1].y, descriptor[figure.data[1].x])


def test_miss_rates_are_the_published_ones():
    bars = charts.miss_rate_figure("sobel").data[0]
    assert dict(zip(bars.y, bars.x, strict=True))["3x3 Sobel"] == pytest.approx(14)
    assert list(bars.marker.color).count(COLORS["accent"]) == 1


def test_gradient_picture_has_the_bins_hue_and_is_black_where_flat():
    step = np.zeros((8, 8), np.uint8)
    step[4:] = 200  # the gradient points down: 90 degrees, the middle bin of nine
    picture = marks.gradient_image(gradients(step))
    assert picture[4, 4] == pytest.approx(rgb(ORIENTATIONS[4]), abs=2)
    assert picture[0, 0].tolist() == [0, 0, 0]
    upward = marks.gradient_image(gradients(step[::-1].copy()))
    np.testing.assert_array_equal(picture[4], upward[4])


def test_cells_are_named_in_the_vectors_order():
    wide = replace(OPENCV, block_cells=3)
    assert charts.cell_names(wide)[:4] == ["0,0", "1,0", "2,0", "0,1"]
    assert charts.cell_names(replace(wide, convention="skimage"))[1] == "0,1"
