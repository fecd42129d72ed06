"""Random displacement fields: Simard's smooth one and U-Net's coarse one.

A field is (2, H, W) float32 in pixels, rows first: how far down and right of itself
each output pixel is read.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

Field = NDArray[np.float32]

TRUNCATE = 5.0  # the Gaussian ends five sigma from its middle, at 4e-6 of its height
LEVELS = 127  # of the noise on either side of 0
CUBIC = -0.75  # Keys' free parameter as OpenCV and torch set it


def displacement(
    shape: tuple[int, int],
    alpha_px: float,
    sigma_px: float,
    rng: np.random.Generator,
) -> Field:
    """Draw Simard's smooth random field: noise, Gaussian, scale.

    Parameters
    ----------
    shape : (int, int)
        Rows and columns, each at least 1.
    alpha_px : float
        Size: the root mean square of the displacement along an axis, in pixels, at
        least 0.
    sigma_px : float
        Smoothness: standard deviation of the Gaussian, in pixels, above 0.
    rng : numpy Generator
        Where the noise is drawn from: 2 H W numbers.

    Returns
    -------
    (2, H, W) float32 array
        Down and right, in pixels.

    Raises
    ------
    ValueError
        If alpha or sigma is out of bounds.

    Notes
    -----
    The paper scales the smoothed noise "to a norm of 1" before multiplying with alpha
    and leaves the norm open; here it is a root mean square of 1, so that alpha is in
    pixels and sigma changes the smoothness alone. Noise goes round at the border
    (the left border continues the right one), so that the border moves as much as the
    middle does. With alpha below 0.3 sigma the field hardly ever folds the picture
    over itself (``elastic_mask.folded``); training wants that.

    References
    ----------
    Simard, Steinkraus and Platt 2003, section 2.

    Examples
    --------
    >>> field = displacement((60, 80), 5.0, 8.0, np.random.default_rng(0))
    >>> field.shape, round(float(np.sqrt((field**2).mean())), 4)
    ((2, 60, 80), 5.0)
    """
    check_sizes(alpha_px, sigma_px)
    smooth = smooth_noise(white_noise(shape, rng), sigma_px)
    return np.asarray(smooth * np.float32(alpha_px / root_mean_square(smooth)))


def coarse_displacement(
    shape: tuple[int, int],
    sd_px: float,
    nodes: int,
    rng: np.random.Generator,
) -> Field:
    """Draw U-Net's field: random vectors on a coarse grid, bicubic in between.

    Parameters
    ----------
    shape : (int, int)
        Rows and columns, each at least 1.
    sd_px : float
        Standard deviation of each component at a node, in pixels, at least 0.
    nodes : int
        Nodes along each axis, at least 2; the outer ones lie on the border pixels.
    rng : numpy Generator
        Where the 2 x nodes x nodes normal numbers are drawn from.

    Returns
    -------
    (2, H, W) float32 array
        Down and right, in pixels.

    Raises
    ------
    ValueError
        If a number is out of bounds.

    Notes
    -----
    The paper says 3 by 3, 10 pixels and "bicubic interpolation", not where the nodes
    lie nor which cubic: here they span the image, with Keys' cubic convolution
    (a = -0.75), border nodes repeated outwards.

    References
    ----------
    Ronneberger, Fischer and Brox 2015, arXiv:1505.04597, section 3.1.

    Examples
    --------
    >>> field = coarse_displacement((5, 5), 10.0, 3, np.random.default_rng(0))
    >>> nodes = 10 * np.random.default_rng(0).standard_normal((2, 3, 3))
    >>> bool(np.allclose(field[:, ::2, ::2], nodes, atol=1e-5))
    True
    """
    if nodes < 2:
        raise ValueError(f"nodes is {nodes}; it must be at least 2.")
    if not 0 <= sd_px < np.inf:
        raise ValueError(f"sd_px is {sd_px}; it must be at least 0 and finite.")
    vectors = sd_px * rng.standard_normal((2, nodes, nodes))
    rows, columns = (cubic_weights(size, nodes) for size in shape)
    return np.asarray(rows @ vectors @ columns.T, np.float32)


def smooth_noise(noise: Field, sigma_px: float) -> Field:
    """Return noise after a Gaussian that goes round at the border.

    Parameters
    ----------
    noise : (N, H, W) float32 array
    sigma_px : float
        In pixels, above 0.

    Returns
    -------
    (N, H, W) float32 array
        What ``scipy.ndimage.gaussian_filter(mode="wrap", truncate=5)`` gives for each,
        by Fourier transforms, whose time does not grow with sigma.

    Examples
    --------
    >>> flat = smooth_noise(np.ones((1, 6, 8), np.float32), 2.0)
    >>> bool(np.allclose(flat, 1))
    True
    """
    height, width = noise.shape[1:]
    down = fft.fft(_round_kernel(height, sigma_px)).real
    across = fft.rfft(_round_kernel(width, sigma_px)).real
    transfer = np.asarray(np.outer(down, across), np.float32)
    spectrum = fft.rfft2(noise, axes=(1, 2)) * transfer
    return np.asarray(fft.irfft2(spectrum, s=(height, width), axes=(1, 2)), np.float32)


def gaussian_kernel(sigma_px: float) -> NDArray[np.float64]:
    """Return the taps of a Gaussian cut at five sigma, their sum 1.

    Examples
    --------
    >>> gaussian_kernel(0.5).round(3).tolist()
    [0.0, 0.0, 0.106, 0.787, 0.106, 0.0, 0.0]
    """
    radius = int(TRUNCATE * sigma_px + 0.5)
    taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma_px) ** 2)
    return np.asarray(taps / taps.sum())


def cubic_weights(size: int, nodes: int) -> NDArray[np.float64]:
    """Return (size, nodes): each pixel's share of each node along one axis.

    Rows sum to 1; the first and the last node lie on the first and the last pixel.

    Examples
    --------
    >>> cubic_weights(3, 2).tolist()
    [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]
    """
    at = np.linspace(0, nodes - 1, size) if size > 1 else np.zeros(1)
    low = np.minimum(np.floor(at), nodes - 2).astype(np.intp)
    weights = np.zeros((size, nodes))
    for step in (-1, 0, 1, 2):
        share = _keys(np.abs(at - (low + step)))
        np.add.at(weights, (np.arange(size), (low + step).clip(0, nodes - 1)), share)
    return weights


def root_mean_square(field: Field) -> float:
    """Return the root mean square over both components, never 0.

    Examples
    --------
    >>> root_mean_square(np.full((2, 3, 4), 2, np.float32))
    2.0
    """
    return max(float(np.sqrt(np.mean(np.square(field, dtype=np.float64)))), 1e-12)


def white_noise(shape: tuple[int, int], rng: np.random.Generator) -> Field:
    """Draw (2, H, W) numbers, uniform over 255 levels from -1 to 1.

    Notes
    -----
    The levels are whole 127ths, so that a byte a number is all a browser needs to go
    on with the same field.

    Examples
    --------
    >>> noise = white_noise((3, 4), np.random.default_rng(0))
    >>> noise.shape, bool(np.array_equal(noise, noise_from(noise_levels(noise))))
    ((2, 3, 4), True)
    """
    levels = rng.integers(0, 2 * LEVELS, (2, *shape), np.uint8, endpoint=True)
    return noise_from(levels)


def noise_levels(noise: Field) -> NDArray[np.uint8]:
    """Return noise as bytes: 0 for -1, 127 for 0, 254 for 1.

    Examples
    --------
    >>> noise_levels(np.array([-1, 0, 1], np.float32)).tolist()
    [0, 127, 254]
    """
    return np.asarray(np.rint(noise * LEVELS) + LEVELS, np.uint8)


def noise_from(levels: NDArray[np.uint8]) -> Field:
    """Return the noise that was written as bytes.

    Examples
    --------
    >>> noise_from(np.array([0, 127, 254], np.uint8)).tolist()
    [-1.0, 0.0, 1.0]
    """
    return (levels.astype(np.float32) - LEVELS) / np.float32(LEVELS)


def check_sizes(alpha_px: float, sigma_px: float) -> None:
    """Refuse an alpha below 0 or a sigma that is not above 0.

    Raises
    ------
    ValueError
        With the value and its bound.
    """
    if not 0 <= alpha_px < np.inf:
        raise ValueError(f"alpha_px is {alpha_px}; it must be at least 0 and finite.")
    if not 0 < sigma_px < np.inf:
        raise ValueError(f"sigma_px is {sigma_px}; it must be above 0 and finite.")


def _round_kernel(size: int, sigma_px: float) -> NDArray[np.float64]:
    """Lay the Gaussian round a circle of ``size`` pixels, its middle at 0."""
    taps = gaussian_kernel(sigma_px)
    radius = len(taps) // 2
    circle = np.zeros(size)
    np.add.at(circle, np.arange(-radius, radius + 1) % size, taps)
    return circle


def _keys(far: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Keys' cubic convolution kernel at distances of at most 2 nodes."""
    near = ((CUBIC + 2) * far - (CUBIC + 3)) * far**2 + 1
    tail = CUBIC * (((far - 5) * far + 8) * far - 4)
    return np.where(far <= 1, near, np.where(far < 2, tail, 0.0))
