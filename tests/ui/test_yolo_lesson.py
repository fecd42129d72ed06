"""What the lesson on YOLO says, keeps, and takes from the browser."""

from types import SimpleNamespace

import numpy as np
import pytest

from explorer.core.samples import load_sample
from explorer.core.yolo_read import read_v1
from explorer.core.yolo_terms import yolo_terms
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import yolo_anchors, yolo_drawn, yolo_tensor, yolo_truth
from explorer.ui.lessons import yolo_words as words
from explorer.ui.lessons.yolo_runs import About, channels

NAMES = ("cat", *(f"class {k}" for k in range(1, 20)))
V1 = About(1, NAMES, np.zeros((0, 2)), (10,), 2, 320)
V3 = About(3, NAMES, np.full((9, 2), 50.0), (10, 20, 40), 3, 320)


def test_the_shape_is_written_with_its_numbers():
    assert channels(V1) == 30
    assert channels(V3) == 75
    assert "10 × 10 × 30" in words.shape_html(V1, 0)
    assert "40 × 40 × 75" in words.shape_html(V3, 2)


@pytest.mark.parametrize(
    ("shape", "grey"), [((64, 64), False), ((40, 64), True), ((64, 9), True)]
)
def test_only_a_photo_that_is_no_square_is_said_to_leave_grey(shape, grey):
    said = words.square_said(32 / max(shape), 32, shape)
    assert ("grey fills the rest" in said) == grey
    assert "a square of 32 px" in said
    assert "0.50 px" in said


def test_the_counts_are_the_papers_and_ours():
    table = words.counts_table([V1, V3])
    for said in ("7 × 7 × 30", "**98**", "**200**", "52 × 52 × 255", "**10,647**"):
        assert said in table
    assert "**6,300**" in table


def test_a_readers_file_named_as_a_sample_does_not_get_its_box():
    image = load_sample("chelsea").image
    sample = Picture(image, "chelsea", "digest")
    file = Picture(image, "chelsea", "digest", full_size=(4000, 3000))
    assert yolo_drawn.start(sample, V1).boxes.tolist() == [[62, 8, 440, 298]]
    assert yolo_drawn.start(file, V1).boxes.tolist() != [[62, 8, 440, 298]]


def shown():
    raw = np.random.default_rng(0).normal(size=(30, 10, 10))
    read = read_v1(raw, 320)
    seen = SimpleNamespace(read=read, about=V1)
    return yolo_tensor.Shown(seen, 0, 4, 6, SimpleNamespace(program=None), "tag")


def test_the_browsers_cell_is_compared_with_the_same_cell_only():
    one = shown()
    rows, read = one.rows(), one.seen.read
    assert rows.tolist() == [128, 129]
    sent = {
        "cell": [4, 6],
        "boxes": read.boxes[rows].tolist(),
        "confidence": read.confidence[rows].tolist(),
        "classes": read.classes[rows].tolist(),
    }
    assert yolo_tensor.browser_delta(sent, one) == 0
    moved = sent | {"boxes": (read.boxes[rows] + 1).tolist()}
    assert yolo_tensor.browser_delta(moved, one) == pytest.approx(1)
    assert yolo_tensor.browser_delta(sent | {"cell": [4, 7]}, one) is None
    assert yolo_tensor.browser_delta(sent | {"boxes": [[1]]}, one) == float("inf")
    assert yolo_tensor.browser_delta({"cell": "nonsense"}, one) is None


def test_truths_are_told_of_in_the_order_they_were_drawn(monkeypatch):
    boxes = np.array([[200.0, 200, 300, 300], [10, 10, 90, 90]])  # a later cell first
    own = np.arange(8.0).reshape(2, 4)
    answer = {
        "owner_rows": np.array([4, 122]),
        "owner_gt": np.array([1, 0]),
        "owner_numbers": own,
        "term_names": np.array([], str),
        "terms": np.array([]),
    }
    monkeypatch.setattr(
        yolo_truth.live, "model", lambda *_, **__: SimpleNamespace(arrays=answer)
    )
    monkeypatch.setattr(yolo_truth.live, "compute", lambda *_: None)
    image = np.zeros((320, 320, 3), np.uint8)
    picture = Picture(image, "own", "digest")
    drawn = SimpleNamespace(boxes=boxes, labels=("cat", "class 1"))
    found = yolo_truth.learnt(
        picture, SimpleNamespace(about=V1, read=None), drawn, None
    )
    assert found.owners.tolist() == [0, 1]
    assert found.rows.tolist() == [122, 4]
    assert found.wanted.tolist() == own[::-1].tolist()


def test_one_round_is_no_rounds():
    step = SimpleNamespace(mean_iou=1.0, anchors=np.array([[9.0, 9]]))
    for count, said in ((1, "after 1 round on"), (2, "after 2 rounds on")):
        found = SimpleNamespace(steps=[step] * count, k=1)
        asked = yolo_anchors.Asked(own=True, k=1)
        assert said in yolo_anchors._said(V3, asked, found, 0.5)


def test_the_browsers_owners_are_compared_by_truth():
    drawn = SimpleNamespace(boxes=np.array([[0.0, 0, 10, 10], [5, 5, 40, 40]]))
    wanted = np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]])
    found = SimpleNamespace(
        drawn=drawn,
        rows=np.array([9, 3]),
        owners=np.array([1, 0]),
        wanted=wanted,
        tag="tag",
    )
    sent = {
        "tag": "tag",
        "boxes": drawn.boxes.tolist(),
        "rows": [3, 9],
        "owners": [0, 1],
        "numbers": wanted[::-1].tolist(),
    }
    assert yolo_truth.browser_delta(sent, found) == 0
    assert yolo_truth.browser_delta(sent | {"rows": [4, 9]}, found) == float("inf")
    assert yolo_truth.browser_delta(sent | {"tag": "other"}, found) is None
    assert yolo_truth.browser_delta(sent | {"boxes": [[0, 0, 1, 1]]}, found) is None
    assert yolo_truth.browser_delta({}, found) is None


def test_the_browsers_terms_are_compared_one_by_one():
    ours = {"place": 0.5, "size": 1.0, "object": 0.25, "classes": 2.0, "no_object": 9.0}
    found = SimpleNamespace(terms=SimpleNamespace(sums=lambda: ours))
    (right,) = yolo_truth.browser_terms({"terms": dict(ours)}, found)
    assert right.holds
    (wrong,) = yolo_truth.browser_terms({"terms": ours | {"classes": 2.1}}, found)
    assert not wrong.holds
    assert wrong.delta == pytest.approx(0.1)
    for other in ({}, {"terms": None}, {"terms": {"place": 0.5}}, {"terms": [1]}):
        assert yolo_truth.browser_terms(other, found) == []


def test_the_browser_gets_each_classs_costs_for_every_box():
    raw = np.random.default_rng(0).normal(size=(30, 10, 10))
    read = read_v1(raw, 320)
    sent = yolo_drawn.costs(SimpleNamespace(read=read, about=V1), ["class 2"])
    assert sent["numbers"].shape == (200, 5)
    row = [7]
    whole = yolo_terms(1, read, row, np.zeros((1, 4)), read.boxes[row], [2])
    assert sent["class0"][7] == pytest.approx(whole.each[0, 3])
