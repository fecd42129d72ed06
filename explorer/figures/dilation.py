"""Where things stand on the stages of the lesson on dilated convolution."""

import numpy as np
from numpy.typing import NDArray

from explorer.core.dilation import Coverage
from explorer.figures.theme import COLORS

Image = NDArray[np.uint8]
Pane = tuple[float, float, float, float]  # x, y, width, height in image pixels
STACK_SIZE = (660, 452)  # width, height of the stage with a stack
TITLE_PX = 22
WIRES_PX = 176
GAP_PX = 30
DILATE_COLORS = {
    "window": COLORS["second"],
    "output": COLORS["accent"],
    "positive": COLORS["accent"],
    "negative": COLORS["first"],
    "none": COLORS["muted"],
}
STACK_COLORS = {
    "read": COLORS["first"],
    "read_dark": COLORS["prediction"],
    "neighbour": COLORS["second"],
    "hole": COLORS["accent"],
    "window": COLORS["second"],
}


def stack_panes(shape: tuple[int, int]) -> dict[str, Pane]:
    """Lay the wiring above, the map of paths and a photo of ``shape`` below it.

    Examples
    --------
    >>> panes = stack_panes((60, 90))
    >>> panes["photo"][2] / panes["photo"][3]
    1.5
    """
    width, height = STACK_SIZE
    top = TITLE_PX + WIRES_PX + GAP_PX
    side = height - top - 2.0
    left = 1 + side + GAP_PX
    rows, cols = shape
    cell = min(side / rows, (width - left - 2) / cols)
    return {
        "wires": (1.0, float(TITLE_PX), width - 2.0, float(WIRES_PX)),
        "map": (1.0, float(top), side, side),
        "photo": (left, float(top), cols * cell, rows * cell),
    }


def gridding_image(image: Image, coverages: tuple[Coverage, ...], cells: int) -> Image:
    """Show which pixels of a coarse picture each of several stacks reads.

    Parameters
    ----------
    image : (H, W, 3) uint8
    coverages : tuple of Coverage
        Each stack's field stands in the middle of its own equal part of the picture.
    cells : int
        Rows of coarse pixels in the picture's height.

    Returns
    -------
    (H, W, 3) uint8
        Bright where a pixel is read, dark elsewhere.
    """
    height, width = image.shape[:2]
    rows, cols = np.arange(height) * cells // height, np.arange(width) * cells // height
    centre = (np.arange(cells) + 0.5) * height / cells
    y = centre[rows].astype(int).clip(0, height - 1)
    x = ((cols + 0.5) * height / cells).astype(int).clip(0, width - 1)
    coarse = image[y][:, x]
    read = np.zeros((height, width), bool)
    wide = (int(cols[-1]) + 1) / len(coverages)
    for part, coverage in enumerate(coverages):
        far = coverage.field // 2
        hits = np.flatnonzero(coverage.paths) - far
        read |= np.outer(
            np.isin(rows - cells // 2, hits),
            np.isin(cols - int((part + 0.5) * wide), hits),
        )
    return np.asarray(np.where(read[..., None], coarse, coarse * 0.28), np.uint8)
