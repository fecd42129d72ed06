"""Many windows around one object become one box."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.csgraph import connected_components

ALIKE = 0.2  # OpenCV's: edges may differ by this share of the smaller box's side
FEW = 3  # a group with no more boxes gives way to one around it

Int64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of raw boxes, before and after the weak ones are dropped.

    Attributes
    ----------
    label : (N,) int64
        The group of each raw box.
    boxes : (G, 4) int64
        Mean box of each group, xyxy.
    counts : (G,) int64
        Raw boxes in each.
    kept : (K,) int64
        Groups that remain, in order.
    """

    label: Int64
    boxes: Int64
    counts: Int64
    kept: Int64


def group_boxes(boxes: ArrayLike, neighbours: int = 3) -> Groups:
    """Join boxes that are alike, and keep the groups with enough of them.

    Parameters
    ----------
    boxes : (N, 4) whole numbers, xyxy
    neighbours : int
        A group is kept when it has **more** raw boxes than this; 0 joins nothing.

    Returns
    -------
    Groups

    Raises
    ------
    ValueError
        For a negative number of neighbours.

    Notes
    -----
    Two boxes are alike when no edge differs by more than 0.2 of the mean of the smaller
    width and height; alike of alike are one group too. The paper (2001, section 5)
    joins boxes that overlap at all; this is what OpenCV does. A group inside another
    one is dropped when it has fewer than 3 boxes, or the other one more than both 3 and
    its own.

    Examples
    --------
    >>> found = group_boxes([[0, 0, 10, 10], [1, 0, 11, 10], [50, 50, 60, 60]], 1)
    >>> found.counts.tolist(), found.boxes[found.kept].tolist()
    ([2, 1], [[0, 0, 10, 10]])
    """
    if neighbours < 0:
        raise ValueError(f"neighbours must be 0 or more, got {neighbours}")
    given = np.asarray(boxes, np.int64).reshape(-1, 4)
    if not len(given) or neighbours == 0:
        each = np.arange(len(given))
        return Groups(each, given, np.ones_like(each), each)
    label = np.asarray(connected_components(_alike(given), directed=False)[1], np.int64)
    counts = np.bincount(label)
    xywh = np.concatenate([given[:, :2], given[:, 2:] - given[:, :2]], axis=1)
    total = np.stack([np.bincount(label, xywh[:, k]) for k in range(4)], axis=1)
    share = np.float32(1) / counts.astype(np.float32)
    mean = np.rint(total.astype(np.float32) * share[:, None]).astype(np.int64)
    joined = np.concatenate([mean[:, :2], mean[:, :2] + mean[:, 2:]], axis=1)
    kept = _kept(joined, counts, neighbours)
    return Groups(label, joined, counts, kept)


def _alike(boxes: Int64) -> NDArray[np.bool_]:
    """Return which pairs of boxes are alike: (N, N)."""
    size = boxes[:, 2:] - boxes[:, :2]
    smaller = np.minimum(size[:, None], size[None]).sum(axis=2)
    apart = np.abs(boxes[:, None] - boxes[None]).max(axis=2)
    alike: NDArray[np.bool_] = apart <= ALIKE * smaller * 0.5
    return alike


def _kept(boxes: Int64, counts: Int64, neighbours: int) -> Int64:
    """Return the groups with enough boxes that no stronger one holds inside."""
    enough = np.flatnonzero(counts > neighbours)
    kept = []
    for i in enough:
        others = enough[enough != i]
        margin = np.rint((boxes[others, 2:] - boxes[others, :2]) * ALIKE)
        inside = (boxes[i, :2] >= boxes[others, :2] - margin).all(axis=1)
        inside &= (boxes[i, 2:] <= boxes[others, 2:] + margin).all(axis=1)
        stronger = counts[others] > max(FEW, counts[i])
        if not (inside & (stronger | (counts[i] < FEW))).any():
            kept.append(i)
    return np.array(kept, np.int64)
