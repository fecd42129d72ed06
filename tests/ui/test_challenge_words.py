"""What the lesson on challenges says, by hand on frames whose numbers are known."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.core import challenge_frames as making
from explorer.core.challenge_frames import Start
from explorer.core.challenge_scores import score_frames
from explorer.core.cutouts import Cutout
from explorer.core.detection_errors import KINDS
from explorer.ui.lessons import challenge_making as told
from explorer.ui.lessons import challenge_view as view
from explorer.ui.lessons import challenge_words as words
from explorer.ui.lessons.challenge_setup import DETECTORS

GREY = np.full((40, 40, 3), 128, np.uint8)
START = Start(GREY, np.array([10.0, 10, 20, 20]), "face")
SLAB = Cutout("cup", "cup", np.zeros((10, 10, 3), np.uint8), np.ones((10, 10), bool))
LIT = making.lit_frames(START)


def scored(rows):
    """Score rows of (x shift, score, frame) of a box of the object's size."""
    boxes = [[10 + x, 10, 20 + x, 20] for x, _, _ in rows]
    return score_frames(LIT, boxes, [r[1] for r in rows], [r[2] for r in rows])


def test_positions_carry_true_minus_signs_and_units():
    assert told.positions(told.LIGHT, LIT)[::9] == ["−9", "0"]
    rolled = told.positions(told.ROLL, making.rolled_frames(START))
    assert rolled[::6] == ["−90°", "0°", "+90°"]
    covered = making.covered_frames(START, SLAB)
    assert told.positions(told.COVER, covered)[:3] == ["0%", "10%", "10%"]


def test_the_working_of_light_gives_gain_levels_and_clipped_share():
    said = told.workings(told.LIGHT, LIT, "")
    assert said[LIT.base] == "The picture as it is."
    assert "512 times less light" in said[0]
    assert "2^(−9 / 2.2) = 0.0587" in said[0]
    assert "1 different levels are left; 0% of the numbers are at 255" in said[0]
    assert "100% of the numbers are at 255" in said[-1]


def test_the_workings_of_turns_give_the_map_and_the_box():
    rolled = told.workings(told.ROLL, making.rolled_frames(START), "")
    assert "x′ = 0.50 x + 0.87 y, y′ = −0.87 x + 0.50 y" in rolled[2]
    assert "keeps its 10 × 10 px" in rolled[2]
    turned = told.workings(told.VIEW, making.turned_frames(START), "")
    assert "cos 60° = 0.50" in turned[1]
    assert "10 × 10 px, is now 5 × 10 px" in turned[1]


def test_the_working_of_the_cover_counts_pixels():
    said = told.workings(told.COVER, making.covered_frames(START, SLAB), "cup")
    assert said[1] == "The cup takes 10 of the box's 100 pixels: 10.0%."


def test_the_summary_when_one_threshold_parts_right_from_wrong():
    rows = [(0, 3 + k, k) for k in range(13)] + [(18, 2.5, 4)]
    said = words.summary(told.LIGHT, LIT, scored(rows), "face", 1.0)
    assert "found at **13 of 13**" in said
    assert "Unchanged it is found: 12.00" in said
    assert "One threshold parts them all: the object has 3.00 or more" in said
    assert "nothing wrong more than 2.50" in said
    assert "Lost" not in said


def test_the_summary_when_none_does_and_when_there_is_no_box():
    rows = [(0, 3 + k, k) for k in range(13)] + [(18, 4.5, 4)]
    said = words.summary(told.LIGHT, LIT, scored(rows), "face", 3.5)
    assert "**12 of 13**" in said
    assert "Lost at −9." in said
    assert "falls to 3.00, a wrong box rises to 4.50" in said
    said = words.summary(told.LIGHT, LIT, scored(rows[1:]), "face", 3.5)
    assert "No threshold helps where there is no box" in said
    none = words.summary(told.LIGHT, LIT, scored([(18, 1, 0)]), "face", 0)
    assert "there is no such box at any score" in none
    assert "−9, −8, −7, −6 and 9 more" in none


def test_an_object_that_no_box_finds_at_the_border_is_said_to_be_cut_off():
    assert words.cut_off(LIT, scored([(18, 1, 0)]), "face") == ""
    at_border = replace(LIT, objects=LIT.objects - 10.0)
    said = words.cut_off(at_border, scored([(18, 1, 0)]), "face")
    assert "reaches the picture's border" in said
    assert words.cut_off(at_border, scored([(0, 5, LIT.base)]), "face") == ""


@pytest.mark.parametrize(("threshold", "verb"), [(5.0, "found"), (5.01, "missed")])
def test_a_score_at_the_threshold_is_found(threshold, verb):
    said = words.summary(told.LIGHT, LIT, scored([(0, 5, LIT.base)]), "face", threshold)
    assert f"Unchanged it is {verb}: 5.00" in said


def test_the_best_wrong_box_of_each_frame_keeps_its_name():
    rows = [(0, 9, 0), (7, 4, 0), (18, 5, 0), (7, 3, 1)]
    kinds = view.wrong_kinds(LIT, scored(rows))
    assert kinds[:3] == [KINDS.index("background"), KINDS.index("localisation"), -1]


def test_each_frame_lists_its_boxes_best_first_with_a_reason():
    rows = view.found_rows(LIT, scored([(7, 1, 2), (0, 4, 2), (0, 2, 5)]))
    assert [len(one) for one in rows] == [0, 0, 2, 0, 0, 1, *[0] * 7]
    first = rows[2][0]
    assert first[:5] == [10, 10, 20, 20, 4]
    assert KINDS[first[5]] == "right"
    assert first[6] == "IoU 1.00 with a face: at least 0.5"


def test_every_challenge_class_and_kind_has_its_words():
    for challenge in told.CHALLENGES:
        assert told.axis(challenge)
        for detector in DETECTORS.values():
            made = told.how(challenge, "cup", ("cup",), detector.label, "known")
            assert "{" not in made
    assert all(words.KIND_NAMES[kind] for kind in KINDS)
    assert all(line in words.legend() for line in ("bad localisation", "similar class"))
    for source in ("known", "detector", "reader"):
        assert "yellow box" in words.truth_said(source, "face")
    assert "sample" in words.nothing("face", "x", True)
    assert "Nobody told" in words.nothing("face", "x", False)
