"""Proofs on codes: the nearest of a table."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from explorer.core.proof import Proof

DISTANCE_TOLERANCE = 1e-6


def prove_nearest(
    mu: NDArray[np.floating], z: NDArray[np.floating], distances: NDArray[np.float64]
) -> Proof:
    """Compare the distances of the nearest codes with SciPy's.

    Parameters
    ----------
    mu : (N, Z) array
        All codes.
    z : (Z,) array
    distances : (K,) array
        Of the nearest, rising.
    """
    every = cdist(np.asarray(z, np.float64)[None], np.asarray(mu, np.float64))[0]
    theirs = np.partition(every, len(distances) - 1)[: len(distances)]
    far = float(np.abs(np.sort(theirs) - distances).max())
    note = f"distances to the nearest {len(distances)} of {len(mu):,} codes"
    return Proof("scipy.spatial.distance.cdist", far, DISTANCE_TOLERANCE, "", note)
