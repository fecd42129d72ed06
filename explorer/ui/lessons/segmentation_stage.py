"""Class maps on the stage: tiles of one photo under one pointer."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.figures.segmentation import VOID, class_shares, mosaic, palette_of
from explorer.ui import live
from explorer.ui.stage import StageEvent, stage

TILE_PX = 480  # longest side of a tile: on the screen it is seldom larger
OPACITY = 0.6
SHOWN_SHARE = 0.0005  # of the pixels; a class with less is no row of the legend
Reading = Literal["probs", "scores"]


@dataclass(frozen=True, eq=False)
class Photo:
    """A tile that shows the photo alone."""

    title: str = ""


@dataclass(frozen=True, eq=False)
class ClassMap:
    """A tile that shows a class for every pixel.

    Attributes
    ----------
    title : str
        Stands on the tile and above its column.
    labels : (h, w) uint8
        Stretched over the tile, whatever its size.
    classes : tuple of str
    scores : (rows, cols, K) array or None
        Class scores before softmax, read out under the pointer.
    smooth : bool
        Whether the network itself enlarges ``scores`` bilinearly to the map's size:
        then the browser does the same. Otherwise the nearest cell is read.
    note : str
        Stands on the tile after the title.
    palette : tuple of ``#RRGGBB`` or None
        A colour a class, where they are not those that ``palette_of`` knows.
    """

    title: str
    labels: NDArray[np.uint8]
    classes: tuple[str, ...]
    scores: NDArray[np.float32] | None = None
    smooth: bool = False
    note: str = ""
    palette: tuple[str, ...] | None = None


@dataclass(frozen=True, eq=False)
class HeatMap:
    """A tile that shows numbers (h, w) as colours; nan where there is none.

    ``lo`` and ``hi`` stand at the ends of the palette, the map's own without them.
    """

    title: str
    values: ArrayLike
    unit: str = ""
    palette: Literal["sequential", "diverging"] = "sequential"
    lo: float | None = None
    hi: float | None = None


Tile = Photo | ClassMap | HeatMap


@dataclass(frozen=True)
class Place:
    """A chosen place: shares of the tile's width and height, 0 to 1, and the tile."""

    x: float
    y: float
    tile: int


def segment_stage(
    image: NDArray[np.uint8],
    tiles: Sequence[Tile],
    *,
    key: str,
    alt: str,
    columns: int = 2,
    full: bool = False,
    reading: Reading = "probs",
    opacity: float = OPACITY,
    pick: tuple[float, float] | None = None,
    max_height_px: int = 520,
    max_width_px: int | None = None,
) -> StageEvent:
    """Show tiles of one photo; the pointer reads the same place in all of them.

    Parameters
    ----------
    image : (H, W, 3) uint8
    tiles : sequence of Photo, ClassMap and HeatMap
        From left to right, then down.
    key, alt
        As for ``stage``.
    columns : int
        Most tiles beside each other.
    full : bool
        A row for every class, also those that occur nowhere.
    reading : {"probs", "scores"}
        What the panel shows of the class scores under the pointer.
    opacity : float
        Of the maps at first; a reader changes it with the slider under the stage.
    pick : (x, y), optional
        Chosen place, as shares of the width and height; with it a click chooses
        another: see ``picked``.

    Raises
    ------
    ValueError
        A sentence about what does not fit.
    """
    whole, boxes = mosaic(image, len(tiles), columns, TILE_PX)
    tables = _tables(tiles, full)
    sent = [
        _tile(tile, box, [table["names"] for table in tables])
        for tile, box in zip(tiles, boxes.tolist(), strict=True)
    ]
    program = {
        "name": "segment",
        "tiles": sent,
        "tables": tables,
        "reading": reading,
        "pick": pick is not None,
        "picked": None if pick is None else list(pick),
        "across": image.shape[1],
        "down": image.shape[0],
    }
    if any(not isinstance(tile, Photo) for tile in tiles):
        program["opacity"] = opacity
    return stage(
        whole,
        key=key,
        alt=alt,
        program=program,
        max_height_px=max_height_px,
        max_width_px=max_width_px,
    )


def picked(event: StageEvent) -> Place | None:
    """Return the place chosen on the stage, None if none was or it is nonsense."""
    sent = event.program or {}
    try:
        x, y, tile = float(sent["x"]), float(sent["y"]), int(sent["tile"])
    except (KeyError, TypeError, ValueError):
        return None
    if not (0 <= x <= 1 and 0 <= y <= 1 and tile >= 0):
        return None
    return Place(x, y, tile)


def _tables(tiles: Sequence[Tile], full: bool) -> list[dict[str, Any]]:
    """Return the legends: classes, their colours and which have a row."""
    found: dict[tuple[str, ...], NDArray[np.float64]] = {}
    colors: dict[tuple[str, ...], tuple[str, ...]] = {}
    for tile in tiles:
        if isinstance(tile, ClassMap):
            colors[tile.classes] = tile.palette or palette_of(tile.classes)
            count = len(tile.classes)
            shares = class_shares(tile.labels, count)
            found[tile.classes] = np.maximum(
                found.get(tile.classes, np.zeros(count)), shares
            )
    return [
        {
            "names": list(classes),
            "colors": list(colors[classes]),
            "rows": np.flatnonzero(full | (shares >= SHOWN_SHARE)).tolist(),
        }
        for classes, shares in found.items()
    ]


def _tile(tile: Tile, box: list[float], names: list[list[str]]) -> dict[str, Any]:
    common = {"title": tile.title, "box": box}
    if isinstance(tile, Photo):
        return common | {"kind": "photo"}
    if isinstance(tile, HeatMap):
        return common | _heat(tile)
    classes = tile.classes
    scores = tile.scores
    if scores is not None and (scores.ndim != 3 or scores.shape[2] != len(classes)):
        raise ValueError(f"scores of {len(classes)} classes have shape {scores.shape}")
    return common | {
        "kind": "labels",
        "map": png_url(tile.labels),
        "table": names.index(list(classes)),
        "shares": class_shares(tile.labels, len(classes)).tolist(),
        "scores": scores,
        "smooth": tile.smooth,
        "note": tile.note,
    }


def _heat(tile: HeatMap) -> dict[str, Any]:
    values = np.asarray(tile.values, np.float64)
    lo, hi = heat_limits(tile)
    known = np.isfinite(values)
    level = np.clip((np.where(known, values, lo) - lo) / (hi - lo), 0, 1)
    levels = np.round(level * 255).astype(np.uint8)
    hole = not known.all()
    if hole:  # level 0 is kept for "nothing is known here"
        levels = np.where(known, np.maximum(levels, 1), 0).astype(np.uint8)
    return {
        "kind": "heat",
        "map": png_url(levels),
        "palette": tile.palette,
        "lo": lo,
        "hi": hi,
        "unit": tile.unit,
        "hole": hole,
    }


def heat_limits(tile: HeatMap) -> tuple[float, float]:
    """Return the values at the two ends of a heat tile's palette."""
    values = np.asarray(tile.values, np.float64)
    known = values[np.isfinite(values)]
    least = float(known.min()) if known.size else 0.0
    largest = float(known.max()) if known.size else 1.0
    if tile.palette == "diverging":
        largest = max(abs(least), abs(largest))
        least = -largest
    lo = least if tile.lo is None else tile.lo
    hi = largest if tile.hi is None else tile.hi
    return lo, hi if hi > lo else lo + 1.0


def png_url(levels: NDArray[np.uint8]) -> str:
    """Return a grey picture as a data URL, without loss."""
    return live.CACHE.get(live.digest("png", levels), lambda: _png(levels))[0]


def _png(levels: NDArray[np.uint8]) -> str:
    flags = [cv2.IMWRITE_PNG_COMPRESSION, 1]
    _, raw = cv2.imencode(".png", np.ascontiguousarray(levels), flags)
    return "data:image/png;base64," + base64.b64encode(raw.tobytes()).decode()


__all__ = [
    "OPACITY",
    "VOID",
    "ClassMap",
    "HeatMap",
    "Photo",
    "Place",
    "Tile",
    "heat_limits",
    "picked",
    "png_url",
    "segment_stage",
]
