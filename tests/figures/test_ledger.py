"""Bars of measured times, and the pictures of the lesson on crops."""

import numpy as np
import pytest

from explorer.core.samples import load_sample
from explorer.figures.cnn_windows import (
    cnn_windows_thumbnail,
    done_heats,
    extrapolated_figure,
)
from explorer.figures.ledger import Bar, duration, ledger_html

COLORS = {"proposals": "#111111", "network": "#222222"}


def test_bars_share_one_scale_and_the_key_names_only_steps_that_are_there():
    bars = [
        Bar("slow", (("proposals", 100.0), ("network", 300.0))),
        Bar("fast", (("network", 40.0),)),
    ]
    text = ledger_html(bars, {**COLORS, "heads": "#333333"})
    assert "width:25.0%" in text
    assert "width:75.0%" in text
    assert "width:10.0%" in text
    assert "400 ms" in text
    assert "heads" not in text
    assert text.count("<i style") == 2


def test_one_step_alone_needs_no_key_and_nothing_at_all_is_no_bar():
    assert "<i style" not in ledger_html([Bar("a", (("network", 1.0),))], COLORS)
    assert "width:0.0%" in ledger_html([Bar("a", (("network", 0.0),))], COLORS)
    assert "<td>" not in ledger_html([], COLORS)


def test_names_are_written_as_text():
    assert "&lt;b&gt;" in ledger_html([Bar("<b>", (("network", 1.0),))], COLORS)


def test_a_step_without_colour_or_time_is_named():
    with pytest.raises(ValueError, match="'heads' has no colour"):
        ledger_html([Bar("a", (("heads", 1.0),))], COLORS)
    with pytest.raises(ValueError, match="at least 0 ms"):
        ledger_html([Bar("a", (("network", -1.0),))], COLORS)
    with pytest.raises(ValueError, match="at least 0 ms"):
        ledger_html([Bar("a", (("network", float("nan")),))], COLORS)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.9, "900 ms"),
        (0.9994, "999 ms"),
        (1.0, "1.0 s"),
        (59.0, "59 s"),
        (60.0, "1.0 min"),
        (3600.0, "1.0 hours"),
        (86_400.0, "1.0 days"),
        (40e6, "1.3 years"),
    ],
)
def test_each_time_is_written_in_its_own_unit(seconds, said):
    assert duration(seconds) == said


def test_crops_done_are_laid_row_by_row_and_the_rest_stays_bare():
    full, begun = done_heats(np.arange(7.0), 3, (10, 20, 106, 116), 32, (0, 6))
    assert np.asarray(full.values).tolist() == [[0, 1, 2], [3, 4, 5]]
    assert full.box == (10, 20, 106, 84)
    assert np.asarray(begun.values).tolist() == [[6]]
    assert begun.box == (10, 84, 42, 116)
    assert len(done_heats(np.arange(6.0), 3, (0, 0, 96, 96), 32, (0, 6))) == 1
    assert len(done_heats(np.arange(2.0), 3, (0, 0, 96, 96), 32, (0, 6))) == 1


def test_the_dotted_line_goes_on_at_the_measured_rate():
    figure = extrapolated_figure(
        [2, 4], [0.1, 0.2], [(10, "grid"), (1000, "all")], (10, 0.15)
    )
    dotted, marks, measured, one = figure.data
    assert list(dotted.x) == [4, 1000]
    assert list(dotted.y) == pytest.approx([0.2, 50])
    assert list(marks.y) == pytest.approx([0.5, 50])
    assert list(measured.y) == [0.1, 0.2]
    assert (list(one.x), list(one.y)) == ([1, 10], [0.15, 0.15])


def test_the_thumbnail_is_the_photos_own_crops():
    image = load_sample("chelsea").image
    shown = cnn_windows_thumbnail(image)
    assert shown.shape == (200, 320, 3)
    assert (shown[:, 43:45] == 255).all()  # the gap between two crops
    assert (shown[:40, :40] < 255).any()
