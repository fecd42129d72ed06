"""R-CNN's candidates against a slow twin, both sides of the threshold, fates, costs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from explorer.core.box_codec import decode
from explorer.core.nms import nms_classwise_steps
from explorer.core.proofs.rcnn import counted, prove_coverage
from explorer.core.rcnn import LEAST_PX, candidates, fates, stretch
from explorer.core.rcnn_cost import Measured, ledgers
from explorer.core.rcnn_published import (
    FAST_ALONE_S,
    FASTER_PROPOSALS,
    PUBLISHED,
)
from explorer.core.window_grid import coverage

SIZE = (60, 40)


def some(seed: int, count: int = 12, classes: int = 4):
    rng = np.random.default_rng(seed)
    start = rng.uniform(0, 25, (count, 2))
    boxes = np.concatenate([start, start + rng.uniform(4, 14, (count, 2))], axis=1)
    deltas = rng.normal(0, 0.2, (count, classes, 4))
    return boxes, rng.random((count, classes)).round(2), deltas


def slow(boxes, scores, threshold, deltas):
    found = []
    for row, line in enumerate(scores):
        for label, score in enumerate(line):
            if score >= threshold:
                moved = decode(boxes[row : row + 1], deltas[row, label][None])[0]
                x1, y1, x2, y2 = moved.clip(0, [*SIZE, *SIZE])
                if x2 - x1 >= LEAST_PX and y2 - y1 >= LEAST_PX:
                    found.append((-score, row, label, (x1, y1, x2, y2)))
    return sorted(found, key=lambda one: one[0])


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_candidates_are_those_of_the_slow_twin(seed, threshold):
    boxes, scores, deltas = some(seed)
    found = candidates(boxes, scores, threshold, SIZE, deltas=deltas)
    theirs = slow(boxes, scores, threshold, deltas)
    assert_allclose(found.scores, [-one[0] for one in theirs])
    assert found.rows.tolist() == [one[1] for one in theirs]
    assert found.labels.tolist() == [one[2] for one in theirs]
    assert_allclose(found.boxes, np.reshape([one[3] for one in theirs], (-1, 4)))


def test_the_threshold_itself_is_in_and_just_below_is_out():
    boxes = [[0, 0, 10, 10], [5, 5, 20, 20]]
    found = candidates(boxes, [[0.25], [0.24]], 0.25, SIZE)
    assert found.rows.tolist() == [0]


def test_the_best_class_alone_and_the_best_few_alone():
    boxes, scores, _ = some(1)
    one = candidates(boxes, scores, 0, SIZE, best_only=True)
    assert sorted(one.rows.tolist()) == list(range(len(boxes)))
    assert (scores[one.rows].max(axis=1) == one.scores).all()
    few = candidates(boxes, scores, 0, SIZE, most=5)
    assert_allclose(few.scores, np.sort(scores.ravel())[::-1][:5])


def test_a_box_moved_out_of_the_picture_is_gone():
    boxes, deltas = [[0, 0, 10, 10]], np.array([[[9.0, 0, 0, 0]], [[0, 0, 0, 0]]])
    assert not len(candidates(boxes, [[0.9]], 0, SIZE, deltas=deltas[:1]).rows)
    assert len(candidates(boxes, [[0.9]], 0, SIZE, deltas=deltas[1:]).rows) == 1
    # 10 px wide, 1 px of it left inside, then a little less
    for shift, left in ((5.9, 1), (5.91, 0)):
        moved = [[[shift, 0, 0, 0]]]
        assert len(candidates(boxes, [[0.9]], 0, SIZE, deltas=moved).rows) == left


def test_what_does_not_fit_is_told():
    boxes, scores, deltas = some(0)
    with pytest.raises(ValueError, match=r"scores must be \(12, C\)"):
        candidates(boxes, scores[:3], 0.5, SIZE)
    with pytest.raises(ValueError, match="finite"):
        candidates(boxes, np.full((12, 2), np.nan), 0.5, SIZE)
    with pytest.raises(ValueError, match="deltas must be"):
        candidates(boxes, scores, 0.5, SIZE, deltas=deltas[:, :2])
    with pytest.raises(ValueError, match="above 0"):
        stretch([[0, 0, 0, 5]])
    with pytest.raises(ValueError, match="candidate 1 is in none"):
        fates(nms_classwise_steps(boxes[:1], [1.0], [0], 0.5), 2)


def test_no_proposal_gives_no_candidate():
    found = candidates(np.zeros((0, 4)), np.zeros((0, 5)), 0.1, SIZE)
    assert found.boxes.shape == (0, 4)
    assert fates([], 0).rounds.shape == (0,)


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_every_candidate_is_kept_or_goes_in_its_keepers_round(seed, threshold):
    boxes, scores, _ = some(seed)
    found = candidates(boxes, scores, 0.3, SIZE)
    steps = nms_classwise_steps(found.boxes, found.scores, found.labels, threshold)
    fate = fates(steps, len(found.rows))
    kept = np.flatnonzero(fate.keepers == np.arange(len(found.rows)))
    assert sorted(kept) == sorted(step.kept for step in steps)
    assert (fate.rounds == fate.rounds[fate.keepers]).all()
    assert (found.labels == found.labels[fate.keepers]).all()
    gone = np.setdiff1d(np.arange(len(found.rows)), kept)
    assert (fate.ious[gone] > threshold).all()


def test_the_stretch_is_that_of_the_middle_of_the_crop():
    assert_allclose(stretch([[0, 0, 390, 39]]), [[0.5, 5.0]])


def test_a_ledger_is_one_times_many():
    found = Measured(500.0, 32, 16.0, 320.0, 40.0, 5.0, 512, 51.2, 512.0)
    rcnn, fast, faster = ledgers(found, 2000, 300)
    assert [step.name for step in rcnn.steps] == [
        "proposals",
        "warp",
        "network on crops",
    ]
    assert rcnn.ms == pytest.approx(500 + 2000 * (0.5 + 10))
    assert fast.ms == pytest.approx(500 + 40 + 2000 * 1.1)
    assert faster.ms == pytest.approx(40 + 5 + 300 * 1.1)
    with pytest.raises(ValueError, match="at least 1"):
        ledgers(found, 0, 300)


def test_the_published_times_add_up_to_the_tables_totals():
    rcnn, fast, faster = PUBLISHED
    assert rcnn.seconds == 47.0
    assert fast.seconds == pytest.approx(1.830)
    assert faster.seconds == pytest.approx(0.198)
    assert faster.proposals == FASTER_PROPOSALS == 300
    # "146x" in the same table of Fast R-CNN
    assert rcnn.seconds / FAST_ALONE_S == pytest.approx(146, abs=1)


def test_coverage_is_proved_and_a_wrong_count_is_seen():
    boxes = some(3)[0] - 8
    counts = coverage(boxes, 20, 30)
    assert prove_coverage(boxes, counts).holds
    assert counted(np.zeros((0, 4)), 2, 3).sum() == 0
    counts[4, 4] += 1
    assert prove_coverage(boxes, counts).delta == 1
