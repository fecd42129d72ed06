"""What the lesson on SSD reads from links and browsers, without a network."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from explorer.core.anchor_matching import AnchorMatch, hard_negatives
from explorer.core.default_boxes import SSD320, SSD320_PX, default_boxes
from explorer.core.default_places import Place, row_of
from explorer.core.ssd_loss import ssd_loss_parts
from explorer.models import zoo
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import judging_truth as truth
from explorer.ui.lessons import ssd_live as network
from explorer.ui.lessons import ssd_match_proofs as matching
from explorer.ui.lessons import ssd_scene as scene
from explorer.ui.lessons import ssd_words as words
from explorer.ui.lessons.judging_truth import given
from explorer.ui.lessons.ssd_match import costs
from explorer.ui.lessons.ssd_truth import MOST, known

CLASSES = ("person", "cat", "cup")
WIDE = np.full((30, 60, 3), 7, np.uint8)


def _picture(**more) -> Picture:
    return Picture(WIDE, "x", "digest", **more)


def test_the_square_holds_the_picture_and_grey_below():
    square = scene.square_of(_picture())
    assert square.image.shape == (60, 60, 3)
    assert (square.image[:30] == 7).all()
    assert (square.image[30:] == scene.GREY).all()
    assert square.scale(320) == 320 / 60


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ((2, 4, 9, 5), Place(2, 4, 9, 5)),
        ((5, 0, 0, 3), Place(5, 0, 0, 3)),
        ((5, 0, 0, 4), None),
        ((6, 0, 0, 0), None),
        ((-1, 0, 0, 0), None),
        ((0, 40, 0, 0), None),
        ((0, 0.5, 0, 0), None),
        ((1, 2), None),
    ],
)
def test_four_numbers_are_a_box_or_none(values, place):
    assert scene.read_pick(scene.OURS, values) == place


@pytest.mark.parametrize(
    "sent",
    [None, {}, {"tag": "t"}, {"tag": "t", "pick": {"level": "x"}}, {"tag": "old"}],
)
def test_what_a_browser_did_not_choose_is_not_taken(sent):
    assert scene.sent_pick(sent, "t", scene.OURS) is None


def test_the_records_scores_say_of_what_they_are():
    scores = zoo.record("everyday_ssd").scores
    said = words.record_said()
    assert f"**{scores['ap50_person']['value']:.2f}** of people" in said
    assert f"mean of the {scores['ap50']['classes']} classes" in said
    assert f"on {scores['ap50']['photos']} held-out photos" in said


@pytest.mark.parametrize(("count", "said"), [(1, "1 positive "), (2, "2 positives ")])
def test_one_positive_is_no_positives(count, said):
    loss = SimpleNamespace(
        positives=count,
        negatives=90,
        hard=np.ones(3 * count),
        classes=np.ones(count),
        boxes=np.ones(count),
        hard_sum=1.0,
        negative_sum=2.0,
        terms=(1.0, 1.0),
    )
    assert said in words.loss_rule(loss, 3, 0.5)
    assert said in words.mining_said(loss)


def test_the_networks_side_is_its_records_and_its_default_boxes_fill_it():
    side = zoo.record(scene.MODEL).side_px
    assert scene.OURS.side_px == side == SSD320_PX
    assert scene.OURS.name == f"Ours, {side} px"
    assert all(one.step * one.cells == side for one in scene.OURS.maps)


def test_a_ratio_is_height_to_width_wherever_the_page_says_it():
    for one in scene.NETWORKS:
        told = scene.program(one, "boxes")
        for level, sent in zip(one.maps, told["maps"], strict=True):
            for (wide, high), name in zip(level.shapes, sent["names"], strict=True):
                tall, broad = map(int, re.match(r"(\d):(\d)", name).groups())
                assert high / wide == pytest.approx(tall / broad)
                word = "tall" if high > wide else "wide" if wide > high else ""
                assert name.endswith(word)
        assert "Ratios are height to width" in words.scales_said(one)
    term = next(line for line in words.TERMS.split("\n- ") if "**Ratio**" in line)
    assert "height to width" in term
    assert "width to height" not in words.TERMS


def test_the_rows_of_a_cell_start_with_its_square():
    place = Place(1, 3, 2, 4)
    rows = scene.cell_rows(scene.OURS, place)
    assert rows.start == row_of(SSD320, Place(1, 3, 2, 0))
    assert rows.stop - rows.start == 6


def test_a_gap_is_of_equal_shapes_alone():
    ours = np.zeros((2, 4))
    assert scene.gap([[0, 0, 0, 0], [0, 0, 0.5, 0]], ours) == 0.5
    for wrong in (None, "x", [[0, 0, 0, 0]], [[0, 0, 0, float("nan")]] * 2):
        assert scene.gap(wrong, ours) is None


def test_a_picture_starts_from_its_truth_else_from_a_box_to_drag():
    boxes = np.array([[1.0, 1, 9, 9], [2, 2, 8, 8]])
    own = known(_picture(gt_boxes=boxes, gt_labels=("face", "cat")), CLASSES)
    assert own.gt_labels == ("cat",)
    assert own.gt_boxes.tolist() == [[2, 2, 8, 8]]
    plain = known(_picture(full_size=(60, 30)), CLASSES)
    assert plain.gt_labels == ("person",)
    assert (plain.gt_boxes[:, 2:] > plain.gt_boxes[:, :2]).all()
    many = np.tile(boxes[:1], (20, 1))
    crowd = known(_picture(gt_boxes=many, gt_labels=("cup",) * 20), CLASSES)
    assert len(crowd.gt_boxes) == MOST


def test_the_browsers_matching_is_compared_box_by_box():
    boxes = default_boxes(SSD320, 320).astype(np.float32).astype(float)
    truths = np.array([[40.0, 60, 120, 200], [210, 30, 300, 90]])
    zeros = np.zeros((len(boxes), 4))
    loss = ssd_loss_parts(boxes, zeros, zeros, truths, [0, 1])
    drawn = truth.Drawn(truths, ("person", "cat"))
    rows = np.flatnonzero(loss.match.positive)
    sent = {
        "boxes": truths.tolist(),
        "rows": rows.tolist(),
        "gt": loss.match.gt[rows].tolist(),
        "best": loss.match.ious.max(axis=0).tolist(),
    }
    assert matching.browser_delta(sent, drawn, loss) == 0
    fewer = sent | {"rows": sent["rows"][1:], "gt": sent["gt"][1:]}
    assert matching.browser_delta(fewer, drawn, loss) == 1
    swapped = sent | {"gt": [1 - k for k in sent["gt"]]}
    assert matching.browser_delta(swapped, drawn, loss) == len(rows)
    short = sent | {"gt": sent["gt"][1:]}
    assert matching.browser_delta(short, drawn, loss) == float("inf")
    moved = sent | {"boxes": (truths + 1).tolist()}
    assert matching.browser_delta(moved, drawn, loss) is None
    assert matching.browser_delta(None, drawn, loss) is None


def test_the_browsers_loss_is_compared_term_by_term():
    boxes = default_boxes(SSD320, 320).astype(np.float32).astype(float)
    rng = np.random.default_rng(0)
    logits, deltas = rng.normal(size=(len(boxes), 4)), rng.normal(size=boxes.shape)
    loss = ssd_loss_parts(boxes, logits, deltas, [[40.0, 60, 120, 200]], [2])
    hard = np.flatnonzero(loss.hard).tolist()
    sent = {"loss": list(loss.terms), "hard": hard[::-1]}
    (right,) = matching.browser_loss(sent, loss)
    assert right.holds
    assert right.delta == 0
    (off,) = matching.browser_loss(sent | {"loss": [loss.terms[0], 9.0]}, loss)
    assert not off.holds
    (other,) = matching.browser_loss(sent | {"hard": [*hard[1:], 0]}, loss)
    assert not other.holds
    for wrong in ({}, sent | {"loss": None}, sent | {"loss": "x"}, {"loss": [1, 2]}):
        assert matching.browser_loss(wrong, loss) == []


def test_the_browser_mines_in_the_cores_order():
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(6, 4)).round(1)
    logits[3] = logits[1]  # of equals the earlier is taken
    zeros = np.zeros((6, 4))
    answer = network.Seen(zeros, logits, zeros, zeros, zeros, CLASSES, np.ones(2))
    sent = costs(answer, ["cat"])
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(sent["background"], -np.log(probs[:, 0]))
    np.testing.assert_allclose(sent["class0"], -np.log(probs[:, 2]))
    match = AnchorMatch(np.full(6, -1), zeros[:, :1], np.zeros(6, bool))
    match.gt[0] = 0
    negatives = [row for row in sent["order"] if row != 0][:3]
    worst = hard_negatives(sent["background"], match, 3)
    assert sorted(negatives) == np.flatnonzero(worst).tolist()


def test_only_a_box_that_nobody_knows_is_called_a_guess():
    names = ("person", "cat", "cup")
    coffee = Picture(WIDE, "coffee", "digest")
    assert given(coffee, names, MOST) is not None
    assert given(replace(coffee, full_size=(60, 30)), names, MOST) is None
    assert given(coffee, ("person",), MOST) is None


def test_the_live_parts_say_whose_maps_they_are():
    said = words.own_maps(scene.OURS, scene.NETWORKS[0])
    for one_of in (scene.OURS, scene.NETWORKS[0]):
        cells = ", ".join(str(one.cells) for one in one_of.maps)
        assert f"{cells} " in said
        assert f"{one_of.side_px} px" in said
