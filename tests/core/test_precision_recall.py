"""Matching, curves and average precision, against pycocotools and slow twins."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.core.boxes import box_iou
from explorer.core.coco_eval import AREAS, MAX_DETECTIONS, THRESHOLDS, coco_scores
from explorer.core.labelled import found, one_image, truths
from explorer.core.matching import RULES, match_ranked
from explorer.core.padilla import IOU_THRESHOLD, PUBLISHED, padilla_example
from explorer.core.precision_recall import (
    RECALLS_101,
    average_precision,
    pr_curve,
    precision_at,
)
from explorer.core.proofs import precision_recall as proofs
from tests.core.precision_cases import random_set

SETS = 200


@pytest.mark.parametrize("start", range(0, SETS, 40))
def test_coco_evaluation_equals_pycocotools(start):
    """All precisions and recalls: overlaps, area ranges, 1, 10 and 100 detections."""
    for seed in range(start, start + 40):
        proof = proofs.prove_coco(random_set(seed))
        assert proof.holds, (seed, proof)


def test_the_random_sets_reach_what_they_should_test():
    """Ties, ignored truths, more than 100 detections, every area range."""
    sets = [random_set(seed) for seed in range(SETS)]
    assert any(len(one.found) > 100 and len(one.images) == 1 for one in sets)
    assert sum(one.truths.ignore.sum() for one in sets) > 50
    assert any(len(set(one.found.scores)) < len(one.found) for one in sets)
    areas = np.concatenate([one.truths.areas for one in sets])
    assert (areas < 32**2).any()
    assert (areas > 96**2).any()


@pytest.mark.parametrize("seed", [0, 7, 31])
def test_one_threshold_at_a_time_agrees_with_the_evaluation(seed):
    """``match_ranked`` with COCO's rule is COCO's evaluation of one class."""
    labelled = random_set(seed)
    scores = coco_scores(labelled)
    for label in range(len(labelled.classes)):
        one = labelled.of_class(label).found
        true = labelled.truths.take(labelled.truths.classes == label)
        ranks = [np.sum(one.images[:k] == image) for k, image in enumerate(one.images)]
        one = one.take(np.array(ranks, int) < MAX_DETECTIONS[-1])
        wanted = int((~true.ignore).sum())
        for row in (0, 5, 9):
            judged = match_ranked(one, true, THRESHOLDS[row], "COCO")
            ours = precision_at(pr_curve(judged.outcomes, wanted), RECALLS_101)
            theirs = scores.precision[row, :, label, AREAS.index("all"), -1]
            np.testing.assert_allclose(ours, theirs, atol=1e-12)


def _judged(labelled, label, iou):
    one = labelled.of_class(label)
    verdicts = match_ranked(one.found, one.truths, iou, "COCO")
    wanted = int((~one.truths.ignore).sum())
    ap = average_precision(pr_curve(verdicts.outcomes, wanted)) if wanted else None
    return one, verdicts, ap


@pytest.mark.parametrize("iou", [0.1, 0.5, 0.85])
def test_every_verdict_equals_pycocotools(iou):
    """At overlaps of COCO and others, and with more than 100 detections a picture."""
    proved = 0
    for seed in range(30):
        labelled = random_set(seed)
        for label in range(len(labelled.classes)):
            one, verdicts, ap = _judged(labelled, label, iou)
            if ap is not None:
                proved += len(one.found)
                one = replace(
                    one,
                    classes=("only",),
                    truths=replace(one.truths, classes=0 * one.truths.classes),
                    found=replace(one.found, classes=0 * one.found.classes),
                )
                proof = proofs.prove_verdicts(one, verdicts, ap, iou)
                assert proof.holds, (seed, label, proof)
    assert proved > 500


def test_a_wrong_verdict_is_told_by_pycocotools():
    one = one_image(
        (40, 40),
        ("cat",),
        truths([[0, 0, 10, 10], [20, 0, 30, 10]]),
        found([[0, 0, 10, 9], [20, 0, 30, 9]], [0.9, 0.8]),
    )
    _, verdicts, ap = _judged(one, 0, 0.5)
    assert proofs.prove_verdicts(one, verdicts, ap, 0.5).holds
    for wrong in (
        replace(verdicts, outcomes=np.array([1, 0])),
        replace(verdicts, gt=np.array([1, 0])),
    ):
        assert not proofs.prove_verdicts(one, wrong, ap, 0.5).holds
    assert not proofs.prove_verdicts(one, verdicts, ap - 0.01, 0.5).holds


def test_padillas_example_has_its_published_average_precision():
    example = padilla_example()
    judged = match_ranked(
        example.found.ranked(), example.truths, IOU_THRESHOLD, rule="VOC"
    )
    curve = pr_curve(judged.outcomes, 15)
    for method, published in PUBLISHED.items():
        assert average_precision(curve, method) == pytest.approx(published, abs=1e-6)


def test_padillas_example_under_cocos_rule_misses_the_box_at_the_border():
    """Without whole pixels one overlap falls from above 0.3 to below it."""
    example = padilla_example()
    seen = example.found.ranked()
    voc, coco = (match_ranked(seen, example.truths, 0.3, rule) for rule in RULES[::-1])
    changed = np.flatnonzero(voc.outcomes != coco.outcomes)
    assert changed.tolist() == [22]
    assert voc.ious[22] >= 0.3 > coco.ious[22]


def slow_voc(seen, true, threshold):
    """The devkit's loop, one detection at a time, by hand."""
    taken, outcomes = set(), []
    for box, image in zip(seen.boxes, seen.images, strict=True):
        best, at = -1.0, -1
        for gt, (other, place) in enumerate(zip(true.boxes, true.images, strict=True)):
            if place == image:
                iou = box_iou([box], [other], whole_pixels=True)[0, 0]
                if iou > best:
                    best, at = iou, gt
        if best < threshold:
            outcomes.append(0)
        elif true.ignore[at]:
            outcomes.append(-1)
        else:
            outcomes.append(0 if at in taken else 1)
            taken.add(at)
    return outcomes


@pytest.mark.parametrize("seed", range(1, 9))
@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.9])
def test_vocs_rule_equals_its_slow_twin(seed, threshold):
    one = random_set(seed).of_class(0)
    judged = match_ranked(one.found, one.truths, threshold, "VOC")
    assert judged.outcomes.tolist() == slow_voc(one.found, one.truths, threshold)


def test_the_two_rules_differ_where_the_best_truth_is_taken():
    true = truths([[0, 0, 100, 100], [40, 0, 140, 100]])
    seen = found([[0, 0, 100, 100], [15, 0, 115, 100]], [0.9, 0.8])
    assert match_ranked(seen, true, 0.5, "VOC").outcomes.tolist() == [1, 0]
    assert match_ranked(seen, true, 0.5, "COCO").outcomes.tolist() == [1, 1]


@pytest.mark.parametrize("rule", RULES)
def test_an_overlap_of_exactly_the_threshold_is_a_hit(rule):
    true = truths([[0, 0, 9, 9]]) if rule == "VOC" else truths([[0, 0, 10, 10]])
    half = found([[0, 0, 9, 4]], [1]) if rule == "VOC" else found([[0, 0, 10, 5]], [1])
    assert match_ranked(half, true, 0.5, rule).outcomes.tolist() == [1]
    assert match_ranked(half, true, 0.501, rule).outcomes.tolist() == [0]


@pytest.mark.parametrize("rule", RULES)
def test_nothing_found_and_nothing_true(rule):
    nothing, none = found([], []), truths([])
    assert len(match_ranked(nothing, none, 0.5, rule).outcomes) == 0
    seen = found([[0, 0, 1, 1]], [0.5])
    judged = match_ranked(seen, none, 0.5, rule)
    assert (judged.outcomes.tolist(), judged.gt.tolist()) == ([0], [-1])
    assert len(match_ranked(nothing, truths([[0, 0, 1, 1]]), 0.5, rule).outcomes) == 0


def test_an_ignored_truth_counts_neither_way_however_often_it_is_hit():
    true = truths([[0, 0, 10, 10], [50, 50, 90, 90]], ignore=[False, True])
    seen = found([[50, 50, 90, 90], [50, 50, 90, 89], [0, 0, 10, 10]], [3, 2, 1])
    for rule in RULES:
        judged = match_ranked(seen, true, 0.5, rule)
        assert judged.outcomes.tolist() == [-1, -1, 1]
        assert average_precision(pr_curve(judged.outcomes, 1)) == 1.0


def test_guards_say_what_is_wrong():
    seen, true = found([[0, 0, 1, 1]] * 2, [1, 2]), truths([[0, 0, 1, 1]])
    with pytest.raises(ValueError, match="best score first"):
        match_ranked(seen, true, 0.5)
    for bad in (0, 1.01):
        with pytest.raises(ValueError, match=r"in \(0, 1\], got"):
            match_ranked(seen.ranked(), true, bad)
    with pytest.raises(ValueError, match="COCO, VOC"):
        match_ranked(seen.ranked(), true, 0.5, "ImageNet")
    with pytest.raises(ValueError, match="as many truths"):
        pr_curve([1, 1], 1)
    with pytest.raises(ValueError, match="11-point"):
        average_precision(pr_curve([1], 1), "7-point")
    with pytest.raises(ValueError, match=r"scores must be \(2,\)"):
        found([[0, 0, 1, 1]] * 2, [1])
    with pytest.raises(ValueError, match="finite"):
        found([[0, 0, 1, 1]], [np.nan])
    with pytest.raises(ValueError, match="one of 0.50"):
        coco_scores(padilla_example()).ap(0.3)
    with pytest.raises(ValueError, match="small"):
        coco_scores(padilla_example()).ap(area="tiny")
    with pytest.raises(ValueError, match="100"):
        coco_scores(padilla_example()).ar(5)
