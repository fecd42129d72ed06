"""The choice of hard negatives beside a plain sort."""

import numpy as np
from numpy.typing import ArrayLike

from explorer.core.anchor_matching import AnchorMatch, hard_negatives
from explorer.core.proof import Proof


def prove_hard_negatives(
    losses: ArrayLike, match: AnchorMatch, per_positive: float = 3.0
) -> Proof:
    """Compare the hard negatives with the end of a sorted list, in plain Python.

    Parameters
    ----------
    losses : (N,) array_like
        How wrong each box is about background.
    match : AnchorMatch
    per_positive : float

    Returns
    -------
    Proof
        Its difference is the number of boxes that one side alone has chosen.
    """
    values = np.asarray(losses, np.float64).tolist()
    negative = [row for row, gt in enumerate(match.gt.tolist()) if gt == -1]
    wanted = min(len(negative), int(per_positive * match.counts["positive"]))
    ranked = sorted(negative, key=lambda row: (-values[row], row))[:wanted]
    ours = set(np.flatnonzero(hard_negatives(losses, match, per_positive)).tolist())
    note = f"{wanted:,} of {len(negative):,} negatives, the worst about background"
    return Proof(
        "Python's sorted(), cut off after the wanted number",
        len(ours ^ set(ranked)),
        0,
        "boxes",
        note,
    )
