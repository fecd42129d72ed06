"""Convolution as networks do it: sizes, windows, the sum itself, and its terms."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Padding = int | tuple[int, int, int, int]  # all sides, or top, bottom, left, right


def output_size(
    size: int,
    kernel_size: int,
    stride: int = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int = 1,
) -> int:
    """Return how many outputs a convolution makes along one axis.

    ``floor((size + before + after - dilation (kernel_size - 1) - 1) / stride) + 1``

    Parameters
    ----------
    size : int
        Input length in cells, at least 1.
    kernel_size, stride, dilation : int
        At least 1.
    padding : int or (int, int)
        Zeros on both sides, or before and after.

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    ValueError
        If a number is out of its range, or the kernel is longer than the padded input.

    References
    ----------
    Dumoulin and Visin 2016, arXiv:1603.07285, relationships 6 and 15.

    Examples
    --------
    >>> output_size(7, 3, stride=2, padding=1)
    4
    >>> output_size(224, 3, stride=2, padding=(0, 1))
    112
    """
    for name, value in (
        ("size", size),
        ("kernel_size", kernel_size),
        ("stride", stride),
        ("dilation", dilation),
    ):
        if value < 1:
            raise ValueError(f"{name} is {value}; it must be at least 1.")
    before, after = (padding, padding) if isinstance(padding, int) else padding
    if min(before, after) < 0:
        raise ValueError(f"padding is {min(before, after)}; it must be at least 0.")
    reach = dilation * (kernel_size - 1) + 1
    padded = size + before + after
    if reach > padded:
        raise ValueError(
            f"The kernel reaches over {reach} cells and the padded input has {padded}: "
            "use a smaller kernel or dilation, or more padding."
        )
    return (padded - reach) // stride + 1


def input_window(
    index: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> NDArray[np.int64]:
    """Return the input positions that one output reads along one axis.

    Parameters
    ----------
    index : int
        Which output, from 0.
    kernel_size, stride, dilation : int
        As in ``output_size``.
    padding : int
        Zeros before the input.

    Returns
    -------
    (kernel_size,) int64 array
        Positions below 0, or at the input's size and above, are padding.

    Examples
    --------
    >>> input_window(0, 3, stride=2, padding=1).tolist()
    [-1, 0, 1]
    >>> input_window(1, 3, stride=2, padding=1, dilation=2).tolist()
    [1, 3, 5]
    """
    return index * stride - padding + dilation * np.arange(kernel_size)


@dataclass(frozen=True)
class ConvTerms:
    """The working of one output cell, one term a kernel cell and channel.

    Attributes
    ----------
    rows, columns : (k,) int64 arrays
        Input rows and columns of the window; out of the input where padding is read.
    values : (C, k, k) float64 array
        What is read there; 0 in the padding.
    weights : (C, k, k) float64 array
        What it is multiplied with.
    products : (C, k, k) float64 array
        ``values * weights``.
    padded : (k, k) bool array
        Which cells of the window are padding.
    bias, total : float
        ``total`` is the sum of all products, plus ``bias``.
    """

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: Array
    weights: Array
    products: Array
    padded: NDArray[np.bool_]
    bias: float
    total: float


def conv_terms(
    x: ArrayLike,
    weight: ArrayLike,
    row: int,
    column: int,
    bias: float = 0.0,
    stride: int = 1,
    padding: Padding = 0,
    dilation: int = 1,
) -> ConvTerms:
    """Return every multiply-add of one output cell.

    Parameters
    ----------
    x, weight, bias, stride, padding, dilation
        As in ``conv2d``.
    row, column : int
        The output cell, from 0.

    Raises
    ------
    ValueError
        As ``conv2d``, or if there is no such output cell.

    Examples
    --------
    >>> terms = conv_terms([[1, 2], [3, 4]], [[1, 0], [0, -1]], 0, 0)
    >>> terms.products[0].tolist(), terms.total
    ([[1.0, 0.0], [0.0, -4.0]], -3.0)
    """
    maps, kernel = _checked(x, weight)
    sides = _sides(padding)
    size = kernel.shape[-1]
    shape = _output_shape(maps, size, stride, sides, dilation)
    if not (0 <= row < shape[0] and 0 <= column < shape[1]):
        raise ValueError(
            f"There is no output cell ({row}, {column}); "
            f"the output has {shape[0]} rows and {shape[1]} columns."
        )
    rows = input_window(row, size, stride, sides[0], dilation)
    columns = input_window(column, size, stride, sides[2], dilation)
    inside = np.outer(
        (rows >= 0) & (rows < maps.shape[1]),
        (columns >= 0) & (columns < maps.shape[2]),
    )
    near = maps[
        :,
        rows.clip(0, maps.shape[1] - 1)[:, None],
        columns.clip(0, maps.shape[2] - 1)[None],
    ]
    values = np.where(inside, near, 0.0)  # (C, k, k)
    products = values * kernel
    total = float(products.sum() + bias)
    return ConvTerms(
        rows, columns, values, kernel, products, ~inside, float(bias), total
    )


def conv2d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: float = 0.0,
    stride: int = 1,
    padding: Padding = 0,
    dilation: int = 1,
) -> Array:
    """Return one output channel of a convolution.

    Parameters
    ----------
    x : (H, W) or (C, H, W) array_like
        Input maps.
    weight : (k, k) or (C, k, k) array_like
        The kernel of one output channel; as many channels as ``x``.
    bias : float
        Added to every output.
    stride, dilation : int
        At least 1, the same for rows and columns.
    padding : int or (top, bottom, left, right)
        Zeros around the input.

    Returns
    -------
    (H', W') float64 array
        Sizes by ``output_size``.

    Raises
    ------
    ValueError
        If shapes do not fit or a number is out of range.

    Notes
    -----
    The kernel is not flipped: what networks call convolution is the correlation of
    signal processing. Instead of visiting each output, every kernel cell is multiplied
    once with the strided view of the input that it meets.

    References
    ----------
    Dumoulin and Visin 2016, arXiv:1603.07285, section 2.

    Examples
    --------
    >>> conv2d(np.arange(9).reshape(3, 3), np.ones((2, 2))).tolist()
    [[8.0, 12.0], [20.0, 24.0]]
    """
    maps, kernel = _checked(x, weight)
    sides = _sides(padding)
    size = kernel.shape[-1]
    rows, columns = _output_shape(maps, size, stride, sides, dilation)
    top, bottom, left, right = sides
    padded = np.pad(maps, ((0, 0), (top, bottom), (left, right)))
    out = np.full((rows, columns), float(bias))
    for i in range(size):
        for j in range(size):
            met = padded[
                :,
                i * dilation : i * dilation + stride * (rows - 1) + 1 : stride,
                j * dilation : j * dilation + stride * (columns - 1) + 1 : stride,
            ]  # (C, H', W')
            out += np.tensordot(kernel[:, i, j], met, 1)
    return out


def _output_shape(
    maps: Array,
    kernel_size: int,
    stride: int,
    sides: tuple[int, int, int, int],
    dilation: int,
) -> tuple[int, int]:
    return (
        output_size(maps.shape[1], kernel_size, stride, sides[:2], dilation),
        output_size(maps.shape[2], kernel_size, stride, sides[2:], dilation),
    )


def _sides(padding: Padding) -> tuple[int, int, int, int]:
    if isinstance(padding, int):
        return padding, padding, padding, padding
    return padding


def _checked(x: ArrayLike, weight: ArrayLike) -> tuple[Array, Array]:
    maps, kernel = np.asarray(x, np.float64), np.asarray(weight, np.float64)
    maps = maps[None] if maps.ndim == 2 else maps
    kernel = kernel[None] if kernel.ndim == 2 else kernel
    if maps.ndim != 3 or kernel.ndim != 3 or kernel.shape[1] != kernel.shape[2]:
        raise ValueError(
            f"x has shape {np.shape(x)} and weight {np.shape(weight)}; they must be "
            "(C, H, W) and (C, k, k), or without C."
        )
    if len(maps) != len(kernel):
        raise ValueError(
            f"x has {len(maps)} channels and weight {len(kernel)}; they must agree."
        )
    return maps, kernel
