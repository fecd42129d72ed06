"""What the lesson on anchors says of anchors that tie for a truth."""

import numpy as np

from explorer.core.anchor_matching import match_anchors
from explorer.ui.lessons import anchors_words as words

TRUTH = np.array([[0.0, 0.0, 100.0, 100.0]])


def test_anchors_inside_the_truth_are_said_to_lie_inside_it() -> None:
    inside = np.array([[k, k, k + 50.0, k + 50.0] for k in (0.0, 20.0, 40.0)])
    said = words.tie_said(inside, TRUTH.repeat(3, axis=0))
    assert said == " (a tie: anchors of one area that lie wholly inside it)"
    match = match_anchors(inside, TRUTH, 0.7, 0.3)
    assert "best of one (a tie: anchors of one area" in words.match_said(
        match, 0.7, 0.3, 256, said
    )


def test_anchors_round_the_truth_are_said_to_hold_it() -> None:
    around = np.array([[-k, -50.0, 150.0 - k, 150.0] for k in (10.0, 30.0)])
    said = words.tie_said(around, TRUTH.repeat(2, axis=0))
    assert said == " (a tie: anchors of one area that hold the whole truth)"


def test_one_best_anchor_is_no_tie() -> None:
    beside = np.array([[50.0, 0.0, 150.0, 100.0]])
    assert words.tie_said(beside, TRUTH) == ""
    match = match_anchors(beside, TRUTH, 0.7, 0.3)
    assert "a tie" not in words.match_said(match, 0.7, 0.3, 256, " (a tie)")
