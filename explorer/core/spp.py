"""Spatial pyramid pooling: features of any size to a vector of one length.

A feature map is (C, H, W). A level of ``n`` cuts it into n x n bins and keeps one
number a bin and channel, so the vector's length is C times the sum of all n x n.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Pool = Literal["max", "mean"]

MOST_BINS = 16  # on a side
MOST_LEVELS = 6


@dataclass(frozen=True, eq=False)
class SppLevel:
    """The working of one level.

    Attributes
    ----------
    bins : int
        On a side.
    rows, cols : (bins, 2) int
        First and one past the last row (column) of each bin.
    values : (C, bins, bins) float64
    argmax : (C, bins, bins) int
        Flat index ``row * W + column`` of each maximum, -1 for means.
    """

    bins: int
    rows: Indices
    cols: Indices
    values: Array
    argmax: Indices


def bin_edges(size: int, bins: int) -> Indices:
    """Cut ``size`` cells into ``bins``: starts rounded down, ends rounded up.

    Parameters
    ----------
    size, bins : int
        At least 1; more bins than cells repeat cells.

    Returns
    -------
    (bins, 2) int
        Bin i covers cells floor(i size / bins) to ceil((i + 1) size / bins), the end
        not included. Where the size does not divide, neighbours share a cell.

    Raises
    ------
    ValueError
        If a number is below 1 or ``bins`` above ``MOST_BINS``.

    Examples
    --------
    >>> bin_edges(5, 2).tolist()
    [[0, 3], [2, 5]]
    """
    if size < 1:
        raise ValueError(f"size must be at least 1 cell, got {size}")
    if not 1 <= bins <= MOST_BINS:
        raise ValueError(f"bins must lie in 1..{MOST_BINS}, got {bins}")
    numbers = np.arange(bins)
    edges: Indices = np.stack(
        [numbers * size // bins, -(-(numbers + 1) * size // bins)], axis=1
    )
    return edges


def spp_steps(
    features: ArrayLike, levels: Sequence[int] = (1, 2, 4), pool: Pool = "max"
) -> tuple[SppLevel, ...]:
    """Pool each level's bins, channel by channel.

    Parameters
    ----------
    features : (C, H, W) array_like
    levels : sequence of int
        Bins on a side of each level.
    pool : {"max", "mean"}

    Returns
    -------
    tuple of SppLevel
        Of equal features the first, row by row, is the maximum.

    Raises
    ------
    ValueError
        If the shape, the levels or the pooling do not fit.

    Notes
    -----
    The edges are those of He et al.'s appendix A. Their section 2.3 instead slides a
    window of ceil(H / n) by floor(H / n), which for some sizes gives more than n bins
    or leaves the last cells out (H = 7, n = 4). Lazebnik et al. count visual words in
    the same bins, weighted by level; here each bin keeps a maximum or a mean.

    References
    ----------
    Lazebnik et al., "Beyond bags of features", CVPR 2006, section 3.2; He et al.,
    "Spatial pyramid pooling in deep convolutional networks", arXiv:1406.4729,
    section 2.2 and appendix A.

    Examples
    --------
    >>> pooled = spp_steps([[[1.0, 5.0], [2.0, 3.0]]], (1, 2))
    >>> [level.values.ravel().tolist() for level in pooled]
    [[5.0], [1.0, 5.0, 2.0, 3.0]]
    """
    grid = np.asarray(features, np.float64)
    if grid.ndim != 3 or grid.size == 0:
        raise ValueError(f"features must have shape (C, H, W), got {grid.shape}")
    if not 1 <= len(levels) <= MOST_LEVELS:
        raise ValueError(f"there must be 1 to {MOST_LEVELS} levels, got {len(levels)}")
    if pool not in ("max", "mean"):
        raise ValueError(f"pool must be 'max' or 'mean', got {pool!r}")
    return tuple(_level(grid, bins, pool) for bins in levels)


def _level(grid: Array, bins: int, pool: Pool) -> SppLevel:
    channels, height, width = grid.shape
    rows, cols = bin_edges(height, bins), bin_edges(width, bins)
    values = np.zeros((channels, bins, bins))
    argmax = np.full(values.shape, -1, dtype=np.intp)
    for i, (top, bottom) in enumerate(rows):
        for j, (left, right) in enumerate(cols):
            cells = grid[:, top:bottom, left:right].reshape(channels, -1)
            if pool == "mean":
                values[:, i, j] = cells.mean(axis=1)
                continue
            best = cells.argmax(axis=1)
            down, across = np.divmod(best, right - left)
            values[:, i, j] = cells[np.arange(channels), best]
            argmax[:, i, j] = (top + down) * width + left + across
    return SppLevel(bins, rows, cols, values, argmax)


def spp_vector(levels: Sequence[SppLevel]) -> Array:
    """Join the levels, each channel by channel, into one vector.

    Returns
    -------
    (C * sum of bins * bins,) float64
        The order of ``torch.cat([level.flatten() for level in levels])``.

    Examples
    --------
    >>> spp_vector(spp_steps(np.ones((3, 9, 7)))).shape
    (63,)
    """
    vector: Array = np.concatenate([level.values.ravel() for level in levels])
    return vector


def vector_place(
    levels: Sequence[int], channels: int, level: int, channel: int, row: int, col: int
) -> int:
    """Return where one bin of one channel stands in the vector, from 0.

    Parameters
    ----------
    levels : sequence of int
        Bins on a side of each level.
    channels : int
    level, channel, row, col : int
        Which level, channel and bin.

    Raises
    ------
    ValueError
        If there is no such level, channel or bin.

    Examples
    --------
    >>> vector_place((1, 2, 4), 3, 1, 2, 0, 1)
    12
    """
    for name, value, most in (
        ("level", level, len(levels)),
        ("channel", channel, channels),
    ):
        if not 0 <= value < most:
            raise ValueError(f"{name} must lie in 0..{most - 1}, got {value}")
    bins = levels[level]
    if not (0 <= row < bins and 0 <= col < bins):
        raise ValueError(f"level {level} has {bins} × {bins} bins, got ({row}, {col})")
    before = channels * sum(n * n for n in levels[:level])
    return before + channel * bins * bins + row * bins + col


def shared_cells(size: int, bins: int) -> int:
    """Count the cells along one side that two or more bins read.

    Examples
    --------
    >>> shared_cells(8, 4), shared_cells(10, 4)
    (0, 2)
    """
    readers = np.zeros(size, np.intp)
    for start, end in bin_edges(size, bins):
        readers[start:end] += 1
    return int((readers > 1).sum())


def parse_levels(text: str) -> tuple[int, ...]:
    """Read levels typed as ``"1, 2, 4"``.

    Raises
    ------
    ValueError
        A sentence about what is wrong.

    Examples
    --------
    >>> parse_levels("1 2,6")
    (1, 2, 6)
    """
    parts = text.replace(",", " ").split()
    if not parts or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(
            "Levels are whole numbers with commas between, like 1, 2, 4; "
            f"“{text[:30]}” can't be read as that."
        )
    levels = tuple(int(part[:9]) for part in parts)
    if len(levels) > MOST_LEVELS or max(levels) > MOST_BINS or min(levels) < 1:
        raise ValueError(
            f"At most {MOST_LEVELS} levels of 1 to {MOST_BINS} bins on a side; "
            f"“{text[:30]}” asks for more or for 0."
        )
    return levels
