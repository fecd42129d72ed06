"""The pictures the detectors are trained on, and the loss of their backbone."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional
from torchvision.ops import complete_box_iou_loss

from explorer.models.detections import Detections
from explorer.training import detection_data as data
from explorer.training import detection_mix as mix
from explorer.training.detection_pool import MOST_REPEATED, Pool, make_pool
from explorer.training.detection_scaffold import Dense, centres
from explorer.training.detection_scaffold_loss import (
    NEGATIVE_SHARE,
    assign,
    known_cells,
    scaffold_loss,
)
from explorer.training.detection_scores import judge, scores_of
from explorer.training.detection_sheet import RIGHT, WRONG, judged, tile
from explorer.training.rcnn_settings import CLASSES

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("EXPLORER_DATA", ROOT.parent / "shared" / "data"))
with_photos = pytest.mark.skipif(
    not (DATA / "objects64.zip").is_file(), reason="needs the training data's folder"
)
CAT, DOG = CLASSES.index("cat"), CLASSES.index("dog")


def scene(label: int = CAT, known=None, side: int = 100) -> data.Scene:
    """A white object on black; where it is, is where the box is."""
    image = np.zeros((side, side, 3), np.uint8)
    image[30:70, 20:60] = 255
    mask = np.ones((40, 40), np.bool_)
    classes = np.ones(len(CLASSES), np.bool_) if known is None else known
    box = np.array([[20, 30, 60, 70]], np.float32)
    return data.Scene(image, box, np.array([label]), classes, (mask,))


def around(image: np.ndarray) -> list[int]:
    rows, cols = np.nonzero(image[..., 0] > 127)
    return [cols.min(), rows.min(), cols.max() + 1, rows.max() + 1]


# Pictures


@pytest.mark.parametrize("seed", range(12))
def test_a_cut_moves_the_box_with_its_object(seed: int) -> None:
    rng = np.random.default_rng(seed)
    made = mix.cut(scene(), (160, 120), rng, (1.0, 1.3))
    assert made.image.shape == (120, 160, 3)
    if len(made.boxes):
        np.testing.assert_allclose(made.boxes[0], around(made.image), atol=1.6)


def test_a_window_far_larger_than_its_copy_is_averaged() -> None:
    fine = np.zeros((400, 400, 3), np.uint8)
    fine[:, ::2] = 200
    made = mix.cut(
        data.Scene(
            fine, np.zeros((0, 4), np.float32), np.zeros(0, int), scene().known, ()
        ),
        (40, 40),
        np.random.default_rng(0),
        (1.0, 1.0),
    )
    inside = made.image[5:-5, 5:-5, 0]
    assert abs(inside.astype(float) - 100).max() < 30


def test_what_is_cut_off_too_far_is_unknown_and_not_absent() -> None:
    image = np.zeros((80, 80, 3), np.uint8)
    boxes = np.array([[-50, 10, 10, 70], [20, 20, 60, 60]], np.float32)
    known = np.ones(len(CLASSES), np.bool_)
    made = mix._visible(image, boxes, np.array([CAT, DOG]), known)
    assert made.labels.tolist() == [DOG]
    assert not made.known[CAT, 4, 0]
    assert made.known[CAT, 4, 5]
    assert made.known[DOG].all()


def test_a_crowd_makes_people_unknown_where_it_stands() -> None:
    boxes = np.array([[0, 0, 40, 80]], np.float32)
    known = np.ones(len(CLASSES), np.bool_)
    made = mix._visible(np.zeros((80, 80, 3), np.uint8), boxes, np.array([-1]), known)
    assert not len(made.boxes)
    assert not made.known[data.PERSON, :, :5].any()
    assert made.known[data.PERSON, :, 5:].all()


def pool() -> Pool:
    people = scene(data.PERSON, data.knows("person"))
    return make_pool([([scene()], 0.5), ([people], 0.5)], [scene(DOG, side=80)] * 2)


@pytest.mark.parametrize("made", [mix.mosaic, mix.tiled, mix.sample])
def test_every_kind_of_picture_is_whole_and_its_boxes_lie_inside(made) -> None:
    for seed in range(6):
        one = made(pool(), np.random.default_rng(seed))
        assert one.image.shape == (320, 320, 3)
        assert one.known.shape == (len(CLASSES), 40, 40)
        assert len(one.boxes) == len(one.labels)
        assert (one.boxes >= 0).all()
        assert (one.boxes <= 320).all()
        assert ((one.boxes[:, 2:] - one.boxes[:, :2]) > 0).all()


def test_each_tile_brings_its_own_knowledge() -> None:
    tiles = [scene(DOG, ~data.knows("person"), side=80)]
    one = mix.tiled(make_pool([([scene()], 1.0)], tiles), np.random.default_rng(1))
    assert not one.known[data.PERSON].any()
    assert set(one.labels.tolist()) == {DOG}


def test_a_pasted_thing_has_a_box_and_takes_away_what_it_covers() -> None:
    rng = np.random.default_rng(3)
    blank = np.zeros((320, 320, 3), np.uint8)
    everywhere = np.array([[150, 150, 156, 156]], np.float32)
    start = mix.Sample(blank, everywhere, np.array([DOG]), np.ones((20, 40, 40), bool))
    for _ in range(10):
        made = mix.pasted(start, pool(), rng)
        for box in made.boxes[made.labels != DOG]:
            x, y = ((box[:2] + box[2:]) / 2).astype(int)
            assert made.image[y, x, 0] > 100
    assert mix._covered(everywhere, np.array([150, 150, 153.5, 156], np.float32)).all()
    assert not mix._covered(
        everywhere, np.array([150, 150, 152, 156], np.float32)
    ).any()


def test_rare_classes_are_drawn_more_often_than_their_share() -> None:
    tiles = [scene(DOG)] * 90 + [scene(CAT)] * 10
    odds = make_pool([([scene()], 1.0)], tiles).tile_odds
    assert odds[90:].sum() == pytest.approx(0.25, abs=0.001)


def test_photos_of_rare_classes_are_repeated_up_to_a_bound() -> None:
    photos = [scene(DOG)] * 60 + [scene(CAT)] * 39 + [scene(CLASSES.index("bird"))]
    odds = make_pool([(photos, 1.0)], [scene(DOG)]).odds
    assert odds.sum() == pytest.approx(1.0)
    assert odds[0] == odds[98]  # both kinds are in 30 of 100 photos and more
    assert odds[99] == pytest.approx(MOST_REPEATED * odds[0])


def test_groups_keep_their_shares_of_the_draws() -> None:
    groups = [([scene(DOG)] * 3 + [scene(CAT)], 0.8), ([scene()] * 9, 0.2)]
    odds = make_pool(groups, [scene(DOG)]).odds
    assert odds[:4].sum() == pytest.approx(0.8)
    np.testing.assert_allclose(odds[4:], 0.2 / 9)


# The loss


def dense(boxes: torch.Tensor, logits: torch.Tensor) -> Dense:
    points = centres(4, 4, 8)
    return Dense(logits[None], boxes[None], points, torch.full((16,), 8.0))


def said(gt: torch.Tensor) -> torch.Tensor:
    return gt.expand(16, 4).clone()


def test_only_cells_inside_a_box_learn_it() -> None:
    gt = torch.tensor([[2.0, 2.0, 14.0, 14.0]])
    one = assign(torch.zeros(16, 20), said(gt), centres(4, 4, 8), gt, torch.tensor([3]))
    assert one.rows.tolist() == [0, 1, 4, 5]
    torch.testing.assert_close(one.targets, torch.ones(4))


def test_a_cell_between_two_boxes_learns_the_one_it_overlaps_more() -> None:
    gt = torch.tensor([[0.0, 0.0, 32.0, 32.0], [0.0, 0.0, 16.0, 32.0]])
    boxes = said(gt[1])
    one = assign(torch.zeros(16, 20), boxes, centres(4, 4, 8), gt, torch.tensor([3, 4]))
    left = one.gt[one.rows % 4 < 2]
    assert (left == 1).all()


def test_nothing_true_teaches_only_where_it_is_known() -> None:
    logits = torch.zeros(16, 20)
    one = dense(said(torch.tensor([0.0, 0, 8, 8])), logits)
    known = torch.zeros(1, 20, 4, 4, dtype=torch.bool)
    known[0, CAT, 0, 1] = True
    none = [torch.zeros(0, 4)], [torch.zeros(0, dtype=torch.long)]
    terms = scaffold_loss(one, *none, known)
    # One cell and class, at a chance of 0.5: 0.75 * 0.5**2 * ln 2.
    wanted = NEGATIVE_SHARE * 0.25 * np.log(2)
    assert float(terms["classes"]) == pytest.approx(wanted, rel=1e-5)
    assert float(terms["boxes"]) == 0


def test_the_terms_are_their_formulas() -> None:
    torch.manual_seed(0)
    gt, label = torch.tensor([[2.0, 2.0, 14.0, 14.0]]), torch.tensor([CAT])
    boxes = said(gt) + torch.rand(16, 4)
    logits = torch.randn(16, 20)
    one = dense(boxes, logits)
    known = torch.ones(1, 20, 4, 4, dtype=torch.bool)
    found = assign(logits, boxes, one.points, gt, label)
    target = torch.zeros(16, 20)
    target[found.rows, CAT] = found.targets
    chance = logits.sigmoid()
    weight = torch.where(target > 0, target, NEGATIVE_SHARE * chance**2)
    entropy = -(
        target * functional.logsigmoid(logits)
        + (1 - target) * functional.logsigmoid(-logits)
    )
    terms = scaffold_loss(one, [gt], [label], known)
    total = found.targets.sum().clamp_min(1)
    torch.testing.assert_close(terms["classes"], (weight * entropy).sum() / total)
    off = complete_box_iou_loss(boxes[found.rows], gt.expand(len(found.rows), 4))
    torch.testing.assert_close(terms["boxes"], 2 * (off * found.targets).sum() / total)


def test_the_map_of_the_known_is_read_at_the_middle_of_each_cell() -> None:
    known = torch.zeros(1, 1, 4, 4, dtype=torch.bool)
    known[0, 0, 2, 3] = True
    one = dense(said(torch.zeros(4)), torch.zeros(16, 1))
    assert known_cells(known, one)[0, :, 0].nonzero().flatten().tolist() == [11]


# The archives


@with_photos
def test_the_archives_hold_what_the_recipe_counts_on() -> None:
    val, train = data.coco(DATA, "val"), data.coco(DATA)
    assert (len(train), len(val)) == (227, 128)
    people = data.pennfudan(DATA)
    assert sum(len(one.boxes) for one in people) == 423
    for one in (*train[:40], *people[:20]):
        for box, mask in zip(one.boxes, one.masks, strict=True):
            if mask is not None:
                x1, y1, x2, y2 = data.outer(box)
                assert mask.shape == (y2 - y1, x2 - x1)


def test_a_sheet_tells_right_wrong_and_missed_apart() -> None:
    truths = np.array([[10.0, 10, 40, 40], [60, 60, 90, 90], [10, 60, 40, 90]])
    boxes = np.array([[11.0, 10, 40, 40], [12, 10, 40, 40], [60, 60, 90, 90]])
    right, hit = judged(boxes, ["cat", "cat", "dog"], truths, ["cat", "cat", "cat"])
    assert right.tolist() == [True, False, False]
    assert hit.tolist() == [True, False, False]
    none, missed = judged(boxes[:0], [], truths, ["cat"] * 3)
    assert not len(none)
    assert not missed.any()
    drawn = tile(scene(), np.array([[20.0, 30, 60, 70]]), ["cat"], [0.5], 100)
    assert (drawn[70, 40] == RIGHT).all()
    wrong = tile(scene(), np.array([[20.0, 30, 60, 70]]), ["dog"], [0.5], 100)
    assert (wrong[70, 40] == WRONG).all()


# Scores


def test_a_detector_that_is_told_the_truth_scores_1_and_one_that_is_not_less() -> None:
    scenes = [scene(data.PERSON, side=160)] * 12

    def right(_: np.ndarray) -> Detections:
        boxes = torch.from_numpy(scenes[0].boxes) * 2  # 160 px are shown at 320
        return Detections(
            boxes, torch.ones(1), torch.tensor([data.PERSON]), torch.zeros(1), {}
        )

    def wrong(image: np.ndarray) -> Detections:
        one = right(image)
        return replace(one, boxes=one.boxes + 60)

    good, bad = (scores_of(*judge(d, scenes)) for d in (right, wrong))
    assert good["ap50"]["value"] == good["ap50_person"]["value"] == 1.0
    assert good["ap50"]["n"] == 12
    assert good["ap50"]["per_class"] == {"person": 1.0}
    assert bad["ap50_person"]["value"] == 0.0
