"""What a plan says of a starting view: the words of the page, never a program's own."""

import pytest

from explorer.ui.plan import Step
from explorer.ui.plan_words import view_text


@pytest.mark.parametrize(
    ("slug", "view", "said"),
    [
        ("nms", "", "Starts as usual"),
        ("nms", "nms_iou=0.3", "Starts with IoU threshold 0.3"),
        ("nms", "nms_classwise=false", "Starts with Class by class off"),
        ("nms", "nms_round=2&image=street", "Starts with Rounds 2, the photo “street”"),
        ("nms", "nms_tabs=Sources", "Starts with the tab “Sources” open"),
        ("nms", "nms_score_yolo=0.4", "Starts with Score threshold 0.4"),
        ("unpooling", "unpooling_k=3", "Starts with Window 3"),
        ("unpooling", "unpooling_grid_k=3", "Starts with Window 3"),
        ("hog", "hog_pixel=3,4", "Starts with a place clicked"),
        ("anchors", "anchors_open=16s", "Starts with a setting changed"),
        (
            "anchors",
            "anchors_90c620_view=active:3",
            "Starts with choices made in a picture",
        ),
    ],
)
def test_a_view_is_said_as_the_page_says_it(slug, view, said):
    assert view_text(Step(slug, view)) == said
