"""Contrast: the formula, the theme, what charts are brought to, marks on photos."""

import tomllib
from pathlib import Path

import plotly.graph_objects as go
import pytest

from explorer.figures import theme
from explorer.figures.legible import (
    GRAPHICS,
    LETTERS,
    PAGES,
    TEXT,
    USUAL_PX,
    contrast,
    enlarged,
    legible,
    on_page,
)
from explorer.figures.theme import mixed

ROOT = Path(__file__).parents[2]
THEMES = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))["theme"]
CAPTION, TINT = 0.6, 0.2  # Streamlit's: letters of a caption, a chosen option's ground
HUES = sorted({*theme.COLORS.values(), *theme.CLASSES, *theme.TEN, *theme.ORIENTATIONS})


@pytest.mark.parametrize(
    ("color", "other", "ratio"),
    [
        ("#FFFFFF", "#000000", 21.0),
        ("#777777", "#FFFFFF", 4.48),  # just too light
        ("#767676", "#FFFFFF", 4.54),  # just dark enough
        ("#0000FF", "#FFFFFF", 8.59),
        ("#FF0000", "#FFFFFF", 4.0),
    ],
)
def test_contrast_is_that_of_published_pairs_either_way(color, other, ratio):
    assert contrast(color, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, color) == contrast(color, other)


def test_the_pages_are_those_of_the_theme():
    grounds = [THEMES[name]["backgroundColor"].upper() for name in ("light", "dark")]
    assert grounds == [page.upper() for page in PAGES]


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
def test_letters_of_the_theme_are_read_on_both_grounds(name, ground):
    colors = THEMES[name]
    page, text, primary = (colors[k] for k in (ground, "textColor", "primaryColor"))
    assert contrast(text, page) >= TEXT
    assert contrast(mixed(page, text, CAPTION), page) >= TEXT
    assert contrast(primary, page) >= TEXT
    assert contrast(primary, mixed(page, primary, TINT)) >= TEXT


@pytest.mark.parametrize("color", HUES)
def test_every_colour_of_a_chart_is_told_from_both_pages(color):
    assert min(contrast(on_page(color), page) for page in PAGES) >= GRAPHICS


def test_a_colour_that_is_fit_stays_and_others_move_no_further_than_needed():
    assert on_page("#D55E00") == "#D55E00"
    assert contrast("#F0E442", PAGES[0]) < GRAPHICS
    assert contrast(on_page("#F0E442"), PAGES[0]) < 1.1 * GRAPHICS


def test_a_chart_is_copied_with_its_lines_bars_and_shapes_deepened():
    figure = go.Figure(
        [
            go.Scatter(x=[0, 1], y=[0, 1], line={"color": "#F0E442"}),
            go.Bar(x=["a"], y=[1], marker={"color": ["#56B4E9"]}),
            go.Bar(x=["a"], y=[1], text=["1"], marker={"color": "#E69F00"}),
        ]
    )
    figure.add_vline(x=0.5, line={"color": "#E69F00"})
    figure.add_annotation(text="a", font={"color": "#FFFFFF"})
    before = figure.to_json()
    made = legible(figure)
    assert made.data[0].line.color == on_page("#F0E442") != "#F0E442"
    assert list(made.data[1].marker.color) == [on_page("#56B4E9")]
    assert made.data[2].insidetextfont.color == "#000000"
    assert contrast("#000000", made.data[2].marker.color) >= TEXT
    assert made.layout.shapes[0].line.color == on_page("#E69F00")
    assert made.layout.annotations[0].font.color == "#FFFFFF"
    assert figure.to_json() == before


def test_letters_without_a_colour_are_marked_for_the_pages_own():
    figure = go.Figure(go.Bar(x=["a"], y=[1]))
    assert legible(figure).layout.font.color == LETTERS
    figure.update_layout(font={"color": "#FFFFFF"})
    assert legible(figure).layout.font.color == "#FFFFFF"
    # Why it takes a mark: no one colour is fit for letters on both pages.
    assert min(contrast(LETTERS, page) for page in PAGES) < TEXT
    assert all(
        min(contrast(f"#{v:02X}{v:02X}{v:02X}", page) for page in PAGES) < TEXT
        for v in range(256)
    )


@pytest.mark.parametrize("color", theme.COLORS.values())
def test_a_line_on_a_photo_is_told_from_its_own_dark_halo(color):
    assert contrast(color, "#000000") >= GRAPHICS


def test_letters_of_a_chart_grow_for_a_hall():
    figure = go.Figure(go.Bar(x=["a"], y=[1]), {"xaxis": {"tickfont": {"size": 10}}})
    figure.add_annotation(text="a", font={"size": 20})
    made = enlarged(figure, 1.5)
    assert made.layout.xaxis.tickfont.size == 15
    assert made.layout.yaxis.title.font.size == 1.5 * USUAL_PX
    assert made.layout.annotations[0].font.size == 30
    assert figure.layout.annotations[0].font.size == 20
    with pytest.raises(ValueError, match=r"1 or more, got 0\.5"):
        enlarged(figure, 0.5)


def test_names_move_off_their_points_and_legends_off_their_axes_as_letters_grow():
    figure = go.Figure(go.Scatter(x=[1], y=[1]), {"legend": {"y": -0.2}})
    figure.add_annotation(x=1, y=1, ax=10, ay=-20, text="a")
    figure.add_annotation(x=1, y=1, text="b", showarrow=False)
    made = enlarged(figure, 1.5)
    assert (made.layout.annotations[0].ax, made.layout.annotations[0].ay) == (15, -30)
    assert made.layout.annotations[1].ax is None
    assert made.layout.legend.y == -0.2 * 1.5
    assert figure.layout.annotations[0].ax == 10
