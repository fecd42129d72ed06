"""The losses of Faster R-CNN, one number for every anchor and RoI that learns."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.activations import log_softmax

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Term:
    """One term of a loss, taken apart.

    Attributes
    ----------
    each : (N,) float64
        What every anchor or RoI adds before the sum is divided.
    count : int
        What the sum is divided by.
    """

    each: Array
    count: int

    @property
    def value(self) -> float:
        """The term: the sum over the count."""
        return float(self.each.sum() / max(1, self.count))


def binary_cross_entropy(logits: ArrayLike, targets: ArrayLike) -> Array:
    """Return how wrong each sigmoid is: -log p for target 1, -log(1 - p) for 0.

    Parameters
    ----------
    logits : (N,) array_like
        Before the sigmoid.
    targets : (N,) array_like
        1 and 0.

    Raises
    ------
    ValueError
        If there is not one target a logit.

    Notes
    -----
    Computed as max(x, 0) - x t + log(1 + exp(-|x|)), which never overflows; the same
    as ``torch.nn.functional.binary_cross_entropy_with_logits``.

    References
    ----------
    Ren et al. 2015, Faster R-CNN, equation (1), L_cls.

    Examples
    --------
    >>> binary_cross_entropy([0.0, 1000.0], [1, 1]).round(4).tolist()
    [0.6931, 0.0]
    """
    x, t = np.asarray(logits, np.float64), np.asarray(targets, np.float64)
    if x.shape != t.shape:
        raise ValueError(f"need one target a logit, got {t.shape} for {x.shape}")
    return np.asarray(np.maximum(x, 0) - x * t + np.log1p(np.exp(-np.abs(x))))


def cross_entropy(logits: ArrayLike, labels: ArrayLike) -> Array:
    """Return -log of the softmax's probability of each row's true class.

    Parameters
    ----------
    logits : (N, K) array_like
    labels : (N,) array_like of int
        In 0..K - 1.

    Raises
    ------
    ValueError
        If there is not one label a row, or one is out of range.

    References
    ----------
    Girshick 2015, Fast R-CNN, section 2.3, L_cls.

    Examples
    --------
    >>> cross_entropy([[0.0, 0.0], [5.0, 5.0]], [0, 1]).round(4).tolist()
    [0.6931, 0.6931]
    """
    x, rows = np.asarray(logits, np.float64), np.asarray(labels, np.int64)
    if x.ndim != 2 or rows.shape != (len(x),):
        raise ValueError(f"need one label a row, got {rows.shape} for {x.shape}")
    if len(rows) and not (0 <= rows.min() and rows.max() < x.shape[1]):
        raise ValueError(f"labels must lie in 0..{x.shape[1] - 1}, got {rows.tolist()}")
    return -log_softmax(x)[np.arange(len(x)), rows]


def smooth_l1(said: ArrayLike, wanted: ArrayLike, beta: float) -> Array:
    """Return the smooth L1 distance of each row: square near 0, straight beyond.

    Parameters
    ----------
    said, wanted : (N, 4) array_like
    beta : float
        Where the square turns into the straight line, above 0.

    Returns
    -------
    (N,) float64 array
        Summed over the four numbers: d^2 / (2 beta) below beta, else d - beta / 2.

    Raises
    ------
    ValueError
        If the shapes disagree or beta is not above 0.

    References
    ----------
    Girshick 2015, Fast R-CNN, equation (3), where beta is 1.

    Examples
    --------
    >>> smooth_l1([[0.0, 0, 0, 2]], [[0.5, 0, 0, 0]], 1.0).tolist()
    [1.625]
    """
    if beta <= 0:
        raise ValueError(f"beta must be above 0, got {beta}")
    a, b = np.asarray(said, np.float64), np.asarray(wanted, np.float64)
    if a.shape != b.shape or a.ndim != 2:
        raise ValueError(f"need rows of one shape, got {a.shape} and {b.shape}")
    far = np.abs(a - b)
    return np.asarray(
        np.where(far < beta, far**2 / (2 * beta), far - beta / 2).sum(axis=1)
    )


@dataclass(frozen=True, eq=False)
class Learned:
    """The two terms of one stage.

    Attributes
    ----------
    rows : (N,) int64
        The anchors or RoIs that learn.
    said : Term
        Object or not; or which class. In the order of ``rows``.
    front : (P,) int64
        Places in ``rows`` of those with a truth.
    moves, wanted : (P, 4) float64
        The four numbers the head gave, and should have given.
    boxes : Term
        In the order of ``front``.
    """

    rows: Ints
    said: Term
    front: Ints
    moves: Array
    wanted: Array
    boxes: Term


def first_stage(
    logits: NDArray[Any],
    deltas: NDArray[Any],
    wanted: Array,
    match: Ints,
    sampled: NDArray[np.bool_],
    beta: float,
) -> Learned:
    """Take apart the losses of a region proposal network on one picture.

    Parameters
    ----------
    logits : (A,) array
        Objectness of every anchor.
    deltas : (A, 4) array
        How the head moves every anchor.
    wanted : (P, 4) array
        How each sampled anchor that has a truth would have to move, in their order.
    match : (A,) int64
        Truth of each anchor, below 0 without one.
    sampled : (A,) bool
        The anchors that learn; both terms are divided by their number.
    beta : float
        Of ``smooth_l1``.

    References
    ----------
    Ren et al. 2015, Faster R-CNN, equation (1).
    """
    rows = np.flatnonzero(sampled).astype(np.int64)
    target = match[rows] >= 0
    front = np.flatnonzero(target).astype(np.int64)
    moves = np.asarray(deltas[rows[front]], np.float64)
    said = binary_cross_entropy(logits[rows], target)
    boxes = smooth_l1(moves, wanted, beta)
    count = len(rows)
    return Learned(rows, Term(said, count), front, moves, wanted, Term(boxes, count))


def second_stage(
    logits: NDArray[Any],
    deltas: NDArray[Any],
    wanted: Array,
    labels: Ints,
    beta: float,
) -> Learned:
    """Take apart the losses of the box head on one picture's sampled RoIs.

    Parameters
    ----------
    logits : (R, 1 + C) array
        Background first.
    deltas : (R, C, 4) array
        How the head moves every RoI for each class.
    wanted : (P, 4) array
        How each RoI with a truth would have to move, in their order, times the weights.
    labels : (R,) int64
        0 for background, else 1 + the class.
    beta : float
        Of ``smooth_l1``.

    References
    ----------
    Girshick 2015, Fast R-CNN, equations (1) to (3).
    """
    rows = np.arange(len(labels), dtype=np.int64)
    front = np.flatnonzero(labels > 0).astype(np.int64)
    moves = np.asarray(deltas[front, labels[front] - 1], np.float64).reshape(-1, 4)
    said = cross_entropy(logits, labels)
    boxes = smooth_l1(moves, wanted, beta)
    count = len(rows)
    return Learned(rows, Term(said, count), front, moves, wanted, Term(boxes, count))
