"""All anchors of a network: one or more feature maps, each with its own sizes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.core.anchors import RATIOS, AnchorGrid, anchor_grid, anchor_shapes

Array = NDArray[np.float64]
SHORT_PX, LONG_PX = 600, 1000  # Faster R-CNN enlarged or shrank every photo to this


@dataclass(frozen=True)
class MapPlan:
    """One feature map, before its anchors are laid out.

    Attributes
    ----------
    rows, cols : int
    stride : int
        Pixels of the input from cell to cell.
    sizes_px : tuple of float
        Square roots of the anchors' areas.
    ratios : tuple of float
        Height over width.
    """

    rows: int
    cols: int
    stride: int
    sizes_px: tuple[float, ...]
    ratios: tuple[float, ...] = RATIOS

    @property
    def per_cell(self) -> int:
        """Anchors of one cell."""
        return len(self.sizes_px) * len(self.ratios)

    @property
    def count(self) -> int:
        """Anchors of the whole map."""
        return self.rows * self.cols * self.per_cell


@dataclass(frozen=True, eq=False)
class AnchorMaps:
    """The anchors of every map.

    Attributes
    ----------
    plans : tuple of MapPlan
    grids : tuple of AnchorGrid
        One a map.
    boxes : (N, 4) float64
        xyxy pixels of the input, map after map.
    """

    plans: tuple[MapPlan, ...]
    grids: tuple[AnchorGrid, ...]
    boxes: Array

    def first(self, level: int) -> int:
        """Return the row of a map's first anchor in ``boxes``."""
        return sum(plan.count for plan in self.plans[:level])


def anchor_maps(plans: Sequence[MapPlan]) -> AnchorMaps:
    """Lay out the anchors of every map.

    Raises
    ------
    ValueError
        If there is no map, or as ``anchor_shapes`` and ``anchor_grid``.

    Examples
    --------
    >>> made = anchor_maps([MapPlan(2, 3, 16, (32.0, 64.0)), MapPlan(1, 1, 32, (9.0,))])
    >>> made.boxes.shape, made.first(1)
    ((39, 4), 36)
    """
    if not plans:
        raise ValueError("anchors need at least one feature map, got none")
    grids = tuple(
        anchor_grid(
            anchor_shapes(plan.sizes_px, plan.ratios),
            plan.rows,
            plan.cols,
            (plan.stride, plan.stride),
        )
        for plan in plans
    )
    return AnchorMaps(tuple(plans), grids, np.concatenate([g.boxes for g in grids]))


def input_scale(width: int, height: int) -> float:
    """Return how much Faster R-CNN enlarges a photo: short side to 600 px.

    Parameters
    ----------
    width, height : int
        Of the photo, in pixels, at least 1.

    Returns
    -------
    float
        Less where the long side would pass 1,000 px.

    Raises
    ------
    ValueError
        If a side is below 1.

    References
    ----------
    Ren et al. 2015, Faster R-CNN, section 3.3; the 1,000 px are the authors' code's.

    Examples
    --------
    >>> input_scale(500, 300), input_scale(1000, 100)
    (2.0, 1.0)
    """
    if min(width, height) < 1:
        raise ValueError(f"a photo has sides of at least 1 px, got {width} x {height}")
    return min(SHORT_PX / min(width, height), LONG_PX / max(width, height))


def whole_cells(side_px: float, stride: int) -> int:
    """Return the cells along a side: VGG-16's poolings drop what is left over.

    Examples
    --------
    >>> whole_cells(600, 16), whole_cells(1000, 16), whole_cells(9, 16)
    (37, 62, 1)
    """
    return max(1, int(side_px + 1e-6) // stride)
