"""Where an atrous kernel's taps land, and an atrous separable convolution by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
KERNEL_SIZE = 3
TAPS = KERNEL_SIZE**2


def _at_least_one(**numbers: int) -> None:
    for name, value in numbers.items():
        if value < 1:
            raise ValueError(f"{name} is {value}; it must be at least 1.")


def _inside(length: int, rate: int) -> NDArray[np.int64]:
    """Count, for each place on one axis, the taps of three that lie on the map."""
    places = np.arange(length)
    taps = places[:, None] + rate * np.arange(-1, 2)  # (length, 3)
    return np.asarray(((taps >= 0) & (taps < length)).sum(1))


def taps_inside(shape: tuple[int, int], rate: int) -> NDArray[np.int64]:
    """Count, for each cell, how many of a 3x3 kernel's nine taps land on the map.

    The others land on the padding's zeros: their weights do nothing there.

    Parameters
    ----------
    shape : (int, int)
        The map's rows and columns.
    rate : int
        Cells between neighbouring taps, at least 1.

    Returns
    -------
    (rows, columns) int64 array
        1 to 9: the middle tap is always inside.

    Raises
    ------
    ValueError
        If a number is below 1.

    References
    ----------
    Chen et al. 2017, "Rethinking Atrous Convolution", section 3.3.

    Examples
    --------
    >>> taps_inside((3, 3), 1).tolist()
    [[4, 6, 4], [6, 9, 6], [4, 6, 4]]
    >>> int(taps_inside((22, 30), 30).max())
    1
    """
    _at_least_one(rows=shape[0], columns=shape[1], rate=rate)
    return np.multiply.outer(_inside(shape[0], rate), _inside(shape[1], rate))


def tap_shares(shape: tuple[int, int], rates: Sequence[int]) -> Array:
    """Return the share of the map's cells with 0, 1, ... 9 taps inside, a row a rate.

    Parameters
    ----------
    shape, rates
        As for :func:`taps_inside`.

    Returns
    -------
    (rates, 10) float64 array
        Rows sum to 1; 0, 5, 7 and 8 taps can't happen.

    References
    ----------
    Chen et al. 2017, "Rethinking Atrous Convolution", figure 4, for a 65 x 65 map.

    Examples
    --------
    >>> tap_shares((65, 65), (1, 65))[:, [1, 9]].round(3).tolist()
    [[0.0, 0.939], [1.0, 0.0]]
    """
    counts = [
        np.bincount(taps_inside(shape, rate).ravel(), minlength=TAPS + 1)
        for rate in rates
    ]
    return np.array(counts, float).reshape(-1, TAPS + 1) / (shape[0] * shape[1])


@dataclass(frozen=True)
class NormNumbers:
    """A batch norm as used: ``(x - mean) / sqrt(variance + eps) gain + offset``.

    Attributes
    ----------
    mean, variance, gain, offset : (C,) arrays
        ``variance`` has eps added.
    """

    mean: Array
    variance: Array
    gain: Array
    offset: Array

    def __call__(self, x: Array) -> Array:
        """Apply it to ``(C,)`` values, then cut what is below 0 (ReLU)."""
        shifted = (x - self.mean) / np.sqrt(self.variance) * self.gain + self.offset
        return np.maximum(shifted, 0.0)


@dataclass(frozen=True)
class SeparableWeights:
    """Everything an atrous separable convolution has learnt.

    Attributes
    ----------
    depthwise : (C, 3, 3) array
        One kernel a channel.
    norm : NormNumbers
        Of its C outputs.
    pointwise : (D, C) array
        How the channels are mixed.
    mixed_norm : NormNumbers
        Of the D outputs.
    """

    depthwise: Array
    norm: NormNumbers
    pointwise: Array
    mixed_norm: NormNumbers


def atrous_terms(x: ArrayLike, row: int, column: int, rate: int) -> Array:
    """Return what the nine taps read at one place: ``(C, 3, 3)``, 0 off the map.

    Parameters
    ----------
    x : (C, H, W) array_like
    row, column : int
        The output cell, which is the middle tap's own.
    rate : int
        At least 1.

    Raises
    ------
    ValueError
        If there is no such cell, or the rate is below 1.

    Examples
    --------
    >>> atrous_terms(np.arange(9.0).reshape(1, 3, 3), 0, 0, 2)[0].tolist()
    [[0.0, 0.0, 0.0], [0.0, 0.0, 2.0], [0.0, 6.0, 8.0]]
    """
    maps = np.asarray(x, np.float64)
    _at_least_one(rate=rate)
    if maps.ndim != 3:
        raise ValueError(f"x has shape {maps.shape}; it must be (C, H, W).")
    high, wide = maps.shape[1:]
    if not (0 <= row < high and 0 <= column < wide):
        raise ValueError(
            f"There is no cell ({row}, {column}); the map has {high} rows and "
            f"{wide} columns."
        )
    read = np.zeros((len(maps), KERNEL_SIZE, KERNEL_SIZE))
    for i, j in np.ndindex(KERNEL_SIZE, KERNEL_SIZE):
        y, z = row + (i - 1) * rate, column + (j - 1) * rate
        if 0 <= y < high and 0 <= z < wide:
            read[:, i, j] = maps[:, y, z]
    return read


def atrous_separable(
    x: ArrayLike, weights: SeparableWeights, row: int, column: int, rate: int
) -> Array:
    """Return an atrous separable convolution's output at one place.

    Depthwise: each channel's nine taps, ``rate`` cells apart, weighted and summed;
    batch norm and ReLU; pointwise: a weighted sum over channels; batch norm and ReLU.

    Parameters
    ----------
    x : (C, H, W) array_like
    weights : SeparableWeights
    row, column, rate : int
        As for :func:`atrous_terms`.

    Returns
    -------
    (D,) float64 array

    Raises
    ------
    ValueError
        As :func:`atrous_terms`.

    Notes
    -----
    The paper leaves open what stands between the two steps; batch norm and ReLU after
    each follow its own modified Xception (section 3.2).

    References
    ----------
    Chen et al. 2018, DeepLabv3+, section 3.1, equation 1 and figure 3.

    Examples
    --------
    >>> plain = NormNumbers(*(np.full(1, v) for v in (0.0, 1.0, 1.0, 0.0)))
    >>> w = SeparableWeights(np.ones((1, 3, 3)), plain, np.full((1, 1), 2.0), plain)
    >>> atrous_separable(np.ones((1, 5, 5)), w, 2, 2, 2).tolist()
    [18.0]
    """
    read = atrous_terms(x, row, column, rate)
    filtered = weights.norm((read * weights.depthwise).sum((1, 2)))
    return weights.mixed_norm(weights.pointwise @ filtered)
