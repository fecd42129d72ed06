"""The generalised distance transform against trying everything, and SciPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import grey_dilation

from explorer.core.distance_transform import (
    brute_force,
    distance_transform,
    envelope,
)

SHAPES = st.tuples(st.integers(1, 7), st.integers(1, 9))


def tried(values, square, linear, anchors):
    """Return every value (M, k, n), by the definition."""
    away = np.arange(values.shape[1])[None, None] - anchors[:, :, None]
    cost = square[:, None, None] * away**2 + linear[:, None, None] * away
    return values[:, None] - cost


@given(st.data())
def test_the_envelope_is_the_best_of_all_places(data):
    shape = data.draw(SHAPES)
    lines = data.draw(arrays(float, shape, elements=st.floats(-5, 5)))
    square = data.draw(arrays(float, shape[0], elements=st.floats(0.01, 3)))
    linear = data.draw(arrays(float, shape[0], elements=st.floats(-2, 2)))
    anchors = np.sort(
        data.draw(arrays(float, (shape[0], 4), elements=st.floats(-6, 14)))
    )
    best, where = envelope(lines, square, linear, anchors)
    every = tried(lines, square, linear, anchors)
    np.testing.assert_allclose(best, every.max(axis=2), atol=1e-9)
    at_where = np.take_along_axis(every, where[..., None], axis=2)[..., 0]
    np.testing.assert_allclose(best, at_where, atol=1e-9)


@settings(max_examples=40)
@given(st.integers(0, 10_000), SHAPES)
def test_a_map_is_transformed_as_by_brute_force(seed, shape):
    rng = np.random.default_rng(seed)
    maps = rng.normal(size=(2, *shape))
    costs = np.column_stack([rng.normal(size=(2, 2)), rng.uniform(0.01, 1, (2, 2))])
    rows = np.sort(rng.integers(-5, 12, (2, 3)), axis=1)
    cols = np.sort(rng.integers(-5, 12, (2, 4)), axis=1)
    found = distance_transform(maps, costs, rows, cols)
    for part in range(2):
        slow = brute_force(maps[part], costs[part], rows[part], cols[part])
        np.testing.assert_allclose(found.values[part], slow, atol=1e-9)
        y, x = found.rows[part], found.cols[part]
        dy = y - rows[part][:, None]
        dx = x - cols[part][None]
        cost = costs[part, 0] * dx + costs[part, 1] * dy
        cost = cost + costs[part, 2] * dx**2 + costs[part, 3] * dy**2
        np.testing.assert_allclose(maps[part][y, x] - cost, slow, atol=1e-9)


def test_it_is_a_grey_dilation_by_the_bowl():
    rng = np.random.default_rng(4)
    field = rng.normal(size=(9, 11))
    away = np.arange(-10, 11)
    bowl = -(0.3 * away[None] ** 2 + 0.2 * away[:, None] ** 2)
    theirs = grey_dilation(field, structure=bowl, mode="constant", cval=-1e9)
    ours = distance_transform(
        field[None], [[0, 0, 0.3, 0.2]], [np.arange(9)], [np.arange(11)]
    )
    np.testing.assert_allclose(ours.values[0], theirs, atol=1e-12)


def test_by_hand():
    """4 two steps off at 1 a square step is worth 0: the tie keeps the lower place."""
    best, where = envelope([[0.0, 0.0, 4.0]], [1.0], [0.0], [[0, 1, 2]])
    assert best.tolist() == [[0.0, 3.0, 4.0]]
    assert where.tolist() == [[0, 2, 2]]


@pytest.mark.parametrize(("value", "place"), [(3.999, 0), (4.001, 2)])
def test_both_sides_of_the_tie(value, place):
    _, where = envelope([[0.0, 0.0, value]], [1.0], [0.0], [[0]])
    assert where.tolist() == [[place]]


def test_a_linear_term_tilts_the_bowl():
    best, where = envelope([[0.0, 0.0, 0.0]], [1.0], [-2.0], [[0]])
    assert (best.item(), where.item()) == (1.0, 1)


def test_what_cannot_be_transformed_is_told():
    with pytest.raises(ValueError, match="above 0, got 0"):
        envelope([[1.0]], [0.0], [0.0], [[0]])
    with pytest.raises(ValueError, match="at least one response"):
        envelope(np.zeros((1, 0)), [1.0], [0.0], [[0]])
    with pytest.raises(ValueError, match="needs places, got 0x3"):
        distance_transform(np.zeros((1, 0, 3)), [[0, 0, 1, 1]], [[0]], [[0]])
