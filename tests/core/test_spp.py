"""Spatial pyramid pooling against a slow twin and worked cases."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.spp import (
    MOST_BINS,
    bin_edges,
    parse_levels,
    shared_cells,
    spp_steps,
    spp_vector,
    vector_place,
)


@given(st.integers(1, 40), st.integers(1, MOST_BINS))
def test_edges_are_floor_and_ceil_cover_all_and_never_are_empty(size, bins):
    edges = bin_edges(size, bins)
    for i, (start, end) in enumerate(edges.tolist()):
        assert start == math.floor(i * size / bins)
        assert end == math.ceil((i + 1) * size / bins)
        assert start < end
    assert set().union(*(range(a, b) for a, b in edges)) == set(range(size))


def test_neighbours_overlap_exactly_where_the_size_does_not_divide():
    assert shared_cells(8, 4) == 0
    assert shared_cells(9, 4) == 3
    assert bin_edges(9, 4).tolist() == [[0, 3], [2, 5], [4, 7], [6, 9]]
    assert shared_cells(2, 4) == 2  # more bins than cells


def slow(grid, levels, pool):
    found = []
    for n in levels:
        for channel in grid:
            for rows in bin_edges(grid.shape[1], n):
                for cols in bin_edges(grid.shape[2], n):
                    cells = [channel[y, x] for y in range(*rows) for x in range(*cols)]
                    found.append(
                        max(cells) if pool == "max" else sum(cells) / len(cells)
                    )
    return np.array(found)


@given(
    st.integers(0, 99),
    st.integers(1, 12),
    st.integers(1, 12),
    st.lists(st.integers(1, 6), min_size=1, max_size=4),
    st.sampled_from(["max", "mean"]),
)
def test_the_vector_is_the_slow_twin_s(seed, height, width, levels, pool):
    grid = np.random.default_rng(seed).normal(size=(2, height, width))
    steps = spp_steps(grid, levels, pool)
    np.testing.assert_allclose(spp_vector(steps), slow(grid, levels, pool), atol=1e-12)
    flat = grid.reshape(2, -1)
    for step in steps:
        for c in range(2):
            if pool == "max":
                np.testing.assert_array_equal(flat[c][step.argmax[c]], step.values[c])
            else:
                assert (step.argmax == -1).all()


@given(st.integers(1, 30), st.integers(1, 30))
def test_any_size_gives_21_numbers_a_channel(height, width):
    assert spp_vector(spp_steps(np.zeros((5, height, width)))).shape == (5 * 21,)


def test_every_bin_stands_where_its_place_says():
    levels, channels = (1, 3, 2), 4
    steps = spp_steps(np.random.default_rng(1).normal(size=(channels, 7, 8)), levels)
    vector, places = spp_vector(steps), []
    for k, step in enumerate(steps):
        for c, i, j in np.ndindex(step.values.shape):
            place = vector_place(levels, channels, k, c, i, j)
            assert vector[place] == step.values[c, i, j]
            places.append(place)
    assert sorted(places) == list(range(len(vector)))


def test_of_equal_cells_the_first_is_the_maximum():
    step = spp_steps(np.ones((1, 4, 4)), (2,))[0]
    assert step.argmax.ravel().tolist() == [0, 2, 8, 10]


def test_the_paper_s_sliding_window_would_leave_cells_out():
    """He et al. 2014, section 2.3: window ceil(7 / 4) = 2, stride floor(7 / 4) = 1."""
    window, stride = math.ceil(7 / 4), math.floor(7 / 4)
    covered = {y for i in range(4) for y in range(i * stride, i * stride + window)}
    assert covered == {0, 1, 2, 3, 4}
    assert bin_edges(7, 4)[-1].tolist() == [5, 7]


@pytest.mark.parametrize("text", ["1,2,4", " 1 2  4", "1, 2, 4,", "01,2,4"])
def test_levels_are_read(text):
    assert parse_levels(text) == (1, 2, 4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "can't be read"),
        ("1, two", "“1, two” can't be read"),
        ("1.5", "can't be read"),
        ("-1", "can't be read"),
        ("²", "can't be read"),
        ("0", "or for 0"),
        ("17", "1 to 16 bins"),
        ("9" * 400, "1 to 16 bins"),
        ("1 1 1 1 1 1 1", "At most 6 levels"),
    ],
)
def test_levels_that_cannot_be_get_a_sentence(text, said):
    with pytest.raises(ValueError, match=said):
        parse_levels(text)
    assert parse_levels("16") == (16,)
    assert len(parse_levels("1 1 1 1 1 1")) == 6


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: spp_steps(np.zeros((3, 4))), r"\(C, H, W\), got \(3, 4\)"),
        (lambda: spp_steps(np.zeros((1, 4, 4)), ()), "1 to 6 levels, got 0"),
        (lambda: spp_steps(np.zeros((1, 4, 4)), (17,)), "1..16, got 17"),
        (lambda: spp_steps(np.zeros((1, 4, 4)), (1,), "sum"), "got 'sum'"),
        (lambda: bin_edges(0, 1), "at least 1 cell, got 0"),
        (lambda: vector_place((1, 2), 3, 2, 0, 0, 0), "level must lie in 0..1, got 2"),
        (lambda: vector_place((1, 2), 3, 1, 3, 0, 0), "channel must lie in 0..2"),
        (lambda: vector_place((1, 2), 3, 1, 0, 2, 0), r"2 × 2 bins, got \(2, 0\)"),
    ],
)
def test_what_does_not_fit_is_named(call, said):
    with pytest.raises(ValueError, match=said):
        call()
