"""Where the parts of a star model hang: at first, and after training."""

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.star import (
    FINE_COLS,
    FINE_ROWS,
    PART_BLOCKS,
    StarModel,
    deformation,
)
from explorer.core.template import BLOCK_SIZE, Template

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Ints = NDArray[np.intp]

PARTS = 8
SPRING = (0.0, 0.0, 0.01, 0.01)  # at rest where it begins, the same in x and y
FINE_SHARE = 0.25  # a root's block is four blocks of the finer level


def finer(blocks: Float32) -> Float32:
    """Return blocks (15, 7, 36) on the finer grid (31, 15, 36), interpolated."""
    shape = (FINE_COLS, FINE_ROWS)
    planes = [
        cv2.resize(
            np.ascontiguousarray(blocks[..., k]), shape, interpolation=cv2.INTER_LINEAR
        )
        for k in range(BLOCK_SIZE)
    ]
    return np.stack(planes, axis=-1)


def energy_of(weights: Float32) -> Float64:
    """Return each block's weight for a person: its positive weights, squared."""
    return np.asarray((np.maximum(weights, 0.0).astype(np.float64) ** 2).sum(axis=-1))


def first_anchors(energy: Float64, parts: int = PARTS) -> Ints:
    """Return anchors (P, 2) that take the most of ``energy``, middle ones or pairs.

    A part lies on the window's middle columns, or comes with its mirror image. What a
    part covers is gone for the next.

    References
    ----------
    Felzenszwalb et al. 2010, section 5.2.
    """
    left = energy.copy()
    middle = (FINE_COLS - PART_BLOCKS) // 2
    anchors: list[tuple[int, int]] = []
    while len(anchors) < parts:
        row, col = _best_place(left, middle, parts - len(anchors))
        for one in dict.fromkeys((col, 2 * middle - col)):
            anchors.append((row, one))
            left[row : row + PART_BLOCKS, one : one + PART_BLOCKS] = 0
    return np.array(anchors, np.intp)


def _best_place(left: Float64, middle: int, wanted: int) -> tuple[int, int]:
    """Return the place, left or middle, that takes the most energy for each part."""
    side = PART_BLOCKS
    best, place = -1.0, (0, middle)
    for row in range(FINE_ROWS - side + 1):
        for col in (*range(middle - side + 1), middle):
            if col < middle and wanted < 2:
                continue
            taken = left[row : row + side, col : col + side].sum()
            if taken > best:
                best, place = float(taken), (row, col)
    return place


def first_model(root: Template) -> StarModel:
    """Return a star model whose parts are cut out of the interpolated root."""
    weights = finer(root.weights)
    anchors = first_anchors(energy_of(weights))
    side = PART_BLOCKS
    filters = np.stack([weights[r : r + side, c : c + side] for r, c in anchors])
    costs = np.tile(np.array(SPRING), (len(anchors), 1))
    return StarModel(root, np.asarray(filters * FINE_SHARE, np.float32), anchors, costs)


def rested(model: StarModel) -> StarModel:
    """Return the same model with every part's rest at the bottom of its bowl.

    Training bends a bowl sideways where a part wants to hang elsewhere. The rest then
    moves there by whole blocks, as far as the window goes, and what the old rest cost
    goes into the bias: no score changes.
    """
    room = np.array([FINE_ROWS - PART_BLOCKS, FINE_COLS - PART_BLOCKS])
    anchors, costs = model.anchors.copy(), model.costs.copy()
    bias = model.root.bias
    for part, (over_x, over_y, over_xx, over_yy) in enumerate(model.costs):
        bottom = -np.array([over_y / over_yy, over_x / over_xx]) / 2
        rest = np.clip(anchors[part] + np.round(bottom).astype(int), 0, room)
        dy, dx = rest - anchors[part]
        bias -= float(deformation(model.costs[part], dx, dy))
        costs[part, :2] = over_x + 2 * over_xx * dx, over_y + 2 * over_yy * dy
        anchors[part] = rest
    root = Template(model.root.weights, bias, model.root.name)
    return StarModel(root, model.filters, anchors, costs)
