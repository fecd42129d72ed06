"""What a reader does on a picture: which mode, how many boxes, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.ui.stage.event import (
    StageEvent,
    as_click,
    read_boxes,
    read_ink,
    read_point,
)

Mode = Literal["hover", "click", "boxes", "brush", "drag"]
SLOTS = ("click", "boxes", "ink", "point", "program")
BRUSH_FRAC = 1 / 14  # of the picture's longer side


@dataclass(frozen=True)
class Tools:
    """The mode of a stage and its bounds, checked.

    ``shape`` is the picture's (height, width); from ``least`` to ``most`` boxes stand
    on it; the ink is ``ink_size`` pixels square.
    """

    mode: Mode
    shape: tuple[int, int]
    cell: tuple[float, float] | None = None
    least: int = 0
    most: int = 1
    brush_px: float | None = None
    ink_size: int = 28
    ink_opacity: float = 1.0

    def __post_init__(self) -> None:
        """Say what does not fit."""
        if self.mode not in get_args(Mode):
            options = ", ".join(get_args(Mode))
            raise ValueError(f"mode {self.mode!r} of a stage is not one of {options}")
        for name, value, low, high in (
            ("max_boxes", self.most, 1, 50),
            ("min_boxes", self.least, 0, self.most),
            ("ink_size", self.ink_size, 2, 256),
        ):
            if not low <= value <= high:
                raise ValueError(f"{name} must lie in {low}..{high}, got {value}")
        if not 0 < self.ink_opacity <= 1:
            raise ValueError(f"ink_opacity must lie in 0..1, got {self.ink_opacity}")

    def start(self, boxes: ArrayLike | None) -> NDArray[np.float64] | None:
        """Return the page's own boxes, or say what is wrong with them."""
        if boxes is None and not self.least:
            return None
        found = self._boxes([] if boxes is None else boxes)
        if found is None:
            raise ValueError("boxes of a stage must be finite with shape (N, 4)")
        if len(found) < self.least:
            raise ValueError(
                f"a stage with min_boxes={self.least} starts with at least as many "
                f"boxes, got {len(found)}"
            )
        return found

    def enough(self, value: object) -> bool:
        """Return whether boxes from a browser are as many as the page needs."""
        found = self._boxes(value)
        return found is not None and len(found) >= self.least

    def data(self, style: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the browser needs to know; ``style`` is how the boxes look."""
        brush_px = self.brush_px or max(self.shape) * BRUSH_FRAC
        return {
            "mode": self.mode,
            "cell": list(self.cell or (1, 1)),
            "cells": self.cell is not None,
            "edit": {"least": self.least, "most": self.most, **style},
            "brush": {
                "px": brush_px,
                "size": self.ink_size,
                "opacity": self.ink_opacity,
            },
        }

    def event(self, value: Mapping[str, Any]) -> StageEvent:
        """Return what the values that hold mean in this mode."""
        height, width = self.shape
        mode, program = self.mode, value["program"]
        place = read_point(value["click"], width, height)
        click = as_click(place, self.cell or (1, 1), width, height)
        return StageEvent(
            click=click if mode == "click" else None,
            boxes=self._boxes(value["boxes"]) if mode == "boxes" else None,
            ink=read_ink(value["ink"], self.ink_size) if mode == "brush" else None,
            point=read_point(value["point"], width, height) if mode == "drag" else None,
            program=dict(program) if isinstance(program, Mapping) else None,
        )

    def _boxes(self, value: object) -> NDArray[np.float64] | None:
        height, width = self.shape
        return read_boxes(value, width, height, self.most)
