"""What may lie over a picture: frozen layers with checked arrays, ready for the stage.

Every position is in image pixels, x before y, the top left corner of the picture at
(0, 0) and pixel (0, 0) covering [0, 1) x [0, 1). ``data()`` gives plain JSON, arrays
as base64 (`packing.pack`), which ``explorer/ui/stage`` draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from explorer.figures.packing import (
    check_colors,
    check_frames,
    check_rows,
    check_strings,
    pack,
)


@dataclass(frozen=True, eq=False)
class Boxes:
    """Rectangles (N, 4) xyxy; item i is shown while first[i] <= frame < last[i].

    ``fill_frac`` is the opacity of the inside, 0 to 1. ``told`` is what the boxes are,
    in the picture's words; None leaves them out there.
    """

    boxes: ArrayLike
    color: str | Sequence[str]
    labels: Sequence[str] | None = None
    width_px: float = 2
    dash: bool = False
    fill_frac: float = 0.0
    first: ArrayLike | None = None
    last: ArrayLike | None = None
    told: str | None = ""

    def data(self) -> dict[str, Any]:
        """Return the layer as JSON."""
        boxes = check_rows("boxes", self.boxes, 4)
        if not 0 <= self.fill_frac <= 1:
            raise ValueError(f"fill_frac must lie in 0..1, got {self.fill_frac}")
        return {
            "kind": "boxes",
            "at": pack(boxes),
            "color": check_colors(self.color, len(boxes)),
            "labels": check_strings("labels", self.labels, len(boxes)),
            "width": self.width_px,
            "dash": self.dash,
            "fill": self.fill_frac,
            "told": self.told,
            **check_frames(self.first, self.last, len(boxes)),
        }


@dataclass(frozen=True, eq=False)
class Grid:
    """Cell borders: ``shape`` (rows, cols) cells of ``cell_px`` (w, h) from origin.

    Without a shape the cells cover the picture.
    """

    cell_px: tuple[float, float]
    origin: tuple[float, float] = (0, 0)
    shape: tuple[int, int] | None = None
    color: str = "#FFFFFF"

    def data(self) -> dict[str, Any]:
        """Return the layer as JSON."""
        if min(self.cell_px) <= 0:
            raise ValueError(f"cell_px must be above 0, got {self.cell_px}")
        return {
            "kind": "grid",
            "cell": [float(v) for v in self.cell_px],
            "origin": [float(v) for v in self.origin],
            "shape": None if self.shape is None else [int(v) for v in self.shape],
            "color": check_colors(self.color, 1),
        }


@dataclass(frozen=True, eq=False)
class Points:
    """Discs at (N, 2) xy."""

    points: ArrayLike
    color: str | Sequence[str]
    radius_px: float = 4
    labels: Sequence[str] | None = None
    first: ArrayLike | None = None
    last: ArrayLike | None = None

    def data(self) -> dict[str, Any]:
        """Return the layer as JSON."""
        points = check_rows("points", self.points, 2)
        return {
            "kind": "points",
            "at": pack(points),
            "color": check_colors(self.color, len(points)),
            "radius": self.radius_px,
            "labels": check_strings("labels", self.labels, len(points)),
            **check_frames(self.first, self.last, len(points)),
        }


@dataclass(frozen=True, eq=False)
class Arrows:
    """Arrows from tails (N, 2) to heads (N, 2), xy."""

    tails: ArrayLike
    heads: ArrayLike
    color: str | Sequence[str]
    width_px: float = 2
    first: ArrayLike | None = None
    last: ArrayLike | None = None

    def data(self) -> dict[str, Any]:
        """Return the layer as JSON."""
        tails, heads = (
            check_rows("tails", self.tails, 2),
            check_rows("heads", self.heads, 2),
        )
        if len(tails) != len(heads):
            raise ValueError(f"{len(tails)} tails for {len(heads)} heads")
        return {
            "kind": "arrows",
            "at": pack(np.hstack([tails, heads])),
            "color": check_colors(self.color, len(tails)),
            "width": self.width_px,
            **check_frames(self.first, self.last, len(tails)),
        }


@dataclass(frozen=True, eq=False)
class Segments:
    """Lines (N, 4) from (x1, y1) to (x2, y2), each with its colour and opacity."""

    segments: ArrayLike
    colors: str | Sequence[str]
    opacities: ArrayLike = 1.0
    width_px: float = 1.5
    first: ArrayLike | None = None
    last: ArrayLike | None = None

    def data(self) -> dict[str, Any]:
        """Return the layer as JSON."""
        segments = check_rows("segments", self.segments, 4)
        opacities = np.asarray(self.opacities, dtype=np.float64)
        if opacities.ndim and opacities.shape != (len(segments),):
            raise ValueError(
                f"opacities must be one number or shape ({len(segments)},), "
                f"got {opacities.shape}"
            )
        shown = np.broadcast_to(np.clip(opacities, 0, 1), (len(segments),))
        return {
            "kind": "segments",
            "at": pack(segments),
            "color": check_colors(self.colors, len(segments)),
            "opacity": pack(np.round(shown * 255).astype(np.uint8)),
            "width": self.width_px,
            **check_frames(self.first, self.last, len(segments)),
        }


@dataclass(frozen=True, eq=False)
class Texts:
    """Words whose top left corners stand at (N, 2) xy, on a dark or light ground."""

    points: ArrayLike
    strings: Sequence[str]
    color: str | Sequence[str] = "#FFFFFF"
    size_px: float = 12
    first: ArrayLike | None = None
    last: ArrayLike | None = None

    def data(self) -> dict[str, Any]:
        """Return the layer as JSON."""
        points = check_rows("points", self.points, 2)
        return {
            "kind": "texts",
            "at": pack(points),
            "labels": check_strings("strings", self.strings, len(points)),
            "color": check_colors(self.color, len(points)),
            "size": self.size_px,
            **check_frames(self.first, self.last, len(points)),
        }


@dataclass(frozen=True, eq=False)
class Heat:
    """A map (h, w) laid over ``box`` (x1, y1, x2, y2), the whole picture without it.

    ``lo`` and ``hi`` are the values at the ends of the palette: the map's own least
    and largest without them, symmetric about 0 for the diverging palette. A reader
    changes the opacity with a slider under the stage.
    """

    values: ArrayLike
    box: tuple[float, float, float, float] | None = None
    opacity: float = 0.6
    palette: Literal["sequential", "diverging"] = "sequential"
    lo: float | None = None
    hi: float | None = None

    def limits(self) -> tuple[float, float]:
        """Return the values at the two ends of the palette."""
        values = np.asarray(self.values, dtype=np.float64)
        least, largest = float(values.min()), float(values.max())
        if self.palette == "diverging":
            largest = max(abs(least), abs(largest))
            least = -largest
        lo = least if self.lo is None else float(self.lo)
        hi = largest if self.hi is None else float(self.hi)
        return lo, hi if hi > lo else lo + 1.0

    def data(self) -> dict[str, Any]:
        """Return the layer as JSON, its values as bytes 0..255 between the limits."""
        values = np.asarray(self.values, dtype=np.float64)
        if values.ndim != 2 or values.size == 0:
            raise ValueError(f"heat values must have shape (h, w), got {values.shape}")
        if not np.isfinite(values).all():
            raise ValueError("heat values must be finite, got nan or infinity")
        if self.palette not in ("sequential", "diverging"):
            raise ValueError(
                f"palette is 'sequential' or 'diverging', got {self.palette!r}"
            )
        lo, hi = self.limits()
        level = np.clip((values - lo) / (hi - lo), 0, 1)
        return {
            "kind": "heat",
            "at": pack(np.round(level * 255).astype(np.uint8)),
            "box": None if self.box is None else [float(v) for v in self.box],
            "opacity": self.opacity,
            "palette": self.palette,
            "limits": [lo, hi],
        }


Layer = Boxes | Grid | Points | Arrows | Segments | Texts | Heat
