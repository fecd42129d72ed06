"""What all parts of the lesson on SSD share: the square, the maps, the chosen box."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.default_boxes import (
    SSD300,
    SSD320,
    SSD512,
    DefaultMap,
    default_boxes,
)
from explorer.core.default_places import Place, ratio_names, starts_of
from explorer.core.letterbox import GREY
from explorer.figures.ssd import LEVEL_COLORS, SSD_COLORS
from explorer.models import zoo
from explorer.ui import link
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember

MODEL = "everyday_ssd"
MOST_HIGH_PX = 400
MOST_WIDE_PX = 400

Array = NDArray[np.float64]
Image = NDArray[np.uint8]


@dataclass(frozen=True)
class Network:
    """A network of the family: what it is called, its maps, its picture's side."""

    name: str
    maps: tuple[DefaultMap, ...]
    side_px: int


def _ours() -> Network:
    """Return the network that ships, of the side in its record."""
    side_px = zoo.record(MODEL).side_px
    return Network(f"Ours, {side_px} px", SSD320, side_px)


OURS = _ours()
NETWORKS = (Network("SSD300", SSD300, 300), Network("SSD512", SSD512, 512), OURS)


@dataclass(frozen=True, eq=False)
class Square:
    """The picture in the upper left corner of a square, grey beyond it.

    Attributes
    ----------
    image : (L, L, 3) uint8
        Its pixels are the picture's own.
    digest : str
        Of the picture.
    grey : bool
        Whether the picture leaves a part of it empty.
    """

    image: Image
    digest: str
    grey: bool

    def scale(self, side_px: int) -> float:
        """Return pixels of a network's square for one of this."""
        return float(side_px / self.image.shape[0])


def square_of(picture: Picture) -> Square:
    """Return the square that the network sees, at the picture's own resolution."""
    height, width = picture.image.shape[:2]
    side = max(height, width)
    whole = np.full((side, side, 3), GREY, np.uint8)
    whole[:height, :width] = picture.image
    return Square(whole, picture.digest, height != width)


def program(network: Network, part: str) -> dict[str, Any]:
    """Return what ``programs/ssd.js`` needs to know of a network in any part."""
    return {
        "name": "ssd",
        "part": part,
        "size": network.side_px,
        "maps": [
            {
                "cells": one.cells,
                "step": one.step,
                "shapes": one.shapes.clip(0, 1).tolist(),
                "names": list(ratio_names(one)),
                "scale": one.scale,
                "next": one.next_scale,
                "color": color,
            }
            for one, color in zip(network.maps, LEVEL_COLORS, strict=False)
        ],
        "colors": SSD_COLORS,
    }


def boxes_of(network: Network) -> Array:
    """Return the network's default boxes in single precision, as it has them."""
    return default_boxes(network.maps, network.side_px).astype(np.float32).astype(float)


def first_pick(key: str, network: Network, start: Place) -> Place:
    """Return the box that the link or the reader chose, ``start`` without one."""
    kept: tuple[float, ...] = remember(key, ())
    if not kept:
        return start
    found = read_pick(network, kept)
    if found is None:
        link.note(
            f"The link asked for the default box “{link.as_text(kept)[:40]}”, which "
            f"{network.name} does not have; the page shows its usual one instead."
        )
        remember.set(key, (), ())
        return start
    return found


def read_pick(network: Network, values: Sequence[float]) -> Place | None:
    """Return four numbers as a box of the network, None if it has no such one."""
    if len(values) != 4 or any(v != int(v) for v in values):
        return None
    level, col, row, shape = (int(v) for v in values)
    if not 0 <= level < len(network.maps):
        return None
    one = network.maps[level]
    inside = 0 <= col < one.cells and 0 <= row < one.cells
    return (
        Place(level, col, row, shape)
        if inside and 0 <= shape < len(one.shapes)
        else None
    )


def keep_pick(key: str, place: Place, start: Place) -> None:
    """Put the chosen box into the link."""
    values = (place.level, place.col, place.row, place.shape)
    remember.set(key, () if place == start else tuple(map(float, values)), ())


def sent_pick(sent: dict[str, Any] | None, tag: str, network: Network) -> Place | None:
    """Return the box that the browser chose, None if it was asked something else."""
    if not sent or sent.get("tag") != tag:
        return None
    pick = sent.get("pick")
    try:
        values = [float(pick[k]) for k in ("level", "col", "row", "shape")]  # type: ignore[index]
    except (KeyError, TypeError, ValueError):
        return None
    return read_pick(network, values)


def as_pick(place: Place) -> dict[str, int]:
    """Return a box as the browser names it."""
    return {
        "level": place.level,
        "col": place.col,
        "row": place.row,
        "shape": place.shape,
    }


def cell_rows(network: Network, place: Place) -> slice:
    """Return the rows of all boxes of a box's cell."""
    one = network.maps[place.level]
    shapes = len(one.shapes)
    first = starts_of(network.maps)[place.level]
    first += (place.row * one.cells + place.col) * shapes
    return slice(first, first + shapes)


def gap(theirs: Any, ours: Array) -> float | None:
    """Return how far the browser's boxes are off, None if it sent none like them."""
    try:
        boxes = np.asarray(theirs, np.float64)
    except (TypeError, ValueError):
        return None
    if boxes.shape != ours.shape or not np.isfinite(boxes).all():
        return None
    return float(np.abs(boxes - ours).max(initial=0))
