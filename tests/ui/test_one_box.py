"""Boxes in a link: read, or refused where they are none on the picture."""

import pytest

from explorer.ui.lessons.judging_truth import MOST_LABEL, follow, read
from explorer.ui.one_box import boxes_parser
from explorer.ui.stage.event import StageEvent


def test_a_pair_of_boxes_is_read():
    assert boxes_parser(2, 640, 480)("0,0,9,9,5,5,700,500") == (
        *(0, 0, 9, 9),
        *(5, 5, 700, 500),
    )


@pytest.mark.parametrize(
    "text",
    [
        "0,0,0,0,0,0,0,0",
        "10,10,10,10,20,20,30,30",
        "10,10,5,20,20,20,30,30",
        "10,10,20,20,650,10,700,20",
        "10,10,20,20",
    ],
)
def test_boxes_without_area_on_the_picture_are_refused(text):
    with pytest.raises(ValueError, match=r"area|numbers"):
        boxes_parser(2, 640, 480)(text)


@pytest.mark.parametrize("label", ["<img src=x>", "", "🙂", "**x**"])
def test_what_is_no_name_of_a_class_is_refused(label):
    with pytest.raises(ValueError, match="name of a class"):
        read(f"1,1,90,90,{label}")


def test_a_long_name_is_cut_and_what_the_browser_says_can_be_read_again():
    drawn = read("1,1,90,90," + "x" * 60)
    assert drawn.labels == ("x" * MOST_LABEL,)
    sent = {"labels": ["<b>;,"], "boxes": drawn.boxes.tolist()}
    after = follow(drawn, StageEvent(boxes=drawn.boxes, program=sent), "person")
    assert read(after.text()).labels == ("b",)
