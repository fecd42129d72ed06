"""Small kernels with a name: what image processing used before weights were learned."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
KERNELS = (
    "blur",
    "smooth",
    "sharpen",
    "edges",
    "vertical edges",
    "horizontal edges",
    "emboss",
    "copy",
)


def kernel(name: str, size: int) -> Array:
    """Return a named kernel.

    Parameters
    ----------
    name : str
        One of ``KERNELS``: "blur" is the mean, "smooth" a binomial (Gaussian-like)
        mean, "sharpen" the image plus what the mean lacks, "edges" the image minus its
        mean, "vertical edges" and "horizontal edges" a difference across and a smooth
        mean along, "emboss" both differences at once, "copy" the centre alone.
    size : int
        Odd, at least 3.

    Returns
    -------
    (size, size) float64 array
        Blurs sum to 1, edges to 0.

    Raises
    ------
    ValueError
        If the name is unknown or the size is not odd and at least 3.

    Examples
    --------
    >>> kernel("vertical edges", 3).tolist()
    [[-0.25, 0.0, 0.25], [-0.5, 0.0, 0.5], [-0.25, 0.0, 0.25]]
    """
    if size < 3 or size % 2 == 0:
        raise ValueError(f"size is {size}; it must be odd and at least 3.")
    if name not in KERNELS:
        raise ValueError(f"There is no kernel {name!r}; there is {', '.join(KERNELS)}.")
    mean = np.full((size, size), 1.0 / size**2)
    copy = np.zeros((size, size))
    copy[size // 2, size // 2] = 1.0
    smooth = _binomial(size)
    slope = np.outer(smooth, np.sign(np.arange(size) - size // 2) * _half(size))
    made: dict[str, Array] = {
        "blur": mean,
        "smooth": np.outer(smooth, smooth),
        "sharpen": 2.0 * copy - mean,
        "edges": copy - mean,
        "vertical edges": slope,
        "horizontal edges": slope.T,
        "emboss": copy + slope + slope.T,
        "copy": copy,
    }
    return made[name]


INTEGER_KERNELS = ("left to right", "ones", "middle against the rest", "counting")


def integer_kernel(name: str, size: int) -> Array:
    """Return a kernel of small whole numbers, to work out by hand.

    Parameters
    ----------
    name : str
        One of ``INTEGER_KERNELS``: "left to right" is -1 on the left and 1 on the
        right, "ones" adds up, "middle against the rest" sums to 0, "counting" is 1, 2,
        3, ... and shows the order of the cells.
    size : int
        At least 1.

    Returns
    -------
    (size, size) float64 array

    Raises
    ------
    ValueError
        If the name is unknown or the size below 1.

    Examples
    --------
    >>> integer_kernel("left to right", 3)[0].tolist()
    [-1.0, 0.0, 1.0]
    """
    if size < 1:
        raise ValueError(f"size is {size}; it must be at least 1.")
    if name not in INTEGER_KERNELS:
        options = ", ".join(INTEGER_KERNELS)
        raise ValueError(f"There is no kernel {name!r}; there is {options}.")
    middle = np.full((size, size), -1.0)
    middle[size // 2, size // 2] = size**2 - 1
    side = np.sign(np.arange(size) - (size - 1) / 2)
    made: dict[str, Array] = {
        "left to right": np.tile(side, (size, 1)),
        "ones": np.ones((size, size)),
        "middle against the rest": middle,
        "counting": np.arange(1.0, size**2 + 1).reshape(size, size),
    }
    return made[name]


def _binomial(size: int) -> Array:
    row = np.ones(1)
    for _ in range(size - 1):
        row = np.convolve(row, [0.5, 0.5])
    return row


def _half(size: int) -> Array:
    """Weigh both sides of a difference so that each sums to 1."""
    smooth = _binomial(size)
    smooth[size // 2] = 0.0
    weighed: Array = smooth / smooth[: size // 2].sum()
    return weighed
