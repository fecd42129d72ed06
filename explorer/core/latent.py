"""Numbers of latent spaces: likelihoods, divergences, bounds, paths and sums.

All logarithms are natural: values are in nats.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

ACTIVE_VARIANCE = 0.01  # Burda et al. 2016, section 5.2
_NEARLY_ALIGNED = 1e-6  # sine of an angle below which slerp has no plane to turn in

Float64 = NDArray[np.float64]


def gaussian_kl(mu: ArrayLike, logvar: ArrayLike) -> Float64:
    """Return KL(N(mu, exp(logvar)) || N(0, 1)) of every dimension.

    Parameters
    ----------
    mu, logvar : (..., Z) array_like
        Mean and logarithm of the variance.

    Returns
    -------
    (..., Z) float array
        In nats; the divergence of the whole code is the sum over the last axis.

    References
    ----------
    Kingma and Welling 2014, arXiv:1312.6114, appendix B.

    Examples
    --------
    >>> gaussian_kl([1.0, -0.5], np.log([0.25, 4.0])).sum().round(2)
    np.float64(1.75)
    """
    mean, log = np.asarray(mu, np.float64), np.asarray(logvar, np.float64)
    return np.asarray(0.5 * (mean**2 + np.exp(log) - log - 1))


def bernoulli_log_likelihood(x: ArrayLike, logits: ArrayLike) -> Float64:
    """Return log p(x | logits) of every pixel.

    Parameters
    ----------
    x : (...) array_like
        Brightness in [0, 1]. Between 0 and 1 the value is the likelihood's natural
        extension, not a density (Loaiza-Ganem and Cunningham 2019, section 2).
    logits : (...) array_like
        Logarithm of p / (1 - p) of the pixel being white.

    Returns
    -------
    (...) float array
        In nats, 0 at most.

    Examples
    --------
    >>> bernoulli_log_likelihood([1.0, 0.0], [0.0, 0.0]).round(3).tolist()
    [-0.693, -0.693]
    """
    pixels, raw = np.asarray(x, np.float64), np.asarray(logits, np.float64)
    return np.asarray(pixels * raw - np.logaddexp(0.0, raw))


def gaussian_log_likelihood(x: ArrayLike, mean: ArrayLike, std: float) -> Float64:
    """Return log N(x; mean, std²) of every number.

    Raises
    ------
    ValueError
        If ``std`` is not above 0.

    Examples
    --------
    >>> gaussian_log_likelihood([0.0], [0.0], 1.0).round(4).tolist()
    [-0.9189]
    """
    if not std > 0:
        raise ValueError(f"std is {std:g}; it must be above 0.")
    far = (np.asarray(x, np.float64) - np.asarray(mean, np.float64)) / std
    return np.asarray(-0.5 * far**2 - np.log(std) - 0.5 * np.log(2 * np.pi))


def importance_bound(log_weights: ArrayLike) -> Float64:
    """Return the importance-weighted bound on log p(x), log (1/k Σ w).

    Parameters
    ----------
    log_weights : (..., k) array_like
        log p(x, z) - log q(z | x) of k samples of the encoder.

    Returns
    -------
    (...) float array
        With k = 1 one sample of the ELBO; it rises with k in expectation.

    References
    ----------
    Burda, Grosse and Salakhutdinov 2016, arXiv:1509.00519, equation 8.

    Examples
    --------
    >>> importance_bound(np.log([1.0, 3.0])).round(4)
    np.float64(0.6931)
    """
    log = np.asarray(log_weights, np.float64)
    return np.asarray(np.logaddexp.reduce(log, axis=-1) - np.log(log.shape[-1]))


def active_units(mu: ArrayLike, least: float = ACTIVE_VARIANCE) -> NDArray[np.bool_]:
    """Return which dimensions the encoder uses.

    Parameters
    ----------
    mu : (N, Z) array_like
        Posterior means of N images.
    least : float
        A dimension whose mean varies more than this over the images is active
        (strictly above).

    Examples
    --------
    >>> active_units([[0.0, 0.01], [1.0, 0.02]]).tolist()
    [True, False]
    """
    return np.asarray(np.asarray(mu, np.float64).var(axis=0) > least)


def lerp(start: ArrayLike, end: ArrayLike, count: int) -> Float64:
    """Return ``count`` points on the straight line, both ends among them: (count, Z).

    Raises
    ------
    ValueError
        If ``count`` is below 2.

    Examples
    --------
    >>> lerp([0.0], [1.0], 3).ravel().tolist()
    [0.0, 0.5, 1.0]
    """
    shares = _shares(count)
    a, b = np.asarray(start, np.float64), np.asarray(end, np.float64)
    return np.asarray((1 - shares) * a + shares * b)


def slerp(start: ArrayLike, end: ArrayLike, count: int) -> Float64:
    """Return ``count`` points that turn from one code to the other at an even angle.

    The length goes evenly from one's to the other's, so that the path stays where a
    Gaussian prior of many dimensions has its mass. Codes that point the same way, or
    against each other, span no plane: the straight line is returned.

    References
    ----------
    Shoemake 1985, Animating rotation with quaternion curves, section 3.3; White 2016,
    arXiv:1609.04468, section 2.1. Theirs keeps one length; ours departs by
    interpolating it.

    Examples
    --------
    >>> slerp([1.0, 0.0], [0.0, 1.0], 3).round(4).tolist()
    [[1.0, 0.0], [0.7071, 0.7071], [0.0, 1.0]]
    """
    shares = _shares(count)
    a, b = np.asarray(start, np.float64), np.asarray(end, np.float64)
    length_a, length_b = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    if min(length_a, length_b) == 0:
        return lerp(a, b, count)
    angle = np.arccos(np.clip(a @ b / (length_a * length_b), -1, 1))
    if np.sin(angle) < _NEARLY_ALIGNED:
        return lerp(a, b, count)
    turned = np.sin((1 - shares) * angle) * (a / length_a)
    turned = (turned + np.sin(shares * angle) * (b / length_b)) / np.sin(angle)
    path: Float64 = turned * ((1 - shares) * length_a + shares * length_b)
    path[0], path[-1] = a, b  # to the last digit
    return path


def _shares(count: int) -> Float64:
    if count < 2:
        raise ValueError(f"count is {count}; a path has at least 2 points.")
    return np.linspace(0, 1, count)[:, None]


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """A' - A + B, with what it is made of.

    Attributes
    ----------
    vector : (Z,) float array
        A' - A.
    target : (Z,) float array
        B + step * vector.
    norm : float
        Length of ``vector``.
    cosine : float
        Of the angle between ``vector`` and B; NaN where one of them is 0.
    """

    vector: Float64
    target: Float64
    norm: float
    cosine: float


def arithmetic(
    with_it: ArrayLike, without: ArrayLike, onto: ArrayLike, step: float = 1.0
) -> Arithmetic:
    """Take what tells A' from A, and add it to B.

    Parameters
    ----------
    with_it, without : (N, Z) or (Z,) array_like
        Codes of A' and A; of several exemplars the mean is taken.
    onto : (Z,) array_like
        Code of B; several are averaged too.
    step : float
        How far to go along the vector.

    References
    ----------
    Radford, Metz and Chintala 2016, arXiv:1511.06434, section 6.3.2.

    Examples
    --------
    >>> arithmetic([[2.0, 0.0]], [[1.0, 0.0]], [0.0, 3.0]).target.tolist()
    [1.0, 3.0]
    """
    plus, minus, base = (
        np.atleast_2d(np.asarray(a, np.float64)).mean(axis=0)
        for a in (with_it, without, onto)
    )
    vector = plus - minus
    norm, length = float(np.linalg.norm(vector)), float(np.linalg.norm(base))
    cosine = float(vector @ base / (norm * length)) if norm * length else float("nan")
    return Arithmetic(vector, base + step * vector, norm, cosine)
