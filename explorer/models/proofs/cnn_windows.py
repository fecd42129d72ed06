"""Crops one by one, crops in a batch, and one pass over all: where they are equal."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from explorer.core.proof import Proof
from explorer.core.window_grid import WindowGrid, square_windows, window_grid
from explorer.models.proofs.gap import gap, share_of_largest

SINGLE = 1e-4  # of the largest logit: batches of other sizes sum in another order


def prove_batch(batched: ArrayLike, alone: ArrayLike, batch: int) -> Proof:
    """Compare crops that went through the network together with the same one by one.

    Parameters
    ----------
    batched, alone : (n, classes) array_like
        Logits of the same crops.
    batch : int
        How many went together.
    """
    together, single = np.asarray(batched), np.asarray(alone)
    note = f"{len(single)} crops in batches of {batch}, all logits"
    return Proof(
        "the crops one at a time",
        gap(together, single),
        share_of_largest(single, SINGLE),
        note=note,
    )


def prove_context(of_map: ArrayLike, with_picture: ArrayLike) -> Proof:
    """Compare one place of the map with its crop run with the whole picture around it.

    Parameters
    ----------
    of_map, with_picture : (classes,) array_like
        Logits.
    """
    ours, theirs = np.asarray(of_map), np.asarray(with_picture)
    note = "the middle window: with no border of its own, crop = map"
    return Proof(
        "the crop with the whole picture around it",
        gap(ours, theirs),
        share_of_largest(theirs, SINGLE),
        note=note,
    )


def prove_counts(grid: WindowGrid) -> Proof:
    """Count by ``numpy.lib.stride_tricks.sliding_window_view``, and size by size."""
    sides: Sequence[tuple[int, int]] = (
        (grid.height, grid.rows),
        (grid.width, grid.cols),
    )
    apart = 0
    for side, count in sides:
        line = np.zeros(side, np.uint8)
        theirs = 0
        if grid.size <= side:
            views = np.lib.stride_tricks.sliding_window_view(line, grid.size)
            theirs = len(views[:: grid.stride])
        apart += abs(theirs - count)
    short = min(grid.height, grid.width)
    by_size = sum(
        window_grid(grid.height, grid.width, size).count for size in range(1, short + 1)
    )
    apart += abs(by_size - square_windows(grid.height, grid.width))
    note = f"{grid.count:,} windows; and all squares, one size after another"
    return Proof("numpy's sliding_window_view", float(apart), 0, note=note)
