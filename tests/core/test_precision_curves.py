"""Curves of precision and recall, their areas, and the proofs of both."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.coco_eval import coco_scores
from explorer.core.labelled import found, one_image, truths
from explorer.core.precision_recall import (
    METHODS,
    RECALLS_101,
    average_precision,
    pr_curve,
)
from explorer.core.proofs import precision_recall as proofs
from tests.core.precision_cases import random_set


def slow_interpolated(outcomes, total, recall):
    """The best precision at any point of the list with at least this recall."""
    best, hits = 0.0, 0
    for count, outcome in enumerate(outcomes, start=1):
        hits += outcome
        if hits / total >= recall:
            best = max(best, hits / count)
    return best


lists = st.lists(st.integers(0, 1), max_size=25)


@given(lists, st.integers(1, 30))
def test_the_three_areas_equal_their_definitions(outcomes, spare):
    total = sum(outcomes) + spare - 1
    curve = pr_curve(outcomes, total)
    if not total:
        assert all(np.isnan(average_precision(curve, method)) for method in METHODS)
        return
    for method, levels in (
        ("11-point", [k / 10 for k in range(11)]),
        ("101-point", RECALLS_101),
    ):
        slow = np.mean([slow_interpolated(outcomes, total, r) for r in levels])
        assert average_precision(curve, method) == pytest.approx(slow, abs=1e-12)
    steps = [slow_interpolated(outcomes, total, k / total) for k in range(1, total + 1)]
    assert average_precision(curve, "all-point") == pytest.approx(np.mean(steps))


@given(lists, st.integers(0, 5))
def test_a_curve_is_a_curve(outcomes, spare):
    curve = pr_curve(outcomes, sum(outcomes) + spare)
    assert (np.diff(curve.envelope) <= 0).all()
    assert (curve.envelope >= curve.precision).all()
    if curve.truths:
        assert (np.diff(curve.recall) >= 0).all()
        for method in METHODS:
            assert 0 <= average_precision(curve, method) <= 1


def test_a_recall_of_three_in_ten_counts_at_three_tenths():
    """A rounding of 0.1 x 3 would lose it."""
    outcomes = [1] * 3
    assert average_precision(pr_curve(outcomes, 10), "11-point") == pytest.approx(
        4 / 11
    )


def test_a_perfect_and_a_useless_list():
    for method in METHODS:
        assert average_precision(pr_curve([1] * 5, 5), method) == pytest.approx(1)
        assert average_precision(pr_curve([0] * 5, 5), method) == 0
        assert average_precision(pr_curve([], 5), method) == 0


def test_proofs_catch_a_wrong_answer(monkeypatch):
    labelled = random_set(3)
    assert proofs.prove_coco(labelled).holds
    right = proofs.coco_scores

    def off(one):
        scores = right(one)
        scores.precision[0, 50, 0, 0, 0] += 1e-6
        return scores

    monkeypatch.setattr(proofs, "coco_scores", off)
    assert not proofs.prove_coco(labelled).holds


def test_curve_proof_holds_and_catches():
    outcomes = np.array([1, 0, -1, 1, 0, 0, 1, 0])
    curve = pr_curve(outcomes, 5)
    assert proofs.prove_curve(outcomes, curve).holds
    assert not proofs.prove_curve(
        outcomes, pr_curve([0, 1, -1, 1, 0, 0, 1, 0], 5)
    ).holds
    assert proofs.prove_curve(np.zeros(3, int), pr_curve([0, 0, 0], 2)) is None


def test_proofs_hold_on_nothing():
    size = (10, 10)
    for seen, true in (
        (found([], []), truths([])),
        (found([[0, 0, 1, 1]], [1]), truths([])),
        (found([], []), truths([[0, 0, 1, 1]])),
    ):
        assert proofs.prove_coco(one_image(size, ["x"], true, seen)).holds


def test_the_mean_over_classes_leaves_out_those_without_a_truth():
    true = truths([[0, 0, 10, 10], [20, 0, 30, 10]], classes=[0, 1])
    seen = found([[0, 0, 10, 10], [50, 0, 60, 10]], [1, 1], classes=[0, 2])
    scores = coco_scores(one_image((60, 60), ["a", "b", "c"], true, seen))
    assert scores.ap(0.5, label=0) == 1
    assert scores.ap(0.5, label=1) == 0
    assert np.isnan(scores.ap(0.5, label=2))
    assert scores.ap(0.5) == 0.5
    assert list(scores.summary())[:3] == ["AP", "AP50", "AP75"]
