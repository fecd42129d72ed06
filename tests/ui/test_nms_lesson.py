"""What the lesson on NMS says and starts from, without a browser."""

import numpy as np
import pytest

from explorer.core.boxes import box_iou
from explorer.core.nms import nms_classwise_steps, nms_steps
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import nms as lesson
from explorer.ui.lessons.nms_detectors import MARGIN, Raw
from explorer.ui.lessons.nms_words import LEGEND, QUESTION, reading

BOXES = np.array([[0, 0, 10, 10], [5, 5, 15, 15], [0, 0, 10, 9.0], [40, 40, 50, 50]])
RAW = Raw(BOXES, np.array([3.0, 2.0, 1.0, 0.5]), np.array([0, 0, 1, 0]), ("cat", "dog"))


def picture(width=640, height=480, boxes=()):
    image = np.zeros((height, width, 3), np.uint8)
    return Picture(image, "street", "", np.reshape(boxes, (-1, 4)).astype(float))


@pytest.mark.parametrize(
    "shown",
    [
        picture(),
        picture(100, 700),
        picture(boxes=[600, 440, 640, 480]),
        picture(boxes=[0, 0, 640, 480]),
        picture(boxes=[10, 10, 20, 20, 100, 100, 200, 300]),
    ],
)
def test_the_first_two_boxes_lie_inside_and_overlap(shown):
    pair = np.reshape(lesson.first_pair(shown), (2, 4))
    height, width = shown.image.shape[:2]
    assert (pair >= 0).all()
    assert (pair <= [width, height, width, height]).all()
    assert box_iou(pair[:1], pair[1:])[0, 0] > 0.2


def test_before_the_first_round_all_boxes_wait():
    steps = nms_steps(RAW.boxes, RAW.scores, 0.5)
    assert "**4 boxes**" in reading(RAW, steps, 0, 0.5)


def test_a_round_is_told_in_this_scenes_numbers():
    steps = nms_steps(RAW.boxes, RAW.scores, 0.5)
    said = reading(RAW, steps, 1, 0.5)
    assert "Box 1 (cat)" in said
    assert "**3.00**" in said
    assert "1 removed" in said
    assert "box 3 (score 1.00, IoU **0.90**)" in said
    assert "share 90 px²" in said
    assert "100 + 90 − 90 = 100 px²" in said
    assert "2 boxes that still wait" in said


def test_the_last_round_tells_how_many_are_left():
    steps = nms_steps(RAW.boxes, RAW.scores, 0.5)
    said = reading(RAW, steps, len(steps), 0.5)
    assert "**3 are left**" in said
    assert "none." in said


def test_class_by_class_names_the_class_it_compares_with():
    steps = nms_classwise_steps(RAW.boxes, RAW.scores, RAW.codes, 0.5)
    assert len(steps) == 4
    kept_apart = reading(RAW, steps, 1, 0.5, classwise=True)
    assert "among the boxes of class cat: none." in kept_apart
    assert "among" not in reading(RAW, steps, 1, 0.5)


def test_one_class_is_not_named():
    raw = Raw(BOXES, RAW.scores, np.zeros(4, int), ("person",))
    assert "person" not in reading(raw, nms_steps(BOXES, RAW.scores, 0.5), 1, 0.5)


def test_detectors_have_titles_and_scales():
    for name in lesson.detectors():
        assert lesson.detector_label(name)
        scale = lesson.scale_of(name)
        assert scale.low <= scale.start <= scale.high
    assert lesson.scale_of("opencv_people") is MARGIN
    assert lesson.scale_of("torchvision_faster_rcnn").probability


@pytest.mark.parametrize(
    ("name", "detector"),
    [("astronaut", "haar_faces"), ("street", "opencv_people"), ("x", "opencv_people")],
)
def test_the_image_chooses_its_detector_unless_the_reader_does(name, detector):
    shown = Picture(np.zeros((9, 9, 3), np.uint8), name, "")
    assert lesson.resolve("auto", shown) == detector
    assert lesson.resolve("hog_svm", shown) == "hog_svm"


def nms_page(**link):
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

    root = Path(__file__).parents[2]
    at = AppTest.from_file(str(root / "explorer" / "app.py"), default_timeout=60)
    at.switch_page(str(root / "pages" / "nms.py"))
    for name, value in {"part": lesson.PARTS[1], **link}.items():
        at.query_params[f"nms_{name}"] = value
    at.run()
    assert not at.exception
    return at


def test_controls_are_the_stand_ins_where_a_detector_is_absent(monkeypatch):
    """The slider that is shown is the one that is used, and changes the boxes."""
    from explorer.models import zoo

    absent = "torchvision_faster_rcnn"
    status = zoo.status
    monkeypatch.setattr(
        zoo, "status", lambda name: "missing" if name == absent else status(name)
    )
    assert lesson.at_hand(absent, picture()) == "opencv_people"
    assert lesson.at_hand("hog_svm", picture()) == "hog_svm"
    at = nms_page(detector="Faster R-CNN")
    assert any("score threshold" in one.value for one in at.caption)
    bar = next(one for one in at.slider if one.label == "Score threshold")
    assert (bar.min, bar.max, bar.value) == (MARGIN.low, MARGIN.high, MARGIN.start)
    assert not any(one.label == "Class by class" for one in at.toggle)
    before = reading_of(at)
    bar.set_value(1.0).run()
    assert not at.exception
    assert reading_of(at) != before


def reading_of(at):
    return next(one.value for one in at.markdown if "What another" in one.value)


def test_the_legend_tells_lines_apart_without_colour():
    words = LEGEND.split(":orange-badge")[1]
    assert "thin: waits" in words
    assert "dashed: removed in this round" in words
    assert "thick: kept" in words


def test_the_question_is_right():
    """Two boxes of IoU 0.6 (10 x 10, shifted by 2.5): the weaker goes at 0.5."""
    pair = [[0, 0, 10, 10], [2.5, 0, 12.5, 10]]
    assert box_iou(pair[:1], pair[1:])[0, 0] == pytest.approx(0.6)
    assert [step.kept for step in nms_steps(pair, [0.8, 0.9], 0.5)] == [1]
    assert "lower score" in QUESTION[1][QUESTION[2]]
