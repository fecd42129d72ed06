"""What the lesson on YOLO draws is what it was given."""

import numpy as np

from explorer.core.samples import load_sample
from explorer.core.yolo import encode_v1
from explorer.figures import yolo
from explorer.figures.theme import rgb


def test_the_losses_bars_hold_each_term():
    terms = {"place": [1.0, 0.0], "no_object": [0.0, 3.0]}
    figure = yolo.loss_figure(["1 cat", "everywhere else"], terms)
    assert [trace.name for trace in figure.data] == ["place", "no object"]
    assert [list(trace.x) for trace in figure.data] == list(terms.values())
    r, g, b = rgb(yolo.TERM_COLORS["no_object"])
    assert r == g == b  # grey: "object" is the green one
    assert list(figure.data[0].y) == ["1 cat", "everywhere else"]


def test_sizes_and_anchors_stand_where_they_are():
    sizes, found = np.array([[10.0, 20], [30, 40]]), np.array([[20.0, 30]])
    none = np.zeros((0, 2))
    figure = yolo.sizes_figure(sizes, np.array([0, 0]), found, found + 1, none)
    assert [len(trace.x) for trace in figure.data] == [2, 1, 1]
    assert list(figure.data[0].y) == [20, 40]
    assert figure.data[0].name == "2 boxes, a colour an anchor"
    assert list(figure.data[2].x) == [21]


def test_the_chosen_k_is_marked_on_the_curve():
    figure = yolo.mean_iou_figure([1, 2, 3], [0.3, 0.5, 0.6], 2, (5, 0.7))
    assert list(figure.data[1].x) == [2]
    assert list(figure.data[1].y) == [0.5]
    assert list(figure.data[2].y) == [0.7]


def test_the_thumbnail_marks_the_cell_of_the_boxs_middle():
    image = load_sample("chelsea").image
    made = yolo.yolo_thumbnail(image)
    plain = yolo.framed(image)
    assert made.shape == plain.shape
    height, width = made.shape[:2]
    n = yolo.THUMB_CELLS
    one = encode_v1(np.array([[0.24, 0.08, 0.7, 0.9]]) * n, n, n)
    x = int((one.cols[0] + 0.3) * width / n)
    y = int((one.rows[0] + 0.3) * height / n)
    assert made[y, x].tolist() != plain[y, x].tolist()
