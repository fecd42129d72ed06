"""Contrast normalisation of a block, with both libraries' regularisers."""

import numpy as np
from numpy.typing import NDArray

from explorer.core.hog_settings import HYS_CLIP, HogSettings

Array = NDArray[np.floating]
Float32 = NDArray[np.float32]

SKIMAGE_EPS = 1e-5  # added to a block's norm by skimage.feature.hog
OPENCV_EPS = 0.1  # per number of a block, added to its first norm by OpenCV
OPENCV_EPS_AGAIN = 1e-3  # added to the norm after clipping


def normalise(blocks: Array, settings: HogSettings) -> Float32:
    """Return blocks (..., n) normalised each by itself.

    Notes
    -----
    The regularisers are the libraries' own: scikit-image adds 1e-5 to the norm,
    OpenCV a tenth for each number of the block, then 1e-3 after clipping.

    Examples
    --------
    >>> flat = HogSettings(norm="l1", convention="skimage")
    >>> normalise(np.array([1.0, 3.0]), flat).round(3).tolist()
    [0.25, 0.75]
    """
    norm = settings.norm
    if norm == "none":
        return blocks.astype(np.float32)
    if norm in ("l1", "l1sqrt"):
        total = np.abs(blocks).sum(-1, keepdims=True)
        shares = blocks / (total + _first_eps(blocks, settings))
        shares = np.sqrt(shares) if norm == "l1sqrt" else shares
        return np.asarray(shares, np.float32)
    first = _first_eps(blocks, settings)
    unit = blocks / _length(blocks, first, settings)
    if norm == "l2hys":
        again = SKIMAGE_EPS if settings.convention == "skimage" else OPENCV_EPS_AGAIN
        clipped = np.minimum(unit, HYS_CLIP)
        unit = clipped / _length(clipped, again, settings)
    return unit.astype(np.float32, copy=False)


def _first_eps(blocks: Array, settings: HogSettings) -> float:
    if settings.convention == "skimage":
        return SKIMAGE_EPS
    return OPENCV_EPS * float(blocks.shape[-1])


def _length(blocks: Array, eps: float, settings: HogSettings) -> Array:
    squared = np.einsum("...i,...i->...", blocks, blocks)[..., None]
    if settings.convention == "skimage":
        return np.asarray(np.sqrt(squared + eps**2))
    return np.asarray(np.sqrt(squared) + blocks.dtype.type(eps))
