"""SSD's default boxes: guesses on several feature maps, in shares of the picture."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class DefaultMap:
    """One feature map with its boxes.

    Attributes
    ----------
    cells : int
        Rows, and columns.
    scale, next_scale : float
        Sides of its squares as a share of the picture; the extra square has the
        geometric mean of the two.
    ratios : tuple of float
        Width over height, above 1; each stands for itself and its inverse.
    step : float
        Pixels from cell to cell.
    """

    cells: int
    scale: float
    next_scale: float
    ratios: tuple[float, ...]
    step: float

    @property
    def shapes(self) -> Array:
        """Widths and heights of a cell's boxes, (2 + 2 R, 2), shares of the picture."""
        pairs = [(self.scale, self.scale)]
        pairs.append((math.sqrt(self.scale * self.next_scale),) * 2)
        for ratio in self.ratios:
            wide, high = self.scale * math.sqrt(ratio), self.scale / math.sqrt(ratio)
            pairs += [(wide, high), (high, wide)]
        return np.array(pairs)

    @property
    def count(self) -> int:
        """How many boxes the map has."""
        return self.cells**2 * (2 + 2 * len(self.ratios))


def default_maps(
    size_px: int,
    cells: Sequence[int],
    ratios: Sequence[Sequence[float]],
    scales: Sequence[float],
    steps: Sequence[float] | None = None,
) -> tuple[DefaultMap, ...]:
    """Describe the maps of a network.

    Parameters
    ----------
    size_px : int
        Side of the square picture.
    cells : sequence of int
        A map each.
    ratios : sequence of sequences of float
        A map each.
    scales : sequence of float
        One more than maps, rising.
    steps : sequence of float, optional
        Pixels from cell to cell; without them, the side over the cells.

    Raises
    ------
    ValueError
        If the sequences do not fit together or the scales do not rise.
    """
    if not len(cells) == len(ratios) == len(scales) - 1:
        raise ValueError(
            f"{len(cells)} maps need as many lists of ratios and one more scale, got "
            f"{len(ratios)} and {len(scales)}"
        )
    if any(b <= a for a, b in zip(scales, scales[1:], strict=False)):
        raise ValueError(f"scales must rise, got {list(scales)}")
    apart = [size_px / n for n in cells] if steps is None else list(steps)
    if len(apart) != len(cells):
        raise ValueError(f"{len(cells)} maps need as many steps, got {len(apart)}")
    return tuple(
        DefaultMap(n, scales[k], scales[k + 1], tuple(ratios[k]), float(apart[k]))
        for k, n in enumerate(cells)
    )


SSD300 = default_maps(
    300,
    (38, 19, 10, 5, 3, 1),
    ((2,), (2, 3), (2, 3), (2, 3), (2,), (2,)),
    (0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05),
    (8, 16, 32, 64, 100, 300),
)
SSD512 = default_maps(
    512,
    (64, 32, 16, 8, 4, 2, 1),
    ((2,), (2, 3), (2, 3), (2, 3), (2, 3), (2,), (2,)),
    (0.04, 0.1, 0.26, 0.42, 0.58, 0.74, 0.9, 1.06),
    (8, 16, 32, 64, 128, 256, 512),
)
# The network that ships: SSD300's scales and ratios on the maps of a 320 px picture.
SSD320_PX = 320
SSD320 = default_maps(
    SSD320_PX,
    (40, 20, 10, 5, 3, 1),
    ((2,), (2, 3), (2, 3), (2, 3), (2,), (2,)),
    (0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05),
)


def default_boxes(maps: Sequence[DefaultMap], size_px: int, clip: bool = True) -> Array:
    """Return all default boxes of a square picture.

    Parameters
    ----------
    maps : sequence of DefaultMap
    size_px : int
        Side of the picture.
    clip : bool
        Whether widths and heights end at the picture's own.

    Returns
    -------
    (N, 4) float64 array
        xyxy pixels; map by map, cell by cell in rows, in each cell: the square, the
        larger square, then each ratio and its inverse. Corners may leave the picture.

    Notes
    -----
    ``torchvision.models.detection.anchor_utils.DefaultBoxGenerator`` gives the same, in
    single precision. Centres stand in the middles of the cells.

    References
    ----------
    Liu et al. 2016, SSD, section 2.2; the scales are those of the authors' code.

    Examples
    --------
    >>> len(default_boxes(SSD300, 300)), len(default_boxes(SSD512, 512))
    (8732, 24564)
    """
    found = []
    for one in maps:
        shapes = one.shapes.clip(0, 1) if clip else one.shapes
        middles = (np.arange(one.cells) + 0.5) * one.step
        y, x = np.meshgrid(middles, middles, indexing="ij")
        centres = np.stack([x, y], axis=-1).reshape(-1, 1, 2)  # (cells, 1, 2)
        halves = shapes[None] * size_px / 2  # (1, A, 2)
        corners = np.concatenate([centres - halves, centres + halves], axis=-1)
        found.append(corners.reshape(-1, 4))
    return np.concatenate(found)
