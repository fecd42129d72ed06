"""Spatial pyramid pooling against torch's adaptive pooling, on the reader's map."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from explorer.core.proof import Proof
from explorer.core.spp import Pool, spp_steps, spp_vector

TOLERANCE = 1e-12  # of the largest value: means are summed in another order


def prove_spp(features: ArrayLike, levels: Sequence[int], pool: Pool = "max") -> Proof:
    """Compare the whole vector, and for maxima their places, with torch in float64.

    Parameters
    ----------
    features : (C, H, W) array_like
    levels : sequence of int
    pool : {"max", "mean"}

    Returns
    -------
    Proof
        Its difference counts a maximum found in another place as 1.
    """
    import torch
    from torch.nn import functional

    grid = torch.tensor(np.asarray(features, np.float64))[None]
    steps = spp_steps(features, levels, pool)
    theirs, misplaced = [], 0
    for step in steps:
        if pool == "max":
            found, places = functional.adaptive_max_pool2d(
                grid, step.bins, return_indices=True
            )
            misplaced += int((places[0].numpy() != step.argmax).sum())
        else:
            found = functional.adaptive_avg_pool2d(grid, step.bins)
        theirs.append(found.flatten())
    vector = torch.cat(theirs).numpy()
    ours = spp_vector(steps)
    name = "adaptive_max_pool2d" if pool == "max" else "adaptive_avg_pool2d"
    what = "values and places" if pool == "max" else "values"
    return Proof(
        f"torch.nn.functional.{name}",
        float(np.abs(ours - vector).max()) + misplaced,
        TOLERANCE * max(1.0, float(np.abs(vector).max())),
        note=f"{what} of all {len(vector):,} numbers, in the order of the vector",
    )
