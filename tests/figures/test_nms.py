import numpy as np
import pytest

from explorer.core.nms import NmsStep, nms_steps
from explorer.figures import nms as figures
from explorer.figures.theme import COLORS

BOXES = np.array([[0, 0, 10, 10], [0, 0, 10, 9], [20, 20, 30, 30], [0, 0, 9, 10.0]])
SCORES = np.array([0.9, 0.8, 0.7, 0.6])
NAMES = ["cat", "cat", "dog", "cat"]


@pytest.fixture
def steps():
    return nms_steps(BOXES, SCORES, 0.5)


def shown(layer, frame):
    """What a stage at a frame draws of a layer, as its contract says."""
    count = len(np.asarray(layer.boxes))
    first = np.zeros(count) if layer.first is None else np.asarray(layer.first)
    last = np.full(count, np.inf) if layer.last is None else np.asarray(layer.last)
    return np.asarray(layer.boxes)[(first <= frame) & (frame < last)].tolist()


def test_every_box_is_in_one_state_at_every_frame(steps):
    layers = figures.round_layers(BOXES, SCORES, NAMES, steps)
    assert [step.kept for step in steps] == [0, 2]
    waiting, removed, before, now = (
        [shown(layer, frame) for frame in range(3)] for layer in layers
    )
    assert waiting == [BOXES.tolist(), [BOXES[2].tolist()], []]
    assert removed == [[], BOXES[[1, 3]].tolist(), []]
    assert now == [[], [BOXES[0].tolist()], [BOXES[2].tolist()]]
    assert before == [[], [], [BOXES[0].tolist()]]


def test_labels_name_class_score_and_iou(steps):
    waiting, removed, before, now = figures.round_layers(BOXES, SCORES, NAMES, steps)
    assert list(removed.labels) == ["IoU 0.90", "IoU 0.90"]
    assert list(before.labels) == ["cat 0.90", "dog 0.70"]
    assert list(now.labels) == ["keep cat 0.90", "keep dog 0.70"]
    assert removed.dash
    assert not now.dash
    assert not waiting.dash
    assert now.width_px > before.width_px > removed.width_px > waiting.width_px


def test_a_crowd_carries_no_ious():
    boxes = np.repeat([[0, 0, 10, 10.0]], figures.LABELLED + 2, axis=0)
    scores = np.linspace(0.9, 0.5, len(boxes))
    steps = nms_steps(boxes, scores, 0.5)
    removed = figures.round_layers(boxes, scores, [""] * len(boxes), steps)[1]
    assert set(removed.labels) == {""}


def test_layers_reach_the_browser(steps):
    for layer in figures.round_layers(BOXES, SCORES, NAMES, steps):
        assert layer.data()["kind"] == "boxes"
    for layer in figures.round_layers(np.empty((0, 4)), np.empty(0), [], []):
        assert layer.data()["kind"] == "boxes"


def test_an_undecided_box_waits_for_ever():
    rounds = figures.decided_at([NmsStep(0, np.empty(0, int), np.empty(0))], 2)
    assert rounds.tolist() == [1, figures.END]


def test_cover_counts_equal_counting_one_by_one():
    rng = np.random.default_rng(1)
    low = rng.uniform(0, 60, (20, 2))
    boxes = np.c_[low, low + rng.uniform(0, 40, (20, 2))]
    counts = figures.cover_counts(boxes, 100, 60)
    assert counts.shape == (8, 13)
    for row, col in ((0, 0), (3, 5), (7, 12)):
        x, y = col * 8 + 4, row * 8 + 4
        inside = sum(a <= x < c and b <= y < d for a, b, c, d in boxes)
        assert counts[row, col] == inside


def test_curve_goes_through_the_counts_and_marks_the_present_threshold():
    figure = figures.kept_curve_figure([0, 0.5, 1], [1, 2, 4], 0.5)
    line, mark = figure.data
    assert list(line.y) == [1, 2, 4]
    assert list(mark.x) == [0.5]
    assert list(mark.y) == [2]
    assert list(mark.text) == ["2 left"]
    assert mark.marker.color == COLORS["accent"]


@pytest.mark.parametrize(
    ("present", "place"), [(0.2, "bottom right"), (0.21, "top left"), (1, "top left")]
)
def test_the_count_is_written_where_a_rising_line_leaves_room(present, place):
    figure = figures.kept_curve_figure([0, 0.5, 1], [1, 2, 4], present)
    assert figure.data[1].textposition == place


def test_curve_of_nothing_is_drawn():
    figure = figures.kept_curve_figure([0, 1], [0, 0], 0.3)
    assert list(figure.data[1].y) == [0]


def test_soft_scores_are_drawn_best_first_and_told_apart():
    figure = figures.soft_scores_figure([0.5, 0.9, 0.7], [0.5, 0.9, 0.1], [1, 0])
    links, stays, goes, before = figure.data
    assert list(before.y) == [0.9, 0.7, 0.5]
    assert list(stays.x) == [1, 3]
    assert list(stays.y) == [0.9, 0.5]
    assert list(goes.x) == [2]
    assert list(goes.y) == [0.1]
    assert np.isnan(links.y[2::3]).all()
    assert list(links.y[3:5]) == [0.7, 0.1]
