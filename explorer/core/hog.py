"""Histograms of oriented gradients, in OpenCV's and in scikit-image's convention."""

from explorer.core.hog_blocks import (
    axis_weights,
    cell_means,
    gaussian,
    hog_blocks,
    hog_cells,
    hog_descriptor,
    raw_blocks,
    tent,
)
from explorer.core.hog_gradients import Gradients, Votes, cast_votes, gradients
from explorer.core.hog_norm import normalise
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
from explorer.core.hog_steps import (
    BlockShare,
    HogSteps,
    block_slot,
    descriptor_place,
    hog_steps,
)
from explorer.core.hog_window import cut_window, person_window, window_box

__all__ = [
    "CONVENTIONS",
    "HYS_CLIP",
    "MASKS",
    "NORMS",
    "OPENCV",
    "SKIMAGE",
    "WINDOW_PX",
    "BlockShare",
    "Gradients",
    "HogSettings",
    "HogSteps",
    "Mask",
    "Votes",
    "axis_weights",
    "block_slot",
    "cast_votes",
    "cell_means",
    "cut_window",
    "descriptor_place",
    "gaussian",
    "gradients",
    "hog_blocks",
    "hog_cells",
    "hog_descriptor",
    "hog_steps",
    "normalise",
    "person_window",
    "raw_blocks",
    "tent",
    "window_box",
]
