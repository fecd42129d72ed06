"""Training pictures of the detectors: cut photos, mosaics, tiles, pasted things.

Few photos carry boxes, so each is seen at many sizes and in many neighbourhoods: four
to a mosaic (Bochkovskiy et al. 2020, section 3.3), small pictures tiled, silhouettes
pasted onto other photos (Ghiasi et al. 2021). With the picture goes a map of what is
known where: the loss leaves out what nobody labelled.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.letterbox import GREY
from explorer.models.known_places import CELL_PX, SIDE_PX
from explorer.training.detection_data import PERSON, Boxes, Pixels, Scene, outer
from explorer.training.detection_pool import Pool
from explorer.training.rcnn_settings import CLASSES

VISIBLE_FRAC = 0.3  # of an object that must be left for its box to stay
LEAST_PX = 6.0  # a side of a box
KINDS = ("photo", "mosaic", "tiles")
ODDS = (0.35, 0.35, 0.3)
PASTE_ODDS = 0.4
MOST_PASTED = 3
GRIDS = (2, 3, 4, 5, 7, 10)  # tiles to a side
GRID_ODDS = (0.4, 0.3, 0.2, 0.1, 0.25, 0.25)  # of those whose tiles are large enough
LEAST_TILE_PX = 64  # as the small pictures are themselves


@dataclass(frozen=True, eq=False)
class Sample:
    """One training picture.

    Attributes
    ----------
    image : (S, S, 3) uint8 array, RGB
    boxes : (N, 4) float32 array, xyxy pixels
    labels : (N,) int64 array
    known : (C, S / 8, S / 8) bool array
        Where a class without a box is known to be absent, by cells of ``CELL_PX``.
    """

    image: Pixels
    boxes: Boxes
    labels: NDArray[np.int64]
    known: NDArray[np.bool_]


def sample(
    pool: Pool,
    rng: np.random.Generator,
    side_px: int = SIDE_PX,
    odds: tuple[float, ...] = ODDS,
) -> Sample:
    """Draw one training picture, of the ``KINDS`` with these odds."""
    kind = rng.choice(KINDS, p=odds)
    if kind == "tiles":
        made = tiled(pool, rng, side_px)
    elif kind == "mosaic":
        made = mosaic(pool, rng, side_px)
    else:
        made = cut(_photo(pool, rng), (side_px, side_px), rng, (0.4, 1.25))
    if kind != "tiles" and pool.things and rng.random() < PASTE_ODDS:
        made = pasted(made, pool, rng)
    return Sample(coloured(made.image, rng), made.boxes, made.labels, made.known)


def _photo(pool: Pool, rng: np.random.Generator) -> Scene:
    return pool.photos[int(rng.choice(len(pool.photos), p=pool.odds))]


def cut(
    scene: Scene,
    size: tuple[int, int],
    rng: np.random.Generator,
    shares: tuple[float, float],
) -> Sample:
    """Cut a window out of a scene and bring it to ``size`` (width, height).

    ``shares`` are the least and the largest side of the window as a share of the
    scene's longer side; above 1 there is grey around it.
    """
    height, width = scene.image.shape[:2]
    share = np.exp(rng.uniform(*np.log(shares)))
    stretch = np.exp(rng.uniform(-0.15, 0.15))
    pixel = share * max(width, height) / max(size)  # of the scene, to one of ours
    across, down = size[0] * pixel * stretch, size[1] * pixel / stretch
    x0, y0 = (
        rng.uniform(min(0, whole - window), max(0, whole - window))
        for whole, window in ((width, across), (height, down))
    )
    image = _window(scene.image, (x0, y0, across, down), size)
    scale = np.array([size[0] / across, size[1] / down] * 2, np.float32)
    boxes = (scene.boxes - np.array([x0, y0] * 2, np.float32)) * scale
    labels = scene.labels
    if rng.random() < 0.5:
        image = np.ascontiguousarray(image[:, ::-1])
        boxes[:, [0, 2]] = size[0] - boxes[:, [2, 0]]
    return _visible(image, boxes, labels, scene.known)


def _window(
    image: Pixels, at: tuple[float, float, float, float], size: tuple[int, int]
) -> Pixels:
    """Return a window of an image, grey beyond its border, at another size."""
    x0, y0, across, down = at
    step = max(1, int(max(across / size[0], down / size[1])))
    if step > 1:  # averaged first, or fine patterns would turn into false ones
        small = (-(-image.shape[1] // step), -(-image.shape[0] // step))
        image = np.asarray(cv2.resize(image, small, interpolation=cv2.INTER_AREA))
        x0, y0, across, down = (v / step for v in at)
    sx, sy = size[0] / across, size[1] / down
    move = np.array([[sx, 0, -x0 * sx], [0, sy, -y0 * sy]], np.float32)
    found = cv2.warpAffine(image, move, size, borderValue=(GREY,) * 3)
    return np.asarray(found, np.uint8)


def _visible(
    image: Pixels,
    boxes: Boxes,
    labels: NDArray[np.int64],
    classes_known: NDArray[np.bool_],
) -> Sample:
    """Cut boxes at the border; what is left of too little becomes unknown ground."""
    height, width = image.shape[:2]
    known = known_everywhere((width, height), classes_known)
    inside = np.clip(boxes, 0, [width, height, width, height]).astype(np.float32)
    whole, left = (np.prod(b[:, 2:] - b[:, :2], axis=1) for b in (boxes, inside))
    sides = (inside[:, 2:] - inside[:, :2]).min(axis=1, initial=np.inf)
    seen = left > 0
    enough = seen & (left >= VISIBLE_FRAC * whole) & (sides >= LEAST_PX)
    stay = enough & (labels >= 0)
    for k in np.flatnonzero(seen & ~stay):
        forget(known, inside[k], int(labels[k]) if labels[k] >= 0 else PERSON)
    return Sample(image, inside[stay], labels[stay], known)


def known_everywhere(
    size: tuple[int, int], classes: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return the map of what is known, the same in every cell."""
    cells = (-(-size[1] // CELL_PX), -(-size[0] // CELL_PX))
    return np.broadcast_to(classes[:, None, None], (len(classes), *cells)).copy()


def forget(known: NDArray[np.bool_], box: Boxes, label: int) -> None:
    """Mark a class as unknown in the cells that a box touches."""
    x1, y1, x2, y2 = outer((box / CELL_PX).astype(np.float32))
    known[label, y1:y2, x1:x2] = False


def mosaic(pool: Pool, rng: np.random.Generator, side_px: int = SIDE_PX) -> Sample:
    """Put cuts of four photos around a point near the middle."""
    cell = CELL_PX
    x, y = (
        cell * int(rng.integers(side_px // (3 * cell), 2 * side_px // (3 * cell) + 1))
        for _ in range(2)
    )
    parts = [
        (cut(_photo(pool, rng), (w, h), rng, (0.45, 1.15)), left, top)
        for left, w in ((0, x), (x, side_px - x))
        for top, h in ((0, y), (y, side_px - y))
    ]
    return _joined(parts, side_px)


def tiled(pool: Pool, rng: np.random.Generator, side_px: int = SIDE_PX) -> Sample:
    """Fill the picture with small pictures, blurred as much as their size asks for."""
    fit = np.array([side_px / grid >= LEAST_TILE_PX for grid in GRIDS])
    odds = np.where(fit, GRID_ODDS, 0)
    grid = int(rng.choice(GRIDS, p=odds / odds.sum()))
    edges = np.linspace(0, side_px / CELL_PX, grid + 1).round().astype(int)
    edges *= CELL_PX
    parts = []
    for left, right in zip(edges, edges[1:], strict=False):
        for top, bottom in zip(edges, edges[1:], strict=False):
            scene = pool.tiles[int(rng.choice(len(pool.tiles), p=pool.tile_odds))]
            size = (int(right - left), int(bottom - top))
            part = cut(scene, size, rng, (0.7, 1.1))
            parts.append((part, int(left), int(top)))
    return _joined(parts, side_px)


def _joined(parts: Sequence[tuple[Sample, int, int]], side_px: int) -> Sample:
    """Put samples side by side, each at its left and upper edge."""
    image = np.full((side_px, side_px, 3), GREY, np.uint8)
    cells = -(-side_px // CELL_PX)
    known = np.zeros((len(CLASSES), cells, cells), np.bool_)
    boxes, labels = [], []
    for part, left, top in parts:
        height, width = part.image.shape[:2]
        image[top : top + height, left : left + width] = part.image
        rows, cols = part.known.shape[1:]
        row, col = top // CELL_PX, left // CELL_PX
        known[:, row : row + rows, col : col + cols] = part.known
        boxes.append(part.boxes + np.array([left, top] * 2, np.float32))
        labels.append(part.labels)
    return Sample(image, np.concatenate(boxes), np.concatenate(labels), known)


def pasted(made: Sample, pool: Pool, rng: np.random.Generator) -> Sample:
    """Paste up to three silhouettes; a box that is covered too far is taken away."""
    image, boxes, labels = made.image.copy(), made.boxes, made.labels
    side = image.shape[0]
    for _ in range(int(rng.integers(1, MOST_PASTED + 1))):
        at = int(rng.choice(len(pool.things), p=pool.thing_odds))
        photo, row = pool.things[at]
        thing, mask = _cutout(pool.photos[photo], row, side, rng)
        high, wide = mask.shape
        x = int(rng.integers(-wide // 4, max(side - wide * 3 // 4, 1 - wide // 4)))
        y = int(rng.integers(-high // 4, max(side - high * 3 // 4, 1 - high // 4)))
        x1, y1, x2, y2 = max(x, 0), max(y, 0), min(x + wide, side), min(y + high, side)
        if min(x2 - x1, y2 - y1) < 2 * LEAST_PX:
            continue
        seen = (slice(y1 - y, y2 - y), slice(x1 - x, x2 - x))
        alpha = mask[seen][..., None]
        place = image[y1:y2, x1:x2]
        place[:] = (alpha * thing[seen] + (1 - alpha) * place).round()
        box = np.array([x1, y1, x2, y2], np.float32)
        stay = ~_covered(boxes, box)
        boxes = np.concatenate([boxes[stay], box[None]])
        labels = np.append(labels[stay], pool.photos[photo].labels[row])
    return Sample(image, boxes, labels, made.known)


def _cutout(
    scene: Scene, row: int, side: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return an object's pixels and its soft silhouette, resized, perhaps mirrored."""
    x1, y1, x2, y2 = outer(scene.boxes[row])
    mask = scene.masks[row]
    assert mask is not None
    pixels = scene.image[max(y1, 0) : y2, max(x1, 0) : x2]
    mask = mask[: pixels.shape[0], : pixels.shape[1]]
    pixels = pixels[: mask.shape[0], : mask.shape[1]]
    longest = np.exp(rng.uniform(np.log(0.15), np.log(0.8))) * side
    scale = min(longest / max(mask.shape), 2.0)
    size = (max(4, round(mask.shape[1] * scale)), max(4, round(mask.shape[0] * scale)))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    thing = cv2.resize(pixels, size, interpolation=kind).astype(np.float32)
    soft = cv2.resize(mask.astype(np.float32), size, interpolation=kind)
    if rng.random() < 0.5:
        thing, soft = thing[:, ::-1], soft[:, ::-1]
    return thing, np.asarray(soft, np.float32)


def _covered(boxes: Boxes, by: Boxes) -> NDArray[np.bool_]:
    """Return which boxes keep less than half of themselves beside another."""
    low, high = np.maximum(boxes[:, :2], by[:2]), np.minimum(boxes[:, 2:], by[2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    whole = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    return np.asarray(shared > 0.5 * whole)


def coloured(image: Pixels, rng: np.random.Generator) -> Pixels:
    """Change brightness, contrast, saturation and sharpness a little."""
    values = image.astype(np.float32)
    gain, shift = rng.uniform(0.75, 1.3), rng.uniform(-20, 20)
    grey = values.mean(axis=2, keepdims=True)
    values = grey + rng.uniform(0.5, 1.4) * (values - grey)
    values = values * gain * rng.uniform(0.93, 1.07, 3).astype(np.float32) + shift
    if rng.random() < 0.15:
        values = cv2.GaussianBlur(values, (0, 0), rng.uniform(0.5, 1.5))
    return np.asarray(np.clip(values, 0, 255), np.uint8)
