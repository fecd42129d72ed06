"""Pictures of the lesson on pyramid pooling."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.spp import SppLevel
from explorer.figures.theme import COLORS, rgb

Image = NDArray[np.uint8]

LEVEL_COLORS = (
    COLORS["second"],
    COLORS["prediction"],
    COLORS["anchor"],
    COLORS["truth"],
    COLORS["kept"],
    COLORS["accent"],
)
CARD_HEIGHT_PX = 120
STRIP_CELL_PX = (12, 22)  # width, height of one number


def bins_image(image: Image, level: SppLevel, shape: tuple[int, int]) -> Image:
    """Draw a level's bins on the picture, at a card's height.

    Parameters
    ----------
    image : (H, W, 3) uint8
    level : SppLevel
    shape : (int, int)
        Rows and columns of the feature map, which covers the picture.

    Examples
    --------
    >>> from explorer.core.spp import spp_steps
    >>> level = spp_steps(np.zeros((1, 4, 8)), (2,))[0]
    >>> bins_image(np.zeros((240, 480, 3), np.uint8), level, (4, 8)).shape
    (120, 240, 3)
    """
    height, width = image.shape[:2]
    wide = max(1, round(CARD_HEIGHT_PX * width / height))
    size = (wide, CARD_HEIGHT_PX)
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    across, down = wide / shape[1], CARD_HEIGHT_PX / shape[0]
    for top, bottom in level.rows:
        for left, right in level.cols:
            corner = (round(left * across), round(top * down))
            end = (round(right * across) - 1, round(bottom * down) - 1)
            cv2.rectangle(small, corner, end, rgb(LEVEL_COLORS[0]), 1, cv2.LINE_AA)
    return small


def strip_image(values: ArrayLike, sizes: Sequence[int], lo: float, hi: float) -> Image:
    """Draw a channel's outputs in a row, the levels set apart.

    Parameters
    ----------
    values : (n,) array_like
    sizes : sequence of int
        Numbers of each level; their sum is n.
    lo, hi : float
        Ends of the palette.

    Examples
    --------
    >>> strip_image([0.0, 1.0, 2.0], (1, 2), 0, 2).shape
    (22, 39, 3)
    """
    wide, high = STRIP_CELL_PX
    span = hi - lo if hi > lo else 1.0
    level = np.clip((np.asarray(values, np.float64) - lo) / span, 0, 1) * 255
    levels = np.round(level).astype(np.uint8)[None]
    bgr = cv2.applyColorMap(levels, cv2.COLORMAP_VIRIDIS)
    colors: Image = np.asarray(bgr[..., ::-1], np.uint8)
    gap = np.full((high, wide // 4, 3), 255, np.uint8)
    parts: list[Image] = []
    start = 0
    for count in sizes:
        block = colors[:, start : start + count]
        parts += [block.repeat(high, axis=0).repeat(wide, axis=1), gap]
        start += count
    joined: Image = np.ascontiguousarray(np.concatenate(parts[:-1], axis=1))
    return joined
