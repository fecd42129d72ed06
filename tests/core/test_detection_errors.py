import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.boxes import box_iou
from explorer.core.confusion import class_precision, class_recall, confusion_matrix
from explorer.core.detection_errors import (
    KINDS,
    MISTAKES,
    ap_without,
    error_kinds,
    similar_classes,
)
from explorer.core.labelled import found, truths
from explorer.core.matching import match_ranked
from explorer.core.precision_recall import average_precision, pr_curve

CLASSES = ["cat", "dog", "car"]
SIMILAR = similar_classes(CLASSES)


def judged(seen, true, threshold=0.5):
    verdicts = match_ranked(seen, true.take(true.classes == 0), threshold)
    return verdicts, error_kinds(seen, true, verdicts, SIMILAR)


def test_one_of_each_kind_by_hand():
    true = truths([[0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10]], classes=[0, 1, 2])
    seen = found(
        [
            [0, 0, 10, 10],  # the cat
            [0, 0, 10, 9],  # the cat again
            [0, 0, 10, 3],  # a piece of it
            [20, 0, 30, 10],  # the dog
            [40, 0, 50, 10],  # the car
            [70, 0, 80, 10],  # nothing
        ],
        [6, 5, 4, 3, 2, 1],
    )
    _, kinds = judged(seen, true)
    assert kinds == [
        "right",
        "localisation",
        "localisation",
        "similar",
        "other",
        "background",
    ]


def test_both_sides_of_a_tenth():
    true = truths([[0, 0, 10, 10]])
    for high, kind in ((1.0, "localisation"), (0.99, "background")):
        _, kinds = judged(found([[0, 0, 10, high]], [1]), true)
        assert kinds == [kind]


def test_own_class_goes_before_similar_and_similar_before_other():
    true = truths([[0, 0, 10, 10]] * 3, classes=[2, 1, 0])
    piece = found([[0, 0, 10, 3]], [1])
    assert judged(piece, true)[1] == ["localisation"]
    assert judged(piece, true.take([0, 1]))[1] == ["similar"]
    assert judged(piece, true.take([0]))[1] == ["other"]


def test_pictures_are_kept_apart_and_the_ignored_is_no_mistake():
    true = truths([[0, 0, 10, 10], [20, 0, 30, 10]], images=[0, 0], ignore=[0, 1])
    seen = found([[0, 0, 10, 10], [20, 0, 30, 10]], [2, 1], images=[1, 0])
    assert judged(seen, true)[1] == ["background", "ignored"]


@given(st.integers(0, 10_000))
def test_every_false_positive_has_one_kind_as_its_slow_twin_says(seed):
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 30, (16, 2))
    boxes = np.hstack([corner, corner + rng.uniform(3, 30, (16, 2))])
    true = truths(boxes[:6], classes=rng.integers(0, 3, 6))
    seen = found(boxes[6:], rng.random(10)).ranked()
    verdicts, kinds = judged(seen, true)
    for row, kind in enumerate(kinds):
        ious = box_iou(seen.boxes[row : row + 1], true.boxes)[0]
        near = {CLASSES[c] for c in true.classes[ious >= 0.1]}
        order = (("cat", "localisation"), ("dog", "similar"), ("car", "other"))
        slow = next((word for name, word in order if name in near), "background")
        assert kind == ("right" if verdicts.outcomes[row] == 1 else slow)
    assert set(kinds) <= set(KINDS)


def test_a_mistake_that_is_gone_never_lowers_the_average_precision():
    true = truths([[0, 0, 10, 10], [20, 0, 30, 10]], classes=[0, 1])
    seen = found([[20, 0, 30, 10], [0, 0, 10, 3], [0, 0, 10, 10]], [3, 2, 1])
    verdicts, kinds = judged(seen, true)
    now = average_precision(pr_curve(verdicts.outcomes, 1))
    gone = ap_without(verdicts, kinds, 1)
    assert tuple(gone) == MISTAKES
    assert all(value >= now for value in gone.values())
    assert now == pytest.approx(1 / 3)
    assert gone["similar"] == gone["localisation"] == pytest.approx(1 / 2)
    assert gone["other"] == gone["background"] == now


def test_similar_classes_are_mutual_and_never_their_own():
    names = ["person", "aeroplane", "bird", "face", "eye", "zebra", "no such class"]
    alike = similar_classes(names)
    assert (alike == alike.T).all()
    assert not alike.diagonal().any()
    assert alike[1, 2]
    assert alike[3, 4]
    assert not alike[-1].any()


@given(st.integers(0, 10_000))
def test_precision_and_recall_of_masks_are_counted_pixels(seed):
    rng = np.random.default_rng(seed)
    truth = rng.choice([0, 1, 2, 255], (6, 7)).astype(np.uint8)
    labels = rng.integers(0, 3, (6, 7)).astype(np.uint8)
    matrix = confusion_matrix(truth, labels, 3)
    known = truth < 3
    for label in range(3):
        right = (known & (truth == label) & (labels == label)).sum()
        said, true = (known & (labels == label)).sum(), (truth == label).sum()
        for value, of in (
            (class_precision(matrix)[label], said),
            (class_recall(matrix)[label], true),
        ):
            assert np.isnan(value) if of == 0 else value == right / of
