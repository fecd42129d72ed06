"""A photo at the size a network reads it."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray


def resize(image: NDArray[Any], height: int, width: int) -> NDArray[np.uint8]:
    """Resize an image: by areas when it shrinks, cubic when it grows.

    Parameters
    ----------
    image : (H, W, 3) uint8
    height, width : int
        In px.

    Returns
    -------
    (height, width, 3) uint8
        The image itself where it has that size.

    Examples
    --------
    >>> resize(np.zeros((8, 6, 3), np.uint8), 4, 12).shape
    (4, 12, 3)
    """
    if image.shape[:2] == (height, width):
        return image
    shrinks = height * width < image.shape[0] * image.shape[1]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (width, height), interpolation=way), np.uint8)
