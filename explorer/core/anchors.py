"""Anchors: the boxes that a detector guesses before it has looked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
SIZES_PX = (128.0, 256.0, 512.0)  # Faster R-CNN's own three scales
RATIOS = (0.5, 1.0, 2.0)


@dataclass(frozen=True, eq=False)
class AnchorGrid:
    """The anchors of one feature map.

    Attributes
    ----------
    shapes : (A, 4) float64
        Those of one cell, around (0, 0): ratios outside, sizes inside.
    boxes : (H * W * A, 4) float64, xyxy pixels
        Cell by cell in rows, in each cell in the order of ``shapes``.
    rows, cols : int
        Of the feature map.
    stride : (int, int)
        Pixels from cell to cell, down and across.
    """

    shapes: Array
    boxes: Array
    rows: int
    cols: int
    stride: tuple[int, int]

    def of_cell(self, row: int, col: int) -> Array:
        """Return the anchors of one cell: (A, 4).

        Raises
        ------
        IndexError
            If the map has no such cell.
        """
        if not (0 <= row < self.rows and 0 <= col < self.cols):
            raise IndexError(
                f"cell ({row}, {col}) is outside the {self.rows} x {self.cols} map"
            )
        first = (row * self.cols + col) * len(self.shapes)
        return self.boxes[first : first + len(self.shapes)]


def anchor_shapes(sizes_px: ArrayLike = SIZES_PX, ratios: ArrayLike = RATIOS) -> Array:
    """Return the anchors of one cell, centred on (0, 0).

    Parameters
    ----------
    sizes_px : (S,) array_like
        Square roots of the areas, in pixels, above 0.
    ratios : (R,) array_like
        Height over width, above 0.

    Returns
    -------
    (R * S, 4) float64 array
        ``(x1, y1, x2, y2)``: all sizes of the first ratio, then of the next; rounded to
        whole pixels, halves to the even one.

    Raises
    ------
    ValueError
        If a size or ratio is not a number above 0, or there is none.

    Notes
    -----
    ``torchvision.models.detection.anchor_utils.AnchorGenerator`` gives the same. The
    authors' code enumerates around a 16 x 16 cell whose corners are pixels that belong
    to it, and so differs by up to a pixel.

    References
    ----------
    Ren et al. 2015, Faster R-CNN, section 3.1.1.

    Examples
    --------
    >>> anchor_shapes([128], [0.5, 2]).tolist()
    [[-91.0, -45.0, 91.0, 45.0], [-45.0, -91.0, 45.0, 91.0]]
    """
    # In single precision, as torchvision: elsewhere a half may round the other way.
    sizes = _positive(sizes_px, "sizes_px").astype(np.float32)
    high = np.sqrt(_positive(ratios, "ratios").astype(np.float32))
    wide = np.float32(1) / high
    widths = (wide[:, None] * sizes[None, :]).ravel()  # (R * S,)
    heights = (high[:, None] * sizes[None, :]).ravel()
    corners = np.stack([-widths, -heights, widths, heights], axis=1) / np.float32(2)
    return np.round(corners).astype(np.float64)


def anchor_grid(
    shapes: ArrayLike, rows: int, cols: int, stride: tuple[int, int]
) -> AnchorGrid:
    """Lay the anchors of one cell on every cell of a feature map.

    Parameters
    ----------
    shapes : (A, 4) array_like
        As ``anchor_shapes``.
    rows, cols : int
        Of the feature map, at least 1.
    stride : (int, int)
        Pixels from cell to cell, down and across, at least 1.

    Raises
    ------
    ValueError
        If the map is empty, a stride below 1, or the shapes are not (A, 4).

    Notes
    -----
    A cell's anchors stand around the cell's upper left corner, (col x stride, row x
    stride), as in torchvision; not around its middle.

    Examples
    --------
    >>> grid = anchor_grid(anchor_shapes([16], [1]), 1, 2, (16, 16))
    >>> grid.boxes.tolist()
    [[-8.0, -8.0, 8.0, 8.0], [8.0, -8.0, 24.0, 8.0]]
    """
    one = np.asarray(shapes, dtype=np.float64)
    if one.ndim != 2 or one.shape[1] != 4 or not len(one):
        raise ValueError(f"shapes must be (A, 4) with A at least 1, got {one.shape}")
    if rows < 1 or cols < 1:
        raise ValueError(f"the map must have a cell, got {rows} x {cols}")
    if min(stride) < 1:
        raise ValueError(f"stride must be at least 1 pixel, got {stride}")
    y, x = np.mgrid[:rows, :cols] * np.array(stride)[:, None, None]
    shifts = np.stack([x, y, x, y], axis=-1).reshape(-1, 1, 4)  # (H * W, 1, 4)
    return AnchorGrid(one, (shifts + one).reshape(-1, 4), rows, cols, stride)


def level_of(
    boxes: ArrayLike, lowest: int = 2, highest: int = 5, usual: int = 4
) -> NDArray[np.int64]:
    """Return the level of the feature pyramid that each box's features come from.

    Parameters
    ----------
    boxes : (N, 4) array_like
        xyxy pixels.
    lowest, highest : int
        Levels there are; level k has stride 2 ** k.
    usual : int
        That of a box of 224 x 224 px, the size ImageNet's networks were trained on.

    Raises
    ------
    ValueError
        If the levels are not in order.

    Notes
    -----
    k = floor(usual + log2(sqrt(w h) / 224)), held between the two ends; the 1e-6 that
    torchvision's ``LevelMapper`` adds before the floor is added here too.

    References
    ----------
    Lin et al. 2017, Feature Pyramid Networks, equation (1).

    Examples
    --------
    >>> level_of([[0, 0, 224, 224], [0, 0, 112, 112], [0, 0, 10, 10]]).tolist()
    [4, 3, 2]
    """
    if lowest > highest:
        raise ValueError(f"lowest must not be above highest, got {lowest}, {highest}")
    array = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    sides = np.sqrt((array[:, 2:] - array[:, :2]).clip(0).prod(axis=1))
    with np.errstate(divide="ignore"):
        level = np.floor(usual + np.log2(sides / 224.0) + 1e-6)
    held: NDArray[np.int64] = np.clip(level, lowest, highest).astype(np.int64)
    return held


def ratio_name(ratio: float) -> str:
    """Write a ratio as height to width, and which of the two is the longer.

    Examples
    --------
    >>> [ratio_name(v) for v in (0.5, 1.0, 2.0, 1 / 3, 0.4)]
    ['1:2 wide', '1:1', '2:1 tall', '1:3 wide', '0.4:1 wide']
    """
    word = " tall" if ratio > 1 else " wide" if ratio < 1 else ""
    if ratio >= 1:
        return f"{ratio:.3g}:1{word}"
    turned = 1 / ratio
    whole = abs(turned - round(turned)) < 1e-6
    return (f"1:{round(turned)}" if whole else f"{ratio:.3g}:1") + word


def _positive(values: ArrayLike, name: str) -> Array:
    array = np.asarray(values, dtype=np.float64)
    if (
        array.ndim != 1
        or not len(array)
        or not (np.isfinite(array) & (array > 0)).all()
    ):
        raise ValueError(f"{name} must be numbers above 0, got {array.tolist()}")
    return array
