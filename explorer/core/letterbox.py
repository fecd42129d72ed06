"""A picture of any size in a square of one size, as small detectors take it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Image = NDArray[np.uint8]
Array = NDArray[np.float64]
INSIDE_PX = 1e-3  # a true box ends so far before the square's border
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

    def reaches(self, boxes: ArrayLike) -> NDArray[np.bool_]:
        """Tell which boxes of the square, (..., 4), reach a pixel into the picture.

        The others lie in the grey beside it.
        """
        return reaches(boxes, self.extent)

    @property
    def extent(self) -> Array:
        """Width and height of the picture in the square's pixels: (2,)."""
        return self.inside(self.size)


def reaches(boxes: ArrayLike, extent: ArrayLike) -> NDArray[np.bool_]:
    """Tell which boxes (..., 4) reach a pixel into an area from 0, 0 to ``extent``.

    Examples
    --------
    >>> reaches([[2, 2, 9, 9], [2, 4.5, 9, 9]], (9, 5)).tolist()
    [True, False]
    """
    cut = np.clip(np.asarray(boxes, np.float64), 0, np.tile(extent, 2))
    return np.asarray((cut[..., 2:] - cut[..., :2]).min(axis=-1) >= 1.0)


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


def boxes_in_square(boxes: ArrayLike, size: tuple[int, int], side_px: int) -> Array:
    """Turn true boxes of a picture into those that a network's losses take.

    Parameters
    ----------
    boxes : (N, 4) array_like
        Corners, pixels of the picture.
    size : (int, int)
        The picture's width and height, pixels.
    side_px : int
        Of the square.

    Returns
    -------
    (N, 4) float64
        Cut just inside the square, so that each middle has a cell, and rounded to
        single precision, as the losses get them.

    Examples
    --------
    >>> boxes_in_square([[10, 0, 100, 50]], (100, 50), 20).round(2).tolist()
    [[2.0, 0.0, 20.0, 10.0]]
    """
    scaled = np.asarray(boxes, np.float64).reshape(-1, 4) * (side_px / max(size))
    cut = np.clip(scaled, 0, side_px - INSIDE_PX)
    return np.asarray(cut.astype(np.float32), np.float64)


def without_bars(picture: Image) -> Image:
    """Cut off the grey beside and below a picture in its square.

    Examples
    --------
    >>> square = np.full((8, 8, 3), GREY, np.uint8)
    >>> square[:4] = 0
    >>> without_bars(square).shape
    (4, 8, 3)
    """
    drawn = (picture != GREY).any(axis=2)
    if not drawn.any():
        return picture
    rows, cols = (np.flatnonzero(drawn.any(axis)) for axis in (1, 0))
    return picture[: rows[-1] + 1, : cols[-1] + 1]
