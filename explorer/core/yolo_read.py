"""YOLO's tensors read as boxes, number by number, for its three versions.

The same as ``explorer.models.yolo`` in NumPy alone, so that a page can show the
working and prove the network's own boxes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.activations import sigmoid, softmax

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

NUMBERS = 5  # of a box: two of place, two of size, its confidence
MOST_LOG = 4.0  # of a side over its anchor: e**4 times as large at most
BOXES_V1 = 2  # a cell
# Boxes as the papers count them: cells a side, boxes a cell, in all.
PAPERS: Mapping[int, tuple[tuple[int, ...], int, int]] = {
    1: ((7,), 2, 98),
    2: ((13,), 5, 845),
    3: ((13, 26, 52), 3, 10_647),
}
PAPER_CLASSES = {1: 20, 2: 20, 3: 80}  # VOC, VOC, COCO


@dataclass(frozen=True, eq=False)
class YoloRead:
    """P boxes: map by map, row, column, box in the cell.

    Attributes
    ----------
    raw : (P, 5) float64
        The box's own numbers as the network gives them.
    said : (P, C) float64
        The numbers of the classes; in version 1 the same for all boxes of a cell.
    boxes : (P, 4) float64
        xyxy in pixels of the square.
    confidence : (P,) float64
    classes : (P, C) float64
        Probability of each class, if there is an object.
    level, row, col, slot : (P,) int64
        The map, the cell, and which of the cell's boxes.
    """

    raw: Array
    said: Array
    boxes: Array
    confidence: Array
    classes: Array
    level: Ints
    row: Ints
    col: Ints
    slot: Ints

    @property
    def scores(self) -> Array:
        """Class confidence (P, C): box confidence times class probability."""
        return self.confidence[:, None] * self.classes


def read_v1(raw: ArrayLike, side_px: float) -> YoloRead:
    """Read version 1's map as boxes.

    Parameters
    ----------
    raw : (B * 5 + C, S, S) array_like
        Of each of B = 2 boxes x and y from the cell's corner in cells, the square roots
        of width and height as shares of the picture, and the confidence; then the
        classes of the cell. All are linear: probabilities are cut to [0, 1].
    side_px : float

    Raises
    ------
    ValueError
        If the map is not square or has no room for two boxes and a class.

    References
    ----------
    Redmon et al. 2016, You Only Look Once, section 2.

    Examples
    --------
    >>> raw = np.zeros((11, 1, 1))
    >>> raw[:, 0, 0] = [0.5, 0.5, 0.5, 1, 0.8, 0, 0, 0, 0, 0, 0.5]
    >>> one = read_v1(raw, 320)
    >>> one.boxes[0].tolist(), one.scores[0].tolist()
    ([120.0, 0.0, 200.0, 320.0], [0.4])
    """
    grid = _square(raw, BOXES_V1 * NUMBERS + 1)
    cells = grid.shape[1]
    flat = grid.reshape(len(grid), -1).T  # (S * S, B * 5 + C)
    numbers = flat[:, : BOXES_V1 * NUMBERS].reshape(-1, NUMBERS)
    said = np.repeat(flat[:, BOXES_V1 * NUMBERS :], BOXES_V1, axis=0)
    level, row, col, slot = _places([cells], BOXES_V1)
    centres = (np.stack([col, row], 1) + numbers[:, :2]) * side_px / cells
    boxes = _corners(centres, numbers[:, 2:4] ** 2 * side_px)
    sure, classes = numbers[:, 4].clip(0, 1), said.clip(0, 1)
    return YoloRead(numbers, said, boxes, sure, classes, level, row, col, slot)


def read_anchored(
    maps: Sequence[ArrayLike],
    anchors: ArrayLike,
    independent: bool,
    side_px: float,
) -> YoloRead:
    """Read the maps of versions 2 and 3 as boxes.

    Parameters
    ----------
    maps : sequence of (A * (5 + C), S, S) array_like
        Of each of a cell's A boxes tx, ty, tw, th, to, and its classes.
    anchors : (M * A, 2) array_like
        Widths and heights in pixels, those of the first map first.
    independent : bool
        Whether each class has a probability of its own (version 3) or all add up to 1.
    side_px : float

    Returns
    -------
    YoloRead
        bx = (sigmoid(tx) + column) * stride, bw = pw * exp(tw), the same for y and h;
        confidence = sigmoid(to).

    Raises
    ------
    ValueError
        If a map is not square, or its channels are not the same for each anchor.

    Notes
    -----
    tw and th count as at most 4: no side is more than e**4 times its anchor's.

    References
    ----------
    Redmon and Farhadi 2017, YOLO9000, section 2; 2018, YOLOv3, sections 2.1 and 2.2.

    Examples
    --------
    >>> one = read_anchored([np.zeros((6, 1, 1))], [[64, 32]], True, 320)
    >>> one.boxes.tolist(), one.scores.tolist()
    ([[128.0, 144.0, 192.0, 176.0]], [[0.25]])
    """
    shapes = np.asarray(anchors, np.float64).reshape(-1, 2)
    grids = [_square(raw, NUMBERS + 1) for raw in maps]
    each = len(shapes) // max(1, len(grids))
    if not each or any(len(grid) % each for grid in grids):
        raise ValueError(
            f"{[len(g) for g in grids]} channels can't be shared out to {each} anchors"
        )
    cells = [grid.shape[1] for grid in grids]
    rows = [
        grid.reshape(each, -1, n, n).transpose(2, 3, 0, 1).reshape(n * n * each, -1)
        for grid, n in zip(grids, cells, strict=True)
    ]
    whole = np.concatenate(rows)
    numbers, said = whole[:, :NUMBERS], whole[:, NUMBERS:]
    level, row, col, slot = _places(cells, each)
    stride = side_px / np.array(cells)[level]
    centres = (sigmoid(numbers[:, :2]) + np.stack([col, row], 1)) * stride[:, None]
    sizes = np.exp(numbers[:, 2:4].clip(max=MOST_LOG)) * shapes[level * each + slot]
    classes = sigmoid(said) if independent else softmax(said)
    boxes, sure = _corners(centres, sizes), sigmoid(numbers[:, 4])
    return YoloRead(numbers, said, boxes, sure, classes, level, row, col, slot)


def _square(raw: ArrayLike, least: int) -> Array:
    grid = np.asarray(raw, np.float64)
    if grid.ndim != 3 or grid.shape[1] != grid.shape[2] or grid.shape[0] < least:
        raise ValueError(
            f"a map must be (channels, S, S), at least {least} channels, "
            f"got {grid.shape}"
        )
    return grid


def _corners(centres: Array, sizes: Array) -> Array:
    return np.concatenate([centres - sizes / 2, centres + sizes / 2], axis=1)


def _places(cells: list[int], each: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Return map, row, column and box in the cell of every box, in order."""
    found = [
        np.stack([np.full(n * n * each, level), *_within(n, each)])
        for level, n in enumerate(cells)
    ]
    level, row, col, slot = np.concatenate(found, axis=1).astype(np.int64)
    return level, row, col, slot


def _within(n: int, each: int) -> tuple[Ints, Ints, Ints]:
    row, col, slot = np.indices((n, n, each)).reshape(3, -1)
    return row, col, slot
