"""Transposed convolution two ways, each computed without the other.

Stamping lays a scaled kernel down for every input; zero-insertion spreads the input
out and runs an ordinary convolution over it. The third way, by the matrix of an
ordinary convolution, is in ``transposed_matrix``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.convolution import conv2d

Array = NDArray[np.float64]


def transposed_size(
    size: int,
    kernel_size: int,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
) -> int:
    """Return how many outputs a transposed convolution makes along one axis.

    ``(size - 1) stride - 2 padding + kernel_size + output_padding``

    Parameters
    ----------
    size : int
        Input length in cells, at least 1.
    kernel_size, stride : int
        At least 1.
    padding : int
        Cells cut off at both ends: the padding of the convolution it transposes.
    output_padding : int
        Cells added at the far end; below ``stride``.

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    ValueError
        If a number is out of its range, or the padding cuts everything off.

    Notes
    -----
    An ordinary convolution of one kernel, stride and padding makes ``size`` outputs
    of ``stride`` different input lengths, because it rounds down; ``output_padding``
    says which of them to go back to. Dilation is left out.

    References
    ----------
    Dumoulin and Visin 2016, arXiv:1603.07285, relationships 8 to 14.

    Examples
    --------
    >>> transposed_size(7, 3, stride=2, padding=1)
    13
    >>> transposed_size(7, 3, stride=2, padding=1, output_padding=1)
    14
    """
    for name, value, least in (
        ("size", size, 1),
        ("kernel_size", kernel_size, 1),
        ("stride", stride, 1),
        ("padding", padding, 0),
        ("output_padding", output_padding, 0),
    ):
        if value < least:
            raise ValueError(f"{name} is {value}; it must be at least {least}.")
    if output_padding >= stride:
        raise ValueError(
            f"output_padding is {output_padding}; it must be below the stride, {stride}"
        )
    made = (size - 1) * stride - 2 * padding + kernel_size + output_padding
    if made < 1:
        raise ValueError(
            f"Padding {padding} cuts {2 * padding} cells off the "
            f"{made + 2 * padding} that the stamps cover, and nothing is left: "
            "use less padding or a larger kernel."
        )
    return made


@dataclass(frozen=True, eq=False)
class Stamp:
    """What one input cell lays down.

    Attributes
    ----------
    row, column : int
        The input cell.
    value : float
        What stands there.
    top, left : int
        Where the stamp's first cell lies on the canvas.
    values : (k, k) float64 array
        ``value`` times the kernel.
    """

    row: int
    column: int
    value: float
    top: int
    left: int
    values: Array


@dataclass(frozen=True, eq=False)
class Stamping:
    """The working of a transposed convolution by stamping.

    Attributes
    ----------
    stamps : tuple of Stamp
        One an input cell, row by row.
    canvas : (R, S) float64 array
        The sum of all stamps before ``padding`` cells are cut off each side.
    counts : (R, S) int64 array
        How many stamps cover each cell of the canvas.
    output : (H', W') float64 array
        What is left of the canvas.
    """

    stamps: tuple[Stamp, ...]
    canvas: Array
    counts: NDArray[np.int64]
    output: Array


def stamp_steps(
    x: ArrayLike,
    weight: ArrayLike,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
) -> Stamping:
    """Lay the kernel down once for each input, scaled by it, and add up.

    Parameters
    ----------
    x : (H, W) array_like
        One input map.
    weight : (k, k) array_like
        The kernel, not flipped.
    stride, padding, output_padding : int
        As in ``transposed_size``, for rows and columns alike.

    Returns
    -------
    Stamping
        Input cell (i, j) lays its stamp at canvas cell (i stride, j stride).

    Raises
    ------
    ValueError
        If shapes do not fit or a number is out of range.

    References
    ----------
    Long, Shelhamer and Darrell 2015, arXiv:1411.4038, section 3.3.

    Examples
    --------
    >>> stamp_steps([[0, 1], [2, 3]], [[0, 1], [2, 3]]).output.tolist()
    [[0.0, 0.0, 1.0], [0.0, 4.0, 6.0], [4.0, 12.0, 9.0]]
    """
    grid, kernel = checked_pair(x, weight)
    size = len(kernel)
    out = output_shape(grid, size, stride, padding, output_padding)
    # The last outputs may lie beyond every stamp, where output_padding > padding.
    beyond = max(0, output_padding - padding)
    reach = [(n - 1) * stride + size + beyond for n in grid.shape]
    canvas, counts = np.zeros(reach), np.zeros(reach, np.int64)
    stamps = []
    for row, column in np.ndindex(grid.shape):
        top, left = row * stride, column * stride
        value = float(grid[row, column])
        scaled = value * kernel
        canvas[top : top + size, left : left + size] += scaled
        counts[top : top + size, left : left + size] += 1
        stamps.append(Stamp(row, column, value, top, left, scaled))
    kept = canvas[padding : padding + out[0], padding : padding + out[1]]
    return Stamping(tuple(stamps), canvas, counts, kept)


def zero_insertion(
    x: ArrayLike,
    kernel_size: int,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
) -> Array:
    """Spread the input out with zeros, so that an ordinary convolution can follow.

    Parameters
    ----------
    x : (H, W) array_like
        One input map.
    kernel_size, stride, padding, output_padding : int
        Of the transposed convolution.

    Returns
    -------
    (H' + k - 1, W' + k - 1) float64 array
        ``stride - 1`` zeros between neighbours, ``k - 1 - padding`` zeros around, and
        ``output_padding`` more at the bottom and right. Where the padding exceeds
        k - 1, as many cells are cut off instead.

    Raises
    ------
    ValueError
        As ``transposed_size``.

    References
    ----------
    Dumoulin and Visin 2016, arXiv:1603.07285, section 4.5 (fractional strides).

    Examples
    --------
    >>> zero_insertion([[1, 2]], 1, stride=3).tolist()
    [[1.0, 0.0, 0.0, 2.0]]
    """
    grid = checked_pair(x, np.zeros((kernel_size, kernel_size)))[0]
    output_shape(grid, kernel_size, stride, padding, output_padding)
    spread = np.zeros([(n - 1) * stride + 1 for n in grid.shape])
    spread[::stride, ::stride] = grid
    before = kernel_size - 1 - padding
    after = before + output_padding
    wide = np.pad(spread, (max(before, 0), max(after, 0)))
    kept = slice(max(-before, 0), after if after < 0 else None)
    return wide[kept, kept]


def transposed_by_zeros(
    x: ArrayLike,
    weight: ArrayLike,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
) -> Array:
    """Insert zeros, then convolve at stride 1 with the kernel turned by 180 degrees.

    Parameters, errors and the (H', W') output are those of ``stamp_steps``.

    Examples
    --------
    >>> transposed_by_zeros([[1, 2]], [[1, 3], [0, 0]], stride=2).tolist()
    [[1.0, 3.0, 2.0, 6.0], [0.0, 0.0, 0.0, 0.0]]
    """
    grid, kernel = checked_pair(x, weight)
    spread = zero_insertion(grid, len(kernel), stride, padding, output_padding)
    return conv2d(spread, kernel[::-1, ::-1])


def output_shape(
    grid: Array, kernel_size: int, stride: int, padding: int, output_padding: int
) -> tuple[int, int]:
    """Return rows and columns of a transposed convolution's output.

    Examples
    --------
    >>> output_shape(np.zeros((2, 3)), 3, 2, 0, 0)
    (5, 7)
    """
    rows, columns = (
        transposed_size(n, kernel_size, stride, padding, output_padding)
        for n in grid.shape
    )
    return rows, columns


def checked_pair(x: ArrayLike, weight: ArrayLike) -> tuple[Array, Array]:
    """Return a map and a square kernel as float64.

    Raises
    ------
    ValueError
        If they are not (H, W) and (k, k), with numbers in them.

    Examples
    --------
    >>> checked_pair([[1, 2]], [[3]])[1].tolist()
    [[3.0]]
    """
    grid, kernel = np.asarray(x, np.float64), np.asarray(weight, np.float64)
    square = kernel.ndim == 2 and kernel.shape[0] == kernel.shape[1]
    if grid.ndim != 2 or not square or not grid.size or not kernel.size:
        raise ValueError(
            f"x has shape {grid.shape} and weight {kernel.shape}; they must be "
            "(H, W) and (k, k)."
        )
    return grid, kernel
