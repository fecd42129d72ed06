"""Where the gradient of a pooled region goes: to one cell, or shared by weight."""

import numpy as np
from numpy.typing import ArrayLike

from explorer.core.roi import Array, RoiPool
from explorer.core.roi_align import RoiSamples


def roi_pool_gradient(
    steps: RoiPool, upstream: ArrayLike, height: int, width: int
) -> Array:
    """Send each output's gradient to its argmax cell: (C, H, W).

    Parameters
    ----------
    steps : RoiPool
    upstream : (C, h, w) array_like
        Gradient of the loss by each output.
    height, width : int
        Of the feature map, in cells.

    Examples
    --------
    >>> from explorer.core.roi import roi_pool_steps
    >>> steps = roi_pool_steps(np.arange(4.0).reshape(1, 2, 2), [0, 0, 1, 1], 1, 1)
    >>> roi_pool_gradient(steps, np.ones((1, 1, 1)), 2, 2)
    array([[[0., 0.],
            [0., 1.]]])
    """
    given = np.asarray(upstream, dtype=np.float64)
    _same_shape(given, steps.values)
    gradient = np.zeros((len(given), height * width))
    channel = np.broadcast_to(np.arange(len(given))[:, None, None], given.shape)
    some = steps.argmax >= 0
    np.add.at(gradient, (channel[some], steps.argmax[some]), given[some])
    return gradient.reshape(len(given), height, width)


def roi_samples_gradient(
    steps: RoiSamples, upstream: ArrayLike, height: int, width: int
) -> Array:
    """Send each output's gradient to the cells it read, by weight: (C, H, W).

    Parameters and result are those of :func:`roi_pool_gradient`.

    Examples
    --------
    >>> from explorer.core.roi_align import roi_align_steps
    >>> steps = roi_align_steps(np.zeros((1, 2, 2)), [0, 0, 2, 2], 1, 1, 1)
    >>> roi_samples_gradient(steps, np.ones((1, 1, 1)), 2, 2)
    array([[[0.25, 0.25],
            [0.25, 0.25]]])
    """
    given = np.asarray(upstream, dtype=np.float64)
    _same_shape(given, steps.values)
    gradient = np.zeros((len(given), height * width))
    count = max(steps.points.shape[2], 1)
    shares = steps.weights / count  # (h, w, s, 4)
    for channel, one in enumerate(given):
        np.add.at(gradient[channel], steps.indices, shares * one[:, :, None, None])
    return gradient.reshape(len(given), height, width)


def _same_shape(given: Array, values: Array) -> None:
    if given.shape != values.shape:
        raise ValueError(f"upstream must have shape {values.shape}, got {given.shape}")
