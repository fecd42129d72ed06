"""Curves, layouts and thumbnails of the two lessons about fields."""

import numpy as np
import pytest

from explorer.core.dilation import coverage_steps
from explorer.core.effective_field import mass_profile
from explorer.core.field_table import LayerField
from explorer.core.reach import Reach
from explorer.figures.dilation import STACK_SIZE, gridding_image, stack_panes
from explorer.figures.receptive_field import (
    gradient_levels,
    growth_figure,
    mass_figure,
)


def fields(*sizes):
    return [
        LayerField(
            i,
            f"layer {i}",
            "convolution",
            (9, 9),
            Reach("window", 3),
            (size, size),
            (1.0, 1.0),
            (0.5, 0.5),
            False,
        )
        for i, size in enumerate(sizes, 1)
    ]


def test_the_mass_curve_is_the_profiles():
    found = mass_profile(np.random.default_rng(0).uniform(size=(9, 9)), (0, 0, 9, 9))
    figure = mass_figure(found)
    assert np.allclose(figure.data[0].y, 100 * found.mass)
    assert np.allclose(figure.data[1].y, 100 * found.even)
    assert figure.data[2].x[0] == pytest.approx(100 * found.half)


def test_no_gradient_has_no_mark_of_its_half():
    assert len(mass_figure(mass_profile(np.zeros((4, 4)), (0, 0, 4, 4))).data) == 2


def test_growth_marks_the_chosen_layer_and_leaves_side_branches_out():
    networks = {"A": fields(3, 7, 5, 11), "B": fields(3, 5)}
    figure = growth_figure(networks, "A", 4, 320)
    assert list(figure.data[0].y) == [3, 7, 11]
    assert [trace.name for trace in figure.data[:2]] == ["A", "B"]
    assert (figure.data[2].x[0], figure.data[2].y[0]) == (3, 11)
    assert figure.layout.shapes[0].y0 == 320


def test_a_long_line_does_not_hide_a_short_one_nor_the_chosen():
    networks = {"A": fields(3, 7, 11), "B": fields(3), "C": fields(3, 7)}
    over = [trace.zorder for trace in growth_figure(networks, "A", 1, 320).data[:3]]
    assert over[0] > over[1] > over[2]


def test_each_network_has_a_stroke_of_its_own():
    networks = {name: fields(3, 7) for name in "ABCDE"}
    figure = growth_figure(networks, "C", 1, 320)
    assert len({trace.line.dash for trace in figure.data[:5]}) == 5


def test_a_networks_colour_stays_when_another_is_chosen():
    networks = {"A": fields(3, 7), "B": fields(3, 5), "C": fields(3)}
    colors = [
        {trace.name: trace.line.color for trace in figure.data[:3]}
        for figure in (growth_figure(networks, name, 1, 320) for name in "ABC")
    ]
    assert colors[0] == colors[1] == colors[2]
    assert len(set(colors[0].values())) == 3


def test_levels_rise_with_the_gradient():
    gradient = np.random.default_rng(1).uniform(size=(20, 20)).astype(np.float32)
    levels = gradient_levels(gradient)
    order = np.argsort(gradient.ravel())
    assert (np.diff(levels.ravel()[order].astype(int)) >= 0).all()
    assert levels.max() == 255
    assert gradient_levels(np.zeros((3, 3), np.float32)).max() == 0


@pytest.mark.parametrize("shape", [(60, 80), (80, 60), (80, 80), (5, 80), (80, 5)])
def test_panes_stay_on_the_stage_and_apart(shape):
    panes = stack_panes(shape)
    width, height = STACK_SIZE
    for x, y, w, h in panes.values():
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height
    assert panes["photo"][2] / panes["photo"][3] == pytest.approx(shape[1] / shape[0])
    assert panes["map"][0] + panes["map"][2] < panes["photo"][0]
    assert panes["wires"][1] + panes["wires"][3] < panes["map"][1]


def test_gridding_shows_as_many_bright_pixels_as_are_read():
    stack = coverage_steps(3, (2, 2, 2))[-1]
    image = np.full((210, 210, 3), 200, np.uint8)
    shown = gridding_image(image, (stack,), cells=21)
    assert (shown[..., 0] == 200).sum() == 49 * 100  # 49 pixels of 10 x 10 each
    assert (shown[..., 0] < 200).sum() == 210 * 210 - 4900
