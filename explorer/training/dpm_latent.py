"""Latent placements of a star model, as rows of numbers for a linear SVM.

With the parts' places chosen, the score is linear in all weights: root, parts, costs
and bias. That is what the SVM sees; a row is what stands beside each weight.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.boxes import box_iou
from explorer.core.nms import nms_steps
from explorer.core.people import PADDING_PX, framing_windows
from explorer.core.pyramid import pyramid_sizes
from explorer.core.star import FINER, PART_BLOCKS, StarMaps, StarModel, star_maps
from explorer.core.star_scan import level_pair
from explorer.core.template import BLOCK_COLS, BLOCK_ROWS, BLOCK_SIZE, Template
from explorer.training.pennfudan import Photo

Rows = NDArray[np.float32]
Boxes = NDArray[np.float64]
Image = NDArray[np.uint8]

ROOT_SIZE = BLOCK_ROWS * BLOCK_COLS * BLOCK_SIZE
PART_SIZE = PART_BLOCKS * PART_BLOCKS * BLOCK_SIZE
CELL_PX = 8
SIZES = (0.85, 0.92, 1.0, 1.08, 1.17)  # of the window that frames a person
LATENT_IOU = 0.7  # a root may leave the framing window this far
AROUND_FRAC = 0.2  # of the window's size, looked at on each side
MIN_PERSON_PX = 90  # as for the rigid template
FAR_IOU = 0.3
HARD_ABOVE = -1.0  # the margin: what scores lower costs nothing
HARD_PER_PHOTO = 60
ALIKE_IOU = 0.7  # of two windows this close only the better one is taken
MINING_STEP = 1.2


@dataclass(frozen=True)
class Blocks:
    """A level's HOG blocks and those of the finer level."""

    coarse: Rows
    fine: Rows


def row_of(
    blocks: Blocks, model: StarModel, maps: StarMaps, row: int, col: int
) -> Rows:
    """Return the numbers beside all weights for one window, its parts placed."""
    root = blocks.coarse[row : row + BLOCK_ROWS, col : col + BLOCK_COLS]
    numbers = [root.ravel()]
    places = maps.places[:, row, col].astype(int)
    rest = model.anchors + np.array([row, col]) * FINER
    for y, x in places:
        part = blocks.fine[y : y + PART_BLOCKS, x : x + PART_BLOCKS]
        numbers.append(part.ravel())
    dy, dx = (places - rest).T
    moved = -np.stack([dx, dy, dx**2, dy**2], axis=1)
    return np.concatenate([*numbers, moved.ravel(), [1.0]]).astype(np.float32)


def weights_of(model: StarModel) -> NDArray[np.float64]:
    """Return a model's weights in the order of ``row_of``."""
    parts = (model.root.weights, model.filters, model.costs, [model.root.bias])
    return np.concatenate([np.ravel(part) for part in parts]).astype(np.float64)


def with_weights(model: StarModel, weights: NDArray[np.float64]) -> StarModel:
    """Return the model with other weights, its anchors kept."""
    ends = np.cumsum([ROOT_SIZE, model.parts * PART_SIZE, model.parts * 4])
    root, filters, costs, bias = np.split(weights, ends)
    template = Template(
        root.reshape(model.root.weights.shape).astype(np.float32), float(bias[0]), "dpm"
    )
    shaped = np.asarray(filters.reshape(model.filters.shape), np.float32)
    return StarModel(template, shaped, model.anchors, costs.reshape(-1, 4))


def people_of(photo: Photo) -> list[tuple[Image, Boxes]]:
    """Return photo and framing window of each large enough person, then mirrored."""
    flipped = np.ascontiguousarray(photo.image[:, ::-1])
    tall = photo.boxes[:, 3] - photo.boxes[:, 1] >= MIN_PERSON_PX
    people = []
    for window in framing_windows(photo.boxes[tall]):
        mirrored = photo.image.shape[1] - window[[2, 1, 0, 3]]
        mirrored[[1, 3]] = window[[1, 3]]
        people += [(photo.image, window), (flipped, mirrored)]
    return people


def cut_around(image: Image, window: Boxes) -> tuple[Image, NDArray[np.intp]]:
    """Return the photo around a window, mirrored at its border, and its corner."""
    reach = (window[2:] - window[:2]) * AROUND_FRAC
    low = np.floor(window[:2] - reach).astype(int)
    high = np.ceil(window[2:] + reach).astype(int)
    height, width = image.shape[:2]
    out = int(max(0, *-low, high[0] - width, high[1] - height))
    if out:
        image = np.asarray(
            cv2.copyMakeBorder(image, out, out, out, out, cv2.BORDER_REFLECT_101),
            np.uint8,
        )
    (x1, y1), (x2, y2) = low + out, high + out
    return np.ascontiguousarray(image[y1:y2, x1:x2]), low


def latent_row(image: Image, window: Boxes, model: StarModel) -> Rows | None:
    """Return the row of the best placement whose root stays near the window.

    None where no window of the grids overlaps it enough.
    """
    patch, corner = cut_around(image, window)
    best, row = -np.inf, None
    for size in SIZES:
        scale = (window[3] - window[1]) * size / 128
        small = (round(patch.shape[1] / scale), round(patch.shape[0] / scale))
        if small[0] < 64 or small[1] < 128:
            continue
        blocks = Blocks(*level_pair(patch, small, 0))
        maps = star_maps(blocks.coarse, blocks.fine, model)
        boxes = grid_boxes(maps.scores.shape, scale, 0) + np.tile(corner, 2)
        near = box_iou(boxes, [window])[:, 0].reshape(maps.scores.shape) >= LATENT_IOU
        scores = np.where(near, maps.scores, -np.inf)
        if scores.max(initial=-np.inf) > best:
            best = float(scores.max())
            at = np.unravel_index(scores.argmax(), scores.shape)
            row = row_of(blocks, model, maps, int(at[0]), int(at[1]))
    return row


def grid_boxes(shape: tuple[int, ...], scale: float, padding_px: int) -> Boxes:
    """Return the windows (rows x cols, 4) of a level in image pixels."""
    rows, cols = np.indices(shape).reshape(2, -1)
    corner = (np.stack([cols, rows], axis=1) * CELL_PX - padding_px) * scale
    return np.concatenate([corner, corner + np.array([64, 128]) * scale], axis=1)


def false_rows(photo: Photo, model: StarModel) -> Rows:
    """Return the rows (N, all weights) of the photo's best windows without a person."""
    height, width = photo.image.shape[:2]
    taken = framing_windows(photo.boxes)
    rows: list[Rows] = []
    boxes: list[Boxes] = []
    scores: list[float] = []
    for scale, size in pyramid_sizes(width, height, MINING_STEP):
        blocks = Blocks(*level_pair(photo.image, size))
        maps = star_maps(blocks.coarse, blocks.fine, model)
        windows = grid_boxes(maps.scores.shape, scale, PADDING_PX)
        free = np.ones(len(windows), bool)
        if len(taken):
            free = box_iou(windows, taken).max(axis=1) < FAR_IOU
        flat = np.where(free, maps.scores.ravel(), -np.inf)
        for at in np.argsort(-flat)[: 3 * HARD_PER_PHOTO]:
            if flat[at] < HARD_ABOVE:
                break
            row, col = divmod(int(at), maps.scores.shape[1])
            rows.append(row_of(blocks, model, maps, row, col))
            boxes.append(windows[at])
            scores.append(float(flat[at]))
    return _different(rows, boxes, scores, weights_of(model).size)


def _different(
    rows: list[Rows], boxes: list[Boxes], scores: list[float], length: int
) -> Rows:
    if not rows:
        return np.zeros((0, length), np.float32)
    kept = [step.kept for step in nms_steps(np.array(boxes), scores, ALIKE_IOU)]
    return np.stack([rows[i] for i in kept[:HARD_PER_PHOTO]])
