"""The lesson on selective search: what it says, and the browser's arithmetic."""

import numpy as np
import pytest

from explorer.core.merge_tree import group_regions
from explorer.core.numerals import percent, signed
from explorer.core.proposal_recall import best_overlaps, first_found
from explorer.core.regions import measure_regions
from explorer.core.samples import load_sample
from explorer.core.selective_search import FAST, selective_search
from explorer.models import measurements
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import selective_boxes as boxes
from explorer.ui.lessons import selective_words as words

PROPOSALS = np.array([[0, 0, 40, 40], [10, 10, 50, 60], [0, 0, 90, 90]], np.float32)
OBJECTS = [[10, 10, 50, 50], [0, 0, 90, 80]]


@pytest.fixture
def found():
    small = np.zeros((4, 4, 3), np.uint8)
    return boxes.Searched(FAST, small, [], PROPOSALS)


def sent(**change):
    best = best_overlaps(PROPOSALS, OBJECTS, [3])[0].tolist()
    first = first_found(PROPOSALS, OBJECTS).tolist()
    return {"boxes": OBJECTS, "best": best, "first": first} | change


def test_the_browsers_overlaps_are_compared(found):
    assert boxes.browser_delta(sent(), found) == 0
    off = boxes.browser_delta(sent(best=[0.5, 0.9]), found)
    assert off == pytest.approx(0.3)
    assert boxes.browser_delta(sent(first=[1, 3]), found) == np.inf


@pytest.mark.parametrize(
    "wrong", [{"best": "no"}, {"best": [1]}, {"boxes": [[1, 2]]}, {"first": None}]
)
def test_nonsense_from_a_browser_proves_nothing(found, wrong):
    assert boxes.browser_delta(sent(**wrong), found) is None


def test_the_rule_is_written_with_the_first_merges_numbers():
    labels = np.array([[0, 0, 1, 2]] * 4, np.int32)
    image = np.array([[0, 0, 90, 99]] * 4, np.uint8)
    regions = measure_regions(image, labels)
    weights = (1.0, 0.0, 0.5, 0.0)
    tree = group_regions(regions, weights)
    said = words.rule(tree, weights)
    assert f"= **{tree.scores[tree.chosen[0]]:.3f}**" in said
    assert "÷ 1.5" in said
    assert "texture" not in said
    assert "3 regions and 2 merges" in said


def test_one_region_is_said_to_be_one():
    labels = np.zeros((4, 4), np.int32)
    tree = group_regions(measure_regions(np.zeros((4, 4), np.uint8), labels))
    assert "one region" in words.rule(tree, (1, 1, 1, 1))


def test_the_working_size_is_said_where_it_differs():
    assert words.working_size((300, 400, 3), (300, 400, 3)) == ""
    assert "400 × 300" in words.working_size((480, 640, 3), (300, 400, 3))


def test_the_measured_recall_is_read_from_the_record():
    record = measurements.read("selective_search")
    at = record["counts"].index(1000)
    said = words.measured(record)
    for name in ("ours", "opencv"):
        assert percent(record["curves"][name]["recall"][at], 1) in said


def test_why_ours_is_not_opencvs_is_said_with_the_records_numbers():
    record = measurements.read("selective_search")
    at = record["counts"].index(1000)
    equal = record["curves"]["ours, equal boxes only left out"]["recall"][at]
    theirs = record["curves"]["opencv"]["recall"][at]
    said = words.measured(record)
    points = signed(100 * (equal - theirs), 1, "+")
    assert f"it is {percent(equal, 1)} (dotted), {points} points" in said
    assert abs(equal - theirs) < 0.02  # like with like: within two points


def test_the_coffees_first_object_is_its_cup_and_a_readers_photo_has_none():
    image = load_sample("coffee").image
    cup = boxes._first(Picture(image, "coffee", "d"))
    assert len(cup) == 1
    assert best_overlaps(selective_search(image), cup, [2000])[0, 0] > 0.8
    own = Picture(image, "coffee", "d", full_size=(600, 400))
    assert not np.array_equal(boxes._first(own), cup)


@pytest.mark.parametrize("text", ["1,2,3", "1,2,3,nan", "a,b,c,d"])
def test_a_link_with_broken_boxes_is_refused(text):
    with pytest.raises(ValueError, match="four numbers|could not convert"):
        boxes._parse(text)


def test_a_link_with_no_or_two_boxes_is_read():
    assert boxes._parse("") == ()
    assert len(boxes._parse("1,2,3,4,5,6,7,8")) == 8
