"""The pyramid's branches: they add up, and one switched off is one never built."""

import numpy as np
from numpy.typing import ArrayLike

from explorer.core.proof import Proof

SINGLE = 1e-5  # of the largest value: hundreds of products in float32


def prove_sum(joint: ArrayLike, summed: ArrayLike) -> Proof:
    """Compare the network's joint map with its branches' parts added up.

    Parameters
    ----------
    joint, summed : (128, h, w) array_like
        Before the ReLU.
    """
    theirs = np.asarray(joint)
    note = f"five parts and a constant add up to all {theirs.size:,} numbers of it"
    return _proof("the network's joint map", summed, theirs, note)


def prove_without(off: ArrayLike, never: ArrayLike) -> Proof:
    """Compare logits with branches switched off and by a network without them.

    Parameters
    ----------
    off, never : (classes, H, W) array_like
    """
    note = "switched off here = its weights cut out of the projection, all logits"
    return _proof("a network that never had these branches", off, never, note)


def _proof(name: str, ours: ArrayLike, theirs: ArrayLike, note: str) -> Proof:
    one, other = np.asarray(ours), np.asarray(theirs)
    scale = max(1.0, float(np.abs(other).max()))
    delta = float(np.abs(one - other).max()) if one.shape == other.shape else np.nan
    return Proof(name, delta, SINGLE * scale, note=note)
