"""The funnel: every candidate goes for one reason, or stays."""

import numpy as np
import pytest
import torch
from torchvision.ops import batched_nms

from explorer.core.boxes import box_iou
from explorer.core.funnel import detection_funnel, proposal_funnel


def some(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 90, (count, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(0, 40, (count, 2))], axis=1)
    return boxes, rng.permutation(count) / count, rng.integers(3, 6, count)


@pytest.mark.parametrize("seed", range(4))
def test_proposals_are_those_of_torchvision(seed):
    boxes, scores, levels = some(300, seed)
    made = proposal_funnel(boxes, scores, levels, least_px=4, iou_threshold=0.4, top=40)
    large = np.flatnonzero((boxes[:, 2:] - boxes[:, :2] >= 4).all(axis=1))
    kept = batched_nms(
        *(torch.from_numpy(v[large]) for v in (boxes, scores, levels)), 0.4
    )
    assert made.large.sum() == len(large)
    assert made.kept.tolist() == large[kept.numpy()].tolist()
    assert made.proposals.tolist() == made.kept[:40].tolist()


def test_every_candidate_is_told_why_it_goes():
    boxes, scores, levels = some(200)
    made = proposal_funnel(boxes, scores, levels, least_px=4, iou_threshold=0.4, top=9)
    ious = box_iou(boxes, boxes)
    for k, keeper in enumerate(made.keepers):
        if keeper == -1:
            assert not made.large[k]
        elif keeper == k:
            assert k in made.kept
        else:
            assert ious[k, keeper] == pytest.approx(made.ious[k])
            assert made.ious[k] > 0.4
            assert scores[keeper] > scores[k]
            assert levels[keeper] == levels[k]


@pytest.mark.parametrize(("side", "stays"), [(1.99, False), (2.0, True)])
def test_the_least_side_counts_from_there_up(side, stays):
    made = proposal_funnel(
        [[0, 0, side, 9]], [0.5], [3], least_px=2, iou_threshold=0.7, top=1
    )
    assert bool(made.large[0]) is stays
    assert len(made.proposals) == int(stays)


@pytest.mark.parametrize(("iou", "left"), [(0.9, 2), (0.89, 1)])
def test_an_overlap_of_the_threshold_itself_stays(iou, left):
    boxes = [[0, 0, 10, 10], [0, 0, 9, 10]]
    made = proposal_funnel(
        boxes, [0.9, 0.8], [3, 3], least_px=1, iou_threshold=iou, top=9
    )
    assert len(made.kept) == left


def test_levels_do_not_suppress_each_other():
    boxes = [[0, 0, 10, 10], [0, 0, 10, 10]]
    made = proposal_funnel(
        boxes, [0.9, 0.8], [3, 4], least_px=1, iou_threshold=0.5, top=9
    )
    assert made.kept.tolist() == [0, 1]


def test_no_candidate_is_no_proposal():
    made = proposal_funnel([], [], [], least_px=2, iou_threshold=0.7, top=9)
    assert len(made.proposals) == len(made.large) == 0


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="as many scores"):
        proposal_funnel([[0, 0, 1, 1]], [], [3], least_px=2, iou_threshold=0.7, top=9)
    with pytest.raises(ValueError, match="top must be at least 1"):
        proposal_funnel([], [], [], least_px=2, iou_threshold=0.7, top=0)
    with pytest.raises(ValueError, match="to match scores"):
        detection_funnel(np.zeros((2, 4)), np.zeros((2, 1)), 0.3, 0.5)
    with pytest.raises(ValueError, match="most must be at least 1"):
        detection_funnel(np.zeros((2, 1, 4)), np.zeros((2, 1)), 0.3, 0.5, 0)


def test_detections_are_those_of_torchvision():
    boxes, scores, _ = some(240)
    shaped, said = boxes.reshape(40, 6, 4), scores.reshape(40, 6)
    made = detection_funnel(shaped, said, 0.5, 0.3, most=12)
    assert (made.scores >= 0.5).all()
    kept = batched_nms(
        torch.from_numpy(made.boxes),
        torch.from_numpy(made.scores),
        torch.from_numpy(made.labels),
        0.3,
    )
    assert made.kept.tolist() == kept.tolist()
    assert made.found.tolist() == kept.tolist()[:12]
    assert np.array_equal(shaped[made.rows, made.labels], made.boxes)


@pytest.mark.parametrize(("threshold", "left"), [(0.3, 1), (0.31, 0)])
def test_a_score_counts_from_the_threshold_up_in_its_own_precision(threshold, left):
    score = np.array([[0.3]], np.float32)  # above 0.3 in double precision
    made = detection_funnel(np.array([[[0.0, 0, 9, 9]]]), score, threshold, 0.5)
    assert len(made.found) == left


def test_what_lies_beside_the_picture_is_no_detection_and_stays_in_the_funnel():
    boxes = np.array([[[0.0, 0, 9, 9]], [[0, 12, 9, 20]], [[30, 0, 40, 9]]])
    scores = np.array([[0.9], [0.8], [0.7]])
    whole = detection_funnel(boxes, scores, 0.5, 0.5)
    cut = detection_funnel(boxes, scores, 0.5, 0.5, extent=(50, 12.5))
    assert whole.found.tolist() == [0, 1, 2]
    assert cut.found.tolist() == [0, 2]
    assert cut.kept.tolist() == whole.kept.tolist()
