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
        ("nms", "nms_terms=true", "Starts with the words explained"),
        ("nms", "nms_terms=closed", "Starts as usual"),
        ("nms", "nms_table=true", "Starts with “All rounds as a table” open"),
        ("pyramid_pooling", "pyramid_pooling_levels=1,2", "Starts with Levels 1,2"),
        ("latent_space", "latent_space_to=7", "Starts with To 7"),
        ("vae", "vae_digit=draw+one", "Starts with a digit: draw one"),
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


@pytest.mark.parametrize(
    "slug", ["vae", "autoencoder", "latent_space", "discriminative_generative"]
)
def test_a_digit_is_said_on_every_page_that_asks_for_one(slug):
    said = view_text(Step(slug, f"{slug}_digit=7"))
    assert said == "Starts with the digit 7"


@pytest.mark.parametrize(
    "name", ["viola_jones_count", "discriminative_generative_table"]
)
def test_an_open_fold_is_said_by_its_words(name):
    said = view_text(Step(name.rpartition("_")[0], f"{name}=true"))
    assert said.endswith("” open")
