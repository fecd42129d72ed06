"""What the lesson on Mask R-CNN makes of the network's answers."""

import numpy as np
import pytest

from explorer.core.roi import roi_pool_steps
from explorer.models.engine import Answer
from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import mask_found, mask_stage, mask_swap, mask_words
from explorer.ui.stage import StageEvent
from tests.ui import mask_cases

IMAGE = np.random.default_rng(0).integers(0, 255, (90, 120, 3), np.uint8)
PICTURE = Picture(IMAGE, "own", live.digest(IMAGE))
ASKED = mask_found.Asked(0.3, 0.5)


@pytest.fixture(autouse=True)
def fake(monkeypatch):
    monkeypatch.setattr(live, "model", mask_cases.model)


def test_the_threshold_is_applied_after_the_network():
    found = mask_found.find(PICTURE, ASKED)
    assert (len(found), found.sure, found.above) == (3, True, 3)
    assert np.array_equal(found.own[2], found.logits[2, 9])
    assert found.name(2) == "3 cat"
    above = mask_found.find(PICTURE, mask_found.Asked(0.5, 0.5))
    assert above.labels == ("person", "person")
    assert len(mask_found.find(PICTURE, mask_found.Asked(0.8, 0.5))) == 2  # on it


def test_without_a_sure_box_the_best_guesses_are_shown():
    found = mask_found.find(PICTURE, mask_found.Asked(0.95, 0.5))
    assert (len(found), found.sure, found.above) == (mask_found.GUESSES, False, 0)


def test_boxes_thinner_than_a_pixel_are_left_out(monkeypatch):
    def thin(*args, **inputs):
        made = mask_cases.answer_masks(inputs["image"])
        made["boxes"][0, 2] = made["boxes"][0, 0] + 0.9  # of every_boxes too
        return Answer(made, {}, "cpu")

    monkeypatch.setattr(live, "model", thin)
    found = mask_found.find(PICTURE, ASKED)
    assert (found.scores.tolist(), found.above) == ([0.8, 0.4], 2)


@pytest.mark.parametrize(("more", "above"), [([0.3, 0.29], 4), ([0.7, 0.6, 0.5], 6)])
def test_all_that_reach_the_threshold_are_counted_shown_or_not(
    monkeypatch, more, above
):
    def cut(*args, **inputs):
        made = mask_cases.answer_masks(inputs["image"])
        again = made["boxes"][: len(more)]
        made["every_boxes"] = np.concatenate([made["boxes"], again])
        made["every_scores"] = np.concatenate([made["scores"], more])
        return Answer(made, {}, "cpu")

    monkeypatch.setattr(live, "model", cut)
    found = mask_found.find(PICTURE, ASKED)
    assert (len(found), found.above) == (3, above)


def test_rounded_boxes_are_the_cells_that_roipool_reads():
    boxes = mask_found.find(PICTURE, ASKED).boxes
    rounded = mask_swap.rounded_boxes(PICTURE, boxes)
    inside, scale = mask_found.in_square(PICTURE, boxes)
    assert scale == pytest.approx(mask_cases.SIDE / 120)
    for box, level, cells in zip(
        inside, mask_swap.levels_of(inside), rounded, strict=True
    ):
        side = mask_cases.SIDE // 2**level
        steps = roi_pool_steps(np.zeros((1, side, side)), box, 14, 1 / 2**level)
        first, last = steps.cells[:2], np.maximum(steps.cells[2:], steps.cells[:2])
        wanted = np.concatenate([first, last + 1]) * 2**level / scale
        assert np.allclose(cells, wanted)


def test_nothing_is_proved_with_what_another_picture_sent():
    found = mask_found.find(PICTURE, ASKED)
    probs = mask_found.pasted(PICTURE, found)
    tag = mask_stage.tag_of(PICTURE, found, "paste")
    runs = [[90 * 120]] * 3
    for sent in (None, {}, {"tag": "x", "runs": runs, "cut": 0.5}, {"tag": tag}):
        event = StageEvent(program=sent)
        assert mask_stage.prove_browser(event, tag, probs) == []
    wrong = StageEvent(program={"tag": tag, "runs": runs, "cut": 0.5})
    assert not mask_stage.prove_browser(wrong, tag, probs)[0].holds


def test_what_is_sent_to_the_browser_stays_small():
    import base64

    found = mask_found.find(PICTURE, ASKED)
    each = found.logits[0].size + 4 * found.own[0].size
    assert len(base64.b64encode(b"0" * each)) * mask_found.MOST < 600_000


def test_words_of_what_melts():
    from explorer.core.mask_compare import melted

    one = np.ones((1, 2, 2), bool)
    seen = melted(one[0], np.concatenate([one, one]), 1)
    said = mask_words.melting(seen, ["1 person", "2 person"])
    assert "tells 2 instances apart (1 person, 2 person)" in said
    table = mask_words.counts(seen, 2, "person", None).splitlines()
    assert all(line.count("|") == 4 for line in table)
    known = mask_words.counts(seen, 2, "person", seen).splitlines()
    assert all(line.count("|") == 5 for line in known)
    none = melted(np.zeros((2, 2), bool), one[:0], 1)
    assert "| IoU of the two | none | none |" in mask_words.counts(none, 0, "cat", None)
    assert "no region holds two" in mask_words.melting(melted(one[0], one, 1), ["1"])
