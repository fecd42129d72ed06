"""Cut-outs and where they are laid."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core import pasting, replacing
from explorer.core.boxes import box_intersection
from explorer.core.cutouts import (
    OBJECTS,
    Cutout,
    cut_object,
    grab_mask,
    largest_piece,
    tight,
)
from explorer.core.samples import SAMPLES, load_sample
from explorer.core.street import draw_street, mask_box

GREY = np.full((60, 80, 3), 120, np.uint8)
BOX = (30.0, 20.0, 50.0, 40.0)


def disc(side=21, color=(250, 10, 10)):
    at = np.arange(side) - (side - 1) / 2
    mask = at[:, None] ** 2 + at**2 <= (side / 2) ** 2
    return Cutout("disc", "disc", np.full((side, side, 3), color, np.uint8), mask)


@pytest.mark.parametrize("name", OBJECTS)
def test_every_object_fills_a_fair_part_of_its_box(name):
    thing = cut_object(name)
    sample, label, (x1, y1, x2, y2) = OBJECTS[name]
    height, width = load_sample(sample).image.shape[:2]
    assert 0 <= x1 < x2 <= width
    assert 0 <= y1 < y2 <= height
    assert sample in {one.name for one in SAMPLES}
    assert thing.label == label
    assert thing.mask.mean() > 0.35
    assert thing.mask.any(0)[[0, -1]].all()
    assert thing.mask.any(1)[[0, -1]].all()


def test_grabcut_finds_a_drawn_person_whose_silhouette_is_known():
    street = draw_street(0)
    row = int((street.boxes[:, 3] - street.boxes[:, 1]).argmax())
    x1, y1, x2, y2 = street.boxes[row].tolist()
    found = grab_mask(street.image, (x1 - 4, y1 - 4, x2 + 4, y2 + 4))
    true = street.masks[row]
    assert (found & true).sum() / (found | true).sum() > 0.8


def test_the_same_cut_twice_is_the_same():
    street = draw_street(0)
    box = tuple(street.boxes[0])
    once, again = (grab_mask(street.image, box) for _ in range(2))
    assert np.array_equal(once, again)


def test_a_box_of_nothing_is_refused_and_a_box_of_everything_is_taken_whole():
    with pytest.raises(ValueError, match="too little"):
        grab_mask(GREY, (79, 0, 95, 60))
    assert grab_mask(GREY, (-1, -1, 90, 90)).all()
    with pytest.raises(KeyError, match="flower"):
        cut_object("unicorn")
    with pytest.raises(ValueError, match="nothing"):
        tight("a", "b", GREY, np.zeros(GREY.shape[:2], bool))


def test_the_largest_piece_is_kept_with_its_hole_filled():
    mask = np.zeros((9, 9), bool)
    mask[1:6, 1:6] = True
    mask[3, 3] = False
    mask[8, 8] = True
    piece = largest_piece(mask)
    assert piece.sum() == 25
    assert not piece[8, 8]


def test_a_scaled_cutout_has_the_size_and_about_the_same_share():
    big = disc(40)
    for factor in (0.3, 1, 2.5):
        other = big.scaled(factor)
        assert other.mask.shape == (round(40 * factor),) * 2
        assert other.mask.mean() == pytest.approx(big.mask.mean(), abs=0.06)
    with pytest.raises(ValueError, match="above 0, got 0"):
        big.scaled(0)


@given(st.integers(-30, 90), st.integers(-30, 70))
def test_pasting_changes_the_mask_and_nothing_else(x, y):
    shown, mask = pasting.paste(GREY, disc(), x, y)
    assert np.array_equal((shown != GREY).any(2), mask)
    assert GREY.min() == GREY.max() == 120


@pytest.mark.parametrize("side", [9, 41])
def test_the_cover_reaches_each_share_within_a_row_of_pixels(side):
    wanted = [0, 0.25, 0.5, 0.75, 0.95]
    laid = pasting.cover(GREY, BOX, disc(side), wanted)
    for share, one in zip(wanted, laid, strict=True):
        changed = (one.image != GREY).any(2)[20:40, 30:50].mean()
        assert changed == pytest.approx(share, abs=1 / 20)
    assert np.array_equal(laid[0].image, GREY)
    assert laid[0].labels == ()


def test_more_share_covers_all_that_less_did_in_the_box():
    laid = pasting.cover(GREY, BOX, disc(), [0.2, 0.4, 0.6, 0.8])
    inside = [one.masks[0][20:40, 30:50] for one in laid]
    assert all((a & ~b).sum() == 0 for a, b in zip(inside, inside[1:], strict=False))


def test_a_ring_covers_what_it_can():
    ring = np.ones((30, 30), bool)
    ring[5:25, 5:25] = False
    thing = Cutout("ring", "ring", np.zeros((30, 30, 3), np.uint8), ring)
    none, half, _ = pasting.cover(GREY, BOX, thing, [0, 0.5, 1])
    assert not len(none.masks)
    assert half.masks[0][20:40, 30:50].mean() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("share", [-0.01, 1.01])
def test_a_share_outside_0_to_1_is_refused(share):
    with pytest.raises(ValueError, match="shares"):
        pasting.cover(GREY, BOX, disc(), [share])
    pasting.cover(GREY, BOX, disc(), [0, 1])


def test_a_box_outside_the_picture_is_refused():
    with pytest.raises(ValueError, match="no pixel"):
        pasting.cover(GREY, (90, 0, 99, 9), disc(), [0.5])


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(0, 8))
def test_clutter_never_touches_the_object(seed, count):
    laid = pasting.scatter(GREY, BOX, [disc(), disc(11, (0, 0, 255))], count, seed)
    assert len(laid) == count + 1
    for k, one in enumerate(laid):
        assert len(one.masks) <= k
        boxes = [mask_box(mask) for mask in one.masks if mask.any()]
        assert np.array_equal(one.image[20:40, 30:50], GREY[20:40, 30:50])
        if boxes:
            assert box_intersection(boxes, [BOX]).max() == 0
        assert (one.masks.sum(0) <= 1).all()  # what is hidden is not seen


def test_the_same_seed_lays_the_same_clutter_and_another_another():
    one, same, other = (
        pasting.scatter(GREY, BOX, [disc()], 4, seed)[-1].image for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_where_there_is_no_room_there_is_no_clutter():
    laid = pasting.scatter(GREY, (0, 0, 80, 60), [disc()], 3)
    assert [len(one.masks) for one in laid] == [0, 0, 0, 0]
    with pytest.raises(ValueError, match="0 things"):
        pasting.scatter(GREY, BOX, [], 3)


def test_one_that_stands_in_has_the_old_ones_height_and_ground():
    one = replacing.stand_in(GREY, BOX, disc(37))
    assert mask_box(one.masks[0]) == pytest.approx(BOX, abs=1)


def test_an_erased_thing_leaves_its_surroundings():
    spoiled = GREY.copy()
    hole = np.zeros(GREY.shape[:2], bool)
    hole[20:30, 20:30] = True
    spoiled[hole] = 255
    assert np.abs(replacing.erase(spoiled, hole).astype(int) - 120).max() <= 3


def test_a_swapped_face_takes_the_old_ones_mean_and_spread():
    rng = np.random.default_rng(0)
    head = np.clip(rng.normal(130, 12, (60, 80, 3)), 0, 255).astype(np.uint8)
    face = np.clip(rng.normal(60, 30, (25, 25, 3)), 0, 255).astype(np.uint8)
    one = replacing.swap_face(head, BOX, face)
    mask = one.masks[0]
    assert np.array_equal(one.image[~mask], head[~mask])
    new, old = one.image[mask].astype(float), head[mask].astype(float)
    assert new.mean(0) == pytest.approx(old.mean(0), abs=1.5)
    assert new.std(0) == pytest.approx(old.std(0), rel=0.1)


def test_a_flat_face_does_not_divide_by_0():
    one = replacing.swap_face(GREY, BOX, np.zeros((5, 5, 3), np.uint8))
    assert np.abs(one.image.astype(int) - 120).max() <= 1
