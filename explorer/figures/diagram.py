"""A diagram as the browser draws it with ``diagram.js``, and what is written in it.

Positions are in the diagram's own units, x before y.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Rect = tuple[float, float, float, float]  # x, y, width, height


@dataclass(eq=False)
class Diagram:
    """What the browser draws.

    Attributes
    ----------
    size : (float, float)
        Width and height.
    pictures : list of (Rect, image)
        Stand in the base picture.
    blocks, bars, arrows, texts, rows : lists
        As ``diagram.js`` explains.
    """

    size: tuple[float, float]
    pictures: list[tuple[Rect, Image]] = field(default_factory=list)
    blocks: list[dict[str, Any]] = field(default_factory=list)
    bars: list[dict[str, Any]] = field(default_factory=list)
    arrows: list[list[float]] = field(default_factory=list)  # x, y, x, y, ...
    texts: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def base(self) -> Image:
        """Return the picture with the maps in their places, white elsewhere."""
        wide, high = (round(v) for v in self.size)
        whole = np.full((high, wide, 3), 255, np.uint8)
        for (x, y, w, h), image in self.pictures:
            left, top = round(x), round(y)
            size = max(1, round(w)), max(1, round(h))
            grows = size[0] >= image.shape[1]
            way = cv2.INTER_NEAREST if grows else cv2.INTER_AREA
            part = cv2.resize(image, size, interpolation=way)
            whole[top : top + size[1], left : left + size[0]] = part
        return whole

    def drawn(self) -> tuple[Image, dict[str, Any]]:
        """Return the picture and the values: what a page keeps of a diagram."""
        return self.base(), self.data()

    def data(self) -> dict[str, Any]:
        """Return everything but the pictures as JSON values for the browser."""
        return {
            "holes": [list(rect) for rect, _ in self.pictures],
            "blocks": self.blocks,
            "bars": self.bars,
            "arrows": self.arrows,
            "texts": self.texts,
            "rows": self.rows,
        }


def shape_text(shape: Sequence[int]) -> str:
    """Write a stack of maps: channels, height, width.

    Examples
    --------
    >>> shape_text((24, 160, 256))
    '24 × 160 × 256'
    """
    return " × ".join(str(int(v)) for v in shape)


def bytes_text(count: float) -> str:
    """Write a number of bytes with the unit that suits it, thousands.

    Examples
    --------
    >>> bytes_text(960), bytes_text(61_440), bytes_text(3_932_160)
    ('960 B', '61.4 kB', '3.93 MB')
    """
    for unit, size in (("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count:.0f} B"


def heat_image(values: NDArray[np.float32]) -> Image:
    """Paint a map from its least value (dark) to its largest (yellow).

    Examples
    --------
    >>> heat_image(np.array([[0.0, 1.0]], np.float32)).tolist()
    [[[68, 1, 84], [253, 231, 37]]]
    """
    span = float(np.ptp(values)) or 1.0
    level = np.round((values - values.min()) / span * 255).astype(np.uint8)
    return np.ascontiguousarray(
        cv2.applyColorMap(level, cv2.COLORMAP_VIRIDIS)[..., ::-1]
    )
