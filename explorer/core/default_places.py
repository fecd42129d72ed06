"""Where in its network a default box stands: its map, its cell, its shape."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.core.anchors import ratio_name
from explorer.core.default_boxes import DefaultMap

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Place:
    """One default box.

    Attributes
    ----------
    level : int
        Its map, 0 for the finest.
    col, row : int
        Its cell.
    shape : int
        Which of the cell's boxes: 0 the square, 1 the larger square, then ratios.
    """

    level: int
    col: int
    row: int
    shape: int


def levels_of(maps: Sequence[DefaultMap]) -> Ints:
    """Return the map of every default box, (N,), in the order of ``default_boxes``.

    Examples
    --------
    >>> from explorer.core.default_boxes import SSD300
    >>> np.bincount(levels_of(SSD300)).tolist()
    [5776, 2166, 600, 150, 36, 4]
    """
    return np.repeat(np.arange(len(maps)), [one.count for one in maps])


def starts_of(maps: Sequence[DefaultMap]) -> tuple[int, ...]:
    """Return the first row of each map, and the number of all boxes at the end.

    Examples
    --------
    >>> from explorer.core.default_boxes import SSD300
    >>> starts_of(SSD300)
    (0, 5776, 7942, 8542, 8692, 8728, 8732)
    """
    counts = np.cumsum([0, *(one.count for one in maps)])
    return tuple(int(n) for n in counts)


def row_of(maps: Sequence[DefaultMap], place: Place) -> int:
    """Return a box's row among all default boxes.

    Raises
    ------
    ValueError
        If there is no such map, cell or shape.

    Examples
    --------
    >>> from explorer.core.default_boxes import SSD300
    >>> row_of(SSD300, Place(0, 1, 0, 0)), row_of(SSD300, Place(5, 0, 0, 3))
    (4, 8731)
    """
    if not 0 <= place.level < len(maps):
        raise ValueError(f"level must lie in 0..{len(maps) - 1}, got {place.level}")
    one = maps[place.level]
    shapes = len(one.shapes)
    for name, value, end in (
        ("col", place.col, one.cells),
        ("row", place.row, one.cells),
        ("shape", place.shape, shapes),
    ):
        if not 0 <= value < end:
            raise ValueError(f"{name} must lie in 0..{end - 1}, got {value}")
    cell = place.row * one.cells + place.col
    return starts_of(maps)[place.level] + cell * shapes + place.shape


def place_of(maps: Sequence[DefaultMap], row: int) -> Place:
    """Return where the box of a row stands.

    Raises
    ------
    ValueError
        If there is no such row.

    Examples
    --------
    >>> from explorer.core.default_boxes import SSD300
    >>> place_of(SSD300, 5776)
    Place(level=1, col=0, row=0, shape=0)
    """
    starts = starts_of(maps)
    if not 0 <= row < starts[-1]:
        raise ValueError(f"row must lie in 0..{starts[-1] - 1}, got {row}")
    level = int(np.searchsorted(starts, row, side="right")) - 1
    cell, shape = divmod(row - starts[level], len(maps[level].shapes))
    down, across = divmod(cell, maps[level].cells)
    return Place(level, across, down, shape)


def ratio_names(one: DefaultMap) -> tuple[str, ...]:
    """Return what each of a cell's shapes is called: height to width, as anchors' are.

    The paper writes width to height.

    Examples
    --------
    >>> from explorer.core.default_boxes import SSD300
    >>> ratio_names(SSD300[0])
    ('1:1', '1:1, larger', '1:2 wide', '2:1 tall')
    """
    names = ["1:1", "1:1, larger"]
    for ratio in one.ratios:
        names += [ratio_name(1 / ratio), ratio_name(ratio)]
    return tuple(names)


def cell_maxima(maps: Sequence[DefaultMap], values: NDArray[np.float64]) -> list[Ints]:
    """Return the row of the largest value among each cell's boxes, map by map.

    Parameters
    ----------
    maps : sequence of DefaultMap
    values : (N,) float array
        One a default box.

    Returns
    -------
    list of (cells, cells) int64 arrays
        Of equals the first.

    Raises
    ------
    ValueError
        If there is not one value a box.
    """
    starts = starts_of(maps)
    if values.shape != (starts[-1],):
        raise ValueError(f"need ({starts[-1]},) values, got {values.shape}")
    found = []
    for one, start in zip(maps, starts[:-1], strict=True):
        shapes = len(one.shapes)
        cells = values[start : start + one.count].reshape(-1, shapes)
        rows = start + np.arange(len(cells)) * shapes + cells.argmax(axis=1)
        found.append(rows.reshape(one.cells, one.cells).astype(np.int64))
    return found
