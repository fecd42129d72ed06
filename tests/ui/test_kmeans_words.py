"""Why anchors found by k-means overlap less than others: told from the numbers."""

import re

import numpy as np

from explorer.core.anchor_kmeans import anchor_kmeans_steps
from explorer.core.box_sizes import box_sizes
from explorer.ui.lessons import anchors_kmeans_words, yolo_words

SIZES = box_sizes().sizes


def test_rounds_that_lose_overlap_are_explained_by_the_mean():
    steps = anchor_kmeans_steps(SIZES, 5, 0)
    best = max(steps, key=lambda step: step.mean_iou)
    medians = anchor_kmeans_steps(SIZES, 5, 0, median=True)[-1]
    said = anchors_kmeans_words.peak_said(steps, medians.mean_iou)
    assert best.mean_iou > steps[-1].mean_iou
    assert f"IoU {best.mean_iou:.3f}, the last has {steps[-1].mean_iou:.3f}" in said
    assert f"ends at {medians.mean_iou:.3f}" in said
    # What the sentence claims: medians hold what means lose.
    assert medians.mean_iou > best.mean_iou
    for k, anchor in enumerate(medians.anchors):
        mine = SIZES[medians.nearest == k]
        np.testing.assert_allclose(anchor, np.median(mine, axis=0))


def test_a_run_that_ends_at_its_best_says_nothing():
    steps = anchor_kmeans_steps([[10, 10], [12, 10], [40, 80], [44, 80]], 2)
    assert not anchors_kmeans_words.has_peak(steps[-1:])
    assert anchors_kmeans_words.has_peak(anchor_kmeans_steps(SIZES, 5, 0))


def test_medians_are_no_remedy_where_they_end_no_higher():
    steps = anchor_kmeans_steps(SIZES, 5, 0)
    last = steps[-1].mean_iou
    for medians, offered in ((last, False), (last - 0.1, False), (last + 0.01, True)):
        said = anchors_kmeans_words.peak_said(steps, medians)
        assert "not 1 − IoU." in said
        assert ("With medians" in said) is offered


def test_the_networks_anchors_are_compared_on_small_boxes_and_on_the_others():
    sizes = np.array([[10.0, 10.0], [10.0, 20.0], [40.0, 40.0], [80.0, 40.0]])
    theirs, ours = np.array([[40.0, 40.0], [20.0, 20.0]]), np.array([[10.0, 10.0]])
    said = yolo_words.theirs_said(sizes, theirs, ours, 416)
    assert (
        "50\u00a0% of the boxes here are smaller than its smallest anchor, 20 × 20"
        in said
    )
    # Theirs: 100/400 and 200/400, then 1 and 1600/3200. Ours: 1 and 1/2, 1/16 and 1/32.
    numbers = re.findall(r"\d\.\d\d", said)
    assert numbers == ["0.38", "0.75", "0.75", "0.05"]
    assert "k-means too" in yolo_words.theirs_said(sizes[2:], theirs, ours, 416)
    assert "smallest anchor" not in yolo_words.theirs_said(sizes[2:], theirs, ours, 416)
