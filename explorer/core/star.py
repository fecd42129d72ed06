"""The star model: a root template, parts at twice its resolution, springs between."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.distance_transform import distance_transform
from explorer.core.template import (
    BLOCK_COLS,
    BLOCK_ROWS,
    BLOCK_SIZE,
    Template,
    score_map,
)

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Int16 = NDArray[np.int16]

FINER = 2  # parts look at twice the root's resolution
PART_BLOCKS = 5  # a part is 5x5 blocks, 6x6 cells: 48x48 pixels of the finer level
FINE_ROWS, FINE_COLS = 2 * BLOCK_ROWS + 1, 2 * BLOCK_COLS + 1  # root window, finer


@dataclass(frozen=True)
class StarModel:
    """A root filter and the parts that hang on it.

    Attributes
    ----------
    root : Template
        Weights of the 64x128 window, and the bias of the whole score.
    filters : (P, 5, 5, 36) float32
        Weights of each part's blocks, on the finer level.
    anchors : (P, 2) int
        Row and column of each part at rest, in blocks of the finer level, from the
        root's upper left corner.
    costs : (P, 4) float64
        The factors of dx, dy, dx squared and dy squared, displacements being in
        blocks of the finer level; the squares' factors are above 0.
    """

    root: Template
    filters: Float32
    anchors: NDArray[np.intp]
    costs: Float64

    def __post_init__(self) -> None:
        """Refuse parts that do not belong together or lie outside the window."""
        count = len(self.filters)
        expected = (count, PART_BLOCKS, PART_BLOCKS, BLOCK_SIZE)
        if self.filters.shape != expected:
            raise ValueError(f"filters must be {expected}, got {self.filters.shape}")
        if self.anchors.shape != (count, 2) or self.costs.shape != (count, 4):
            raise ValueError(
                f"{count} parts need anchors ({count}, 2) and costs ({count}, 4), got "
                f"{self.anchors.shape} and {self.costs.shape}"
            )
        room = (FINE_ROWS - PART_BLOCKS, FINE_COLS - PART_BLOCKS)
        if count and ((self.anchors < 0) | (self.anchors > room)).any():
            raise ValueError(f"anchors must lie in 0..{room[0]} and 0..{room[1]}")
        if not (self.costs[:, 2:] > 0).all():
            raise ValueError("the factors of the squares must be above 0")

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return len(self.filters)


@dataclass(frozen=True)
class StarMaps:
    """What the star model makes of one pyramid level.

    Attributes
    ----------
    root : (rows, cols) float32
        The root's score at each window, bias included.
    responses : (P, R, C) float32
        Each part's filter at every place of the finer level.
    spread : (P, rows, cols) float64
        What each part adds to each window: response minus cost at its best place.
    places : (P, rows, cols, 2) int16
        Row and column of that place on the finer level.
    """

    root: Float32
    responses: Float32
    spread: Float64
    places: Int16

    @property
    def scores(self) -> Float32:
        """The windows' scores, (rows, cols): root plus parts minus deformation."""
        return np.asarray(self.root + self.spread.sum(axis=0), np.float32)


def part_responses(blocks: Float32, filters: Float32) -> Float32:
    """Return every filter's score at every place: cross-correlations.

    Parameters
    ----------
    blocks : (R + 4, C + 4, 36) float32
    filters : (P, 5, 5, 36) float32

    Returns
    -------
    (P, R, C) float32
        Empty along an axis in which a part does not fit.

    Examples
    --------
    >>> ones = np.ones((1, 5, 5, 36), np.float32)
    >>> part_responses(np.ones((5, 6, 36), np.float32), ones).tolist()
    [[[900.0, 900.0]]]
    """
    count, side = len(filters), PART_BLOCKS
    rows, cols = (max(n - side + 1, 0) for n in blocks.shape[:2])
    total = np.zeros((rows, count, cols), np.float32)
    turned = blocks.transpose(0, 2, 1)  # a product a row: too small for more threads
    for dy in range(side if total.size else 0):
        weights = filters[:, dy].reshape(-1, BLOCK_SIZE)  # (P x 5, 36)
        answers = (weights @ turned[dy : dy + rows]).reshape(rows, count, side, -1)
        for dx in range(side):
            total += answers[:, :, dx, dx : dx + cols]
    return np.ascontiguousarray(total.transpose(1, 0, 2))


def star_maps(coarse: Float32, fine: Float32, model: StarModel) -> StarMaps:
    """Score every window of a level, each part at the place that suits it best.

    Parameters
    ----------
    coarse : (rows + 14, cols + 6, 36) float32
        HOG blocks of the level.
    fine : (R + 4, C + 4, 36) float32
        HOG blocks of the same picture at twice the size.
    model : StarModel

    Returns
    -------
    StarMaps

    References
    ----------
    Felzenszwalb, Girshick, McAllester & Ramanan 2010, "Object Detection with
    Discriminatively Trained Part-Based Models", section 3.

    Examples
    --------
    >>> still = Template(np.zeros((15, 7, 36), np.float32), 1.5, "still")
    >>> none = StarModel(still, np.zeros((0, 5, 5, 36), np.float32),
    ...                  np.zeros((0, 2), np.intp), np.zeros((0, 4)))
    >>> maps = star_maps(np.ones((15, 7, 36)), np.ones((31, 15, 36)), none)
    >>> maps.scores.tolist()
    [[1.5]]
    """
    root = score_map(coarse, model.root)
    rows, cols = root.shape
    responses = part_responses(fine, model.filters)
    if not (model.parts and root.size):
        empty = np.zeros((model.parts, rows, cols))
        places = np.zeros((model.parts, rows, cols, 2), np.int16)
        return StarMaps(root, responses, empty, places)
    at_rows = FINER * np.arange(rows) + model.anchors[:, :1]  # (P, rows)
    at_cols = FINER * np.arange(cols) + model.anchors[:, 1:]
    best = distance_transform(responses, model.costs, at_rows, at_cols)
    places = np.stack([best.rows, best.cols], axis=-1).astype(np.int16)
    return StarMaps(root, responses, best.values, places)


def deformation(cost: ArrayLike, dx: ArrayLike, dy: ArrayLike) -> Float64:
    """Return what a displacement costs: its four terms added up.

    Examples
    --------
    >>> float(deformation([0.5, 0, 0.25, 1], 2, -1))
    3.0
    """
    over_x, over_y, over_xx, over_yy = np.asarray(cost, np.float64)
    x, y = np.asarray(dx, np.float64), np.asarray(dy, np.float64)
    total: Float64 = over_x * x + over_y * y + over_xx * x**2 + over_yy * y**2
    return total
