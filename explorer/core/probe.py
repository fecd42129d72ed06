"""A linear classifier on few labels: what a code is worth to somebody who has them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

LEAST_SPREAD = 1e-3  # a number that hardly changes is not blown up
STEPS = 500
STOP = 1e-4  # scikit-learn's own; the recorded accuracies were fitted to it

Floats = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Probe:
    """A logistic regression of standardised codes.

    Attributes
    ----------
    mean, std : (Z,) arrays
        Of the labelled codes.
    weights, bias : (C, Z) and (C,) arrays
    """

    mean: NDArray[np.float64]
    std: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]

    def probs(self, codes: Floats) -> NDArray[np.float64]:
        """Return P(y | code) of codes (N, Z): (N, C)."""
        scores = (codes - self.mean) / self.std @ self.weights.T + self.bias
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(scores / scores.sum(axis=1, keepdims=True))


def few_labels(labels: NDArray[np.int64], count: int, seed: int) -> NDArray[np.int64]:
    """Choose rows to be labelled, as many of each class.

    Parameters
    ----------
    labels : (N,) int array
        Every class must be there ``count`` / C times.
    count : int
        Of all classes together; at least one of each.
    seed : int

    Raises
    ------
    ValueError
        If the count does not go round, or a class has too few rows.

    Examples
    --------
    >>> few_labels(np.array([0, 1, 0, 1]), 2, 0).tolist()
    [2, 1]
    """
    classes = np.unique(labels)
    each, over = divmod(count, len(classes))
    if over or not each:
        raise ValueError(f"{count} labels do not go round {len(classes)} classes.")
    places = [np.flatnonzero(labels == c) for c in classes]
    least = min(map(len, places))
    if least < each:
        raise ValueError(f"{each} of each class were asked for; one has {least}.")
    rng = np.random.default_rng((count, seed))
    return np.concatenate([rng.choice(p, each, replace=False) for p in places])


def fit_probe(codes: Floats, labels: NDArray[np.int64], stop: float = STOP) -> Probe:
    """Fit a probe to labelled codes (N, Z), of classes 0 to C - 1, each there.

    Parameters
    ----------
    codes : (N, Z) array
    labels : (N,) int array
    stop : float
        The largest slope of the mean loss at which the fit may stop.

    References
    ----------
    Alain and Bengio 2017, Understanding intermediate layers using linear classifier
    probes, arXiv:1610.01644.
    """
    values = np.asarray(codes, np.float64)
    mean, std = values.mean(axis=0), values.std(axis=0) + LEAST_SPREAD
    fit = LogisticRegression(max_iter=STEPS, tol=stop).fit(
        (values - mean) / std, labels
    )
    return Probe(mean, std, fit.coef_, fit.intercept_)
