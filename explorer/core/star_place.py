"""One detection of the star model taken apart: what each part adds and costs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.core.star import FINER, StarMaps, StarModel, deformation

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True)
class StarPlace:
    """One window with its parts where they suit it best.

    Attributes
    ----------
    root : float
        The root filter's share, without the bias.
    bias : float
    looks : (P,) float64
        Each part's response at its place: its appearance.
    costs : (P,) float64
        What its displacement costs.
    rest, at : (P, 2) int
        Row and column on the finer level where the part hangs, and where it is.
    """

    root: float
    bias: float
    looks: Float64
    costs: Float64
    rest: Ints
    at: Ints

    @property
    def moved(self) -> Ints:
        """Displacements (P, 2): rows down, columns to the right, in blocks."""
        return self.at - self.rest

    @property
    def score(self) -> float:
        """Root plus parts minus deformation plus bias."""
        return float(self.root + self.looks.sum() - self.costs.sum() + self.bias)


def take_apart(maps: StarMaps, model: StarModel, row: int, col: int) -> StarPlace:
    """Return what a window's score is made of.

    Parameters
    ----------
    maps : StarMaps
    model : StarModel
        The one the maps were made with.
    row, col : int
        The window on its level.

    Returns
    -------
    StarPlace

    Raises
    ------
    ValueError
        If the level has no such window.

    Examples
    --------
    >>> from explorer.core.template import Template
    >>> maps = StarMaps(np.full((1, 1), 0.5), np.zeros((0, 1, 1)),
    ...                 np.zeros((0, 1, 1)), np.zeros((0, 1, 1, 2), np.int16))
    >>> still = Template(np.zeros((15, 7, 36), np.float32), 0.25, "still")
    >>> none = StarModel(still, np.zeros((0, 5, 5, 36), np.float32),
    ...                  np.zeros((0, 2), np.intp), np.zeros((0, 4)))
    >>> take_apart(maps, none, 0, 0).root
    0.25
    """
    rows, cols = maps.root.shape
    if not (0 <= row < rows and 0 <= col < cols):
        raise ValueError(
            f"the level has {rows} rows and {cols} columns of windows, got row {row}, "
            f"column {col}"
        )
    at = maps.places[:, row, col].astype(np.intp)
    rest = model.anchors + FINER * np.array([row, col], np.intp)
    return bent(maps, model, row, col, at - rest)


def bent(
    maps: StarMaps, model: StarModel, row: int, col: int, moved: Ints
) -> StarPlace:
    """Return what a window's score is made of with its parts put elsewhere.

    Parameters
    ----------
    maps : StarMaps
    model : StarModel
    row, col : int
        The window on its level.
    moved : (P, 2) int
        Displacement of each part from its rest: rows down, columns to the right.

    Raises
    ------
    ValueError
        If a part would lie outside the level.
    """
    rest = model.anchors + FINER * np.array([row, col], np.intp)
    at = rest + moved
    height, width = maps.responses.shape[1:]
    if (at < 0).any() or (at >= [height, width]).any():
        raise ValueError(f"a part lies outside the level's {height}x{width} places")
    each = np.arange(model.parts)
    looks = maps.responses[each, at[:, 0], at[:, 1]].astype(np.float64)
    costs = np.array(
        [
            deformation(one, dx, dy)
            for one, (dy, dx) in zip(model.costs, moved, strict=True)
        ],
        float,
    )
    bias = float(model.root.bias)
    return StarPlace(float(maps.root[row, col]) - bias, bias, looks, costs, rest, at)


def around(responses: Float32, rest: Ints, reach: int) -> Float32:
    """Return each part's responses (P, 2 reach + 1, 2 reach + 1) around its rest.

    Places beyond the map are NaN: no part can be there.

    Examples
    --------
    >>> around(np.ones((1, 2, 2), np.float32), np.array([[0, 0]]), 1)[0].tolist()
    [[nan, nan, nan], [nan, 1.0, 1.0], [nan, 1.0, 1.0]]
    """
    side = 2 * reach + 1
    found = np.full((len(rest), side, side), np.nan, np.float32)
    for part, (row, col) in enumerate(rest - reach):
        height, width = responses[part].shape
        top, left = max(0, -row), max(0, -col)
        bottom, right = min(side, height - row), min(side, width - col)
        if bottom > top and right > left:
            seen = responses[part, row + top : row + bottom, col + left : col + right]
            found[part, top:bottom, left:right] = seen
    return found
