"""Hierarchical grouping: the two most similar neighbours become one, till all are."""

import heapq
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.regions import Regions

MEASURES = ("colour", "texture", "size", "fill")
WEIGHTS = (1.0, 1.0, 1.0, 1.0)  # of the four measures, as in the paper


@dataclass(frozen=True, eq=False)
class MergeTree:
    """All regions of a grouping and what became of them.

    Regions 0..R-1 are those it started from; region R + i is what merge i made.

    Attributes
    ----------
    start : int
        R, how many regions there were.
    merges : (M, 2) int64 array
        The two regions that each merge joins; R - 1 merges where all hangs together.
    sizes : (R + M,) int64 array
        In pixels.
    boxes : (R + M, 4) int64 array
        ``(x1, y1, x2, y2)``, ``x2`` and ``y2`` one past the last pixel.
    levels : (R + M,) int64 array
        1 for a region of the start, else one more than the higher of its two parts.
    pairs : (P, 2) int64 array
        All pairs of neighbours that were ever compared.
    parts : (P, 4) float32 array
        Their similarity in colour, texture, size and fill, each 0..1.
    scores : (P,) float32 array
        Their weighted mean, what decides.
    chosen : (M,) int64 array
        Each merge's row of ``pairs``.
    ties : int
        Merges at which another pair had exactly the same score.
    """

    start: int
    merges: NDArray[np.int64]
    sizes: NDArray[np.int64]
    boxes: NDArray[np.int64]
    levels: NDArray[np.int64]
    pairs: NDArray[np.int64]
    parts: NDArray[np.float32]
    scores: NDArray[np.float32]
    chosen: NDArray[np.int64]
    ties: int


def group_regions(
    regions: Regions, weights: tuple[float, float, float, float] = WEIGHTS
) -> MergeTree:
    """Join the two most similar neighbours until one region is left.

    Parameters
    ----------
    regions : Regions
    weights : four floats
        How much colour, texture, size and fill count; not negative, not all 0. Only
        their proportions matter.

    Raises
    ------
    ValueError
        If the weights are not such numbers.

    Notes
    -----
    The paper adds the measures with weights 0 or 1; here, as in OpenCV, they are
    averaged, which changes no order, and any weight is allowed. Equal scores: the
    pair compared first is joined first; the paper leaves that open. Histograms and
    scores are kept in single precision and added in order, so that OpenCV's are met
    to the last bit.

    References
    ----------
    Uijlings et al. 2013, Selective search for object recognition, sections 3.1-3.2.

    Examples
    --------
    >>> from explorer.core.regions import measure_regions
    >>> labels = np.array([[0, 0, 1, 2]] * 4, np.int32)
    >>> image = np.array([[0, 0, 90, 99]] * 4, np.uint8)
    >>> tree = group_regions(measure_regions(image, labels), (1, 0, 0, 0))
    >>> tree.merges.tolist(), tree.boxes[-1].tolist()
    ([[0, 1], [2, 3]], [0, 0, 4, 4])
    """
    check_weights(weights)
    return _Grouping(regions, weights).run()


def check_weights(weights: tuple[float, ...]) -> None:
    """Raise ValueError if the weights are not four, finite, and above 0 in sum."""
    good = len(weights) == len(MEASURES) and all(0 <= w < np.inf for w in weights)
    if not good or not sum(weights) > 0:
        raise ValueError(
            "weights must be four numbers from 0 up, one of them above 0, for "
            f"{', '.join(MEASURES)}; got {weights}"
        )


def largest_share(tree: MergeTree, merges: int) -> float:
    """Return which share of the picture the largest region holds after some merges.

    Parameters
    ----------
    tree : MergeTree
    merges : int
        From 0 to the number of the tree's merges.

    Raises
    ------
    ValueError
        If there are not so many merges.

    Examples
    --------
    >>> from explorer.core.regions import measure_regions
    >>> labels = np.array([[0, 0, 1, 2]] * 4, np.int32)
    >>> tree = group_regions(measure_regions(np.zeros((4, 4), np.uint8), labels))
    >>> [largest_share(tree, merges) for merges in (0, 1, 2)]
    [0.5, 0.5, 1.0]
    """
    if not 0 <= merges <= len(tree.merges):
        raise ValueError(f"merges must be in 0..{len(tree.merges)}, got {merges}")
    alive = np.ones(tree.start + merges, bool)
    alive[tree.merges[:merges].ravel()] = False
    largest = tree.sizes[: len(alive)][alive].max()
    return float(largest / tree.sizes[: tree.start].sum())


class _Grouping:
    """The working of one grouping; arrays have a row for every region to come."""

    def __init__(self, regions: Regions, weights: tuple[float, ...]) -> None:
        self.start, self.pixels = len(regions.sizes), np.float32(regions.pixels)
        self.weights = np.asarray(weights, np.float32)
        self.sizes, self.boxes = _room(regions.sizes), _room(regions.boxes)
        self.colors, self.textures = _room(regions.colors), _room(regions.textures)
        self.levels = _room(np.ones(self.start, np.int64))
        self.near: list[set[int]] = [set() for _ in self.sizes]
        for a, b in regions.neighbors.tolist():
            self.near[a].add(b)
            self.near[b].add(a)
        self.pairs: list[NDArray[np.int64]] = []
        self.parts: list[NDArray[np.float32]] = []
        self.waiting: list[tuple[float, int, int, int]] = []
        self.compared = 0
        self._compare(regions.neighbors)

    def run(self) -> MergeTree:
        """Merge until no two neighbours are left."""
        merges: list[tuple[int, int]] = []
        chosen: list[int] = []
        ties = 0
        while self._alive():
            score, row, a, b = heapq.heappop(self.waiting)
            ties += self._alive() and self.waiting[0][0] == score
            self._merge(a, b, self.start + len(merges))
            merges.append((a, b))
            chosen.append(row)
        parts = np.concatenate(self.parts)
        used = self.start + len(merges)
        return MergeTree(
            self.start,
            np.asarray(merges, np.int64).reshape(-1, 2),
            self.sizes[:used],
            self.boxes[:used],
            self.levels[:used],
            np.concatenate(self.pairs),
            parts,
            mean_score(parts, self.weights),
            np.asarray(chosen, np.int64),
            ties,
        )

    def _alive(self) -> bool:
        """Drop what waits in front for regions merged since; is a pair left?"""
        waiting = self.waiting
        while waiting and waiting[0][3] not in self.near[waiting[0][2]]:
            heapq.heappop(waiting)
        return bool(waiting)

    def _merge(self, a: int, b: int, new: int) -> None:
        """Make region ``new`` of two, and compare it with the neighbours of both."""
        near = self.near
        around = (near[a] | near[b]) - {a, b}
        near[a], near[b], near[new] = set(), set(), around
        for other in around:
            near[other] -= {a, b}
            near[other].add(new)
        self.sizes[new] = self.sizes[a] + self.sizes[b]
        self.levels[new] = max(self.levels[a], self.levels[b]) + 1
        self.boxes[new, :2] = np.minimum(self.boxes[a, :2], self.boxes[b, :2])
        self.boxes[new, 2:] = np.maximum(self.boxes[a, 2:], self.boxes[b, 2:])
        for rows in (self.colors, self.textures):
            share = np.float32(self.sizes[a]), np.float32(self.sizes[b])
            whole = np.float32(self.sizes[new])
            rows[new] = (rows[a] * share[0] + rows[b] * share[1]) / whole
        others = np.fromiter(sorted(around), np.int64, len(around))
        self._compare(np.stack([others, np.full_like(others, new)], axis=1))

    def _compare(self, pairs: NDArray[np.int64]) -> None:
        """Measure pairs of neighbours and let them wait, the most similar in front."""
        parts = self._similarities(pairs)
        scores = mean_score(parts, self.weights)
        for score, (a, b) in zip(scores.tolist(), pairs.tolist(), strict=True):
            heapq.heappush(self.waiting, (-score, self.compared, a, b))
            self.compared += 1
        self.pairs.append(pairs)
        self.parts.append(parts)

    def _similarities(self, pairs: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the four measures of pairs: (P, 4)."""
        a, b = pairs.T
        both = (self.sizes[a] + self.sizes[b]).astype(np.float32)
        low = np.minimum(self.boxes[a, :2], self.boxes[b, :2])
        high = np.maximum(self.boxes[a, 2:], self.boxes[b, 2:])
        hole = np.prod(high - low, axis=1) - self.sizes[a] - self.sizes[b]
        measures = (
            _intersection(self.colors[a], self.colors[b]),
            _intersection(self.textures[a], self.textures[b]),
            1 - both / self.pixels,
            1 - hole.astype(np.float32) / self.pixels,
        )
        return np.stack(measures, axis=1)


def mean_score(
    parts: NDArray[np.float32], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the weighted mean of the measures (P, 4), added from left to right."""
    total = np.cumsum(parts * weights, axis=1, dtype=np.float32)[:, -1]
    return np.asarray(total / np.cumsum(weights, dtype=np.float32)[-1], np.float32)


def _intersection(
    one: NDArray[np.float32], other: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return what two rows of histograms share, bin by bin, added in order."""
    shared = np.minimum(one, other)
    return np.asarray(np.cumsum(shared, axis=1, dtype=np.float32)[:, -1], np.float32)


def _room(rows: NDArray[Any]) -> NDArray[Any]:
    """Return rows with zeros behind them, for the R - 1 regions that merges make."""
    return np.concatenate([rows, np.zeros_like(rows[1:])])
