"""The charts and the tree of the first two generative lessons."""

import base64

import cv2
import numpy as np
import pytest

from explorer.core.model_tree import ASKED, KINDS
from explorer.figures.bottleneck import (
    codes_figure,
    distance_figure,
    error_image,
    probe_figure,
    sizes_figure,
)
from explorer.figures.model_tree import answer_text, tree_diagram
from explorer.figures.reject import evidence_figure, posteriors_figure
from explorer.figures.roc import roc_figure
from explorer.figures.tiles import picture_uri

NAMES = {"digits": "digits", "fashion": "clothes", "noise": "noise"}
RNG = np.random.default_rng(0)
PICTURE = RNG.integers(0, 256, (28, 28), np.uint8)


def test_a_picture_comes_back_from_its_address():
    for picture in (PICTURE, np.stack([PICTURE, PICTURE // 2, PICTURE // 3], axis=2)):
        data = base64.b64decode(picture_uri(picture).partition(",")[2])
        back = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        back = back if picture.ndim == 2 else back[..., ::-1]
        np.testing.assert_array_equal(back, picture)


def test_both_posteriors_stand_over_the_picture_tried_as_each_class():
    classifier, bayes, likely = np.array([[0.9, 0.1], [0.2, 0.8], [-90.0, -80.0]])
    figure = posteriors_figure("ab", classifier, bayes, likely, np.stack([PICTURE] * 2))
    assert [list(trace.y) for trace in figure.data] == [
        [0.9, 0.1],
        [0.2, 0.8],
        [-90.0, -80.0],
    ]
    assert [image.x for image in figure.layout.images] == [0, 1]
    assert list(figure.layout.xaxis3.ticktext) == ["a", "b"]


def test_shares_of_known_pictures_add_up_and_both_lines_stand():
    kinds = {k: RNG.normal(-100 * i, 5, 200) for i, k in enumerate(NAMES, 1)}
    figure = evidence_figure(kinds, NAMES, here=-150.0, threshold=-120.0)
    for trace in figure.data:
        assert sum(trace.y) == pytest.approx(1)
    assert [line.x0 for line in figure.layout.shapes] == [150.0, 120.0]
    far, near = figure.layout.xaxis.range
    words = {note.text: note.x for note in figure.layout.annotations}
    assert words == {"this picture": np.log10(150), "threshold": np.log10(120)}
    assert far > near  # digits, the likeliest, are on the right


def test_a_picture_far_from_all_known_ones_is_still_on_the_chart():
    kinds = {"digits": np.full(3, -100.0), "noise": np.full(3, -200.0)}
    figure = evidence_figure(kinds, NAMES, here=-5000.0, threshold=-120.0)
    assert figure.data[0].x.max() > 4900


@pytest.mark.parametrize(
    ("here", "side"), [(-900.0, "left"), (-300.0, "center"), (-101.0, "right")]
)
def test_the_words_of_both_lines_stand_above_them_in_rows_of_their_own(here, side):
    kinds = {"digits": np.full(3, -100.0), "noise": np.full(3, -1000.0)}
    notes = evidence_figure(kinds, NAMES, here, threshold=-290.0).layout.annotations
    assert notes[0].xanchor == side  # never over the end of the axis
    assert [note.yanchor for note in notes] == ["bottom", "bottom"]
    assert notes[0].yshift > notes[1].yshift


def test_scores_of_nothing_below_zero_still_have_an_axis():
    kinds = {"digits": np.zeros(3), "noise": np.full(3, -1.5)}
    figure = evidence_figure(kinds, NAMES, here=0.0, threshold=-1.0)
    assert np.isfinite(figure.layout.xaxis.range).all()
    assert all(sum(trace.y) == pytest.approx(1) for trace in figure.data)


def test_the_curve_bears_the_threshold_and_the_picture():
    curve = (np.array([0, 0.5, 1]), np.array([0, 1, 1]), 0.75)
    at, here = {"noise": (0.5, 1.0)}, {"noise": (0.25, 0.5)}
    figure = roc_figure({"noise": curve}, NAMES, at, here)
    points = {trace.name: (trace.x[0], trace.y[0]) for trace in figure.data[1:]}
    assert points == {"the threshold": (0.5, 1.0), "this picture": (0.25, 0.5)}
    assert "0.7500" in figure.data[0].name


def test_a_curve_that_lets_nothing_else_in_has_an_axis_all_the_same():
    curve = (np.zeros(2), np.array([0.0, 1.0]), 1.0)
    figure = roc_figure(
        {"noise": curve}, NAMES, {"noise": (0.0, 1.0)}, {"noise": (0.0, 0.5)}
    )
    assert np.isfinite(figure.layout.xaxis.range).all()
    assert figure.layout.xaxis.tickvals[0] == figure.data[0].x[0] > 0


def test_a_curve_under_another_is_seen_through_its_dots():
    curve = (np.array([0, 0, 1]), np.array([0, 1, 1]), 1.0)
    both = dict.fromkeys(("fashion", "noise"), curve)
    here = dict.fromkeys(both, (0.0, 1.0))
    figure = roc_figure(both, NAMES, here, here)
    assert [trace.line.dash for trace in figure.data[:2]] == ["solid", "dot"]


def test_marks_at_one_place_are_both_seen_and_none_has_a_place_of_its_own():
    curve = (np.array([0, 0, 0.01, 1]), np.array([0, 0.5, 1, 1]), 0.99)
    both = dict.fromkeys(("fashion", "noise"), curve)
    here = dict.fromkeys(both, (0.0, 0.5))
    figure = roc_figure(both, NAMES, here, here)
    mark = figure.data[3]
    assert mark.marker.size[0] < mark.marker.size[1]
    axis = figure.layout.xaxis
    assert axis.type == "log"
    place, text = axis.tickvals[0], axis.ticktext[0]
    assert text == "0"
    assert place == mark.x[0] == figure.data[0].x[0] == 0.005
    assert 10 ** axis.range[0] < place
    assert list(mark.customdata) == [0, 0]  # what the pointer is told


def test_each_size_has_its_picture_over_its_place():
    errors = {2: 0.04, 64: 0.001}
    figure = sizes_figure(errors, errors, dict.fromkeys(errors, PICTURE), 64)
    np.testing.assert_allclose(
        [image.x for image in figure.layout.images], np.log10([2, 64])
    )
    assert list(figure.data[0].marker.size) == [7, 13]


def test_no_error_bar_hides_another():
    pairs = [(0.5, 0.1), (0.6, 0.05)]
    rows = {"code of 2": pairs, "code of 8": pairs}
    figure = probe_figure((10, 100), rows, pairs, 100)
    assert len({trace.x[0] for trace in figure.data}) == 3
    assert all(list(trace.customdata) == [10, 100] for trace in figure.data)
    assert list(figure.data[2].error_y.array) == [0.1, 0.05]
    assert figure.layout.shapes[0].x0 == 100
    legend = figure.layout.legend  # on a phone it has three rows: they grow upwards
    assert legend.yanchor == "bottom"
    assert legend.y > 1


def test_distances_and_codes_show_all_there_are():
    figure = distance_figure(np.array([1.0, 2.0]), np.array([4.0]))
    assert [sum(trace.y) for trace in figure.data] == [1.0, 1.0]
    mu, labels = RNG.normal(size=(6, 2)), np.array([0, 0, 1, 1, 1, 3])
    figure = codes_figure(mu, labels, mu[:2] + 1)
    assert [(t.name, len(t.x)) for t in figure.data] == [
        *(("0", 2), ("1", 3), ("3", 1)),
        ("drawn", 2),
    ]


def test_an_error_is_brighter_where_it_is_larger():
    back = PICTURE.copy()
    back[3, 4] = 255 - back[3, 4] if abs(int(back[3, 4]) - 128) > 60 else 0
    painted = error_image(PICTURE, back).astype(int).sum(axis=2)
    assert painted.argmax() == 3 * 28 + 4


def test_the_tree_has_a_row_a_kind_and_no_box_over_another():
    diagram = tree_diagram(KINDS)
    assert [row["level"] for row in diagram.rows] == list(range(len(KINDS)))
    rects = np.array([block["rect"] for block in diagram.blocks])
    for k, (x, y, w, h) in enumerate(rects):
        others = np.delete(rects, k, axis=0)
        apart = (
            (others[:, 0] >= x + w)
            | (others[:, 0] + others[:, 2] <= x)
            | (others[:, 1] >= y + h)
            | (others[:, 1] + others[:, 3] <= y)
        )
        assert apart.all()
    wide, high = diagram.size
    assert (rects[:, :2] >= 0).all()
    assert (rects[:, 0] + rects[:, 2]).max() <= wide
    assert (rects[:, 1] + rects[:, 3]).max() <= high
    branches = {name for kind in KINDS for name in kind.path}
    assert len(rects) == len(KINDS) + len(branches)


def test_every_box_but_the_roots_is_reached_and_lessons_are_marked():
    diagram = tree_diagram(KINDS)
    ends = {tuple(line[-2:]) for line in diagram.arrows}
    for x, y, _, h in (block["rect"] for block in diagram.blocks):
        assert x == 0 or (x, y + h / 2) in ends
    marked = sum("fill" in block for block in diagram.blocks)
    assert marked == sum(bool(kind.here) for kind in KINDS)


def test_every_answer_is_written():
    texts = [text["text"] for text in tree_diagram(KINDS).texts]
    for kind in KINDS:
        assert kind.name in texts
        assert all(answer_text(kind, k) in texts for k in range(len(ASKED)))
