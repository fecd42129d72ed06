"""The generalised distance transform: the best place of a part for every anchor.

For costs that are parabolas the best of all places is found in linear time, from the
envelope of one parabola a place, along one axis and then along the other.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Float64 = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True)
class Spread:
    """A response map after the distance transform.

    Attributes
    ----------
    values : (P, K, L) float64
        Best response minus cost for each anchor.
    rows, cols : (P, K, L) int
        Where on the response map that best place is.
    """

    values: Float64
    rows: Ints
    cols: Ints


def envelope(
    values: ArrayLike, square: ArrayLike, linear: ArrayLike, anchors: ArrayLike
) -> tuple[Float64, Ints]:
    """Return the best of ``value[q] - square (q - p)**2 - linear (q - p)`` over q.

    Parameters
    ----------
    values : (M, n) array_like
        M lines of responses, finite.
    square, linear : (M,) array_like
        The cost of each line; ``square`` is above 0.
    anchors : (M, k) array_like
        The places p, in rising order; they may lie outside 0..n-1.

    Returns
    -------
    best : (M, k) float64
    where : (M, k) int
        The place q that is best; on a tie the lower one.

    Raises
    ------
    ValueError
        If a line is empty, or a ``square`` is not above 0.

    Notes
    -----
    The paper minimises and puts the parabolas' feet on the grid itself; here the
    sign is turned, a linear term tilts the parabolas, and the envelope is read at any
    anchor. All lines advance together, each with its own stack of parabolas.

    References
    ----------
    Felzenszwalb & Huttenlocher 2012, "Distance Transforms of Sampled Functions",
    section 2.1 and algorithm 1.

    Examples
    --------
    >>> best, where = envelope([[0, 9, 0, 0]], [2.0], [0.0], [[0, 1, 2, 3]])
    >>> best.tolist(), where.tolist()
    ([[7.0, 9.0, 7.0, 1.0]], [[1, 1, 1, 1]])
    """
    lines = np.asarray(values, np.float64)
    bend = np.asarray(square, np.float64)
    tilt = np.asarray(linear, np.float64)
    if lines.shape[1] == 0:
        raise ValueError("a line needs at least one response, got none")
    if not (bend > 0).all():
        raise ValueError(f"square must be above 0, got {bend.min():g}")
    places = np.arange(lines.shape[1])
    feet = bend[:, None] * places**2 + tilt[:, None] * places - lines  # (M, n)
    owner, starts = _stack(feet, bend)
    spots = np.asarray(anchors, np.float64)
    where = np.take_along_axis(owner, _segment(starts, spots), axis=1)
    away = where - spots
    reached = np.take_along_axis(lines, where, axis=1)
    best: Float64 = reached - bend[:, None] * away**2 - tilt[:, None] * away
    return best, where


def _stack(feet: Float64, bend: Float64) -> tuple[Ints, Float64]:
    """Return the parabolas on the envelope (M, n), and where each begins to win."""
    count, length = feet.shape
    owner = np.zeros((count, length), np.intp)
    starts = np.full((count, length), np.inf)
    starts[:, 0] = -np.inf
    top = np.zeros(count, np.intp)
    every = np.arange(count)
    for place in range(1, length):
        rows = every
        while rows.size:
            under = owner[rows, top[rows]]
            rise = feet[rows, place] - feet[rows, under]
            cross = rise / (2 * bend[rows] * (place - under))
            beaten = cross <= starts[rows, top[rows]]
            stays = rows[~beaten]
            top[stays] += 1
            owner[stays, top[stays]] = place
            starts[stays, top[stays]] = cross[~beaten]
            rows = rows[beaten]
            starts[rows, top[rows]] = np.inf
            top[rows] -= 1
    return owner, starts


def _segment(starts: Float64, anchors: Float64) -> Ints:
    """Return which stretch of the envelope (M, k) each anchor falls into.

    One search for all lines: each line is moved beyond the end of the one before.
    """
    count, length = starts.shape
    low = min(float(anchors.min(initial=0)), 0.0) - 1
    high = max(float(anchors.max(initial=0)), length) + 1
    apart = np.arange(count)[:, None] * (high - low + 1)
    line = (np.clip(starts, low, high) + apart).ravel()
    found = np.searchsorted(line, (anchors + apart).ravel(), side="left") - 1
    inside: Ints = found.reshape(anchors.shape) - np.arange(count)[:, None] * length
    return inside


def distance_transform(
    responses: ArrayLike, costs: ArrayLike, at_rows: ArrayLike, at_cols: ArrayLike
) -> Spread:
    """Return for each anchor the best response minus the cost of going there.

    Parameters
    ----------
    responses : (P, R, C) array_like
        One response map a part.
    costs : (P, 4) array_like
        Of a part moved by (dx, dy): the factors of dx, dy, dx squared, dy squared.
    at_rows : (P, K) array_like
    at_cols : (P, L) array_like
        The anchors of each part, rows and columns in rising order; they may lie
        outside the map.

    Returns
    -------
    Spread

    Raises
    ------
    ValueError
        If a map is empty, or a factor of a square is not above 0.

    Notes
    -----
    Costs add up over the two axes, so the transform of the rows' transforms is the
    transform of the map. Time grows with the number of places, not with its square.

    References
    ----------
    Felzenszwalb & Huttenlocher 2012, section 2.2; Felzenszwalb et al. 2010,
    section 3.1, equation 7.

    Examples
    --------
    >>> spread = distance_transform(
    ...     [[[0, 0, 5], [0, 0, 0]]], [[0, 0, 1, 1]], [[0, 1]], [[0, 1, 2]]
    ... )
    >>> spread.values[0].tolist()
    [[1.0, 4.0, 5.0], [0.0, 3.0, 4.0]]
    """
    maps = np.asarray(responses, np.float64)
    cost = np.asarray(costs, np.float64)
    rows, cols = np.asarray(at_rows), np.asarray(at_cols)
    parts, height, width = maps.shape
    tall, wide = rows.shape[1], cols.shape[1]
    if maps.size == 0:
        raise ValueError(f"a response map needs places, got {height}x{width}")
    across, from_col = envelope(
        maps.reshape(-1, width),
        np.repeat(cost[:, 2], height),
        np.repeat(cost[:, 0], height),
        np.repeat(cols, height, axis=0),
    )
    turned = across.reshape(parts, height, wide).transpose(0, 2, 1)
    down, from_row = envelope(
        turned.reshape(-1, height),
        np.repeat(cost[:, 3], wide),
        np.repeat(cost[:, 1], wide),
        np.repeat(rows, wide, axis=0),
    )
    best_row = from_row.reshape(parts, wide, tall).transpose(0, 2, 1)
    best_col = np.take_along_axis(
        from_col.reshape(parts, height, wide), best_row, axis=1
    )
    values = down.reshape(parts, wide, tall).transpose(0, 2, 1)
    return Spread(np.ascontiguousarray(values), best_row, best_col)


def brute_force(
    response: ArrayLike, cost: ArrayLike, at_rows: ArrayLike, at_cols: ArrayLike
) -> Float64:
    """Return the transform of one map by trying every place for every anchor.

    The slow twin of ``distance_transform``: (K, L) from (R, C).

    Examples
    --------
    >>> brute_force([[0, 0, 5]], [0, 0, 1, 1], [0], [0, 2]).tolist()
    [[1.0, 5.0]]
    """
    field = np.asarray(response, np.float64)
    over_x, over_y, over_xx, over_yy = np.asarray(cost, np.float64)
    place_rows, place_cols = np.indices(field.shape)
    rows, cols = np.asarray(at_rows), np.asarray(at_cols)
    best = np.empty((len(rows), len(cols)))
    for k, row in enumerate(rows):
        dy = place_rows - row
        left = field - over_y * dy - over_yy * dy**2
        for m, col in enumerate(cols):
            dx = place_cols - col
            best[k, m] = (left - over_x * dx - over_xx * dx**2).max()
    return best
