"""One-dimensional convolution as a matrix, and what its transpose does."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.convolution import input_window, output_size

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LineSteps:
    """A convolution of a line as X, and the transposed convolution as its transpose.

    Attributes
    ----------
    matrix : (m, n + 2 p) float64 array
        X, one row an output; its first and last p columns meet the padding.
    padded : (n + 2 p,) float64 array
        The signal between its zeros.
    output : (m,) float64 array
        ``X @ padded``.
    entries : (m,) float64 array
        What the transpose is applied to: the first m numbers of the signal.
    spread : (n + 2 p,) float64 array
        ``X.T @ entries``, before the padding is cut off.
    cropped : (n,) float64 array
        What is left of it: as long as the signal.
    returned : (n,) float64 array
        The same of ``output`` in place of ``entries``: there and back.
    """

    matrix: Array
    padded: Array
    output: Array
    entries: Array
    spread: Array
    cropped: Array
    returned: Array


def line_matrix(
    kernel: ArrayLike, size: int, stride: int = 1, padding: int = 0
) -> Array:
    """Return X, so that ``X @ padded`` is the convolution of a padded line.

    Parameters
    ----------
    kernel : (k,) array_like
        Not flipped.
    size : int
        Length of the signal without its padding.
    stride, padding : int
        Of the convolution.

    Returns
    -------
    (m, size + 2 padding) float64 array

    Raises
    ------
    ValueError
        If the kernel is not a line, or as ``output_size``.

    Examples
    --------
    >>> line_matrix([1, 2, 3], 4, stride=2, padding=1).astype(int).tolist()
    [[1, 2, 3, 0, 0, 0], [0, 0, 1, 2, 3, 0]]
    """
    taps = np.asarray(kernel, np.float64)
    if taps.ndim != 1:
        raise ValueError(f"kernel has shape {taps.shape}; it must be (k,).")
    rows = output_size(size, len(taps), stride, padding)
    matrix = np.zeros((rows, size + 2 * padding))
    for row in range(rows):
        matrix[row, input_window(row, len(taps), stride)] = taps
    return matrix


def line_steps(
    kernel: ArrayLike, signal: ArrayLike, stride: int = 1, padding: int = 0
) -> LineSteps:
    """Convolve a signal by X, and apply the transpose of X to its first entries.

    Parameters
    ----------
    kernel : (k,) array_like
        Not flipped.
    signal : (n,) array_like
        Without its padding.
    stride, padding : int
        Of the convolution.

    Raises
    ------
    ValueError
        If a shape does not fit, or as ``output_size``.

    Notes
    -----
    Where the stride is above 1, X has fewer rows than the signal has numbers, so its
    transpose takes only so many.

    References
    ----------
    Dumoulin and Visin 2016, arXiv:1603.07285, section 4.1 (convolution as a matrix).

    Examples
    --------
    >>> steps = line_steps([1, 2, 3], [1, 1, 0, 2], padding=1)
    >>> steps.output.tolist(), steps.cropped.tolist()
    ([5.0, 3.0, 7.0, 4.0], [3.0, 5.0, 5.0, 4.0])
    """
    line = np.asarray(signal, np.float64)
    if line.ndim != 1:
        raise ValueError(f"signal has shape {line.shape}; it must be (n,).")
    matrix = line_matrix(kernel, len(line), stride, padding)
    padded = np.pad(line, padding)
    output = matrix @ padded
    entries = line[: len(matrix)]
    if len(entries) < len(matrix):
        raise ValueError(
            f"X has {len(matrix)} rows and the signal {len(line)} numbers: "
            "use less padding."
        )
    spread = matrix.T @ entries
    inside = slice(padding, padding + len(line))
    returned = (matrix.T @ output)[inside]
    return LineSteps(matrix, padded, output, entries, spread, spread[inside], returned)
