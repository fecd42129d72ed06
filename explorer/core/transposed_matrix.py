"""Transposed convolution as its name says: by the transpose of a matrix."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.convolution import input_window, output_size
from explorer.core.transposed import checked_pair, output_shape

Array = NDArray[np.float64]
MOST_ENTRIES = 4_000_000  # of a matrix: 32 MB


def conv_matrix(
    shape: tuple[int, int], weight: ArrayLike, stride: int = 1, padding: int = 0
) -> Array:
    """Return the matrix C of an ordinary convolution: ``C @ u.ravel()`` does it.

    Parameters
    ----------
    shape : (int, int)
        Rows and columns of the map ``u`` that the convolution reads.
    weight : (k, k) array_like
        The kernel, not flipped.
    stride, padding : int
        Of the convolution.

    Returns
    -------
    (h w, H W) float64 array
        One row an output of the convolution, one column an input, row by row.

    Raises
    ------
    ValueError
        If shapes do not fit, a number is out of range, or C has over 4,000,000
        entries.

    Examples
    --------
    >>> conv_matrix((1, 3), [[5]], stride=2).tolist()
    [[5.0, 0.0, 0.0], [0.0, 0.0, 5.0]]
    """
    kernel = checked_pair(np.zeros(shape), weight)[1]
    size = len(kernel)
    rows, columns = (output_size(n, size, stride, padding) for n in shape)
    entries = rows * columns * shape[0] * shape[1]
    if entries > MOST_ENTRIES:
        raise ValueError(f"C would have {entries:,} entries, above {MOST_ENTRIES:,}.")
    matrix = np.zeros((rows * columns, *shape))
    for row, column in np.ndindex(rows, columns):
        for i, y in enumerate(input_window(row, size, stride, padding)):
            for j, z in enumerate(input_window(column, size, stride, padding)):
                if 0 <= y < shape[0] and 0 <= z < shape[1]:
                    matrix[row * columns + column, y, z] = kernel[i, j]
    return matrix.reshape(len(matrix), -1)


def transposed_by_matrix(
    x: ArrayLike,
    weight: ArrayLike,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
) -> Array:
    """Multiply the input, as a vector, with the transpose of ``conv_matrix``.

    Parameters, errors and the (H', W') output are those of ``stamp_steps``.

    Examples
    --------
    >>> transposed_by_matrix([[2]], [[1, 3], [0, 4]]).tolist()
    [[2.0, 6.0], [0.0, 8.0]]
    """
    grid, kernel = checked_pair(x, weight)
    out = output_shape(grid, len(kernel), stride, padding, output_padding)
    matrix = conv_matrix(out, kernel, stride, padding)
    made: Array = (matrix.T @ grid.ravel()).reshape(out)
    return made
