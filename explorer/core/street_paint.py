"""Brushes of the drawn street: shaded polygons, gradients and grain.

Everything is painted ``SUPERSAMPLE`` times too large and averaged down, which is what
makes the edges soft.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

SUPERSAMPLE = 2
SHIFT_BITS = 4  # cv2 polygons take fixed-point corners: 1/16 of a pixel
LIGHT = (-0.75, -0.66)  # where the sun stands, as a unit vector in the picture
RELIEF = 1.2  # how much the slope brightens or darkens

Color = tuple[int, int, int]
Points = NDArray[np.float64]
Shape = tuple[Points, ...]  # polygons, painted as their union
Canvas = NDArray[np.uint8]


def shade_part(
    canvas: Canvas,
    covered: NDArray[np.bool_],
    shape: Shape,
    color: Color,
    roundness: float,
) -> None:
    """Fill a shape, lit as if it were rounded, and mark what it covers.

    Parameters
    ----------
    canvas : ndarray (H, W, 3) uint8
        Painted in place.
    covered : ndarray (H, W) bool
        Pixels inside the shape become True, in place.
    shape : tuple of ndarray (M, 2)
        Polygons of corners x, y in canvas pixels; may lie outside.
    color : tuple of int
        RGB of the middle.
    roundness : float
        Sigma in canvas pixels of the blur whose slope is taken as the surface normal.
    """
    height, width = covered.shape
    margin = int(3 * roundness) + 2
    corners = np.concatenate(shape)
    x1, y1 = np.maximum(np.floor(corners.min(axis=0)).astype(int) - margin, 0)
    x2, y2 = np.minimum(
        np.ceil(corners.max(axis=0)).astype(int) + margin, (width, height)
    )
    if x1 >= x2 or y1 >= y2:
        return
    patch = np.zeros((y2 - y1, x2 - x1), dtype=np.uint8)
    for polygon in shape:
        fixed = np.round((polygon - (x1, y1)) * 2**SHIFT_BITS).astype(np.int32)
        cv2.fillPoly(patch, [fixed], 255, cv2.LINE_8, SHIFT_BITS)
    inside = patch > 0
    dome = cv2.GaussianBlur(patch, (0, 0), roundness).astype(np.float32) / 255
    slope_x = cv2.Sobel(dome, cv2.CV_32F, 1, 0, scale=1 / 8)
    slope_y = cv2.Sobel(dome, cv2.CV_32F, 0, 1, scale=1 / 8)
    facing = -(slope_x * LIGHT[0] + slope_y * LIGHT[1]) * roundness
    light = 1 + RELIEF * facing
    tone = np.clip(light[..., None] * np.array(color, np.float32), 0, 255)
    canvas[y1:y2, x1:x2][inside] = tone[inside].astype(np.uint8)
    covered[y1:y2, x1:x2] |= inside


def fill(canvas: Canvas, corners: list[tuple[float, float]], color: Color) -> None:
    """Fill a polygon given in final pixels with one flat colour."""
    points = np.array(corners) * SUPERSAMPLE * 2**SHIFT_BITS
    cv2.fillPoly(
        canvas, [np.round(points).astype(np.int32)], color, cv2.LINE_AA, SHIFT_BITS
    )


def block(
    canvas: Canvas, x1: float, y1: float, x2: float, y2: float, color: Color
) -> None:
    """Fill an upright rectangle given in final pixels."""
    fill(canvas, [(x1, y1), (x2, y1), (x2, y2), (x1, y2)], color)


def ramp(
    canvas: Canvas, y1: float, y2: float, top: Color, bottom: Color, x1: float = 0.0
) -> None:
    """Fill the rows from ``y1`` to ``y2`` with a colour that changes from top down."""
    first, last = (int(round(y * SUPERSAMPLE)) for y in (y1, y2))
    share = np.linspace(0, 1, max(last - first, 1))[:, None]
    rows = np.array(top) * (1 - share) + np.array(bottom) * share
    left = int(round(x1 * SUPERSAMPLE))
    canvas[first:last, left:] = rows[:, None].astype(np.uint8)[: last - first]


def shadow(
    canvas: Canvas, x: float, y: float, rx: float, ry: float, strength: float
) -> None:
    """Darken an ellipse on the ground, softly, in final pixels."""
    scale = SUPERSAMPLE
    pad = 1.6
    x1, x2 = (int((x + side * rx * pad) * scale) for side in (-1, 1))
    y1, y2 = (int((y + side * ry * pad) * scale) for side in (-1, 1))
    height, width = canvas.shape[:2]
    x1, y1, x2, y2 = max(x1, 0), max(y1, 0), min(x2, width), min(y2, height)
    if x1 >= x2 or y1 >= y2:
        return
    grid_y, grid_x = np.mgrid[y1:y2, x1:x2] / scale
    distance = np.hypot((grid_x - x) / rx, (grid_y - y) / ry)
    dark = 1 - strength * np.clip(1.5 - distance, 0, 1)
    patch = canvas[y1:y2, x1:x2]
    patch[:] = (patch * dark[..., None]).astype(np.uint8)


def clouds(
    rng: np.random.Generator, shape: tuple[int, int], size: float
) -> NDArray[np.float32]:
    """Return smooth random hills in -1..1, ``size`` canvas pixels across."""
    rows, cols = (max(int(side / size) + 2, 2) for side in shape)
    coarse = rng.standard_normal((rows, cols)).astype(np.float32)
    hills = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.clip(hills / 2, -1, 1).astype(np.float32)
