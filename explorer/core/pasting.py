"""Cut-outs laid into a picture: over the object, and around it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.core.boxes import box_intersection
from explorer.core.cutouts import Cutout
from explorer.core.warp import check_image

Image = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Array = NDArray[np.float64]
Box = tuple[float, float, float, float]

FULL_SHARE = 0.97  # an occluder is large enough when it can cover so much of the box
GROW = 1.1  # an occluder that is too small grows by this
MOST_GROWN = 5.0  # an occluder with a hole in its middle covers what it can
TRIES = 80  # random places asked for a piece of clutter, before it gets smaller
SIZES = (0.45, 0.95)  # of clutter, in heights of the object's box
AROUND = 1.2  # spread of its places about the object, in heights of the box
LEAST_PX = 10  # smaller clutter is nothing but dots


@dataclass(frozen=True, eq=False)
class Pasted:
    """A picture with something pasted.

    Attributes
    ----------
    image : (H, W, 3) uint8
    masks : (K, H, W) bool
        What can be seen of each pasted thing.
    labels : tuple of K str
    """

    image: Image
    masks: Mask
    labels: tuple[str, ...]


def paste(image: Image, thing: Cutout, x: int, y: int) -> tuple[Image, Mask]:
    """Lay a cut-out with its top left corner at a pixel; it may leave the picture.

    Returns
    -------
    image : (H, W, 3) uint8
        A new one.
    mask : (H, W) bool
        The pixels it took.

    Examples
    --------
    >>> nine = np.full((2, 2, 3), 9, np.uint8)
    >>> dot = Cutout("dot", "dot", nine, np.ones((2, 2), bool))
    >>> shown, mask = paste(np.zeros((3, 3, 3), np.uint8), dot, 2, -1)
    >>> shown[..., 0].tolist(), int(mask.sum())
    ([[0, 0, 9], [0, 0, 0], [0, 0, 0]], 1)
    """
    height, width = image.shape[:2]
    high, wide = thing.mask.shape
    shown, mask = image.copy(), np.zeros((height, width), np.bool_)
    x1, y1, x2, y2 = max(x, 0), max(y, 0), min(x + wide, width), min(y + high, height)
    if x1 >= x2 or y1 >= y2:
        return shown, mask
    part = slice(y1 - y, y2 - y), slice(x1 - x, x2 - x)
    mask[y1:y2, x1:x2] = thing.mask[part]
    shown[y1:y2, x1:x2][thing.mask[part]] = thing.image[part][thing.mask[part]]
    return shown, mask


def whole_box(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """Return a box in whole pixels inside the picture.

    Raises
    ------
    ValueError
        If no pixel of it lies in the picture.

    Examples
    --------
    >>> whole_box((-2.0, 1.4, 7.6, 30.0), 20, 10)
    (0, 1, 8, 10)
    """
    x1, y1, x2, y2 = (int(v) for v in np.floor(np.asarray(box) + 0.5))
    x1, y1, x2, y2 = max(x1, 0), max(y1, 0), min(x2, width), min(y2, height)
    if x1 >= x2 or y1 >= y2:
        raise ValueError(f"the box {box} has no pixel in {width} × {height} px")
    return x1, y1, x2, y2


def cover_share(mask: Mask, box: tuple[int, int, int, int]) -> float:
    """Return which share of a box's pixels a mask holds.

    Examples
    --------
    >>> cover_share(np.eye(4, dtype=bool), (0, 0, 2, 2))
    0.5
    """
    x1, y1, x2, y2 = box
    return float(mask[y1:y2, x1:x2].mean())


def cover(
    image: Image, box: Box, thing: Cutout, shares: Sequence[float]
) -> list[Pasted]:
    """Raise an occluder from below until it covers shares of a box.

    Parameters
    ----------
    image : (H, W, 3) uint8
    box : (x1, y1, x2, y2)
        Around the object, in pixels.
    thing : Cutout
        Scaled so that it can cover the whole box.
    shares : sequence of float
        In [0, 1], of the box's pixels.

    Returns
    -------
    list of Pasted
        For each share, the height of the occluder whose count of covered pixels comes
        closest; nothing is pasted for 0.

    Raises
    ------
    ValueError
        If a share is outside [0, 1], or the box outside the picture.
    """
    check_image(image)
    if not all(0 <= share <= 1 for share in shares):
        raise ValueError(f"shares must lie in [0, 1], got {list(shares)}")
    height, width = image.shape[:2]
    whole = x1, y1, x2, y2 = whole_box(box, width, height)
    large = _large_enough(thing, x2 - x1, y2 - y1)
    high, wide = large.mask.shape
    left = round((x1 + x2 - wide) / 2)
    highest = round((y1 + y2 - high) / 2)  # its middle on the box's
    tops = np.arange(highest, y2 + 1)
    canvas = np.zeros((height, width, 3), np.uint8)
    covers = [cover_share(paste(canvas, large, left, int(t))[1], whole) for t in tops]
    found = []
    for share in shares:
        top = int(tops[int(np.abs(np.array(covers) - share).argmin())])
        shown, mask = paste(image, large, left, top)
        if share == 0:
            shown, mask = image.copy(), np.zeros_like(mask)
        some = mask.any()
        masks = mask[None] if some else mask[None][:0]
        found.append(Pasted(shown, masks, (thing.label,) if some else ()))
    return found


def _large_enough(thing: Cutout, wide: int, high: int) -> Cutout:
    """Return the cut-out at the least size that covers a box of that size."""
    first = factor = max(wide / thing.mask.shape[1], high / thing.mask.shape[0])
    while True:
        large = thing.scaled(factor)
        rows, cols = large.mask.shape
        top, left = round((rows - high) / 2), round((cols - wide) / 2)
        inside = large.mask[max(top, 0) : top + high, max(left, 0) : left + wide]
        if inside.mean() >= FULL_SHARE or factor > MOST_GROWN * first:
            return large
        factor *= GROW


def scatter(
    image: Image, box: Box, things: Sequence[Cutout], count: int, seed: int = 0
) -> list[Pasted]:
    """Lay clutter around an object, one thing more in each picture.

    Parameters
    ----------
    image : (H, W, 3) uint8
    box : (x1, y1, x2, y2)
        Around the object: no clutter touches it.
    things : sequence of Cutout
        Taken in turn.
    count : int
        How many at most.
    seed : int
        Of their places and sizes.

    Returns
    -------
    list of count + 1 Pasted
        The first without clutter. Fewer things where there is no room for more.

    Raises
    ------
    ValueError
        If there are no things, or the count is negative.
    """
    check_image(image)
    if not things or count < 0:
        raise ValueError(f"{count} pieces of clutter out of {len(things)} things")
    rng = np.random.default_rng(seed)
    shape = image.shape[:2]
    now = Pasted(image.copy(), np.zeros((0, *shape), np.bool_), ())
    found = [now]
    for turn in range(count):
        thing = things[turn % len(things)]
        size = rng.uniform(*SIZES) * (box[3] - box[1]) / max(thing.mask.shape)
        placed = _free_place(rng, thing, size, box, shape)
        if placed is not None:
            shown, mask = paste(now.image, *placed)
            masks = np.concatenate([now.masks & ~mask, mask[None]])
            now = Pasted(shown, masks, (*now.labels, thing.label))
        found.append(now)
    return found


def _free_place(
    rng: np.random.Generator,
    thing: Cutout,
    factor: float,
    box: Box,
    shape: tuple[int, int],
) -> tuple[Cutout, int, int] | None:
    """Return a cut-out at a size and place that leave the box alone, if any does."""
    height, width = shape
    middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    while max(thing.mask.shape) * factor >= LEAST_PX:
        small = thing.scaled(factor)
        high, wide = small.mask.shape
        for _ in range(TRIES):
            x, y = (rng.normal(middle, AROUND * (box[3] - box[1]))).tolist()
            left, top = round(x - wide / 2), round(y - high / 2)
            inside = 0 <= x < width and 0 <= y < height
            place = [[left, top, left + wide, top + high]]
            if inside and box_intersection(place, [box])[0, 0] == 0:
                return small, left, top
        factor *= 0.7
    return None
