"""What the star model looks like: filters as strokes, springs as bowls, people bent."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.distance_transform import distance_transform
from explorer.core.hog import OPENCV, cell_means
from explorer.core.star import (
    FINE_COLS,
    FINE_ROWS,
    FINER,
    PART_BLOCKS,
    StarModel,
    deformation,
)
from explorer.figures.layers import Boxes, Heat
from explorer.figures.theme import class_color, rgb
from explorer.figures.windows import (
    PAPER,
    SIGN_COLORS,
    TEMPLATE_POWER,
    cut_window,
    strokes_image,
    template_cells,
)

Image = NDArray[np.uint8]
Float64 = NDArray[np.float64]

CELL = OPENCV.cell_px
PITCH_PX = 12  # a cell of the finer level in the pictures of the model
BOWL_REACH = 6  # blocks to each side: what a bowl shows
ZOOM = 2  # picture pixels for one of the finer level, where a person is bent
MARGIN_PX = 48  # of the finer level, around the window
PART_PX = (PART_BLOCKS + 1) * CELL  # side of a part on the finer level


def part_colors(model: StarModel) -> list[str]:
    """Return one colour a part, the same everywhere on the page."""
    return [class_color(part) for part in range(model.parts)]


def _blank() -> Image:
    shape = ((FINE_ROWS + 1) * PITCH_PX, (FINE_COLS + 1) * PITCH_PX, 3)
    return np.full(shape, PAPER, np.uint8)


def root_image(model: StarModel) -> Image:
    """Draw the root filter: edges that speak for a person, (384, 192, 3)."""
    cells = template_cells(model.root, "positive")
    color = SIGN_COLORS["positive"]
    return strokes_image(
        cells, color, FINER * PITCH_PX, power=TEMPLATE_POWER, ground=PAPER
    )


def parts_image(model: StarModel) -> Image:
    """Draw each part's filter where the part rests, on twice as fine a grid."""
    sheet = _blank()
    cells = [np.maximum(cell_means(one), 0.0) for one in model.filters]
    loudest = float(np.quantile([one.max(axis=2) for one in cells], 0.98)) or 1.0
    for (row, col), one in zip(model.anchors, cells, strict=True):
        picture = strokes_image(
            np.asarray(one, np.float64),
            SIGN_COLORS["positive"],
            PITCH_PX,
            loudest,
            TEMPLATE_POWER,
            PAPER,
        )
        tall, wide = picture.shape[:2]
        y, x = row * PITCH_PX, col * PITCH_PX
        place = sheet[y : y + tall, x : x + wide]
        # Where parts overlap the stronger stroke, farther from the paper, is seen.
        far = np.abs(picture.astype(int) - PAPER).sum(2)
        stronger = far > np.abs(place.astype(int) - PAPER).sum(2)
        place[stronger] = picture[stronger]
    return sheet


def bowls_image(model: StarModel) -> Image:
    """Draw each part's cost as a bowl of wire over the place where it rests."""
    sheet = _blank()
    side = (PART_BLOCKS + 1) * PITCH_PX
    most = max(float(bowl(cost).max()) for cost in model.costs)
    for part, (row, col) in enumerate(model.anchors):
        y, x = int(row) * PITCH_PX, int(col) * PITCH_PX
        lines = wires(model.costs[part], most) * side + (x, y)
        for line in lines:
            points = np.round(line * 16).astype(np.int32)
            color = rgb(class_color(part))
            cv2.polylines(sheet, [points], False, color, 1, cv2.LINE_AA, 4)
    return sheet


def bowl(cost: Float64, reach: int = BOWL_REACH) -> Float64:
    """Return the cost of every displacement, (2 reach + 1, 2 reach + 1).

    Examples
    --------
    >>> bowl(np.array([0, 0, 1.0, 2.0]), 1).tolist()
    [[3.0, 2.0, 3.0], [1.0, 0.0, 1.0], [3.0, 2.0, 3.0]]
    """
    away = np.arange(-reach, reach + 1)
    return deformation(cost, away[None, :], away[:, None])


def wires(cost: Float64, most: float, reach: int = BOWL_REACH) -> Float64:
    """Return a bowl's wires (2 (2 reach + 1), 2 reach + 1, 2) in the unit square.

    Seen from the front and above; a cost of ``most`` is 0.6 high.
    """
    away = np.arange(-reach, reach + 1) / reach
    dx, dy = np.meshgrid(away, away)
    x = 0.5 + 0.36 * dx + 0.1 * dy
    y = 0.74 + 0.16 * dy - 0.6 * bowl(cost, reach) / most
    points = np.stack([x, y], axis=-1)
    return np.concatenate([points, points.transpose(1, 0, 2)])


def part_frames(model: StarModel) -> Boxes:
    """Return the parts' borders over ``parts_image`` and ``bowls_image``."""
    corner = model.anchors[:, ::-1] * PITCH_PX
    boxes = np.concatenate([corner, corner + (PART_BLOCKS + 1) * PITCH_PX], axis=1)
    names = [str(part + 1) for part in range(model.parts)]
    return Boxes(boxes.astype(np.float64), part_colors(model), names, 2)


def bend_image(image: Image, box: Float64) -> Image:
    """Cut a person's window with a margin, enlarged for the parts to be dragged.

    Parameters
    ----------
    image : (H, W, 3) uint8
    box : (4,)
        The root's window in the image.

    Returns
    -------
    (704, 448, 3) uint8
        The window starts at ``ZOOM * MARGIN_PX``; a block is ``ZOOM * 8`` pixels.
    """
    tall, wide = (FINE_ROWS + 1) * CELL, (FINE_COLS + 1) * CELL
    around = (box[2:] - box[:2]) * (MARGIN_PX / np.array([wide, tall]))
    outer = np.concatenate([box[:2] - around, box[2:] + around])
    size = (ZOOM * (wide + 2 * MARGIN_PX), ZOOM * (tall + 2 * MARGIN_PX))
    return cut_window(image, outer, size)


@dataclass(frozen=True)
class PartMaps:
    """One part on one level: its responses, and the same after the transform."""

    before: Float64
    after: Float64


def part_maps(responses: Float64, cost: Float64) -> PartMaps:
    """Return a part's map before and after, both for every place of the finer level.

    After: what the part brings to a root whose rest for it is here.
    """
    height, width = responses.shape
    spread = distance_transform(
        responses[None], cost[None], np.arange(height)[None], np.arange(width)[None]
    )
    return PartMaps(np.asarray(responses, np.float64), spread.values[0])


def fine_heat(
    values: Float64, padding_px: int, lo: float, hi: float, opacity: float = 0.75
) -> Heat:
    """Lay a part's map over the finer level, each place at the part's middle."""
    start = PART_PX / 2 - CELL / 2 - FINER * padding_px
    rows, cols = values.shape
    box = (start, start, start + cols * CELL, start + rows * CELL)
    return Heat(values, box, opacity, lo=lo, hi=hi)


def part_box(row: int, col: int, padding_px: int) -> Float64:
    """Return a part's box (4,) on the finer level, in its pixels."""
    corner = np.array([col, row]) * CELL - FINER * padding_px
    return np.concatenate([corner, corner + PART_PX]).astype(np.float64)
