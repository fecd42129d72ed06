"""The way from top to bottom of a feature pyramid: double, and add."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

Map = NDArray[np.float64]


def doubled(values: ArrayLike, height: int, width: int) -> Map:
    """Repeat every cell of a map twice across and twice down.

    Parameters
    ----------
    values : (..., h, w) array_like
    height, width : int
        Of the result: 2 h and 2 w, or one less where the finer map is odd.

    Raises
    ------
    ValueError
        If the size is not the double.

    Examples
    --------
    >>> doubled([[1, 2]], 2, 4).tolist()
    [[1.0, 1.0, 2.0, 2.0], [1.0, 1.0, 2.0, 2.0]]
    """
    array = np.asarray(values, np.float64)
    if array.ndim < 2 or (
        height not in (2 * array.shape[-2], 2 * array.shape[-2] - 1)
        or width not in (2 * array.shape[-1], 2 * array.shape[-1] - 1)
    ):
        raise ValueError(
            f"a map of {array.shape[-2:]} is doubled to twice its size, not to "
            f"{(height, width)}"
        )
    twice = array.repeat(2, axis=-2).repeat(2, axis=-1)
    return np.asarray(twice[..., :height, :width])


def top_down_steps(laterals: Mapping[int, ArrayLike]) -> dict[int, Map]:
    """Return the sums of a feature pyramid, coarsest level first.

    Parameters
    ----------
    laterals : mapping of int to (C, H, W) array_like
        By level; each level has half the cells a side of the one below.

    Returns
    -------
    dict of int to (C, H, W) float64 array
        At the top the lateral itself; below, the lateral and the doubled sum above.

    Raises
    ------
    ValueError
        If there is no level, or one has not the double size of the next.

    References
    ----------
    Lin et al. 2017, Feature Pyramid Networks, section 3, figure 3.

    Examples
    --------
    >>> top_down_steps({4: [[[1, 2], [3, 4]]], 5: [[[10]]]})[4].tolist()
    [[[11.0, 12.0], [13.0, 14.0]]]
    """
    if not laterals:
        raise ValueError("a pyramid needs a level, got none")
    levels = sorted(laterals, reverse=True)
    sums = {levels[0]: np.asarray(laterals[levels[0]], np.float64)}
    for above, level in zip(levels, levels[1:], strict=False):
        lateral = np.asarray(laterals[level], np.float64)
        high, wide = lateral.shape[-2:]
        sums[level] = lateral + doubled(sums[above], high, wide)
    return sums
