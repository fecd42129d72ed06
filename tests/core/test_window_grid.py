"""Windows counted one by one, and pixels counted box by box."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.window_grid import (
    COURSE_PICTURE_PX,
    COURSE_WINDOW_PX,
    box_windows,
    coverage,
    square_windows,
    window_grid,
)


def slow_count(height: int, width: int, size: int, stride: int) -> int:
    return sum(
        y + size <= height and x + size <= width
        for y in range(0, height, stride)
        for x in range(0, width, stride)
    )


def slow_coverage(boxes, height: int, width: int) -> np.ndarray:
    counts = np.zeros((height, width), int)
    for x1, y1, x2, y2 in np.rint(boxes).astype(int):
        counts[max(y1, 0) : max(y2, 0), max(x1, 0) : max(x2, 0)] += 1
    return counts


def test_the_courses_example():
    side, size = COURSE_PICTURE_PX, COURSE_WINDOW_PX
    assert (side, size) == (600, 20)
    assert window_grid(side, side, size).count == 581 * 581 == 337_561


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 22), st.integers(1, 9))
def test_the_count_is_that_of_windows_laid_one_by_one(height, width, size, stride):
    grid = window_grid(height, width, size, stride)
    assert grid.count == slow_count(height, width, size, stride)


def test_a_window_as_large_as_the_picture_has_one_place_and_a_larger_one_none():
    assert window_grid(30, 40, 30).count == 11
    assert window_grid(30, 30, 30, 8).count == 1
    assert window_grid(30, 40, 31).count == 0
    assert (window_grid(30, 40, 31).rows, window_grid(30, 40, 31).cols) == (0, 10)


@given(st.integers(1, 25), st.integers(1, 25))
def test_all_sizes_are_the_sum_of_each(height, width):
    sizes = range(1, max(height, width) + 1)
    squares = sum(window_grid(height, width, size).count for size in sizes)
    assert square_windows(height, width) == squares
    boxes = sum(
        (height - high + 1) * (width - wide + 1)
        for high in range(1, height + 1)
        for wide in range(1, width + 1)
    )
    assert box_windows(height, width) == boxes


@pytest.mark.parametrize("place", range(4))
def test_numbers_below_one_are_named(place):
    given_ = [10, 10, 5, 1]
    given_[place] = 0
    with pytest.raises(ValueError, match="at least 1 px, got 0"):
        window_grid(*given_)


corner = st.floats(-5, 25, allow_nan=False)


@given(st.lists(st.tuples(corner, corner, corner, corner), max_size=8))
def test_coverage_is_that_of_boxes_painted_one_by_one(boxes):
    array = np.array(boxes, float).reshape(-1, 4)
    np.testing.assert_array_equal(
        coverage(array, 17, 20), slow_coverage(array, 17, 20)[:17, :20]
    )


def test_coverage_sums_to_the_area_inside_and_leaves_out_empty_boxes():
    counts = coverage([[0, 0, 5, 5], [3, 3, 99, 6], [7, 7, 2, 9]], 10, 10)
    assert counts.sum() == 25 + 7 * 3
    assert counts.max() == 2
    assert coverage(np.zeros((0, 4)), 2, 3).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_bad_boxes_and_pictures_are_named():
    with pytest.raises(ValueError, match="N, 4"):
        coverage([[1, 2, 3]], 5, 5)
    with pytest.raises(ValueError, match="finite"):
        coverage([[0, 0, np.nan, 1]], 5, 5)
    with pytest.raises(ValueError, match="0 x 5"):
        coverage([[0, 0, 1, 1]], 5, 0)
