"""The panes of the unpooling lesson do not overlap; its bars have the numbers given."""

import itertools

import numpy as np
import pytest

from explorer.figures.unpooling import (
    LOWER,
    TITLE_PX,
    UPPER,
    WINDOW_COLORS,
    Layout,
    backdrop,
    grid_layout,
    limits,
    lost_figure,
    map_layout,
)


def sound(layout: Layout) -> None:
    for one, other in itertools.combinations(layout.panes.values(), 2):
        (x, y, w, h), (a, b, c, d) = one, other
        apart = x + w <= a or a + c <= x or y + h <= b or b + d <= y
        assert apart, layout
    for x, y, w, h in layout.panes.values():
        assert x >= 0
        assert y >= TITLE_PX  # room for a title
        assert x + w <= layout.size[0]
        assert y + h <= layout.size[1]


@pytest.mark.parametrize("pooled", [(1, 1), (2, 2), (3, 3), (5, 5)])
def test_the_grids_fit(pooled: tuple[int, int]) -> None:
    layout = grid_layout((6, 6), pooled)
    sound(layout)
    assert set(layout.panes) == {*UPPER, *LOWER}
    cell = layout.panes["input"][2] / 6
    assert layout.panes["pooled"][2] / pooled[1] == cell


@pytest.mark.parametrize("shape", [(40, 56), (56, 40), (7, 3), (4, 80), (1, 1)])
@pytest.mark.parametrize("dense", [True, False])
def test_the_maps_fit(shape: tuple[int, int], dense: bool) -> None:
    pooled = (max(1, shape[0] // 2), max(1, shape[1] // 2))
    ways = (*LOWER, "unpool", *(("dense",) if dense else ()))
    layout = map_layout(shape, pooled, ways)
    assert layout.photo is not None
    assert layout.photo[2:] == layout.panes["input"][2:]
    sound(Layout(layout.size, layout.panes | {"photo": layout.photo}, layout.wide))
    assert set(layout.panes) == {"input", "pooled", *ways}
    one, other = layout.panes["input"], layout.panes["pooled"]
    assert one[2] / shape[1] == pytest.approx(other[2] / pooled[1])


def test_upright_maps_stand_in_two_rows_and_fill_the_width() -> None:
    ways = (*LOWER, "unpool", "dense")
    upright, lying = (
        map_layout(shape, (shape[0] // 2, shape[1] // 2), ways)
        for shape in ((56, 40), (40, 56))
    )
    assert len({y for _, y, _, _ in upright.panes.values()}) == 2
    assert len({y for _, y, _, _ in lying.panes.values()}) == 3
    assert upright.size[0] > 1.5 * upright.size[1]


def test_the_photo_stands_where_the_layout_says_and_all_else_is_white() -> None:
    layout = map_layout((40, 56), (20, 28), LOWER)
    assert layout.photo is not None
    made = backdrop(layout, np.zeros((30, 42, 3), np.uint8))
    x, y, w, h = (round(v) for v in layout.photo)
    assert not made[y : y + h, x : x + w].any()
    assert (made == 0).all(axis=2).sum() == w * h
    assert (backdrop(layout) == 255).all()
    assert (backdrop(grid_layout((6, 6), (3, 3)), made) == 255).all()


def test_as_many_windows_as_the_small_grid_mostly_has_differ_in_colour() -> None:
    assert len(set(WINDOW_COLORS)) == 24


def test_the_bars_are_percent_in_the_order_of_the_names() -> None:
    figure = lost_figure(
        {"b": 0.5, "a": 2.0}, {"b": 0.4, "a": 1.0}, {"a": "A", "b": "B"}
    )
    assert list(figure.data[0].y) == ["A", "B"]
    assert list(figure.data[0].x) == [200, 50]
    assert list(figure.data[1].x) == [100, 40]
    assert figure.layout.shapes[0].x0 == 100


def test_limits_leave_out_a_percent() -> None:
    low, high = limits(np.arange(1001.0))
    assert (low, high) == (5, 995)
