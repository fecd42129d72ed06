"""From scores to probabilities, in float64 and without overflow."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def sigmoid(logits: ArrayLike) -> Array:
    """Return 1 / (1 + e^-x).

    Examples
    --------
    >>> sigmoid([0.0, -1000.0]).tolist()
    [0.5, 0.0]
    """
    x = np.asarray(logits, np.float64)
    small = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1, small) / (1 + small))


def softmax(scores: ArrayLike) -> Array:
    """Turn class scores (..., K) into probabilities that add up to 1.

    Examples
    --------
    >>> softmax([0.0, 0.0]).tolist()
    [0.5, 0.5]
    """
    values = np.asarray(scores, np.float64)
    grown = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=-1, keepdims=True))


def log_softmax(logits: ArrayLike) -> Array:
    """Return the logarithm of softmax over the last axis.

    Examples
    --------
    >>> log_softmax([[0.0, 0.0]]).round(4).tolist()
    [[-0.6931, -0.6931]]
    """
    x = np.asarray(logits, np.float64)
    x = x - x.max(axis=-1, keepdims=True)
    return np.asarray(x - np.log(np.exp(x).sum(axis=-1, keepdims=True)))
