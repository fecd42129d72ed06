"""The star model beside slower ways to the same numbers."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import grey_dilation

from explorer.core.distance_transform import brute_force, distance_transform
from explorer.core.proof import Proof
from explorer.core.star import (
    FINER,
    PART_BLOCKS,
    StarMaps,
    StarModel,
    deformation,
)
from explorer.core.star_place import StarPlace
from explorer.core.template import BLOCK_COLS, BLOCK_ROWS

TOLERANCE = 1e-9  # both sides work in float64
SCORE_TOLERANCE = 1e-4  # 10,980 products, added up in float32 on one side
PATCH = 24  # blocks: all its places against all its anchors, 330,000 pairs
MOST_ANCHORS = 75  # of each part, tried against every place of the level

Float32 = NDArray[np.float32]


def prove_placements(maps: StarMaps, model: StarModel) -> Proof:
    """Compare all parts' transforms with trying every place for each anchor.

    Large levels have their anchors thinned to about ``MOST_ANCHORS``, evenly; each is
    still compared with every place.
    """
    rows, cols = maps.root.shape
    every = max(1, int(np.ceil(np.sqrt(rows * cols / MOST_ANCHORS))))
    at_rows = np.arange(0, rows, every)
    at_cols = np.arange(0, cols, every)
    deltas = []
    for part, (row, col) in enumerate(model.anchors):
        slow = brute_force(
            maps.responses[part],
            model.costs[part],
            FINER * at_rows + row,
            FINER * at_cols + col,
        )
        fast = maps.spread[part][np.ix_(at_rows, at_cols)]
        deltas.append(float(np.abs(slow - fast).max()))
    height, width = maps.responses[0].shape
    return Proof(
        "brute force over placements",
        float(np.max(deltas)),
        TOLERANCE,
        note=f"all {model.parts} parts in {len(at_rows) * len(at_cols)} windows of "
        f"this level, {height * width:,} places tried for each",
    )


def prove_dilation(maps: StarMaps, model: StarModel, part: int) -> Proof:
    """Compare with SciPy's grey dilation by the bowl turned upside down."""
    patch = maps.responses[part][:PATCH, :PATCH].astype(np.float64)
    height, width = patch.shape
    reach = np.arange(-PATCH + 1, PATCH)
    # Dilation looks at q = p - offset for each offset of its structure.
    bowl = -deformation(model.costs[part], -reach[None, :], -reach[:, None])
    theirs = grey_dilation(patch, structure=bowl, mode="constant", cval=-1e9)
    ours = distance_transform(
        patch[None],
        model.costs[part : part + 1],
        np.arange(height)[None],
        np.arange(width)[None],
    )
    return Proof(
        "scipy.ndimage.grey_dilation",
        float(np.abs(theirs - ours.values[0]).max()),
        TOLERANCE,
        note=f"part {part + 1}'s bowl as structuring element, on {width} × {height} "
        "places",
    )


def prove_score(
    coarse: Float32,
    fine: Float32,
    model: StarModel,
    place: StarPlace,
    score: float,
    corner: tuple[int, int],
) -> Proof:
    """Multiply out one window: root, parts where they are, costs, bias.

    Parameters
    ----------
    coarse, fine : HOG blocks of the window's level and of the finer one.
    place : StarPlace
    score : float
        What the scan gave the window.
    corner : (row, col)
        Of the window.
    """
    row, col = corner
    window = coarse[row : row + BLOCK_ROWS, col : col + BLOCK_COLS]
    total = float(np.vdot(model.root.weights.astype(float), window.astype(float)))
    for part, (y, x) in enumerate(place.at):
        blocks = fine[y : y + PART_BLOCKS, x : x + PART_BLOCKS].astype(float)
        dy, dx = place.moved[part]
        total += float(np.vdot(model.filters[part].astype(float), blocks))
        total -= float(model.costs[part] @ [dx, dy, dx**2, dy**2])
    size = model.root.weights.size + model.filters.size
    return Proof(
        "numpy.vdot, filter by filter",
        abs(total + model.root.bias - score),
        SCORE_TOLERANCE,
        note=f"{size:,} products, {model.parts} costs and b against the scan's score",
    )
