"""Frames with their truths, and every detection named."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core import challenge_frames as making
from explorer.core.challenge_frames import Frames, Start
from explorer.core.challenge_scores import best_of, rule_of, score_frames
from explorer.core.challenges import moved_boxes, roll_matrix
from explorer.core.cutouts import Cutout
from explorer.core.detection_errors import KINDS
from explorer.core.instances import known_box, other_cats, other_faces, other_people
from explorer.core.labelled import found, truths
from explorer.core.proofs import challenges as proofs

IMAGE = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
BOX = np.array([30.0, 20, 50, 40])
START = Start(
    IMAGE, BOX, "face", np.array([[0.0, 0, 12, 12], [60, 40, 80, 60]]), ("face", "cup")
)
THING = Cutout(
    "cat", "cat face", np.zeros((20, 20, 3), np.uint8), np.ones((20, 20), bool)
)


def frames_of(boxes, labels, which=None, ignore=None):
    """Frames whose pictures do not matter."""
    which = [0] * len(boxes) if which is None else which
    classes = tuple(dict.fromkeys(labels))
    count = max(which) + 1
    rows = [classes.index(name) for name in labels]
    first = [which.index(k) for k in range(count)]
    blank = np.zeros((count, 4, 4, 3), np.uint8)
    return Frames(
        tuple(float(k) for k in range(count)),
        ("",) * count,
        blank,
        np.array(boxes, float)[first],
        truths(boxes, rows, which, ignore=ignore),
        classes,
        np.zeros((count, 4, 4), bool),
    )


@pytest.mark.parametrize(
    ("made", "base"),
    [
        (making.lit_frames(START), 9),
        (making.rolled_frames(START), 6),
        (making.turned_frames(START), 6),
        (making.covered_frames(START, THING), 0),
        (making.cluttered_frames(START, [THING]), 0),
        (making.swapped_frames(START, [("a", IMAGE[:9, :9])]), 0),
    ],
    ids=["light", "roll", "yaw", "cover", "clutter", "swap"],
)
def test_the_base_is_the_picture_and_the_object_comes_first(made, base):
    assert made.base == base
    assert np.array_equal(made.images[base], IMAGE)
    assert np.array_equal(made.objects[base], BOX)
    for k in range(len(made)):
        rows = np.flatnonzero(made.true.images == k)
        assert np.allclose(made.true.boxes[rows[0]], made.objects[k])
        assert made.classes[made.true.classes[rows[0]]] == "face"
    assert not made.pasted[base].any()


def test_the_truths_turn_with_the_picture_and_leave_it():
    made = making.rolled_frames(START)
    k = making.ROLLS_DEG.index(45.0)
    moved = moved_boxes(START.others, roll_matrix((40, 30), 45))
    rows = np.flatnonzero(made.true.images == k)[1:]
    assert np.allclose(made.true.boxes[rows], np.clip(moved, 0, [80, 60, 80, 60]))
    assert made.true.ignore[rows].tolist() == [True, True]
    assert not made.true.ignore[made.true.images == made.base].any()


def test_covered_truths_need_not_be_found_and_pasted_things_become_true():
    start = Start(IMAGE, BOX, "face", np.array([[30.0, 41, 50, 60]]), ("face",))
    made = making.covered_frames(start, THING)
    first, last = (np.flatnonzero(made.true.images == k) for k in (0, 4))
    assert made.true.ignore[first].tolist() == [False, False]
    assert made.true.ignore[last].tolist() == [False, True, False]
    assert made.classes[made.true.classes[last[-1]]] == "cat face"


def test_a_person_is_replaced_only_with_a_silhouette():
    with pytest.raises(ValueError, match="silhouette"):
        making.replaced_frames(START, [THING])
    mask = np.zeros(IMAGE.shape[:2], bool)
    mask[22:38, 32:48] = True
    start = Start(IMAGE, BOX, "face", mask=mask)
    made = making.replaced_frames(start, [THING])
    assert made.names == ("the picture's own", "cat")
    assert np.allclose(made.objects[1], BOX)


@pytest.mark.parametrize(
    ("box", "kind"),
    [
        ([0, 0, 10, 10], "right"),
        ([0, 0, 5, 10], "right"),  # exactly a half
        ([0, 0, 4.9, 10], "localisation"),
        ([0, 0, 1, 10], "localisation"),  # exactly a tenth
        ([0, 0, 0.9, 10], "background"),
        ([20, 0, 30, 10], "similar"),
        ([40, 0, 50, 10], "other"),
        ([60, 0, 70, 10], "background"),
    ],
)
def test_each_name_by_hand(box, kind):
    frames = frames_of(
        [[0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10]], ["face", "cat face", "cup"]
    )
    scored = score_frames(frames, [box], [1.0], [0])
    assert scored.kinds == (kind,)
    assert scored.reason.tolist() == [
        {"right": 0, "localisation": 0, "similar": 1, "other": 2}.get(kind, -1)
    ]
    assert (np.isnan(scored.wrong_scores[0])) == (kind == "right")


def test_the_curves_take_the_best_of_each_frame():
    frames = frames_of([[0, 0, 10, 10]] * 3, ["face"] * 3, [0, 1, 2])
    boxes = [[0, 0, 10, 10], [0, 0, 10, 9], [50, 0, 60, 10], [50, 0, 60, 10]]
    scored = score_frames(frames, boxes, [1, 3, 2, 5], [0, 0, 0, 1])
    assert scored.object_scores[0] == 3
    assert np.isnan(scored.object_scores[1:]).all()
    assert scored.wrong_scores[:2].tolist() == [2, 5]
    assert np.isnan(scored.wrong_scores[2])


def test_another_object_of_the_class_is_right_but_not_on_the_object():
    frames = frames_of([[0, 0, 10, 10], [30, 0, 40, 10]], ["face", "face"])
    scored = score_frames(frames, [[30, 0, 40, 10]], [4.0], [0])
    assert scored.kinds == ("right",)
    assert np.isnan(scored.object_scores).all()
    assert np.isnan(scored.wrong_scores).all()


def test_lengths_and_frames_are_checked():
    frames = frames_of([[0, 0, 10, 10]], ["face"])
    with pytest.raises(ValueError, match="1 boxes"):
        score_frames(frames, [[0, 0, 1, 1]], [1, 2], [0])
    with pytest.raises(ValueError, match="0 to 0, got 1"):
        score_frames(frames, [[0, 0, 1, 1]], [1], [1])
    empty = score_frames(frames, np.zeros((0, 4)), [], [])
    assert empty.kinds == ()
    assert np.isnan(empty.object_scores).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_names_are_those_of_the_slow_twin(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 4))
    which = sorted([*range(count), *rng.integers(0, count, 6).tolist()])
    firsts = {which.index(k) for k in range(count)}
    labels = [
        "face" if k in firsts else str(rng.choice(["face", "cup", "eye"]))
        for k in range(len(which))
    ]
    labels[0] = "face"
    corner = rng.integers(0, 20, (len(which), 2))
    boxes = np.hstack([corner, corner + rng.integers(4, 12, corner.shape)])
    ignore = [k not in firsts and bool(rng.random() < 0.3) for k in range(len(which))]
    frames = frames_of(boxes, labels, which, ignore)
    at = rng.integers(0, 22, (12, 2))
    seen = np.hstack([at, at + rng.integers(3, 12, at.shape)])
    scored = score_frames(frames, seen, rng.normal(size=12), rng.integers(0, count, 12))
    assert list(scored.kinds) == proofs.names_by_hand(frames, scored)
    assert proofs.prove_names(frames, scored).holds


def test_the_best_of_none_is_nan():
    seen = found([[0, 0, 1, 1]], [3.0])
    assert np.isnan(best_of(seen, np.array([False]), 1)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_has_a_sentence(kind):
    assert rule_of(kind, 0.3, "face")
    assert "better box" in rule_of("localisation", 0.6, "face")


def test_proofs_hold_and_can_fail():
    lit = making.lit_frames(START)
    assert proofs.prove_light(IMAGE, lit).holds
    assert not proofs.prove_light(255 - IMAGE, lit).holds
    moved = making.rolled_frames(START)
    assert proofs.prove_roll(START, moved).holds
    assert not proofs.prove_yaw(START, moved).holds
    assert proofs.prove_yaw(START, making.turned_frames(START)).holds
    covered = making.covered_frames(START, THING)
    assert proofs.prove_share(START, covered).holds
    assert not proofs.prove_share(START, lit).holds
    clutter = making.cluttered_frames(START, [THING])
    assert proofs.prove_clear(START, clutter).holds
    assert not proofs.prove_clear(START, covered).holds
    assert proofs.prove_untouched(IMAGE, clutter).holds
    assert not proofs.prove_untouched(IMAGE, lit).holds


def test_a_batch_that_differs_from_its_singles_is_seen():
    batch = {
        "boxes": np.zeros((2, 4)),
        "scores": np.array([1.0, 2]),
        "frames": np.array([0, 1]),
    }
    names = ("0", "+1")
    alone = {"boxes": np.zeros((1, 4)), "scores": np.array([2.0])}
    good = proofs.prove_batch({1: alone}, batch, names)
    assert good.holds
    assert "“+1”" in good.note
    assert not proofs.prove_batch({0: alone}, batch, names).holds
    none = {"boxes": np.zeros((0, 4)), "scores": np.zeros(0)}
    assert not proofs.prove_batch({1: none}, batch, names).holds


def test_the_other_instances_leave_out_the_pictures_own():
    names = [name for name, _ in other_faces("astronaut")]
    assert len(names) == 12
    assert names[0] == "Grace Hopper"
    assert other_faces("nobody")[0][0] == "Eileen Collins"
    assert other_cats("chelsea") == []
    assert len(other_cats("")) == 1
    assert all("street 1" not in one.name for one in other_people("street"))
    assert other_people("camera")[0].name != "photographer"
    assert known_box("chelsea", "face") is None
    assert known_box("camera", "person") is not None
