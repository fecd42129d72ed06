"""What a mask branch is trained on: the mean binary cross-entropy of one mask."""

import numpy as np
from numpy.typing import ArrayLike

from explorer.core.two_stage_losses import binary_cross_entropy


def mask_loss(logits: ArrayLike, target: ArrayLike) -> float:
    """Return the mean of -t log p - (1 - t) log(1 - p) over a mask's cells.

    Parameters
    ----------
    logits : (S, S) array_like
        The mask of the true class; those of the others play no part.
    target : (S, S) array_like
        1 where the thing is, 0 elsewhere.

    Raises
    ------
    ValueError
        If the shapes differ or there is no cell.

    References
    ----------
    He et al. 2017, Mask R-CNN, section 3, "L_mask".

    Examples
    --------
    >>> round(mask_loss([[0.0]], [[1]]), 4)
    0.6931
    """
    x, t = np.asarray(logits, np.float64), np.asarray(target, np.float64)
    if x.shape != t.shape or not x.size:
        raise ValueError(f"logits {x.shape} and target {t.shape} must have one shape")
    return float(binary_cross_entropy(x, t).mean())
