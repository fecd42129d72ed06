"""The probe against a minimum found by another method, with the loss written out."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from explorer.core.probe import LEAST_SPREAD, Probe
from explorer.core.proof import Proof

TOLERANCE = 1e-5  # of a probability: both stop a little before the minimum
STEPS = 5000
GRADIENT, CHANGE = 1e-7, 1e-15  # where the reference stops

Floats = NDArray[np.floating]


def reference_probe(codes: Floats, labels: NDArray[np.int64]) -> Probe:
    """Fit a probe without scikit-learn: cross-entropy and half the squared weights.

    Parameters
    ----------
    codes : (N, Z) array
    labels : (N,) int array
        Classes 0 to C - 1, each there.
    """
    values = np.asarray(codes, np.float64)
    mean, std = values.mean(axis=0), values.std(axis=0) + LEAST_SPREAD
    x = np.column_stack([(values - mean) / std, np.ones(len(values))])  # (N, Z + 1)
    wanted = np.eye(int(labels.max()) + 1)[labels]  # (N, C)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(wanted.shape[1], -1)
        free = weights * np.r_[np.ones(x.shape[1] - 1), 0.0]  # the bias costs nothing
        scores = x @ weights.T
        log = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        slope = (np.exp(log) - wanted).T @ x + free
        return float((free**2).sum() / 2 - (wanted * log).sum()), slope.ravel()

    start = np.zeros(wanted.shape[1] * x.shape[1])
    options = {"maxiter": STEPS, "maxfun": STEPS, "gtol": GRADIENT, "ftol": CHANGE}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    weights = found.x.reshape(wanted.shape[1], -1)
    return Probe(mean, std, weights[:, :-1], weights[:, -1])


def prove_probe(probe: Probe, reference: Probe, codes: Floats) -> Proof:
    """Compare P(y | code) of both on codes (N, Z)."""
    values = np.asarray(codes, np.float64)
    far = float(np.abs(probe.probs(values) - reference.probs(values)).max())
    note = (
        f"P(y|code) of {len(values)} test digits, cross-entropy and its slope "
        "written out, fitted to the same labels"
    )
    return Proof("scipy.optimize.minimize", far, TOLERANCE, "", note)
