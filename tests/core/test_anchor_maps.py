"""All anchors of a network: order, counts, the paper's input size, errors."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from explorer.core.anchor_maps import (
    MapPlan,
    anchor_maps,
    input_scale,
    whole_cells,
)
from explorer.core.anchors import anchor_shapes

PLANS = (MapPlan(3, 4, 8, (16.0, 20.0)), MapPlan(2, 2, 16, (32.0,), (0.5, 2.0)))


def test_every_anchor_by_definition() -> None:
    made = anchor_maps(PLANS)
    slow = [
        shape + [col * plan.stride, row * plan.stride] * 2
        for plan in PLANS
        for row in range(plan.rows)
        for col in range(plan.cols)
        for shape in anchor_shapes(plan.sizes_px, plan.ratios)
    ]
    assert_array_equal(made.boxes, slow)
    assert made.first(1) == PLANS[0].count == 3 * 4 * 6
    assert made.first(2) == len(made.boxes)


def test_the_papers_count_for_its_own_example() -> None:
    scale = input_scale(1000, 600)
    assert scale == 1
    plan = MapPlan(whole_cells(600, 16), whole_cells(1000, 16), 16, (128, 256, 512))
    assert (plan.rows, plan.cols, plan.per_cell) == (37, 62, 9)
    assert plan.count == 20_646  # "roughly 20000", section 3.1


@pytest.mark.parametrize(
    ("size", "scale"),
    [((600, 600), 1.0), ((500, 300), 2.0), ((1000, 599), 1.0), ((1, 1), 600.0)],
)
def test_the_short_side_becomes_600_unless_the_long_one_passes_1000(
    size: tuple[int, int], scale: float
) -> None:
    assert input_scale(*size) == pytest.approx(scale)


@pytest.mark.parametrize(("side", "cells"), [(15.9, 1), (31.9, 1), (32, 2), (0.5, 1)])
def test_what_is_left_over_makes_no_cell(side: float, cells: int) -> None:
    assert whole_cells(side, 16) == cells


def test_nothing_to_lay_out() -> None:
    with pytest.raises(ValueError, match="at least one feature map"):
        anchor_maps([])
    with pytest.raises(ValueError, match="at least 1 px"):
        input_scale(0, 10)


def test_a_rounded_product_loses_no_cell() -> None:
    side = np.nextafter(600.0, 0)  # 600 before it was divided and multiplied
    assert whole_cells(float(side), 24) == 25
