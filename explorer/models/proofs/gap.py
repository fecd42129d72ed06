"""How far two sets of scores lie apart, and how far they may."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def gap(ours: Array, theirs: Array) -> float:
    """Return the largest difference; nan, which no proof allows, where shapes differ.

    Examples
    --------
    >>> gap(np.array([1.0, 2.0]), np.array([1.0, 2.5]))
    0.5
    >>> gap(np.zeros(2), np.zeros(3)), gap(np.zeros(0), np.zeros(0))
    (nan, nan)
    """
    if ours.shape != theirs.shape or not ours.size:
        return float("nan")
    return float(np.abs(ours - theirs).max())


def share_of_largest(scores: Array, share: float) -> float:
    """Return a share of the largest score, at least of 1.

    Examples
    --------
    >>> share_of_largest(np.array([-20.0, 4.0]), 0.5)
    10.0
    """
    return share * max(1.0, float(np.abs(scores).max(initial=0.0)))
