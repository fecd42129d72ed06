"""Pictures of the sliding window: where things are drawn, and how strong."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from explorer.core.windows import (
    Level,
    Template,
    WindowScan,
    opencv_people_template,
    windows_above,
)
from explorer.figures.scale import SCORE_STOPS
from explorer.figures.theme import COLORS, DIVERGING, rgb
from explorer.figures.windows import (
    CAPTION_PX,
    CUT_PX,
    GAP_PX,
    GROUND,
    PAPER,
    SIGN_COLORS,
    cut_window,
    examples_image,
    level_boxes,
    level_image,
    level_outlines,
    raw_layers,
    score_heat,
    score_key_html,
    shares_heat,
    strokes_image,
    template_cells,
    template_image,
    window_sheet,
)
from explorer.figures.windows_charts import scores_figure

ROOT = Path(__file__).parents[2]


@pytest.fixture
def scan():
    first = Level(1.0, (80, 144), np.array([[1.0, -2.0], [-9.0, 0.5]], np.float32))
    second = Level(1.25, (64, 115), np.array([[3.0]], np.float32))
    return WindowScan((first, second), 8, 1.25, 8, (64, 128))


def test_a_vertical_edge_is_drawn_as_a_vertical_stroke():
    cells = np.zeros((1, 1, 9))
    cells[0, 0, 0] = 1.0  # gradient near 0 degrees: the edge stands upright
    drawn = strokes_image(cells, "#FFFFFF", 25).astype(int) - GROUND
    rows, cols = np.nonzero(drawn.sum(axis=2) > 200)
    assert np.ptp(rows) > 2 * np.ptp(cols)


def test_stroke_strength_follows_the_weight():
    cells = np.zeros((1, 2, 9))
    cells[0, 0, 4], cells[0, 1, 4] = 1.0, 0.5
    drawn = strokes_image(cells, "#FFFFFF", 24, loudest=1.0).astype(int) - GROUND
    assert drawn[:, :24].max() > 1.6 * drawn[:, 24:].max() > 0


def test_strokes_take_their_colour_and_nothing_else():
    cells = np.ones((2, 2, 9))
    drawn = strokes_image(cells, COLORS["positive"], 24)
    assert tuple(drawn[12, 12]) == rgb(COLORS["positive"])
    assert tuple(drawn[0, 0]) == GROUND


def test_both_signs_make_up_the_template():
    template = opencv_people_template()
    positive, negative = (template_cells(template, s) for s in ("positive", "negative"))
    assert positive.shape == (16, 8, 9)
    assert positive.min() == negative.min() == 0
    assert not ((positive > 0) & (negative > 0)).any()


def test_an_unknown_sign_is_named():
    with pytest.raises(ValueError, match="positive, negative; got 'both'"):
        template_cells(opencv_people_template(), "both")


def test_template_picture_holds_both_halves():
    assert template_image(opencv_people_template(), 10).shape == (160, 168, 3)


def test_one_pair_of_colours_says_for_and_against_everywhere():
    # The block shares are a diverging map: its high end must be the positive strokes'.
    assert shares_heat(np.zeros((15, 7))).palette == "diverging"
    assert SIGN_COLORS == {"positive": DIVERGING[-1], "negative": DIVERGING[0]}
    weights = np.zeros((15, 7, 36), np.float32)
    weights[:, :3], weights[:, 4:] = 1, -1
    picture = template_image(Template(weights, 0.0, "halves"), 24)
    left, right = picture[:, : 8 * 24], picture[:, 8 * 24 + GAP_PX :]
    for half, color in ((left, DIVERGING[-1]), (right, DIVERGING[0])):
        pixels = half.reshape(-1, 3).astype(int)
        strongest = pixels[np.abs(pixels - PAPER).sum(axis=1).argmax()]
        assert tuple(strongest) == rgb(color)


def test_the_key_of_the_score_map_says_its_ends_in_the_stages_colours(scan):
    key = score_key_html(score_heat(scan, 0))
    assert "−3.00 or less" in key
    assert "3.00, the photo's best" in key
    stops = re.findall(r"#[0-9a-fA-F]{6}", key)
    assert stops == list(SCORE_STOPS)
    script = (ROOT / "explorer" / "ui" / "stage" / "draw.js").read_text()
    listed = re.search(r"sequential: (\[\[.*\]\])", script)[1]
    drawn = np.array(json.loads(listed))
    for end in (0, -1):
        assert np.abs(drawn[end] - rgb(stops[end])).max() <= 2


def test_a_template_of_zeros_is_empty_paper():
    blank = Template(np.zeros((15, 7, 36), np.float32), 0.0, "blank")
    picture = template_image(blank, 10)
    assert (picture[:, :80] == PAPER).all()


def test_a_level_lies_in_the_corner():
    image = np.full((100, 120, 3), 200, np.uint8)
    level = level_image(image, (60, 50))
    assert level.shape == image.shape
    assert (level[:50, :60] == 200).all()
    assert (level[50:] == GROUND).all()
    assert (image == 200).all()


def test_score_map_is_centred_on_the_windows(scan):
    heat = score_heat(scan, 0)
    # The first window is at (-8, -8); its centre is at (24, 56).
    assert heat.box == (20.0, 52.0, 36.0, 68.0)
    assert heat.limits() == (-3.0, 3.0)


def test_boxes_of_a_level_are_in_its_own_pixels(scan):
    windows = windows_above(scan, 0.0)
    boxes = np.asarray(level_boxes(scan, windows, 0).boxes)
    assert boxes.tolist() == [[-8, -8, 56, 120], [0, 0, 64, 128]]
    assert np.asarray(level_outlines(scan, 1).boxes).tolist() == [[0, 0, 80, 144]]
    assert np.asarray(level_outlines(scan, 0).boxes).shape == (0, 4)


def test_bright_raw_boxes_follow_the_level(scan):
    windows = windows_above(scan, 0.0)
    none = np.empty((0, 4))
    layers = raw_layers(windows, none, none)
    assert len(layers) == 3
    assert np.asarray(layers[1].first).tolist() == [1, 0, 0]
    assert np.asarray(layers[1].last).tolist() == [2, 1, 1]
    assert len(raw_layers(windows, none, np.array([[0, 0, 9, 9.0]]))) == 4


def test_shares_lie_at_block_centres():
    heat = shares_heat(np.zeros((15, 7)), zoom=2)
    assert heat.box == (8, 8, 120, 248)
    assert heat.palette == "diverging"


def test_a_window_over_the_border_is_mirrored():
    image = np.zeros((20, 20, 3), np.uint8)
    image[:, 1] = 255
    cut = cut_window(image, np.array([-4.0, 0, 6, 20]), (10, 20))
    assert (cut[:, 3] == 255).all()
    assert (cut[:, 5] == 255).all()
    assert (cut[:, 4] == 0).all()


def test_examples_stand_where_their_places_say():
    image = np.full((200, 200, 3), 7, np.uint8)
    rows = [np.array([[0, 0, 50, 100.0]] * 2), np.array([[0, 0, 50, 100.0]] * 9)]
    sheet, places = examples_image(image, rows, columns=3)
    assert [len(place) for place in places] == [2, 3]
    assert places[0][0].tolist() == [GAP_PX, CAPTION_PX + GAP_PX]
    for x, y in np.concatenate(places).astype(int):
        assert (sheet[y : y + CUT_PX[1], x : x + CUT_PX[0]] == 7).all()
    assert (sheet[:CAPTION_PX] == GROUND).all()


def test_the_sheet_of_a_window_shows_it_first():
    image = np.full((200, 200, 3), 90, np.uint8)
    box = np.array([0, 0, 64, 128.0])
    template = opencv_people_template()
    sheet = window_sheet(image, box, np.ones((16, 8, 9)), template, 2)
    assert sheet.shape == (256, 4 * 128 + 3 * GAP_PX, 3)
    assert (sheet[:, :128] == 90).all()


def test_the_histogram_counts_every_window_and_marks_the_threshold(scan):
    figure = scores_figure(scan, 0.0)
    bars = figure.data[0]
    assert sum(bars.y) == scan.windows
    colors = np.array(bars.marker.color)
    above = np.asarray(bars.x) >= 0.0
    assert set(colors[above]) == {COLORS["proposal"]}
    assert set(colors[~above]) == {COLORS["muted"]}
    assert figure.layout.shapes[0].x0 == 0.0
