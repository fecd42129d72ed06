"""What a mask branch is trained on: the mean binary cross-entropy of one mask."""

import numpy as np
from numpy.typing import ArrayLike


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

    Notes
    -----
    Written with the logits x as max(x, 0) - x t + log(1 + e^-|x|), which neither
    overflows nor takes the logarithm of 0.

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
    return float((np.maximum(x, 0) - x * t + np.log1p(np.exp(-np.abs(x)))).mean())
