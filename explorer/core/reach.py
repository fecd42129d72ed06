"""How one axis of a layer reads its input: kernels, poolings, enlargings."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]
KINDS = (
    "window",  # convolution, pooling; kernel 1 reads the same place
    "transposed",  # transposed convolution, unpooling
    "bilinear",  # enlarging, the cells' middles aligned
    "corners",  # enlarging, the corner cells' middles aligned
    "nearest",
    "adaptive",  # pooling to a given size
    "whole",  # every output reads everything
)


@dataclass(frozen=True)
class Reach:
    """Which input cells an output cell reads, along one axis.

    Attributes
    ----------
    kind : str
        One of ``KINDS``.
    kernel_size, stride, dilation, before : int
        Of windows and transposed ones; ``before`` is the padding before the first
        cell, negative where cells are cut off.
    size_in, size_out : int
        Cells of input and output, for the kinds that depend on them.

    Raises
    ------
    ValueError
        If the kind is unknown, or a number that must be at least 1 is below.

    Examples
    --------
    >>> Reach("window", 3, 2, before=1).reads(np.array([0]), np.array([1]))
    (array([-1]), array([3]))
    """

    kind: str = "window"
    kernel_size: int = 1
    stride: int = 1
    dilation: int = 1
    before: int = 0
    size_in: int = 1
    size_out: int = 1

    def __post_init__(self) -> None:
        """Say what does not fit."""
        if self.kind not in KINDS:
            raise ValueError(f"kind is {self.kind!r}; it is one of {', '.join(KINDS)}.")
        for name in ("kernel_size", "stride", "dilation", "size_in", "size_out"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it is at least 1.")

    @property
    def step(self) -> Fraction:
        """Input cells from one output to the next: 2 at stride 2, 1/2 enlarging."""
        if self.kind == "window":
            return Fraction(self.stride)
        if self.kind == "transposed":
            return Fraction(1, self.stride)
        if self.kind == "corners" and self.size_out > 1:
            return Fraction(max(self.size_in - 1, 1), self.size_out - 1)
        return Fraction(self.size_in, self.size_out)

    def reads(self, first: Ints, last: Ints) -> tuple[Ints, Ints]:
        """Return the first and last input cell that outputs first..last read.

        Parameters
        ----------
        first, last : (n,) int64 arrays
            n intervals of outputs, both ends inside.

        Returns
        -------
        two (n,) int64 arrays
            Cells may lie outside the input, where there is padding or nothing; first
            > last if no input is read at all.
        """
        if self.kind == "window":
            low = first * self.stride - self.before
            wide = self.dilation * (self.kernel_size - 1)
            return low, last * self.stride - self.before + wide
        if self.kind == "transposed":
            return self._spread(first, last)
        if self.kind == "whole":
            return np.zeros_like(first), np.full_like(last, self.size_in - 1)
        a, b = self.size_in, self.size_out
        if self.kind == "nearest":
            return first * a // b, last * a // b
        if self.kind == "adaptive":
            return first * a // b, -((-(last + 1) * a) // b) - 1
        return self._between(first, last)

    def marks(self, read: Marks, size: int) -> Marks:
        """Return which of ``size`` input cells are read by the outputs marked.

        Parameters
        ----------
        read : (n, outputs) bool array
            n sets of outputs.
        size : int
            Cells of the input; what would lie outside it is padding, or nothing.

        Returns
        -------
        (n, size) bool array

        Examples
        --------
        >>> dilated = Reach("window", 3, dilation=2, before=2)
        >>> dilated.marks(np.array([[False, True, False, False]]), 4).astype(int)
        array([[0, 1, 0, 1]])
        """
        found = np.zeros((len(read), size), bool)
        outputs = read.shape[1]
        if self.kind in ("window", "transposed"):
            for tap in range(self.kernel_size):
                shift = tap * self.dilation - self.before
                if self.kind == "window":
                    many, few = _met(size, outputs, self.stride, shift)
                    found[:, many] |= read[:, few]
                else:
                    many, few = _met(outputs, size, self.stride, shift)
                    found[:, few] |= read[:, many]
            return found
        places = np.arange(outputs, dtype=np.int64)
        low, high = self.reads(places, places)
        cells = np.arange(size)
        near = (cells >= low[:, None]) & (cells <= high[:, None])  # (outputs, size)
        return np.asarray(read.astype(np.float32) @ near.astype(np.float32) > 0)

    def _between(self, first: Ints, last: Ints) -> tuple[Ints, Ints]:
        """Return the two cells a linear interpolation lies between, one if on it."""
        a, b = self.size_in, self.size_out
        if self.kind == "corners":
            scale, over, shift = max(a - 1, 0), max(b - 1, 1), 0
        else:  # (o + 1/2) a / b - 1/2, over 2 b
            scale, over, shift = 2 * a, 2 * b, a - b
        return (first * scale + shift) // over, -((-(last * scale + shift)) // over)

    def _spread(self, first: Ints, last: Ints) -> tuple[Ints, Ints]:
        """Return the inputs a transposed window takes from, exact in every phase.

        Input i gives to outputs ``i stride - before + j dilation``; what an output
        takes repeats every ``stride`` outputs, one input further.
        """
        if self.dilation == 1 and self.kernel_size >= self.stride:  # no hole anywhere
            low = -((self.kernel_size - 1 - self.before - first) // self.stride)
            return low, (last + self.before) // self.stride
        far = np.iinfo(np.int64).max // 4
        low, high = np.full_like(first, far), np.full_like(last, -far)
        for phase in range(self.stride):
            for tap in range(self.kernel_size):
                shift = self.before - tap * self.dilation
                for place, wanted in ((first + phase, low), (last - phase, high)):
                    meets = (place + shift) % self.stride == 0
                    meets &= (place >= first) & (place <= last)
                    cell = (place + shift) // self.stride
                    best = np.minimum if wanted is low else np.maximum
                    wanted[meets] = best(wanted, cell)[meets]
        return low, high


def _met(many: int, few: int, stride: int, shift: int) -> tuple[slice, slice]:
    """Return the cells ``few * stride + shift`` of ``many``, and which few they are."""
    first = max(0, -(shift // stride))
    last = min(few - 1, (many - 1 - shift) // stride)
    if last < first:
        return slice(0, 0), slice(0, 0)
    start = first * stride + shift
    return slice(start, last * stride + shift + 1, stride), slice(first, last + 1)
