"""Anchors found in the boxes themselves: k-means by 1 - IoU."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_ROUNDS = 100


@dataclass(frozen=True, eq=False)
class KMeansStep:
    """One round.

    Attributes
    ----------
    anchors : (K, 2) float64
        Widths and heights that the round started from.
    nearest : (N,) int64
        The anchor each box overlaps most.
    mean_iou : float
        Of every box with its anchor.
    """

    anchors: Array
    nearest: Ints
    mean_iou: float


def size_iou(sizes: ArrayLike, anchors: ArrayLike) -> Array:
    """Return the IoU of boxes that share their middle.

    Parameters
    ----------
    sizes : (N, 2) array_like
    anchors : (K, 2) array_like
        Widths and heights, above 0.

    Returns
    -------
    (N, K) float64 array

    Raises
    ------
    ValueError
        If the shapes are wrong or a side is not a number above 0.

    Examples
    --------
    >>> size_iou([[10, 10]], [[10, 20], [5, 5]]).tolist()
    [[0.5, 0.25]]
    """
    a, b = _sizes(sizes, "sizes"), _sizes(anchors, "anchors")
    shared = np.minimum(a[:, None], b[None]).prod(axis=-1)  # (N, K)
    union = a.prod(axis=1)[:, None] + b.prod(axis=1)[None] - shared
    ious: Array = shared / union
    return ious


def anchor_kmeans_steps(
    sizes: ArrayLike, k: int, seed: int = 0, median: bool = False
) -> list[KMeansStep]:
    """Cluster the sizes of boxes, the distance being 1 - IoU.

    Parameters
    ----------
    sizes : (N, 2) array_like
        Widths and heights, in any unit, above 0.
    k : int
        Number of anchors, 1 to the number of different sizes.
    seed : int
        Chooses the k different sizes to start from.
    median : bool
        Move an anchor to the medians of its boxes' sides, not to their means.

    Returns
    -------
    list of KMeansStep
        The last one's anchors are the means of its own clusters: nothing moves any
        more. At most 100 rounds.

    Raises
    ------
    ValueError
        If the sizes are none, or k is not between 1 and the number of different sizes.

    Notes
    -----
    A mean of widths and heights need not have the best mean IoU, so a round can lose a
    little; it ends when no box changes its cluster. A cluster left without a box keeps
    its anchor. Of equal overlaps the first anchor has the box.

    References
    ----------
    Redmon and Farhadi 2017, YOLO9000, section 2, "Dimension Clusters".

    Examples
    --------
    >>> steps = anchor_kmeans_steps([[10, 10], [12, 10], [40, 80], [44, 80]], 2)
    >>> sorted(steps[-1].anchors.tolist())
    [[11.0, 10.0], [42.0, 80.0]]
    """
    boxes = _sizes(sizes, "sizes")
    different = np.unique(boxes, axis=0)
    if not 1 <= k <= len(different):
        raise ValueError(
            f"k must be 1 to {len(different)}, the sizes there are, got {k}"
        )
    rng = np.random.default_rng(seed)
    anchors = different[rng.choice(len(different), k, replace=False)]
    steps: list[KMeansStep] = []
    for _ in range(MOST_ROUNDS):
        ious = size_iou(boxes, anchors)
        nearest = ious.argmax(axis=1)
        steps.append(KMeansStep(anchors, nearest, float(ious.max(axis=1).mean())))
        moved = _middles(boxes, nearest, anchors, median)
        if np.array_equal(moved, anchors):
            break
        anchors = moved
    return steps


def _middles(boxes: Array, nearest: Ints, anchors: Array, median: bool) -> Array:
    moved = anchors.copy()
    for cluster in range(len(anchors)):
        mine = boxes[nearest == cluster]
        if len(mine):
            moved[cluster] = (np.median if median else np.mean)(mine, axis=0)
    return moved


def _sizes(sizes: ArrayLike, name: str) -> Array:
    array = np.asarray(sizes, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] != 2 or not len(array):
        raise ValueError(f"{name} must be (N, 2), N at least 1, got {array.shape}")
    if not (np.isfinite(array) & (array > 0)).all():
        raise ValueError(f"{name} must be widths and heights above 0")
    return array
