"""Histograms of oriented gradients, in OpenCV's and in scikit-image's convention."""

from explorer.core.hog_blocks import (
    axis_weights,
    gaussian,
    hog_blocks,
    hog_cells,
    hog_descriptor,
    normalise,
    raw_blocks,
    tent,
)
from explorer.core.hog_gradients import Gradients, Votes, cast_votes, gradients
from explorer.core.hog_settings import (
    CONVENTIONS,
    HYS_CLIP,
    MASKS,
    NORMS,
    OPENCV,
    SKIMAGE,
    WINDOW_PX,
    HogSettings,
    Mask,
)

__all__ = [
    "CONVENTIONS",
    "HYS_CLIP",
    "MASKS",
    "NORMS",
    "OPENCV",
    "SKIMAGE",
    "WINDOW_PX",
    "Gradients",
    "HogSettings",
    "Mask",
    "Votes",
    "axis_weights",
    "cast_votes",
    "gaussian",
    "gradients",
    "hog_blocks",
    "hog_cells",
    "hog_descriptor",
    "normalise",
    "raw_blocks",
    "tent",
]
