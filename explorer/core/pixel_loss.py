"""What a segmenter is trained on, pixel by pixel: softmax, cross-entropy, entropy.

Arrays hold the classes last: scores are (H, W, K).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def cross_entropy(scores: ArrayLike, truth: NDArray[np.uint8]) -> Array:
    """Return the loss of each pixel: minus the log of its true class's probability.

    Parameters
    ----------
    scores : (..., K) array_like
        Class scores before softmax.
    truth : (...) uint8
        True classes; K or above is no class.

    Returns
    -------
    (...) float64
        In nats, 0 or more; nan where the truth is no class. K equally likely classes
        cost log K.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    References
    ----------
    Long, Shelhamer, Darrell 2015, section 3: the loss is a sum over pixels.

    Examples
    --------
    >>> cross_entropy([[0.0, 0.0], [0.0, 9.0]], np.array([1, 255], np.uint8)).round(3)
    array([0.693,   nan])
    """
    values = np.asarray(scores, np.float64)
    if values.shape[:-1] != truth.shape:
        raise ValueError(
            f"scores of shape {values.shape} need a truth of shape "
            f"{values.shape[:-1]}, got {truth.shape}"
        )
    known = truth < values.shape[-1]
    shifted = values - values.max(axis=-1, keepdims=True)
    total = np.log(np.exp(shifted).sum(axis=-1))
    index = np.where(known, truth, 0).astype(np.intp)[..., None]
    own = np.take_along_axis(shifted, index, axis=-1)[..., 0]
    loss: Array = np.where(known, total - own, np.nan)
    return loss


def entropy(probs: ArrayLike) -> Array:
    """Return how undecided each pixel (..., K) is, in nats: 0 to log K.

    Examples
    --------
    >>> entropy([[1.0, 0.0], [0.5, 0.5]]).round(3).tolist()
    [0.0, 0.693]
    """
    values = np.asarray(probs, np.float64)
    logs = np.log(np.where(values > 0, values, 1.0))
    return np.asarray(np.abs((values * logs).sum(axis=-1)))
