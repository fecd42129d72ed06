"""The lesson on precision and recall without a browser: truths, sets, tables, words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.coco_eval import coco_scores
from explorer.core.labelled import Labelled, found, one_image, truths
from explorer.core.padilla import padilla_example
from explorer.core.precision_recall import METHODS
from explorer.figures.precision_recall import (
    MOST_ON_A_SHEET,
    SHEET_PX,
    mask_image,
    mistakes_figure,
    said_image,
    sheet_places,
)
from explorer.figures.theme import COLORS, rgb
from explorer.ui.lessons import judging_masks_words as mask_words
from explorer.ui.lessons import judging_words as words
from explorer.ui.lessons.judging import (
    browser_delta,
    class_rows,
    judge,
    mistakes,
    narrow,
    program,
)
from explorer.ui.lessons.judging_files import _sizes
from explorer.ui.lessons.judging_truth import Drawn, follow, read
from explorer.ui.stage.event import StageEvent

BOXES = np.array([[0, 0, 10, 10], [20, 0, 30, 10.5]])
DRAWN = Drawn(BOXES, ("face", "eye"))


def scene():
    """Two classes on one image: the dog is found, a cat is said of it, one missed."""
    true = truths([[0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10]], classes=[1, 2, 2])
    seen = found(
        [[0, 0, 10, 10], [20, 0, 30, 10], [20, 0, 30, 9]], [1, 3, 2], classes=[1, 2, 1]
    )
    return one_image((60, 40), ["bird", "cat", "dog"], true, seen)


def test_drawn_boxes_survive_the_link():
    assert read(DRAWN.text()).labels == DRAWN.labels
    np.testing.assert_array_equal(read(DRAWN.text()).boxes, BOXES)
    assert len(read("").boxes) == 0


@pytest.mark.parametrize(
    "text",
    ["1,2,3,person", "a,b,c,d,person", "5,0,1,9,x", "0,0,nan,1,x", "0,0,inf,1,x"],
)
def test_a_bad_link_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        read(text)
    with pytest.raises(ValueError, match="at most 50"):
        read(";".join(["0,0,1,1,x"] * 51))


def test_classes_follow_what_is_drawn_and_deleted():
    more = np.vstack([BOXES, [[5, 5, 9, 9]]])
    assert follow(DRAWN, StageEvent(boxes=more), "cat").labels == ("face", "eye", "cat")
    assert follow(DRAWN, StageEvent(boxes=BOXES[1:]), "cat").labels == ("eye",)
    moved = BOXES + 3
    assert follow(DRAWN, StageEvent(boxes=moved), "cat").labels == ("face", "eye")
    assert follow(DRAWN, StageEvent(), "cat").labels == DRAWN.labels


def test_the_browsers_word_on_classes_counts_for_its_own_boxes_only():
    sent = {"labels": ["eye", "a;b,c"], "boxes": BOXES.tolist()}
    said = StageEvent(boxes=BOXES, program=sent)
    assert follow(DRAWN, said, "face").labels == ("eye", "a b c")
    late = StageEvent(boxes=BOXES + 1, program=sent)
    assert follow(DRAWN, late, "face").labels == ("face", "eye")
    for bad in ({"labels": 3}, {"labels": ["x", "y"], "boxes": "no"}, {}):
        event = StageEvent(boxes=BOXES, program=bad)
        assert follow(DRAWN, event, "face").labels == DRAWN.labels


def test_a_set_is_narrowed_to_classes_with_a_truth_and_the_one_judged():
    assert narrow(scene(), 1).classes == ("cat", "dog")
    small = narrow(scene(), 0)
    assert small.classes == ("bird", "cat", "dog")
    judged = judge(scene(), "cat", 0.5, "COCO")
    assert judged.labelled.truths.classes.tolist() == [0, 1, 1]
    assert judged.labelled.found.classes.tolist() == [0, 1, 0]
    assert judged.verdicts.outcomes.tolist() == [0, 1]
    assert judged.kinds == ("similar", "right")
    counts, gains = mistakes(judged)
    assert counts == [0, 1, 0, 0]
    assert gains == pytest.approx([0, 0.5, 0, 0])


def test_table_has_each_class_and_their_mean():
    judged = judge(scene(), "cat", 0.5, "COCO")
    rows = class_rows(judged.labelled, 0.5, "COCO", coco_scores(judged.labelled))
    assert [(r.label, r.truths, r.found) for r in rows] == [
        ("cat", 1, 1),
        ("dog", 2, 1),
    ]
    table = words.class_table(rows, judged)
    mean = np.mean([row.ap[1] for row in rows])
    assert "mAP of 2 classes" in table
    assert f">{mean:.3f}<" in table
    assert f">{np.mean([row.coco for row in rows]):.3f}<" in table
    assert "nan" not in words.coco_table(coco_scores(judged.labelled).summary())


def test_names_from_files_cannot_break_the_page():
    assert "<script>" not in words.table_of([], [["<script>"]])


def test_words_of_the_example_and_of_other_settings():
    example = judge(padilla_example(), "person", 0.3, "VOC")
    assert words.published(example).startswith("As published")
    assert "7 of 24" in words.summary(example)
    assert "8 missed" in words.summary(example)
    assert "+0.023" in words.apart(example)
    other = judge(padilla_example(), "person", 0.3, "COCO")
    assert "detection 23" in words.published(other)


def test_words_without_truth_and_without_detections():
    nothing, none = found([], []), truths([])
    empty = judge(one_image((9, 9), ["x"], none, nothing), "x", 0.5, "COCO")
    assert "no true x" in words.summary(empty)
    assert words.apart(empty) == ""
    missed = one_image((9, 9), ["x"], truths([[0, 0, 1, 1]]), nothing)
    assert "all 1 are missed" in words.summary(judge(missed, "x", 0.5, "COCO"))


def test_one_detection_is_in_the_singular():
    said = words.summary(judge(scene(), "dog", 0.5, "COCO"))
    assert "1 of 1** detection is right" in said
    assert words.alt(2, 1) == "2 detections and 1 true box on the picture"


def sent_by(judged):
    return {
        "boxes": judged.true.boxes.tolist(),
        "labels": [judged.label] * len(judged.true),
        "out": judged.verdicts.outcomes.tolist(),
        "iou": judged.verdicts.ious.tolist(),
        "ap": list(judged.ap()),
    }


def test_the_browsers_arithmetic_is_compared():
    judged = judge(padilla_example(), "person", 0.3, "VOC")
    sent = sent_by(judged)
    assert browser_delta(sent, judged) == 0
    assert browser_delta(sent | {"ap": [0.3, 0.2, 0.2]}, judged) > 0.01
    assert browser_delta(sent | {"out": [1, *sent["out"][1:-1], 1]}, judged) == 1
    assert browser_delta(sent | {"boxes": sent["boxes"][1:]}, judged) is None
    none = sent | {"ap": [None, *sent["ap"][1:]]}
    assert browser_delta(none, judged) == np.inf
    assert browser_delta(sent | {"iou": "no"}, judged) is None
    assert browser_delta({}, judged) is None


def test_the_program_is_told_what_is_judged():
    judged = judge(scene(), "cat", 0.5, "VOC")
    asked = program(judged, ("bird", "cat", "dog", "car"))
    assert (asked["label"], asked["rule"], asked["similar"]) == (
        "cat",
        "VOC",
        ["bird", "dog"],
    )
    assert asked["found"]["scores"] == [2, 1]
    assert asked["tag"] != program(judge(scene(), "cat", 0.6, "VOC"), ("cat",))["tag"]


@given(
    st.lists(st.tuples(st.integers(1, 5000), st.integers(1, 5000)), max_size=40),
)
def test_images_on_a_sheet_lie_inside_and_apart(sizes):
    places, sheets = sheet_places(sizes)
    assert len(places) == len(sheets) == len(sizes)
    ends = places[:, :2] + places[:, 2:] * np.reshape(sizes, (-1, 2))
    assert (places >= 0).all()
    assert (ends <= SHEET_PX).all()
    for k in range(len(sizes)):
        for j in range(k):
            if sheets[k] == sheets[j]:
                apart = (places[k, :2] >= ends[j]) | (places[j, :2] >= ends[k])
                assert apart.any()
    assert (np.bincount(sheets) <= MOST_ON_A_SHEET).all()


def test_sizes_that_a_file_does_not_say_come_from_its_boxes():
    one = Labelled(
        ("x",),
        ("a", "b"),
        np.array([[0, 0], [9.0, 8]]),
        truths([[0, 0, 30, 5], [0, 0, 99, 99]], images=[0, 1]),
        found([[0, 0, 10, 40]], [1]),
    )
    assert _sizes(one).tolist() == [[30, 40], [9, 8]]


def test_mistakes_are_bars_with_their_price():
    figure = mistakes_figure([3, 0, 2], [0.25, 0.0, float("nan")], ["a", "b", "c"])
    assert list(figure.data[0].x) == [3, 0, 2]
    priced = "3  (without them 101-point AP +0.250)"
    assert list(figure.data[0].text) == [priced, "0", "2"]


@pytest.mark.parametrize(("most", "step"), [(5, 1), (6, None)])
def test_few_mistakes_are_counted_in_ones(most, step):
    figure = mistakes_figure([most, 0], [0.1, 0.1], ["a", "b"])
    assert figure.layout.xaxis.dtick == step


def test_masks_are_tinted_by_meaning():
    image = np.zeros((1, 4, 3), np.uint8)
    truth = np.array([[True, True, False, False]])
    said = np.array([[True, False, True, False]])
    tinted = mask_image(image, truth, said)[0] / 0.6
    for pixel, color in zip(tinted, ("positive", "truth", "negative"), strict=False):
        assert np.abs(pixel - rgb(COLORS[color])).max() < 1.5
    assert not tinted[3].any()
    assert not image.any()
    assert said_image(image, said).any(-1).tolist() == said.tolist()


def test_mask_scores_are_written_as_divisions():
    matrix = np.array([[50, 10], [20, 20]])
    table = mask_words.one_class(matrix, "cat")
    for text in (
        "20 ÷ 30 said",
        "20 ÷ 40 true",
        "20 ÷ 50 in either",
        "70 ÷ 100 pixels",
    ):
        assert text in table
    for value in (20 / 30, 20 / 40, 20 / 50, 70 / 100, (50 / 80 + 20 / 50) / 2):
        assert f">{value:.3f}<" in table
    whole = mask_words.all_classes(np.diag([3, 0, 2]), ("a", "b", "c"))
    assert "mIoU of 2 classes" in whole
    assert ">b<" not in whole


def test_methods_stand_in_the_order_of_the_browsers_chips():
    assert METHODS == ("11-point", "all-point", "101-point")
