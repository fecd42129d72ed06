"""Bayes' rule for classes whose densities are normal, or known by their logarithms."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.latent import gaussian_log_likelihood

Float64 = NDArray[np.float64]


def normal_log_density(x: ArrayLike, mean: ArrayLike, std: float) -> Float64:
    """Return log N(x; mean, std² I) of points.

    Parameters
    ----------
    x : (..., D) array_like
    mean : (D,) array_like
    std : float
        The same in every direction, above 0.

    Raises
    ------
    ValueError
        If ``std`` is not above 0.

    Examples
    --------
    >>> normal_log_density([[0.0]], [0.0], 1.0).round(4).tolist()
    [-0.9189]
    """
    return np.asarray(gaussian_log_likelihood(x, mean, std).sum(axis=-1))


def posterior(log_likelihood: ArrayLike, prior: ArrayLike) -> Float64:
    """Return P(y | x) of every class by Bayes' rule.

    Parameters
    ----------
    log_likelihood : (..., C) array_like
        log p(x | y).
    prior : (C,) array_like
        P(y), adding up to 1; a class of prior 0 is impossible.

    Returns
    -------
    (..., C) float array
        Adding up to 1, however far out x is.

    Raises
    ------
    ValueError
        If the prior is no distribution over the classes.

    References
    ----------
    Bishop 2006, Pattern Recognition and Machine Learning, section 4.2, equation 4.57.

    Examples
    --------
    >>> posterior(np.log([0.2, 0.6]), [0.75, 0.25]).round(3).tolist()
    [0.5, 0.5]
    """
    log, share = np.asarray(log_likelihood, np.float64), np.asarray(prior, np.float64)
    if share.shape != log.shape[-1:] or (share < 0).any():
        raise ValueError(f"The prior has shape {share.shape}; one share a class, >= 0.")
    if not np.isclose(share.sum(), 1):
        raise ValueError(f"The prior adds up to {share.sum():g}; it must be 1.")
    with np.errstate(divide="ignore"):
        joint = log + np.log(share)
    return np.asarray(np.exp(joint - np.logaddexp.reduce(joint, axis=-1)[..., None]))


def roc(inside: ArrayLike, outside: ArrayLike) -> tuple[Float64, Float64, float]:
    """Return the ROC of a score that should be high inside, and the area under it.

    Parameters
    ----------
    inside, outside : (N,) and (M,) array_like
        Scores of what should be accepted, and of what should be rejected.

    Returns
    -------
    (K,), (K,) float arrays and float
        Share of the outside and of the inside that is accepted, as the threshold
        falls; equal scores move together. The area counts an equal pair half.

    Raises
    ------
    ValueError
        If one of them is empty.

    References
    ----------
    Fawcett 2006, An introduction to ROC analysis, algorithms 1 and 2.

    Examples
    --------
    >>> roc([3.0, 2.0], [1.0, 2.0])[2]
    0.875
    """
    good, bad = (np.asarray(v, np.float64).ravel() for v in (inside, outside))
    if not good.size or not bad.size:
        raise ValueError("A ROC needs scores of both kinds.")
    cuts = np.unique(np.concatenate([good, bad]))[::-1]
    accepted = [
        np.r_[0, len(one) - np.searchsorted(np.sort(one), cuts, side="left")] / len(one)
        for one in (good, bad)
    ]
    area = float(np.trapezoid(accepted[0], accepted[1]))
    return accepted[1], accepted[0], area


def share_above(scores: ArrayLike, threshold: float) -> float:
    """Return the share of scores that are at least a threshold.

    Raises
    ------
    ValueError
        If there is no score.

    Examples
    --------
    >>> share_above([1.0, 2.0, 3.0, 4.0], 3.0)
    0.5
    """
    values = np.asarray(scores, np.float64)
    if not values.size:
        raise ValueError("A share needs at least one score.")
    return float((values >= threshold).mean())
