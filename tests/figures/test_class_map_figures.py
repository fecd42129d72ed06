"""Curves and overlays of the lesson on fully convolutional classifiers."""

import numpy as np

from explorer.figures.class_map import (
    LEAST_DELTA,
    macs_figure,
    margin_figure,
    overlay_image,
    time_figure,
)


def test_a_map_is_laid_where_its_box_is_and_nowhere_else():
    image = np.full((150, 300, 3), 100, np.uint8)
    box = (60.0, 30.0, 120.0, 90.0)
    shown = overlay_image(image, [[0.0, 1.0]], box, 0, 1, opacity=1.0)
    assert shown.shape == (150, 300, 3)
    assert shown[60, 70].tolist() == [68, 1, 84]  # viridis' first
    assert shown[60, 110].tolist() == [253, 231, 37]  # and last
    outside = np.ones((150, 300), bool)
    outside[30:90, 60:120] = False
    assert (shown[outside] == 100).all()
    assert (image == 100).all()


def test_a_difference_of_zero_has_a_place_on_the_log_axis():
    (line,) = margin_figure([0, 32, 96], [2.0, 0.1, 0.0]).data
    assert list(line.x) == [0, 32, 96]
    assert list(line.y) == [2.0, 0.1, LEAST_DELTA]


def test_the_bars_are_the_counts_and_the_ratio_stands_on_top():
    crops, one = macs_figure(["a", "b"], [2e9, 90e9], [2e9, 10e9], [1, 24]).data
    assert list(crops.y) == [2.0, 90.0]
    assert list(one.y) == [2.0, 10.0]
    assert list(one.text) == ["1.0 ×", "9.0 ×"]
    assert list(crops.customdata) == ["1 × 1 crop", "24 × 1 crop"]


def test_the_times_start_at_nothing_and_the_pass_spans_all_crops():
    crops, one = time_figure([4, 8], [30.0, 61.0], 45.0, 24).data
    assert list(crops.x) == [0, 4, 8]
    assert list(crops.y) == [0.0, 30.0, 61.0]
    assert list(one.x) == [0, 24]
    assert list(one.y) == [45.0, 45.0]


def test_the_powers_at_the_side_are_plain_ticks() -> None:
    axis = margin_figure([0, 8, 16], [3.0, 0.02, 0.001]).layout.yaxis
    assert list(axis.ticktext) == [
        f"10<sup>{k}</sup>" for k in ("−3", "−2", "−1", 0, 1)
    ]
    assert axis.exponentformat is None  # it would enlarge them
