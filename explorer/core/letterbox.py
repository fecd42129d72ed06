"""A picture of any size in a square of one size, as small detectors take it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Image = NDArray[np.uint8]
Array = NDArray[np.float64]
GREY = 114  # beyond the picture's border: close to ImageNet's mean


@dataclass(frozen=True, eq=False)
class Letterbox:
    """A picture in its square.

    Attributes
    ----------
    image : (side, side, 3) uint8
        The picture from the upper left corner on, grey beyond it.
    scale : float
        Pixels of the square for one of the picture.
    size : (int, int)
        Width and height of the picture itself.
    """

    image: Image
    scale: float
    size: tuple[int, int]

    def inside(self, boxes: ArrayLike) -> Array:
        """Turn boxes of the picture, (..., 4) xyxy, into the square's pixels."""
        return np.asarray(boxes, np.float64) * self.scale

    def outside(self, boxes: ArrayLike) -> Array:
        """Turn boxes of the square into the picture's pixels, cut at its border."""
        width, height = self.size
        moved = np.asarray(boxes, np.float64) / self.scale
        return np.clip(moved, 0, [width, height, width, height])


def letterbox(image: Image, side_px: int) -> Letterbox:
    """Shrink or enlarge a picture until it fits a square; grey fills the rest.

    Parameters
    ----------
    image : (H, W, 3) uint8
    side_px : int
        At least 1.

    Raises
    ------
    ValueError
        If the picture is not (H, W, 3) with a pixel, or the side is below 1.

    Examples
    --------
    >>> made = letterbox(np.zeros((50, 100, 3), np.uint8), 20)
    >>> made.scale, made.image[[9, 10], 0, 0].tolist()
    (0.2, [0, 114])
    """
    if image.ndim != 3 or image.shape[2] != 3 or not image.size:
        raise ValueError(f"image must be (H, W, 3), got {image.shape}")
    if side_px < 1:
        raise ValueError(f"side_px must be at least 1, got {side_px}")
    height, width = image.shape[:2]
    scale = side_px / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    whole = np.full((side_px, side_px, 3), GREY, np.uint8)
    whole[: size[1], : size[0]] = cv2.resize(image, size, interpolation=kind)
    return Letterbox(whole, scale, (width, height))
