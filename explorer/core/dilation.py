"""Dilated (atrous) convolution: how far a kernel reaches, and which pixels it skips."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


def effective_kernel_size(kernel_size: int, dilation: int) -> int:
    """Return how many pixels a dilated kernel spans: ``k + (k - 1)(d - 1)``.

    Parameters
    ----------
    kernel_size, dilation : int
        At least 1. Dilation 1 is an ordinary kernel.

    Raises
    ------
    ValueError
        If one of them is below 1.

    References
    ----------
    Chen et al. 2017, DeepLab, arXiv:1606.00915, section 3.1.

    Examples
    --------
    >>> [effective_kernel_size(3, d) for d in (1, 2, 6, 12, 18)]
    [3, 5, 13, 25, 37]
    """
    for name, value in (("kernel_size", kernel_size), ("dilation", dilation)):
        if value < 1:
            raise ValueError(f"{name} is {value}; it must be at least 1.")
    return kernel_size + (kernel_size - 1) * (dilation - 1)


def kernel_taps(kernel_size: int, dilation: int) -> Counts:
    """Return a kernel's taps along one axis: 1 where it reads, 0 in its gaps.

    Examples
    --------
    >>> kernel_taps(3, 2).tolist()
    [1, 0, 1, 0, 1]
    """
    taps = np.zeros(effective_kernel_size(kernel_size, dilation), np.int64)
    taps[::dilation] = 1
    return taps


@dataclass(frozen=True, eq=False)
class Coverage:
    """What one output of a stack reads of its input, along one axis.

    Attributes
    ----------
    kernel_size : int
        Of every layer.
    dilations : tuple of int
        From the layer next to the input to the last; stride 1 everywhere.
    paths : (field,) int64 array
        How many paths lead from each input pixel of the field to the output; 0 in a
        hole. In two dimensions the number is the product of a row's and a column's.
    """

    kernel_size: int
    dilations: tuple[int, ...]
    paths: Counts

    @property
    def field(self) -> int:
        """The receptive field's side in pixels."""
        return len(self.paths)

    @property
    def paths_2d(self) -> Counts:
        """Paths from every pixel of the square field, ``(field, field)``.

        Raises
        ------
        ValueError
            If there are more than fit into 64 bits.
        """
        if int(self.paths.max()) ** 2 > np.iinfo(np.int64).max:
            raise ValueError(
                f"{int(self.paths.max()):,} paths along a row: their square is beyond "
                "64 bits; use fewer layers."
            )
        return np.outer(self.paths, self.paths)

    @property
    def reached(self) -> int:
        """How many pixels of a row of the field count at all."""
        return int((self.paths > 0).sum())

    @property
    def reached_frac(self) -> float:
        """The share of a row's pixels that count, 0 to 1."""
        return self.reached / self.field

    @property
    def reached_frac_2d(self) -> float:
        """The share of the square field's pixels that count."""
        return self.reached_frac**2

    @property
    def shared_frac(self) -> float:
        """Of the pixels an output reads, the share its neighbour reads as well.

        0 means that two outputs side by side have nothing in common: gridding.
        """
        hit = self.paths > 0
        return float((hit[1:] & hit[:-1]).sum() / hit.sum())

    @property
    def weights_2d(self) -> int:
        """Weights of the stack for one channel in and out: layers times k squared."""
        return len(self.dilations) * self.kernel_size**2


def coverage_steps(kernel_size: int, dilations: Sequence[int]) -> tuple[Coverage, ...]:
    """Return what an output reads after the first layer, the second, and so on.

    Parameters
    ----------
    kernel_size : int
        Of every layer, at least 1.
    dilations : sequence of int
        One a layer, each at least 1; at least one.

    Returns
    -------
    tuple of Coverage
        One a layer; the last is the whole stack's.

    Raises
    ------
    ValueError
        If there is no layer or a number is below 1.

    Notes
    -----
    Each layer's taps are convolved with the paths so far, so the order of the layers
    does not change the result. Padding is left out: this is an output far from every
    border.

    References
    ----------
    Yu and Koltun 2016, Multi-scale context aggregation by dilated convolutions,
    arXiv:1511.07122, sections 2 and 3; Wang et al. 2018, Understanding convolution
    for semantic segmentation, arXiv:1702.08502, section 3.2 (gridding).

    Examples
    --------
    >>> steps = coverage_steps(3, (2, 2, 2))
    >>> [step.field for step in steps], steps[-1].paths.tolist()
    ([5, 9, 13], [1, 0, 3, 0, 6, 0, 7, 0, 6, 0, 3, 0, 1])
    >>> [one.field for one in coverage_steps(3, (1, 1, 2, 4, 8, 16, 1))]
    [3, 5, 9, 17, 33, 65, 67]
    """
    if not dilations:
        raise ValueError("dilations is empty; a stack has at least one layer.")
    paths, found = np.ones(1, np.int64), []
    for place, dilation in enumerate(dilations, 1):
        paths = np.convolve(paths, kernel_taps(kernel_size, dilation))
        rates = tuple(int(d) for d in dilations[:place])
        found.append(Coverage(kernel_size, rates, paths))
    return tuple(found)


@dataclass(frozen=True)
class HdcCheck:
    """What the rule for hybrid dilated convolution says of a stack.

    Attributes
    ----------
    distances : tuple of int
        M_1 to M_n: the largest distance between two pixels that layer i and those
        after it read.
    limit : int
        The kernel size, which M_2 must not exceed.
    keeps : bool
        Whether it does not; True for a single layer, of which the rule says nothing.
    common : int
        The rates' greatest common divisor: above 1 there are holes whatever M_2 is.
    first : int
        The rate of the layer next to the input; the rule is written for 1.
    """

    distances: tuple[int, ...]
    limit: int
    keeps: bool
    common: int
    first: int

    @property
    def promises(self) -> bool:
        """Whether the rule, all of it, promises a field without holes.

        A first rate of 1 leaves the rates no common factor.
        """
        return self.keeps and self.first == 1


def hdc_check(kernel_size: int, dilations: Sequence[int]) -> HdcCheck:
    """Judge a stack by the rule M_2 <= K, without drawing its coverage.

    ``M_i = max(M_(i+1) - 2 r_i, 2 r_i - M_(i+1), r_i)``, ``M_n = r_n``.

    Parameters
    ----------
    kernel_size, dilations
        As in ``coverage_steps``.

    Raises
    ------
    ValueError
        If there is no layer or a number is below 1.

    Notes
    -----
    The paper has its rates begin with 1 and wants no common factor besides. Then the
    rule is enough for a field without holes; it is not necessary for one.

    References
    ----------
    Wang et al. 2018, arXiv:1702.08502, section 3.2, equation 2.

    Examples
    --------
    >>> hdc_check(3, (1, 2, 5)).distances, hdc_check(3, (1, 2, 9)).distances
    ((1, 2, 5), (3, 5, 9))
    >>> hdc_check(3, (1, 2, 5)).keeps, hdc_check(3, (1, 2, 9)).keeps
    (True, False)
    """
    if not dilations or min(dilations) < 1 or kernel_size < 1:
        raise ValueError(
            f"kernel_size is {kernel_size}, dilations {tuple(dilations)}; all must be "
            "at least 1, and there must be a layer."
        )
    distances = [int(dilations[-1])]
    for rate in reversed(dilations[:-1]):
        after = distances[0]
        distances.insert(0, max(after - 2 * rate, 2 * rate - after, int(rate)))
    keeps = len(distances) < 2 or distances[1] <= kernel_size
    common, first = math.gcd(*dilations), int(dilations[0])
    return HdcCheck(tuple(distances), kernel_size, keeps, common, first)
