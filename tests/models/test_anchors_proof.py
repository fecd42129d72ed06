"""The proofs of the lesson on anchors: they hold, and they can fail."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.core.anchor_kmeans import anchor_kmeans_steps
from explorer.core.anchor_maps import MapPlan, anchor_maps
from explorer.core.anchor_matching import match_anchors
from explorer.models.proofs.anchors import (
    prove_anchors,
    prove_clusters,
    prove_head,
    prove_matching,
    torchvision_overlaps,
)

PLANS = (MapPlan(9, 12, 16, (40.0, 90.0)), MapPlan(5, 6, 32, (128.0,)))
MAPS = anchor_maps(PLANS)
TRUTHS = np.array([[20.0, 30, 110, 90], [100, 40, 180, 140], [3, 3, 9, 9]])
SIZES = np.random.default_rng(3).uniform(4, 200, (80, 2))


def test_anchors_are_torchvisions() -> None:
    assert prove_anchors(PLANS, MAPS.boxes).holds
    moved = MAPS.boxes.copy()
    moved[7, 2] += 1
    assert prove_anchors(PLANS, moved).delta == 1
    assert not prove_anchors(PLANS, MAPS.boxes[1:]).holds


@pytest.mark.parametrize("low_quality", [True, False])
@pytest.mark.parametrize(("high", "low"), [(0.7, 0.3), (0.5, 0.5), (1.0, 0.0)])
def test_the_matching_is_torchvisions(
    high: float, low: float, low_quality: bool
) -> None:
    match = match_anchors(MAPS.boxes, TRUTHS, high, low, low_quality)
    ious = torchvision_overlaps(MAPS.boxes, TRUTHS)
    assert prove_matching(ious, match.gt, high, low, low_quality).holds
    other = replace(match, gt=np.roll(match.gt, 1))
    wrong = prove_matching(ious, other.gt, high, low, low_quality)
    assert wrong.holds is bool((other.gt == match.gt).all())


@pytest.mark.parametrize("among", [[], [TRUTHS[0]]])
def test_a_truth_out_of_reach_is_left_out(among: list[np.ndarray]) -> None:
    truths = np.array([*among, [5000.0, 5000, 5010, 5010]])
    match = match_anchors(MAPS.boxes, truths)
    ious = torchvision_overlaps(MAPS.boxes, truths)
    assert prove_matching(ious, match.gt, 0.7, 0.3, True).delta == 0


def test_clusters_are_the_nearest_and_their_means() -> None:
    steps = anchor_kmeans_steps(SIZES, 4)
    assert [proof.holds for proof in prove_clusters(SIZES, steps)] == [True, True]
    last = replace(steps[-1], nearest=np.roll(steps[-1].nearest, 1))
    assert not any(proof.holds for proof in prove_clusters(SIZES, [*steps[:-1], last]))
    bad = replace(steps[0], mean_iou=steps[0].mean_iou + 0.1)
    assert not prove_clusters(SIZES, [bad, *steps[1:]])[0].holds


@pytest.mark.parametrize("name", ["everyday_faster_rcnn", "everyday_faster_rcnn_fpn"])
def test_the_head_is_its_weights_in_the_file(name: str) -> None:
    from explorer.models import engine

    image = np.random.default_rng(1).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    arrays = engine.run(name, "opened", image=image).arrays
    mine = arrays["levels"] == 4
    given = (arrays["rpn_logits"][mine], arrays["rpn_deltas"][mine])
    assert prove_head(name, arrays["map4"], *given).holds
    wrong = (given[0] + np.float32(0.01), given[1])
    assert not prove_head(name, arrays["map4"], *wrong).holds
