"""One box that a reader moves on a picture, kept in the link."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from explorer.ui import link
from explorer.ui.lesson import remember

LEAST_INSIDE_PX = 8  # of a remembered box, in a picture of another size
LEAST_SIDE_PX = 1  # of any box: below, it has no area to speak of


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
    if min(across, down) >= LEAST_INSIDE_PX:
        return kept
    note_box(kept)
    remember.set(key, (), ())  # the address says what is shown
    return scene.start


def boxes_parser(
    count: int, width: int, height: int
) -> Callable[[str], tuple[float, ...]]:
    """Return what reads ``count`` boxes of a link, for ``remember``.

    It raises ValueError where one has no area on a picture of that size.
    """

    def parse(text: str) -> tuple[float, ...]:
        numbers = np.asarray(link.from_text(text, (0.0,) * (4 * count)), np.float64)
        boxes = np.clip(numbers.reshape(-1, 4), 0, [width, height, width, height])
        if (boxes[:, 2:] - boxes[:, :2] < LEAST_SIDE_PX).any():
            raise ValueError(f"each box needs an area on the picture, got {text!r}")
        return tuple(numbers.tolist())

    return parse


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
