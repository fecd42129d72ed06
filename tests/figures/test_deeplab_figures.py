"""The charts of the lesson on DeepLab: what stands where."""

import re

import numpy as np

from explorer.core.atrous import tap_shares
from explorer.figures import deeplab as figures


def test_bars_are_shares_of_each_bins_own_pixels():
    drawn = figures.change_bars([0, 2, 4, np.inf], [10, 20, 0], [5, 1, 0])
    rows = re.findall(r"row'>(.*?)<.*?width:(.*?)%.*?<td>(.*?)</td></tr>", drawn)
    assert rows == [
        ("0–2 px", "100.0", "50.0 %"),
        ("2–4 px", "10.0", "5.0 %"),
        ("≥ 4 px", "0.0", "–"),
    ]


def test_no_difference_is_no_bar():
    drawn = figures.change_bars([0, 2, np.inf], [10, 20], [0, 0])
    assert re.findall(r"width:(.*?)%'", drawn) == ["0.0", "0.0"]


def test_trimap_lines_are_percent_by_band_and_the_last_is_all():
    scores = {"A": [0.5, 0.75], "B": [0.25, 0.5]}
    figure = figures.trimap_figure((4, 1024), scores, "mIoU")
    assert [line.name for line in figure.data] == ["A", "B"]
    assert list(figure.data[0].y) == [50, 75]
    assert list(figure.layout.xaxis.ticktext) == ["4", "all"]
    assert figure.data[0].line.dash != figure.data[1].line.dash


def test_taps_are_stacked_to_all_cells():
    rates = tuple(range(1, 36))
    shares = tap_shares((22, 30), rates)
    figure = figures.taps_figure(rates, shares, {"3": 3, "9": 9})
    total = np.sum([area.y for area in figure.data], axis=0)
    np.testing.assert_allclose(total, 100)
    assert figure.data[-1].name == "the middle one alone"
    assert figure.data[-1].y[-1] == 100
    assert {line.x0 for line in figure.layout.shapes} == {3, 9}
    assert [note.text for note in figure.layout.annotations] == ["3", "9"]


def test_costs_stand_beside_each_other_with_their_ratio():
    figure = figures.costs_figure(["a", "b"], [900, 500], [100, 50], "weights")
    two, one = figure.data
    assert list(two.x) == [100, 50]
    assert list(one.x) == [900, 500]
    assert list(one.text) == ["9.0 ×", "10.0 ×"]
    low, high = figure.layout.xaxis.range
    assert low <= np.log10(50)
    assert high > np.log10(900)


def test_the_lattice_marks_the_last_of_each_few_cells():
    figure = figures.lattice_figure(8, {"16": (1, 2), "32": (3, 4)})
    every, half, quarter = figure.data
    assert len(every.x) == 64
    assert set(half.x) == set(half.y) == {1, 3, 5, 7}
    assert set(quarter.x) == set(quarter.y) == {3, 7}
