"""One box that a reader moves on a picture, kept in the link."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from explorer.ui import link
from explorer.ui.lesson import remember

LEAST_INSIDE_PX = 8  # of a remembered box, in a picture of another size


class Boxed(Protocol):
    """A picture with the box that it starts from."""

    @property
    def image(self) -> NDArray[np.uint8]:
        """The picture (H, W, 3)."""

    @property
    def start(self) -> tuple[float, float, float, float]:
        """The box, xyxy in its pixels."""


def first_box(key: str, scene: Boxed) -> tuple[float, ...]:
    """Return the box of the link or of before, the scene's own where it doesn't fit."""
    kept: tuple[float, ...] = remember(key, ())
    if len(kept) != 4:
        if kept:
            note_box(kept)
        return scene.start
    height, width = scene.image.shape[:2]
    x1, y1, x2, y2 = kept
    across, down = min(x2, width) - max(x1, 0), min(y2, height) - max(y1, 0)
    return kept if min(across, down) >= LEAST_INSIDE_PX else scene.start


def note_box(box: tuple[float, ...]) -> None:
    """Say that the link's box can't be one of this picture."""
    link.note(
        f"The link asked for the box “{link.as_text(box)[:40]}”, which is none on this "
        "picture; the page shows its usual one instead."
    )


def keep_box(key: str, scene: Boxed, box: NDArray[np.float64]) -> None:
    """Put a box that a reader has moved into the link."""
    moved = np.abs(box - scene.start).max() > 0.05
    remember.set(key, tuple(float(v) for v in box) if moved else (), ())
