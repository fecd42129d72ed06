"""Disjoint sets: which pixels are one region by now."""

import numpy as np
from numpy.typing import NDArray


class DisjointSets:
    """Sets of the numbers 0..n-1, at first each alone.

    Attributes
    ----------
    parent : list of int
        The next number on the way to a set's root; a root is its own.
    size : list of int
        How many numbers a set has, valid at its root.

    References
    ----------
    Tarjan 1975, Efficiency of a good but not linear set union algorithm.

    Examples
    --------
    >>> sets = DisjointSets(3)
    >>> root = sets.join(0, 2)
    >>> sets.find(2) == sets.find(0) == root, sets.size[root], sets.find(1)
    (True, 2, 1)
    """

    # Plain lists: one number at a time they are several times faster than arrays.
    def __init__(self, n: int) -> None:
        self.parent = list(range(n))
        self.size = [1] * n

    def find(self, a: int) -> int:
        """Return the root of a number's set, and shorten the way for the next time."""
        parent = self.parent
        while parent[a] != a:
            parent[a] = a = parent[parent[a]]
        return a

    def join(self, a: int, b: int) -> int:
        """Join two roots' sets; return the larger one's root, a's on ties."""
        if self.size[a] < self.size[b]:
            a, b = b, a
        self.parent[b] = a
        self.size[a] += self.size[b]
        return a

    def roots(self) -> NDArray[np.int64]:
        """Return the root of every number: (n,)."""
        found = np.asarray(self.parent, np.int64)
        while True:
            further = found[found]
            if np.array_equal(further, found):
                return found
            found = further
