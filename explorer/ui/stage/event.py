"""What goes into the stage beside the picture, and what a reader did on it."""

import base64
import binascii
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.figures.packing import pack


@dataclass(frozen=True)
class Click:
    """A chosen place: ``x``, ``y`` in image pixels, ``col``, ``row`` of its cell."""

    x: float
    y: float
    col: int
    row: int


@dataclass(frozen=True, eq=False)
class Hover:
    """Values (rows, cols, k) read out under the pointer, named in ``names``.

    ``cell`` is a cell's (w, h) in image pixels. uint8 values are sent as bytes, all
    others as float32; ``scale`` multiplies what is shown.
    """

    values: ArrayLike
    names: Sequence[str] = ("",)
    cell: tuple[float, float] = (1, 1)
    origin: tuple[float, float] = (0, 0)
    digits: int = 2
    unit: str = ""
    scale: float = 1.0

    def data(self) -> dict[str, Any]:
        """Return the read-out as JSON."""
        values = np.asarray(self.values)
        values = values[..., None] if values.ndim == 2 else values
        if values.ndim != 3:
            raise ValueError(
                f"hover values must have shape (rows, cols, k), got {values.shape}"
            )
        if len(self.names) != values.shape[2]:
            raise ValueError(
                f"{len(self.names)} hover names for {values.shape[2]} values a cell"
            )
        if min(self.cell) <= 0:
            raise ValueError(f"a hover cell must be above 0 px, got {self.cell}")
        small = values if values.dtype == np.uint8 else values.astype(np.float32)
        return {
            "values": pack(small),
            "names": [str(name) for name in self.names],
            "cell": [float(v) for v in self.cell],
            "origin": [float(v) for v in self.origin],
            "digits": int(self.digits),
            "unit": self.unit,
            "scale": float(self.scale),
        }


@dataclass(frozen=True, eq=False)
class StageEvent:
    """The committed state of a stage: what holds now, not only what just changed.

    Attributes
    ----------
    click : Click or None
        The chosen place (mode "click"), the argument ``selected`` until one is.
    boxes : (N, 4) float64 or None
        The boxes as they stand (mode "boxes"), the argument until one is moved.
    ink : (n, n) uint8 or None
        The brushed grey picture (mode "brush"), 255 where the ink is full.
    point : (float, float) or None
        The dragged place (mode "drag"), the argument ``selected`` until it is.
    program : dict or None
        What the program's script committed.
    """

    click: Click | None = None
    boxes: NDArray[np.float64] | None = None
    ink: NDArray[np.uint8] | None = None
    point: tuple[float, float] | None = None
    program: dict[str, Any] | None = None


def read_boxes(
    value: object, width: int, height: int, most: int
) -> NDArray[np.float64] | None:
    """Return what a browser sent as boxes inside the picture, or None if it is not.

    Examples
    --------
    >>> read_boxes([[-5, 2, 8, 9]], 10, 10, 1)
    array([[0., 2., 8., 9.]])
    >>> read_boxes("nonsense", 10, 10, 1) is None
    True
    """
    try:
        boxes = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    if boxes.size == 0:
        return np.zeros((0, 4))
    if boxes.ndim != 2 or boxes.shape[1] != 4 or not np.isfinite(boxes).all():
        return None
    boxes = np.clip(boxes[:most], 0, [width, height, width, height])
    return np.asarray(
        np.concatenate(
            [
                np.minimum(boxes[:, :2], boxes[:, 2:]),
                np.maximum(boxes[:, :2], boxes[:, 2:]),
            ],
            axis=1,
        )
    )


def read_point(value: object, width: int, height: int) -> tuple[float, float] | None:
    """Return what a browser sent as x, y inside the picture, or None if it is not.

    Examples
    --------
    >>> read_point([3, 99], 10, 10)
    (3.0, 10.0)
    """
    if isinstance(value, Mapping):
        value = [value.get("x"), value.get("y")]
    try:
        x, y = (float(v) for v in value)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        return None
    if not (math.isfinite(x) and math.isfinite(y)):
        return None
    return min(max(x, 0.0), float(width)), min(max(y, 0.0), float(height))


def as_click(
    point: tuple[float, float] | None,
    cell: tuple[float, float],
    width: int,
    height: int,
) -> Click | None:
    """Return the place and its cell, the last pixel's for one on the far border.

    Examples
    --------
    >>> as_click((10.0, 0.0), (8, 8), 10, 10)
    Click(x=10.0, y=0.0, col=1, row=0)
    """
    if point is None:
        return None
    x, y = point
    col = int(min(x, width - 1e-6) // cell[0])
    row = int(min(y, height - 1e-6) // cell[1])
    return Click(x, y, col, row)


def read_ink(value: object, size: int) -> NDArray[np.uint8] | None:
    """Return the (size, size) grey picture sent as base64 bytes, or None.

    Examples
    --------
    >>> read_ink("AP8A/w==", 2)
    array([[  0, 255],
           [  0, 255]], dtype=uint8)
    """
    if not isinstance(value, str):
        return None
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != size * size:
        return None
    return np.frombuffer(raw, np.uint8).reshape(size, size).copy()
