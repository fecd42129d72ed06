"""What the sliding window's lesson says is counted from what it shows."""

import numpy as np
import pytest

from explorer.core.people import IOU_THRESHOLD, match_people
from explorer.core.windows import Level, WindowScan, windows_above
from explorer.ui.lessons import window_words as words

PERSON = np.array([[0.0, 0, 40, 100]])


@pytest.mark.parametrize(("wide", "hit"), [(20.0, True), (19.9, False)])
def test_a_box_is_a_person_from_half_overlap_on(wide, hit):
    box = np.array([[0.0, 0, wide, 100]])
    assert match_people(box, PERSON).tolist() == [hit]
    said = words.truth_words(box, PERSON)
    assert said.startswith(f"Of this 1 box, **{int(hit)}** ")
    assert f"**{1 - hit}** of 1 people missed" in said


def test_a_second_box_on_a_person_is_a_false_alarm():
    said = words.truth_words(np.repeat(PERSON, 3, axis=0), PERSON)
    assert "Of these 3 boxes, **1** is a person and **2** false alarms" in said


def test_nothing_is_said_without_truth_or_boxes():
    none = np.empty((0, 4))
    assert words.truth_words(PERSON, none) == ""
    assert words.truth_words(none, PERSON) == ""


def test_the_funnel_names_the_nms_limit():
    level = Level(1.0, (64, 128), np.array([[0.5]], np.float32))
    scan = WindowScan((level,), 8, 1.05, 0, (64, 128))
    said = words.funnel_words(scan, windows_above(scan, 0.5), 1, 0.5)
    assert f"1 after NMS**] at IoU {IOU_THRESHOLD:g}" in said


def test_the_meaning_of_the_two_colours_is_said_once():
    shares = np.zeros((15, 7))
    shares[2, 3], shares[4, 5] = 1.0, -0.5
    said = words.share_words(shares, 180) + words.score_words(shares, -0.25)
    assert said.count("speaks for a person") == 1
    assert "row 3, column 4 (**1.00**)" in said
    assert "row 5, column 6 (**−0.50**)" in said
    assert ":orange[1.00] − :blue[0.50] − 0.25 (b) = **0.25**" in said
