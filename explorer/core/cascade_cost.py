"""What a cascade saves: the time of one window with all features, measured."""

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.cascade import Cascade
from explorer.core.cascade_scan import STAGE_CLOCK
from explorer.core.cascade_stage import feature_values
from explorer.core.integral import integral_image, tilted_integral

WINDOWS = 192  # timed at once, spread over the photo; enough for a steady mean


def all_features_us(image: NDArray[np.uint8], cascade: Cascade) -> float:
    """Return the microseconds a window takes when no stage rejects it early.

    Parameters
    ----------
    image : (H, W, 3) uint8
        At least as large as the cascade's window.
    cascade : Cascade

    Raises
    ------
    ValueError
        If the image is smaller than the window.

    Examples
    --------
    >>> from explorer.core.cascade import opencv_cascade
    >>> all_features_us(np.zeros((40, 40, 3), np.uint8), opencv_cascade("eye")) > 0
    True
    """
    width, height = cascade.window_px
    if image.shape[0] < height or image.shape[1] < width:
        raise ValueError(
            f"the image of {image.shape[1]}x{image.shape[0]} px must hold the window "
            f"of {width}x{height} px"
        )
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
    sums = np.stack([integral_image(grey), tilted_integral(grey)])
    rows, cols = grey.shape[0] - height + 1, grey.shape[1] - width + 1
    row, col = np.divmod(np.linspace(0, rows * cols - 1, WINDOWS).astype(int), cols)
    place = row * sums.shape[2] + col
    contrast = np.ones(len(place), np.float32)
    began = STAGE_CLOCK()
    for stage in range(cascade.stages):
        feature_values(cascade, cascade.members(stage), sums, place, contrast)
    return (STAGE_CLOCK() - began) * 1e6 / len(place)
