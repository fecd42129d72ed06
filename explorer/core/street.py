"""The drawn street: a seeded picture of pedestrians with exact boxes and masks.

No installed package carries a photo of pedestrians, so this one is drawn. The camera
stands at eye height, so that every head is near the horizon and a figure's size
follows from where its feet are.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.street_labels import (
    CAR,
    PEDESTRIAN,
    POLE,
    Labels,
    shrink_labels,
)
from explorer.core.street_paint import SUPERSAMPLE, Canvas, clouds, shadow
from explorer.core.street_people import POSES, Figure, paint_figure, stand_figure
from explorer.core.street_scenery import paint_scenery
from explorer.core.street_things import paint_bollard, paint_car

MIN_SIDE_PX = 320
MAX_SIDE_PX = 1280
HEIGHTS_FRAC = ((0.54, 0.6), (0.4, 0.45), (0.31, 0.35), (0.25, 0.28), (0.235, 0.25))
HORIZON_FRAC = 0.3  # of the picture's height; heads stand this high
EYE_FRAC = 0.93  # of a figure's height is below the horizon
GRAIN = 4.5  # standard deviation of the sensor noise, grey levels
BLUR_PX = 0.6
LABELS = {"car": CAR, "bollard": POLE, "person": PEDESTRIAN}
SERIES = 16  # which run of random streets: in this one seed 0 shows everyone clearly


@dataclass(frozen=True)
class Street:
    """A drawn street and what is true about it.

    Attributes
    ----------
    image : ndarray (H, W, 3) uint8
        The picture, RGB.
    boxes : ndarray (N, 4) float64
        Tight boxes x1, y1, x2, y2 in pixels around each figure's visible part.
    masks : ndarray (N, H, W) bool
        Pixels more than half covered by the visible part of each figure.
    labels : ndarray (H, W) uint8
        Each pixel's class, a row of ``street_labels.STREET_CLASSES``: the one with the
        largest part of the pixel.
    """

    image: NDArray[np.uint8]
    boxes: NDArray[np.float64]
    masks: NDArray[np.bool_]
    labels: NDArray[np.uint8]


@dataclass(frozen=True)
class Placed:
    """Something that stands on the ground: nearer things are painted later."""

    kind: str
    x: float
    feet_y: float
    height: float
    figure: Figure | None = None


def mask_box(mask: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """Return the tight box of a mask, right and bottom edges exclusive.

    Raises
    ------
    ValueError
        If no pixel of the mask is set.

    Examples
    --------
    >>> mask_box(np.array([[0, 0, 0], [0, 1, 1]], dtype=bool))
    (1.0, 1.0, 3.0, 2.0)
    """
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        raise ValueError("an empty mask has no box")
    return float(cols[0]), float(rows[0]), float(cols[-1] + 1), float(rows[-1] + 1)


def place_people(rng: np.random.Generator, width: int, height: int) -> list[Placed]:
    """Choose size, pose and place of each figure, side by side with random gaps."""
    chosen: list[tuple[float, Figure]] = []
    unit = min(height, 0.75 * width)  # five figures fit side by side in 4:3
    poses = rng.permutation(len(POSES))
    for index, (low, high) in enumerate(HEIGHTS_FRAC):
        pose = POSES[poses[index % len(POSES)]]
        chosen.append((rng.uniform(low, high) * unit, stand_figure(rng, pose)))
    order = rng.permutation(len(chosen))
    room = np.array([chosen[i][0] * chosen[i][1].width for i in order])
    edge = 0.07 * height
    gaps = rng.dirichlet(np.full(len(order) + 1, 3.0))
    gaps *= max(width - 2 * edge * width / 640 - room.sum(), 0.0)
    x = edge * width / 640
    placed = []
    for slot, index in enumerate(order):
        size, figure = chosen[index]
        x += gaps[slot]
        feet = HORIZON_FRAC * height + EYE_FRAC * size
        placed.append(Placed("person", x + room[slot] / 2, feet, size, figure))
        x += room[slot]
    return placed


def place_clutter(
    rng: np.random.Generator, people: list[Placed], width: int, height: int
) -> list[Placed]:
    """Park cars where they hide nobody's legs and set bollards along the kerb."""
    things: list[Placed] = []
    curb = 0.575 * height
    behind = [person for person in people if person.feet_y < curb]
    for x in rng.permutation(np.linspace(0.08, 0.92, 8) * width)[:3]:
        size = 0.115 * height
        clear = all(abs(person.x - x) > 2.3 * size for person in behind)
        apart = all(abs(other.x - x) > 3.9 * size for other in things)
        if clear and apart:
            things.append(Placed("car", float(x), curb, size))
    row = 0.8 * height
    for x in np.arange(0.06 * width, width, 0.3 * width):
        things.append(Placed("bollard", float(x), row, 0.13 * height))
    return things


def paint_scene(
    canvas: Canvas, labels: Labels, rng: np.random.Generator, things: list[Placed]
) -> list[NDArray[np.bool_]]:
    """Paint from far to near and return each figure's visible part, in that order.

    ``labels`` takes the class of what is painted.
    """
    visible: list[NDArray[np.bool_]] = []
    for thing in sorted(things, key=lambda one: one.feet_y):
        if thing.kind == "car":
            covered = paint_car(canvas, rng, thing.x, thing.feet_y, thing.height)
        elif thing.kind == "bollard":
            covered = paint_bollard(canvas, thing.x, thing.feet_y, thing.height)
        else:
            assert thing.figure is not None
            reach = thing.height * thing.figure.width / 2
            shadow(
                canvas, thing.x + reach * 0.3, thing.feet_y, reach, reach * 0.22, 0.4
            )
            covered = paint_figure(
                canvas, thing.figure, thing.x, thing.feet_y, thing.height
            )
        labels[covered] = LABELS[thing.kind]
        for mask in visible:
            mask &= ~covered
        if thing.kind == "person":
            visible.append(covered)
    return visible


def finish(canvas: Canvas, rng: np.random.Generator, size: tuple[int, int]) -> Canvas:
    """Average down, then add what a lens and a sensor add: blur, vignette, grain."""
    small = cv2.resize(canvas, size, interpolation=cv2.INTER_AREA)
    soft = np.asarray(cv2.GaussianBlur(small, (0, 0), BLUR_PX), np.float32)
    width, height = size
    rows = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    cols = np.linspace(-1, 1, width, dtype=np.float32)[None]
    soft *= (1.03 - 0.1 * (rows**2 + cols**2))[..., None]
    soft += 3 * clouds(rng, (height, width), 90)[..., None]
    soft += rng.normal(0, GRAIN, soft.shape).astype(np.float32)
    return np.clip(soft, 0, 255).astype(np.uint8)


def draw_street(seed: int = 0, width_px: int = 640, height_px: int = 480) -> Street:
    """Draw a street with pedestrians.

    Parameters
    ----------
    seed : int
        Same seed, same picture.
    width_px, height_px : int
        Size of the picture, each within 320..1280.

    Returns
    -------
    Street
        Picture, boxes and masks, figures from far to near.

    Raises
    ------
    ValueError
        If a side is outside its bounds.

    Notes
    -----
    Limbs are spread a little wider than most people's: OpenCV's people window is
    half as wide as it is high and keeps a margin of an eighth above and below, so
    a slim figure and its window could never overlap by half (IoU).

    Examples
    --------
    >>> street = draw_street(seed=0)
    >>> street.image.shape, street.boxes.shape, street.masks.shape
    ((480, 640, 3), (5, 4), (5, 480, 640))
    """
    for name, side in (("width_px", width_px), ("height_px", height_px)):
        if not MIN_SIDE_PX <= side <= MAX_SIDE_PX:
            raise ValueError(
                f"{name} must be within {MIN_SIDE_PX}..{MAX_SIDE_PX}, got {side}"
            )
    rng = np.random.default_rng([SERIES, seed])
    canvas = np.zeros((height_px * SUPERSAMPLE, width_px * SUPERSAMPLE, 3), np.uint8)
    labels = paint_scenery(canvas, rng)
    people = place_people(rng, width_px, height_px)
    things = people + place_clutter(rng, people, width_px, height_px)
    visible = paint_scene(canvas, labels, rng, things)
    size = (width_px, height_px)
    shares = [
        cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        for mask in visible
    ]
    masks = np.stack([np.asarray(share) > 0.5 for share in shares])
    boxes = np.array([mask_box(mask) for mask in masks])
    small = shrink_labels(labels, size)
    return Street(finish(canvas, rng, size), boxes, masks, small)
