"""How far two small pictures are apart."""

import numpy as np
from numpy.typing import NDArray


def mean_squared_error(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return the mean squared difference of all numbers, brightness in [0, 1].

    Parameters
    ----------
    one, other : uint8 arrays of one shape

    Examples
    --------
    >>> black = np.zeros((2, 2), np.uint8)
    >>> mean_squared_error(black, np.full((2, 2), 255, np.uint8))
    1.0
    """
    return float((((one.astype(np.float64) - other) / 255) ** 2).mean())
