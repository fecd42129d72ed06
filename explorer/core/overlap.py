"""How stamps overlap: counts, kernels that leave no checkerboard, upsampling maps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.transposed import transposed_size

Array = NDArray[np.float64]


def overlap_counts(
    size: int,
    kernel_size: int,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
) -> NDArray[np.int64]:
    """Return how many stamps cover each output along one axis.

    Parameters
    ----------
    size : int
        Input length in cells.
    kernel_size, stride, padding, output_padding : int
        As in ``transposed_size``.

    Returns
    -------
    (n,) int64 array
        The count of a map's cell is that of its row times that of its column.

    Raises
    ------
    ValueError
        As ``transposed_size``.

    References
    ----------
    Odena, Dumoulin and Olah 2016, "Deconvolution and checkerboard artifacts",
    Distill, doi:10.23915/distill.00003.

    Examples
    --------
    >>> overlap_counts(4, 3, stride=2).tolist()
    [1, 1, 2, 1, 2, 1, 2, 1, 1]
    >>> overlap_counts(4, 4, stride=2, padding=1).tolist()
    [1, 2, 2, 2, 2, 2, 2, 1]
    """
    made = transposed_size(size, kernel_size, stride, padding, output_padding)
    places = np.arange(made) + padding
    first = np.maximum(0, -(-(places - kernel_size + 1) // stride))
    last = np.minimum(size - 1, places // stride)
    counts: NDArray[np.int64] = np.maximum(0, last - first + 1).astype(np.int64)
    return counts


def inner_counts(kernel_size: int, stride: int) -> tuple[int, ...]:
    """Return the counts that occur along one axis, far from the border.

    One number means an even overlap: the kernel size is a multiple of the stride.

    Raises
    ------
    ValueError
        If a number is below 1.

    Examples
    --------
    >>> inner_counts(3, 2), inner_counts(4, 2), inner_counts(5, 2), inner_counts(64, 32)
    ((1, 2), (2,), (2, 3), (2,))
    """
    if min(kernel_size, stride) < 1:
        raise ValueError(
            f"kernel_size is {kernel_size} and stride {stride}; "
            "both must be at least 1."
        )
    least, rest = divmod(kernel_size, stride)
    return (least, least + 1) if rest else (least,)


@dataclass(frozen=True)
class Upsampling:
    """A transposed convolution that multiplies the size by its stride.

    Attributes
    ----------
    kernel_size, stride, padding, output_padding : int
        As in ``transposed_size``.
    """

    kernel_size: int
    stride: int
    padding: int
    output_padding: int

    @property
    def even(self) -> bool:
        """Whether every inner output is covered equally often."""
        return self.kernel_size % self.stride == 0


def upsampling(kernel_size: int, stride: int) -> Upsampling:
    """Return the padding with which ``n`` inputs become exactly ``n * stride``.

    Parameters
    ----------
    kernel_size : int
        At least 1. Where the kernel is smaller than the stride, gaps stay.
    stride : int
        At least 2: at stride 1 nothing grows.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> upsampling(3, 2)
    Upsampling(kernel_size=3, stride=2, padding=1, output_padding=1)
    >>> upsampling(64, 32).padding
    16
    """
    inner_counts(kernel_size, stride)
    if stride < 2:
        raise ValueError(f"stride is {stride}; upsampling needs at least 2.")
    more = kernel_size - stride
    padding = max(0, -(-more // 2))
    return Upsampling(kernel_size, stride, padding, 2 * padding - more)


def constant_kernel(kernel_size: int, stride: int) -> Array:
    """Return equal weights that keep an image's mean: each is (stride / k) squared.

    Raises
    ------
    ValueError
        If a number is below 1.

    Examples
    --------
    >>> constant_kernel(4, 2)[0].tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    inner_counts(kernel_size, stride)
    return np.full((kernel_size, kernel_size), (stride / kernel_size) ** 2)


def bilinear_size(stride: int) -> int:
    """Return the kernel size whose bilinear weights interpolate at this stride.

    Examples
    --------
    >>> bilinear_size(2), bilinear_size(3), bilinear_size(32)
    (4, 5, 64)
    """
    return 2 * stride - stride % 2


def bilinear_kernel(kernel_size: int) -> Array:
    """Return the tent of weights that FCN's upsampling layers start from.

    Parameters
    ----------
    kernel_size : int
        At least 1.

    Returns
    -------
    (k, k) float64 array

    Raises
    ------
    ValueError
        If the size is below 1.

    References
    ----------
    Long, Shelhamer and Darrell 2015, arXiv:1411.4038, section 3.3; the authors'
    ``surgery.py`` (upsample_filt).

    Examples
    --------
    >>> bilinear_kernel(4)[1].tolist()
    [0.1875, 0.5625, 0.5625, 0.1875]
    """
    if kernel_size < 1:
        raise ValueError(f"kernel_size is {kernel_size}; it must be at least 1.")
    reach = (kernel_size + 1) // 2
    middle = (kernel_size - 1) / 2
    tent = 1 - np.abs(np.arange(kernel_size) - middle) / reach
    return np.outer(tent, tent)


def upsample(maps: ArrayLike, weight: ArrayLike, how: Upsampling) -> Array:
    """Run one kernel, transposed, over every map by itself.

    Parameters
    ----------
    maps : (C, H, W) array_like
    weight : (k, k) array_like
        The same for all maps, k as in ``how``.
    how : Upsampling

    Returns
    -------
    (C, H stride, W stride) float64 array

    Raises
    ------
    ValueError
        If shapes do not fit.

    Notes
    -----
    Where the kernel has fewer cells than a map, stamping is turned about: each kernel
    cell is multiplied once with the whole map and added to the strided view of the
    canvas that it meets.

    Examples
    --------
    >>> upsample([[[1, 2]]], np.ones((2, 2)), upsampling(2, 2))[0].tolist()
    [[1.0, 1.0, 2.0, 2.0], [1.0, 1.0, 2.0, 2.0]]
    """
    grids, kernel = np.asarray(maps, np.float64), np.asarray(weight, np.float64)
    k, s = how.kernel_size, how.stride
    if grids.ndim != 3 or kernel.shape != (k, k):
        raise ValueError(
            f"maps have shape {grids.shape} and weight {kernel.shape}; they must be "
            f"(C, H, W) and ({k}, {k})."
        )
    channels, height, width = grids.shape
    beyond = max(0, how.output_padding - how.padding)
    canvas = np.zeros(
        (channels, (height - 1) * s + k + beyond, (width - 1) * s + k + beyond)
    )
    if k * k < height * width:
        for i, j in np.ndindex(k, k):
            rows = slice(i, i + (height - 1) * s + 1, s)
            columns = slice(j, j + (width - 1) * s + 1, s)
            canvas[:, rows, columns] += kernel[i, j] * grids
    else:
        for i, j in np.ndindex(height, width):
            stamp = grids[:, i, j, None, None] * kernel
            canvas[:, i * s : i * s + k, j * s : j * s + k] += stamp
    p = how.padding
    return canvas[:, p : p + height * s, p : p + width * s]
