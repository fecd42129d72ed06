"""Where a default box stands, over all boxes of all three networks."""

import numpy as np
import pytest

from explorer.core.default_boxes import SSD300, SSD320, SSD512, default_boxes
from explorer.core.default_places import (
    Place,
    cell_maxima,
    levels_of,
    place_of,
    ratio_names,
    row_of,
    starts_of,
)

NETWORKS = ((SSD300, 300, 8732), (SSD512, 512, 24564), (SSD320, 320, 9590))


@pytest.mark.parametrize(("maps", "size", "count"), NETWORKS)
def test_rows_and_places_are_one_another(maps, size, count):
    assert starts_of(maps)[-1] == len(levels_of(maps)) == count
    levels = levels_of(maps)
    for row in [*range(0, count, 13), count - 1]:
        place = place_of(maps, row)
        assert row_of(maps, place) == row
        assert levels[row] == place.level


@pytest.mark.parametrize(("maps", "size", "count"), NETWORKS)
def test_a_box_lies_around_the_middle_of_its_cell(maps, size, count):
    boxes = default_boxes(maps, size)
    for row in range(0, count, 37):
        place = place_of(maps, row)
        one = maps[place.level]
        middle = (boxes[row, :2] + boxes[row, 2:]) / 2
        wanted = (np.array([place.col, place.row]) + 0.5) * one.step
        np.testing.assert_allclose(middle, wanted, atol=1e-9)
        sides = (boxes[row, 2:] - boxes[row, :2]) / size
        np.testing.assert_allclose(
            sides, one.shapes[place.shape].clip(0, 1), atol=1e-12
        )


def test_the_names_are_the_ratios():
    for one in SSD300:
        for name, (wide, high) in zip(
            ratio_names(one)[2:], one.shapes[2:], strict=True
        ):
            ratio, word = name.split(" ")
            up, across = (float(v) for v in ratio.split(":"))
            assert high / wide == pytest.approx(up / across)
            assert word == ("tall" if high > wide else "wide")


def test_the_largest_of_each_cell():
    values = np.random.default_rng(0).normal(size=9590)
    found = cell_maxima(SSD320, values)
    for level, (one, rows) in enumerate(zip(SSD320, found, strict=True)):
        assert rows.shape == (one.cells, one.cells)
        for row, col in ((0, 0), (one.cells - 1, one.cells // 2)):
            mine = [
                row_of(SSD320, Place(level, col, row, shape))
                for shape in range(len(one.shapes))
            ]
            assert rows[row, col] == max(mine, key=lambda k: values[k])


@pytest.mark.parametrize(
    "place",
    [
        Place(6, 0, 0, 0),
        Place(-1, 0, 0, 0),
        Place(0, 38, 0, 0),
        Place(0, 0, 38, 0),
        Place(0, 0, 0, 4),
    ],
)
def test_no_such_place_is_refused(place):
    with pytest.raises(ValueError, match="must lie in 0"):
        row_of(SSD300, place)


@pytest.mark.parametrize("row", [-1, 8732])
def test_no_such_row_is_refused(row):
    with pytest.raises(ValueError, match="8731"):
        place_of(SSD300, row)


def test_values_for_other_boxes_are_refused():
    with pytest.raises(ValueError, match="9590"):
        cell_maxima(SSD320, np.zeros(9589))
