"""Was every merge of a grouping in turn? All scores once more, from the regions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.core.merge_tree import MergeTree
from explorer.core.regions import Regions

Array = NDArray[np.float64]
Pairs = NDArray[np.int64]

SINGLE = 1e-5  # scores are kept in single precision; measured: below 1e-6


@dataclass(frozen=True, eq=False)
class Turns:
    """How far each merge lay under the best pair there was.

    Attributes
    ----------
    gaps : (M,) float64
        Best score of all neighbours then, less that of the two joined; ``inf`` where
        those were no neighbours.
    neighbors_left : int
        Pairs of neighbours that were never joined; 0 for a whole tree.
    """

    gaps: Array
    neighbors_left: int

    @property
    def wrong(self) -> int:
        """Merges out of turn, and neighbours left over."""
        return int((self.gaps > SINGLE).sum()) + self.neighbors_left


def merge_turns(
    regions: Regions, merges: Pairs, weights: tuple[float, float, float, float]
) -> Turns:
    """Replay merges and compare each with every pair of neighbours at that time.

    Parameters
    ----------
    regions : Regions
        The start.
    merges : (M, 2) int64 array
        As ``MergeTree.merges``.
    weights : four floats
        What the merges should have been chosen by.

    Notes
    -----
    Nothing of the tree but its merges is read: neighbours, histograms, boxes and
    scores are made anew, in double precision and without a queue.

    Examples
    --------
    >>> from explorer.core.regions import measure_regions
    >>> labels = np.array([[0, 0, 1, 2]] * 4, np.int32)
    >>> image = np.array([[0, 0, 90, 99]] * 4, np.uint8)
    >>> regions, color = measure_regions(image, labels), (1.0, 0.0, 0.0, 0.0)
    >>> merge_turns(regions, np.array([[0, 1], [2, 3]]), color).wrong
    0
    >>> merge_turns(regions, np.array([[0, 2], [1, 3]]), color).wrong
    1
    """
    pairs, left = _all_pairs(regions, merges)
    born, gone = _lives(len(regions.sizes), merges)
    scores = _scores(regions, merges, pairs, weights)
    since, until = born[pairs].max(axis=1), gone[pairs].min(axis=1)
    row = {tuple(pair): k for k, pair in enumerate(pairs.tolist())}
    gaps = np.full(len(merges), np.inf)
    for step, pair in enumerate(np.sort(merges, axis=1).tolist()):
        if (mine := row.get(tuple(pair))) is not None:
            there = (since <= step) & (until >= step)
            gaps[step] = scores[there].max() - scores[mine]
    return Turns(gaps, left)


def first_tie(tree: MergeTree) -> int:
    """Return the first merge that had an exactly equal rival; all merges if none had.

    Examples
    --------
    >>> from explorer.core.merge_tree import group_regions
    >>> from explorer.core.regions import measure_regions
    >>> labels = np.array([[0, 1, 2]] * 3, np.int32)
    >>> first_tie(group_regions(measure_regions(np.zeros((3, 3), np.uint8), labels)))
    0
    """
    born, gone = _lives(tree.start, tree.merges)
    since, until = born[tree.pairs].max(axis=1), gone[tree.pairs].min(axis=1)
    for step, mine in enumerate(tree.chosen.tolist()):
        there = (since <= step) & (until >= step)
        if (tree.scores[there] == tree.scores[mine]).sum() > 1:
            return step
    return len(tree.merges)


def _lives(start: int, merges: Pairs) -> tuple[Pairs, Pairs]:
    """Return the merges from which and up to which each region is there."""
    count = start + len(merges)
    born = np.maximum(np.arange(count) - start + 1, 0)
    gone = np.full(count, len(merges))
    gone[merges.ravel()] = np.repeat(np.arange(len(merges)), 2)
    return born, gone


def _all_pairs(regions: Regions, merges: Pairs) -> tuple[Pairs, int]:
    """Return all pairs (a < b) that ever touched, and how many touch at the end."""
    near = {(min(a, b), max(a, b)) for a, b in regions.neighbors.tolist()}
    ever = set(near)
    for new, (a, b) in enumerate(merges.tolist(), len(regions.sizes)):
        touched = {pair for pair in near if a in pair or b in pair}
        others = {other for pair in touched for other in pair} - {a, b}
        near = (near - touched) | {(other, new) for other in others}
        ever |= near
    return np.array(sorted(ever), np.int64).reshape(-1, 2), len(near)


def _scores(
    regions: Regions, merges: Pairs, pairs: Pairs, weights: tuple[float, ...]
) -> Array:
    """Return the weighted mean of the four measures of pairs: (P,)."""
    sizes = _grown(regions.sizes[:, None].astype(float), merges, np.add)
    colors, textures = (
        _grown(table * regions.sizes[:, None], merges, np.add) / sizes
        for table in (regions.colors.astype(float), regions.textures.astype(float))
    )
    low = _grown(regions.boxes[:, :2].astype(float), merges, np.minimum)
    high = _grown(regions.boxes[:, 2:].astype(float), merges, np.maximum)
    a, b = pairs.T
    both = (sizes[a] + sizes[b])[:, 0]
    sides = np.maximum(high[a], high[b]) - np.minimum(low[a], low[b])
    parts = [
        np.minimum(colors[a], colors[b]).sum(axis=1),
        np.minimum(textures[a], textures[b]).sum(axis=1),
        1 - both / regions.pixels,
        1 - (sides.prod(axis=1) - both) / regions.pixels,
    ]
    return np.average(parts, axis=0, weights=weights)


def _grown(rows: Array, merges: Pairs, join: np.ufunc) -> Array:
    """Return rows of the start with those of the merged regions behind them."""
    grown = np.concatenate([rows, np.zeros((len(merges), rows.shape[1]))])
    for new, (a, b) in enumerate(merges.tolist(), len(rows)):
        grown[new] = join(grown[a], grown[b])
    return grown
