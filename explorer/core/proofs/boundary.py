"""Distances to class boundaries against scipy; changed pixels against the browser."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.boundary import Change, boundary_distance, boundary_pixels
from explorer.core.proof import Proof

DISTANCE_TOLERANCE_PX = 1e-3


def prove_distance(labels: NDArray[np.uint8]) -> Proof:
    """Compare the distances to class boundaries with scipy's.

    Parameters
    ----------
    labels : (H, W) uint8
        A class for every pixel.
    """
    from scipy.ndimage import distance_transform_edt

    ours, edge = boundary_distance(labels), boundary_pixels(labels)
    name = "scipy.ndimage.distance_transform_edt"
    note = f"distance to the nearest boundary, all {labels.size:,} pixels"
    if not edge.any():
        return Proof(name, float(np.isfinite(ours).sum()), 0, "px", "no boundary here")
    apart = float(np.abs(ours - distance_transform_edt(~edge)).max())
    return Proof(name, apart, DISTANCE_TOLERANCE_PX, "px", note)


def prove_count(counted: Mapping[str, Any], found: Change) -> Proof:
    """Compare the browser's count of changed pixels with the core's.

    Parameters
    ----------
    counted : mapping
        What the browser sent; nonsense proves nothing.
    found : Change
    """
    try:
        apart = float(abs(int(counted["changed"]) - int(found.differ.sum())))
    except (KeyError, TypeError, ValueError):
        apart = float("nan")
    note = "pixels that differ, as your browser drew them"
    return Proof("the pixels counted in your browser", apart, 0, "px", note)
