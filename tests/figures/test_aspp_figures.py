"""The bars of what is lost without a branch."""

from explorer.figures.aspp import off_figure
from explorer.figures.theme import COLORS


def test_bars_are_percent_and_those_off_now_stand_out():
    (bars,) = off_figure(["a", "b"], [0.25, 0.0], [False, True]).data
    assert list(bars.y) == [25.0, 0.0]
    assert list(bars.text) == ["25.0 %", "0.00 %"]
    assert list(bars.marker.color) == [COLORS["first"], COLORS["accent"]]


def test_no_change_at_all_still_has_an_axis():
    figure = off_figure(["a"], [0.0], [False])
    assert tuple(figure.layout.yaxis.range) == (0, 1.0)
