"""Which of many are worth having: those that no other beats in both ways."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def pareto_front(cost: ArrayLike, gain: ArrayLike) -> NDArray[np.bool_]:
    """Return which points nothing else beats: cheaper and at least as good, or better.

    Parameters
    ----------
    cost : (N,) array_like
        Less is better.
    gain : (N,) array_like
        More is better; a point whose gain is not a number is never on the front.

    Returns
    -------
    (N,) bool array
        Of equal points all are on it.

    Raises
    ------
    ValueError
        If there is not one gain for each cost, or a cost is not a number.

    Examples
    --------
    >>> pareto_front([10, 20, 30, 20], [0.2, 0.5, 0.4, 0.1]).tolist()
    [True, True, False, False]
    """
    costs, gains = np.asarray(cost, np.float64), np.asarray(gain, np.float64)
    if costs.ndim != 1 or costs.shape != gains.shape:
        raise ValueError(f"need one gain for each cost, got {costs.shape, gains.shape}")
    if np.isnan(costs).any():
        raise ValueError("every cost must be a number")
    known = ~np.isnan(gains)
    # beaten[i, j]: point j is at least as good as i in both, and better in one.
    cheaper, better = costs[None] <= costs[:, None], gains[None] >= gains[:, None]
    strictly = (costs[None] < costs[:, None]) | (gains[None] > gains[:, None])
    beaten = cheaper & better & strictly & known[None]
    front: NDArray[np.bool_] = known & ~beaten.any(axis=1)
    return front
