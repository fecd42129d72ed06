import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.core import nms as nms_module
from explorer.core.boxes import box_iou
from explorer.core.nms import kept_counts, nms_classwise_steps, nms_steps

BUDGET_S = 0.05  # 2,000 boxes


def keep_by_definition(boxes, scores, iou_threshold):
    """Slow twin: keep a box iff no better kept box overlaps it too much."""
    keep = []
    for i in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        if all(box_iou(boxes[[i]], boxes[[k]])[0, 0] <= iou_threshold for k in keep):
            keep.append(i)
    return keep


@st.composite
def scenes(draw, most=12):
    n = draw(st.integers(0, most))
    corners = draw(arrays(float, (n, 2, 2), elements=st.integers(0, 20)))
    boxes = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
    return boxes, draw(arrays(float, n, elements=st.sampled_from([0, 0.25, 0.5, 1])))


def random_scene(rng, n, span=60.0):
    """Boxes on whole and half pixels, some without area, scores with many ties."""
    low = np.round(rng.uniform(0, span, (n, 2)) * 2) / 2
    size = np.round(rng.uniform(-2, 25, (n, 2)) * 2).clip(0) / 2
    return np.c_[low, low + size], np.round(rng.random(n), 1)


@given(scenes(), st.floats(0, 1))
def test_agrees_with_the_definition(scene, iou_threshold):
    kept = [step.kept for step in nms_steps(*scene, iou_threshold)]
    assert kept == keep_by_definition(*scene, iou_threshold)


@given(scenes(), st.floats(0, 1))
def test_every_box_is_kept_or_suppressed_exactly_once(scene, iou_threshold):
    boxes, scores = scene
    steps = nms_steps(boxes, scores, iou_threshold)
    seen = [i for step in steps for i in (step.kept, *step.suppressed)]
    assert sorted(seen) == list(range(len(boxes)))
    for step in steps:
        expected = box_iou(boxes[[step.kept]], boxes[step.suppressed])[0]
        np.testing.assert_allclose(step.ious, expected, atol=1e-12)
        assert (step.ious > iou_threshold).all()
        assert (scores[step.suppressed] <= scores[step.kept]).all()
        assert (np.diff(scores[step.suppressed]) <= 0).all()


@given(scenes(), st.floats(0, 1))
def test_what_is_left_survives_a_second_time(scene, iou_threshold):
    boxes, scores = scene
    kept = [step.kept for step in nms_steps(boxes, scores, iou_threshold)]
    again = nms_steps(boxes[kept], scores[kept], iou_threshold)
    assert [step.kept for step in again] == list(range(len(kept)))


def test_a_thousand_random_sets_equal_torchvision():
    torch = pytest.importorskip("torch")
    from torchvision.ops import nms

    rng = np.random.default_rng(7)
    for trial in range(1_000):
        boxes, scores = random_scene(rng, int(rng.integers(0, 80)))
        iou_threshold = float(rng.choice([0, 0.25, 0.5, 0.75, 1, rng.random()]))
        theirs = nms(torch.tensor(boxes), torch.tensor(scores), iou_threshold)
        ours = [step.kept for step in nms_steps(boxes, scores, iou_threshold)]
        assert ours == theirs.tolist(), f"set {trial} at {iou_threshold}"


def test_two_hundred_classwise_sets_equal_torchvision():
    torch = pytest.importorskip("torch")
    from torchvision.ops import batched_nms

    rng = np.random.default_rng(8)
    for trial in range(200):
        boxes, scores = random_scene(rng, int(rng.integers(1, 60)))
        scores = rng.permutation(len(boxes)) / len(boxes)  # it sorts ties otherwise
        labels = rng.integers(0, 4, len(boxes))
        theirs = batched_nms(
            torch.tensor(boxes), torch.tensor(scores), torch.tensor(labels), 0.4
        )
        steps = nms_classwise_steps(boxes, scores, labels, 0.4)
        assert [step.kept for step in steps] == theirs.tolist(), f"set {trial}"


@given(scenes(), st.floats(0, 1))
def test_one_class_is_no_classes(scene, iou_threshold):
    boxes, scores = scene
    single = nms_classwise_steps(boxes, scores, np.full(len(boxes), 3), iou_threshold)
    plain = nms_steps(boxes, scores, iou_threshold)
    assert [step.kept for step in single] == [step.kept for step in plain]
    assert all(step.label == 3 for step in single)


@given(scenes(), st.data())
def test_no_box_is_removed_by_another_class(scene, data):
    boxes, scores = scene
    labels = data.draw(arrays(int, len(boxes), elements=st.integers(0, 2)))
    for step in nms_classwise_steps(boxes, scores, labels, 0.2):
        assert labels[step.kept] == step.label
        assert (labels[step.suppressed] == step.label).all()


@pytest.mark.parametrize(
    ("iou_threshold", "kept"),
    [
        pytest.param(0.80, [0], id="below-the-iou"),
        pytest.param(0.81, [0, 1], id="iou-equal-to-threshold-survives"),
        pytest.param(0.82, [0, 1], id="above-the-iou"),
    ],
)
def test_both_sides_of_the_threshold(iou_threshold, kept):
    """A 9x9 box inside a 10x10 box: IoU = 81/100, worked by hand."""
    boxes = np.array([[0, 0, 10, 10], [0, 0, 9, 9.0]])
    steps = nms_steps(boxes, [0.9, 0.8], iou_threshold)
    assert [step.kept for step in steps] == kept
    if kept == [0]:
        assert steps[0].suppressed.tolist() == [1]
        assert steps[0].ious.tolist() == [0.81]


def test_at_threshold_one_even_twins_survive_and_at_zero_any_overlap_goes():
    boxes = [[0, 0, 10, 10], [0, 0, 10, 10], [9, 9, 20, 20], [30, 30, 40, 40]]
    scores = [0.9, 0.8, 0.7, 0.6]
    assert len(nms_steps(boxes, scores, 1.0)) == 4
    assert [step.kept for step in nms_steps(boxes, scores, 0.0)] == [0, 3]


def test_ties_keep_the_lower_row():
    boxes = np.repeat([[0, 0, 10, 10.0]], 3, axis=0)
    steps = nms_steps(boxes, [0.5, 0.5, 0.5], 0.5)
    assert steps[0].kept == 0
    assert steps[0].suppressed.tolist() == [1, 2]


def test_blocks_change_nothing(monkeypatch):
    boxes, scores = random_scene(np.random.default_rng(3), 150)
    whole = nms_steps(boxes, scores, 0.3)
    monkeypatch.setattr(nms_module, "BLOCK", 1)
    one = nms_steps(boxes, scores, 0.3)
    assert [step.kept for step in one] == [step.kept for step in whole]
    assert [s.suppressed.tolist() for s in one] == [
        s.suppressed.tolist() for s in whole
    ]


def test_nothing_in_nothing_out():
    assert nms_steps([], [], 0.5) == []
    assert nms_classwise_steps([], [], [], 0.5) == []
    assert kept_counts([], [], [0.5]).tolist() == [0]


@given(scenes(), st.data())
def test_counts_are_the_lengths_of_the_rounds(scene, data):
    boxes, scores = scene
    labels = data.draw(arrays(int, len(boxes), elements=st.integers(0, 2)))
    thresholds = [0.0, 0.3, 0.5, 1.0]
    plain = [len(nms_steps(boxes, scores, t)) for t in thresholds]
    assert kept_counts(boxes, scores, thresholds).tolist() == plain
    split = [len(nms_classwise_steps(boxes, scores, labels, t)) for t in thresholds]
    assert kept_counts(boxes, scores, thresholds, labels).tolist() == split


def test_two_thousand_boxes_in_the_budget():
    rng = np.random.default_rng(0)
    low = rng.uniform(0, 600, (2_000, 2))
    boxes = np.c_[low, low + rng.uniform(20, 120, (2_000, 2))]
    scores = rng.random(2_000)
    best = min(_seconds(lambda: nms_steps(boxes, scores, 0.5)) for _ in range(7))
    assert best < BUDGET_S


def _seconds(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros((2, 4)), np.zeros(3), 0.5), r"scores must be \(2,\) .* got \(3,\)"),
        (
            (np.zeros((1, 4)), [0.5], 1.01),
            r"iou_threshold must be in \[0, 1\], got 1.01",
        ),
        ((np.zeros((1, 4)), [0.5], -0.01), "got -0.01"),
        ((np.zeros((1, 4)), [np.nan], 0.5), "finite"),
    ],
)
def test_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        nms_steps(*arguments)


def test_labels_must_match():
    with pytest.raises(ValueError, match=r"labels must be \(1,\), got \(2,\)"):
        nms_classwise_steps([[0, 0, 1, 1]], [0.5], [0, 1], 0.5)
