"""Sets of faces by age: directions are learnt from them, a page shows them."""

import numpy as np
from numpy.typing import NDArray

YOUNG, OLD = (20, 30), (60, 80)  # years
ADULT = (20, 50)


def aged(age: NDArray[np.int64], years: tuple[int, int]) -> NDArray[np.bool_]:
    """Return whose age lies within bounds, both included.

    Examples
    --------
    >>> aged(np.array([19, 20, 30, 31]), YOUNG).tolist()
    [False, True, True, False]
    """
    return np.asarray((age >= years[0]) & (age <= years[1]))
