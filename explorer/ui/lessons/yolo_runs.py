"""What the lesson on YOLO asks of its networks, once a photo."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.proof import Proof
from explorer.core.proofs.yolo import prove_counts, prove_read
from explorer.core.yolo_read import (
    BOXES_V1,
    NUMBERS,
    YoloRead,
    read_anchored,
    read_v1,
)
from explorer.ui import live
from explorer.ui.imagebar import Picture

VERSIONS = (1, 2, 3)

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class About:
    """What a network is, before it has seen anything.

    Attributes
    ----------
    version : int
    classes : tuple of str
    anchors : (A, 2) float64
        Pixels of the square, the coarsest map's first; none in version 1.
    cells : tuple of int
        The maps' sides.
    each : int
        Boxes a cell.
    side : int
        Pixels of the square that the network takes.
    """

    version: int
    classes: tuple[str, ...]
    anchors: Array
    cells: tuple[int, ...]
    each: int
    side: int

    @property
    def name(self) -> str:
        """The zoo's name of it."""
        return f"everyday_yolo_v{self.version}"

    def of_map(self, level: int) -> Array:
        """Return the anchors of one map."""
        return self.anchors[level * self.each : (level + 1) * self.each]


@dataclass(frozen=True, eq=False)
class Opened:
    """A network's answer to a photo, and the same read in NumPy."""

    about: About
    arrays: dict[str, NDArray[Any]]
    read: YoloRead

    @property
    def scale(self) -> float:
        """Pixels of the square for one of the photo."""
        return float(self.arrays["scale"])

    def best(self, level: int | None = None) -> int:
        """Return the box of the largest class confidence, of one map or of all."""
        top = self.read.scores.max(axis=1)
        if level is not None:
            top = np.where(self.read.level == level, top, -1)
        return int(top.argmax())


def about(version: int) -> About:
    """Return what the zoo's record says of a version."""
    from explorer.models import zoo

    record = zoo.record(f"everyday_yolo_v{version}")
    pairs = record.arguments.get("anchors", ())
    anchors = np.array(pairs, np.float64).reshape(-1, 2)
    cells = tuple(
        record.side_px // stride for stride in ((32, 16, 8) if version == 3 else (32,))
    )
    each = len(anchors) // len(cells) if len(anchors) else BOXES_V1
    return About(version, tuple(record.classes), anchors, cells, each, record.side_px)


def opened(picture: Picture, version: int) -> Opened | None:
    """Return the tensor of a photo and its boxes, None if the network can't run."""
    known = about(version)
    answer = live.model(known.name, "opened", image=picture.image)
    if answer is None:
        return None
    maps = [answer.arrays[f"map{level}"] for level in range(len(known.cells))]
    if version == 1:
        read = live.compute("tensor → boxes", read_v1, maps[0], known.side)
    else:
        given = (maps, known.anchors, version == 3, known.side)
        read = live.compute("tensor → boxes", read_anchored, *given)
    return Opened(known, answer.arrays, read)


def prove_opened(seen: Opened) -> list[Proof]:
    """Compare the tensor read in NumPy with the network's boxes, and count these."""
    arrays, known = seen.arrays, seen.about
    given = (seen.read, arrays["boxes"], arrays["objectness"], arrays["classes"])
    return [
        live.compute("proof: boxes", prove_read, *given),
        prove_counts(known.cells, known.each, len(arrays["boxes"])),
    ]


def channels(known: About) -> int:
    """Return how many numbers a cell has.

    Examples
    --------
    >>> channels(About(1, ("cat",) * 20, np.zeros((0, 2)), (10,), 2, 320))
    30
    """
    count = len(known.classes)
    if known.version == 1:
        return known.each * NUMBERS + count
    return known.each * (NUMBERS + count)
