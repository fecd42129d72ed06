"""The page of selective search: its weights, its boxes, its proofs."""

import pytest

from explorer.ui.lessons.selective_boxes import FIRST_BOXES
from explorer.ui.lessons.selective_search import TREE_SIDE_PX
from explorer.ui.lessons.selective_words import QUESTION
from tests.pages.opening import open_app, sound

PATH = "pages/selective_search.py"


def proofs(app):
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


def test_both_proofs_of_the_tree_are_exact():
    app = open_app(PATH, selective_search_texture="0.5", selective_search_fill="2")
    sound(app)
    found = proofs(app)
    assert len(found) == 2
    assert all("max |Δ| = 0 " in line and "**matches**" in line for line in found)


def test_weights_that_are_all_nothing_get_a_sentence():
    names = ("colour", "texture", "size", "fill")
    app = open_app(PATH, **{f"selective_search_{name}": "0" for name in names})
    sound(app)
    assert "above 0" in app.warning[0].value
    app.selectbox(key="selective_search_size").select_index(3).run()
    sound(app)
    assert not app.warning
    assert all("**matches**" in line for line in proofs(app))


def test_a_weight_changes_the_first_merge_that_is_written_out():
    one = open_app(PATH)
    other = open_app(PATH, selective_search_size="0", selective_search_fill="0")
    rules = [
        next(m.value for m in app.markdown if m.value.startswith("**The rule**"))
        for app in (one, other)
    ]
    assert rules[0] != rules[1]
    assert "(size)" not in rules[1]


def late_share(image, **link):
    """What the page says the largest region holds late in the tree, in %."""
    app = open_app(PATH, image=image, **link)
    sound(app)
    rule = next(m.value for m in app.markdown if m.value.startswith("**The rule**"))
    return int(rule.split("largest region holds ")[1].split("%")[0])


def test_without_size_one_region_swallows_the_rest_where_the_answer_says_so():
    none = {"selective_search_size": "0"}
    assert late_share("astronaut") < 25
    assert late_share("astronaut", **none) > 75
    assert abs(late_share("coffee") - late_share("coffee", **none)) < 5
    assert "astronaut" in QUESTION[0]


@pytest.mark.parametrize("groupings", ["eight", "one"])
def test_the_boxes_of_all_groupings_equal_opencvs(groupings):
    link = {"selective_search_part": "Boxes", "selective_search_set": groupings}
    app = open_app(PATH, **link)
    sound(app)
    found = proofs(app)
    assert found
    assert all("max |Δ| = 0 " in line for line in found)
    assert any("Uijlings" in m.value or "paper" in m.value for m in app.caption)


@pytest.mark.parametrize("name", ["colour", "texture", "size", "fill", "space"])
def test_every_weight_and_colour_space_is_chosen_once(name):
    app = open_app(PATH)
    key = f"selective_search_{name}"
    for place in range(len(app.selectbox(key=key).options)):
        app.selectbox(key=key).select_index(place).run()
        sound(app)
        assert all("**matches**" in line for line in proofs(app))


def test_another_picture_starts_with_its_own_number_of_merges():
    app = open_app(PATH, image="street", selective_search_merges="3")
    assert app.session_state["selective_search_merges"] == 3
    app.selectbox(key="_image_select").set_value("coffee").run()
    sound(app)
    assert app.session_state["selective_search_merges"] > 3
    assert "selective_search_merges" not in app.query_params


def test_another_picture_starts_with_its_own_number_of_tries():
    link = {"selective_search_part": "Boxes", "selective_search_tried": "1"}
    app = open_app(PATH, image="street", **link)
    assert app.session_state["selective_search_tried"] == 1
    app.selectbox(key="_image_select").set_value("coffee").run()
    sound(app)
    assert app.session_state["selective_search_tried"] == FIRST_BOXES
    assert "selective_search_tried" not in app.query_params


@pytest.mark.parametrize(("groupings", "said"), [("eight", False), ("one", True)])
def test_one_groupings_boxes_are_said_not_to_be_the_trees(groupings, said):
    link = {"selective_search_part": "Boxes", "selective_search_set": groupings}
    app = open_app(PATH, **link)
    sound(app)
    captions = " ".join(c.value for c in app.caption)
    assert (f"those of the tree at {TREE_SIDE_PX} px" in captions) is said


@pytest.mark.parametrize("change", ["k", "space"])
def test_another_start_starts_with_its_own_number_of_merges(change):
    app = open_app(PATH, image="street", selective_search_merges="3")
    if change == "k":
        app.slider(key="selective_search_k").set_value(300).run()
    else:
        app.selectbox(key="selective_search_space").select_index(2).run()
    sound(app)
    merges = app.session_state["selective_search_merges"]
    assert merges != 3
    assert "selective_search_merges" not in app.query_params
