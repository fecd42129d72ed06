"""One anchor a cell of what a proposal network says of all of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.anchor_maps import MapPlan
from explorer.figures.anchors import shape_names


@dataclass(frozen=True, eq=False)
class Grid:
    """One anchor for each cell of a map, of the cells inside the photo.

    Attributes
    ----------
    name : str
    plan : MapPlan
    shown : (int, int)
        Rows and columns inside the photo.
    kinds : (rows, cols) int64
        Which of the shapes each cell's anchor has.
    rows : (rows, cols) int64
        The anchors' rows in what the network said.
    """

    name: str
    plan: MapPlan
    shown: tuple[int, int]
    kinds: NDArray[np.int64]
    rows: NDArray[np.int64]


def view(
    plans: tuple[MapPlan, ...],
    logits: NDArray[Any],
    size: tuple[float, float],
    stride: int | None,
) -> tuple[Grid, ...]:
    """Return one grid a shape of a map, or one a map with the likeliest shape a cell.

    Parameters
    ----------
    plans : tuple of MapPlan
    logits : (P,) array
        Of all anchors, map after map.
    size : (float, float)
        Height and width of the photo in the network's pixels.
    stride : int or None
        Of the map whose shapes are told apart; None for all maps.
    """
    made: list[Grid] = []
    first = kind = 0
    for plan in plans:
        count = plan.per_cell
        rows = np.arange(first, first + plan.count).reshape(plan.rows, plan.cols, count)
        high, wide = (
            min(most, int(px // plan.stride) + 1)
            for px, most in zip(size, (plan.rows, plan.cols), strict=True)
        )
        rows = rows[:high, :wide]
        if stride == plan.stride:
            names = shape_names(plan.sizes_px, plan.ratios)
            same = [np.full((high, wide), kind + k) for k in range(count)]
            made += [
                Grid(names[k], plan, (high, wide), same[k], rows[..., k])
                for k in range(count)
            ]
        elif stride is None:
            top = logits[rows].argmax(axis=2)
            own = np.take_along_axis(rows, top[..., None], 2)[..., 0]
            name = f"stride {plan.stride}"
            made.append(Grid(name, plan, (high, wide), kind + top, own))
        first, kind = first + plan.count, kind + count
    return tuple(made)


def best_cells(
    grids: tuple[Grid, ...], logits: NDArray[Any], count: int
) -> list[list[int]]:
    """Return grid and cell of the likeliest anchors, best first."""
    rows = np.concatenate([grid.rows.ravel() for grid in grids])
    ends = np.cumsum([grid.rows.size for grid in grids])
    order = np.argsort(-logits[rows], kind="stable")[:count]
    which = np.searchsorted(ends, order, side="right")
    starts = np.concatenate([[0], ends[:-1]])
    found = np.column_stack([which, order - starts[which]])
    return [[int(g), int(cell)] for g, cell in found]
