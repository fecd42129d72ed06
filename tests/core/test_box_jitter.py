"""Boxes around a box: inside the picture, near it, by their seed."""

import numpy as np
import pytest

from explorer.core.box_jitter import LEAST_SIDE_PX, SHIFT_FRAC, SIZE_LOG, jittered
from explorer.core.boxes import box_iou

BOX = [200.0, 150.0, 300.0, 350.0]


def test_they_stay_within_the_shifts_and_sizes_named():
    boxes = jittered(BOX, 500, 600, 600)
    sides = boxes[:, 2:] - boxes[:, :2]
    shift = ((boxes[:, :2] + boxes[:, 2:]) / 2 - [250, 250]) / [100, 200]
    logs = np.log(sides / [100, 200])
    for values, most in ((shift, SHIFT_FRAC), (logs, SIZE_LOG)):
        assert np.abs(values).max() <= most + 1e-9
        assert np.abs(values).max() > 0.9 * most
    assert (box_iou(boxes, [BOX]) > 0.25).all()


def test_the_seed_decides():
    assert np.array_equal(jittered(BOX, 5, 600, 600, 3), jittered(BOX, 5, 600, 600, 3))
    assert not np.array_equal(jittered(BOX, 5, 600, 600), jittered(BOX, 5, 600, 600, 1))


def test_what_hangs_out_is_cut_off_and_slivers_are_dropped():
    boxes = jittered([-100, 0, 8, 50], 200, 60, 60)
    assert 0 < len(boxes) < 200
    assert (boxes >= 0).all()
    assert (boxes <= 60).all()
    assert (boxes[:, 2:] - boxes[:, :2]).min() >= LEAST_SIDE_PX


@pytest.mark.parametrize(
    ("box", "count", "said"),
    [([5, 5, 5, 9], 3, "must have an area"), (BOX, 0, "at least 1")],
)
def test_what_can_not_be(box, count, said):
    with pytest.raises(ValueError, match=said):
        jittered(box, count, 100, 100)
