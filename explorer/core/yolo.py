"""YOLO's tensors: which numbers a box is written as, and back, for its three versions.

Boxes are xyxy pixels of a square picture; ``cells`` is the map's side. A cell is found
by the middle of a box: ``col = floor(cx / stride)``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.anchor_kmeans import size_iou
from explorer.core.boxes import as_boxes

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Written:
    """True boxes as the numbers that a network is to give.

    Attributes
    ----------
    rows, cols : (N,) int64
        The cell of each box.
    anchor : (N,) int64
        The anchor it is written against, of all anchors of all maps; 0 in version 1.
    numbers : (N, 4) float64
        What the four outputs stand for, squashed where they are squashed: version 1
        (x, y, sqrt w, sqrt h) in shares; versions 2 and 3 (x, y, tw, th).
    """

    rows: Ints
    cols: Ints
    anchor: Ints
    numbers: Array


def box_count(cells: int | list[int], per_cell: int) -> int:
    """Return how many boxes a network predicts, over one map or several.

    Examples
    --------
    >>> box_count(7, 2), box_count(13, 5), box_count([13, 26, 52], 3)
    (98, 845, 10647)
    """
    maps = [cells] if isinstance(cells, int) else cells
    return sum(n * n * per_cell for n in maps)


def encode_v1(boxes: ArrayLike, cells: int, side_px: float) -> Written:
    """Write boxes as version 1 does.

    Parameters
    ----------
    boxes : (N, 4) array_like
        xyxy pixels, middles inside the picture, sides above 0.
    cells : int
    side_px : float
        Of the picture.

    Returns
    -------
    Written
        x and y are the middle's place in its cell, 0..1; sqrt w and sqrt h the square
        roots of the sides as shares of the picture.

    Raises
    ------
    ValueError
        If a middle is outside the picture or a box has no area.

    References
    ----------
    Redmon et al. 2016, You Only Look Once, section 2.

    Examples
    --------
    >>> encode_v1([[16, 0, 48, 64]], 7, 448).numbers.round(3).tolist()
    [[0.5, 0.5, 0.267, 0.378]]
    """
    centres, sizes = _centred(boxes, side_px)
    rows, cols, place = _cells(centres, cells, side_px)
    numbers = np.concatenate([place, np.sqrt(sizes / side_px)], axis=1)
    return Written(rows, cols, np.zeros(len(rows), np.int64), numbers)


def decode_v1(written: Written, cells: int, side_px: float) -> Array:
    """Return the boxes that version 1's numbers stand for: (N, 4) xyxy pixels."""
    place = np.stack([written.cols, written.rows], axis=1) + written.numbers[:, :2]
    centres = place * side_px / cells
    sizes = written.numbers[:, 2:] ** 2 * side_px
    return np.concatenate([centres - sizes / 2, centres + sizes / 2], axis=1)


def encode_anchored(
    boxes: ArrayLike, anchors: ArrayLike, cells: list[int], side_px: float
) -> Written:
    """Write boxes as versions 2 (one map) and 3 (several) do.

    Parameters
    ----------
    boxes : (N, 4) array_like
        xyxy pixels, middles inside the picture, sides above 0.
    anchors : (M * A, 2) array_like
        Widths and heights in pixels: those of the first map, then of the next.
    cells : list of M int
        The maps' sides; the anchors are shared out evenly.
    side_px : float

    Returns
    -------
    Written
        Against the anchor whose shape overlaps the box most, on that anchor's map: x
        and y the place in the cell, tw and th the logarithms of side over anchor.

    Raises
    ------
    ValueError
        If a middle is outside the picture, a box has no area, or the anchors can't be
        shared out evenly.

    References
    ----------
    Redmon and Farhadi 2017, YOLO9000, section 2, "Direct location prediction"; 2018,
    YOLOv3, sections 2.1 and 2.3.

    Examples
    --------
    >>> one = encode_anchored([[0, 0, 64, 32]], [[32, 32], [64, 64]], [13], 416)
    >>> int(one.anchor[0]), one.numbers.round(3).tolist()
    (0, [[0.0, 0.5, 0.693, 0.0]])
    """
    centres, sizes = _centred(boxes, side_px)
    shapes = np.asarray(anchors, dtype=np.float64)
    per_map = _per_map(shapes, cells)
    best = size_iou(sizes, shapes).argmax(axis=1) if len(sizes) else np.zeros(0, int)
    rows, cols = np.zeros(len(best), np.int64), np.zeros(len(best), np.int64)
    place = np.zeros((len(best), 2))
    for level, n in enumerate(cells):
        mine = best // per_map == level
        rows[mine], cols[mine], place[mine] = _cells(centres[mine], n, side_px)
    logs = np.log(sizes / shapes[best])
    return Written(rows, cols, best.astype(np.int64), np.concatenate([place, logs], 1))


def decode_anchored(
    written: Written, anchors: ArrayLike, cells: list[int], side_px: float
) -> Array:
    """Return the boxes that the numbers of versions 2 and 3 stand for: (N, 4) xyxy."""
    shapes = np.asarray(anchors, dtype=np.float64)
    stride = side_px / np.array(cells)[written.anchor // _per_map(shapes, cells)]
    place = np.stack([written.cols, written.rows], axis=1) + written.numbers[:, :2]
    centres = place * stride[:, None]
    sizes = np.exp(written.numbers[:, 2:]) * shapes[written.anchor]
    return np.concatenate([centres - sizes / 2, centres + sizes / 2], axis=1)


def _per_map(shapes: Array, cells: list[int]) -> int:
    if not cells or len(shapes) % len(cells) or not len(shapes):
        raise ValueError(
            f"{len(shapes)} anchors can't be shared out to {len(cells)} maps evenly"
        )
    return len(shapes) // len(cells)


def _centred(boxes: ArrayLike, side_px: float) -> tuple[Array, Array]:
    array = as_boxes(boxes)
    sizes = array[:, 2:] - array[:, :2]
    centres = array[:, :2] + sizes / 2
    if (sizes <= 0).any():
        raise ValueError("boxes must have width and height above 0")
    outside = np.flatnonzero(((centres < 0) | (centres >= side_px)).any(axis=1))
    if len(outside):
        raise ValueError(
            f"the middle of a box must be inside the {side_px:g} px picture, got "
            f"{centres[outside[0]].tolist()} at index {outside[0]}"
        )
    return centres, sizes


def _cells(centres: Array, cells: int, side_px: float) -> tuple[Ints, Ints, Array]:
    """Return rows, columns and the place in the cell (N, 2) as x, y."""
    scaled = centres * cells / side_px
    # A middle just inside the far edge can round to the edge itself.
    whole = np.minimum(np.floor(scaled), cells - 1)
    at = whole.astype(np.int64)
    return at[:, 1], at[:, 0], scaled - whole
