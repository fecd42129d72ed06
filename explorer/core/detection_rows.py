"""What detection files share: limits, rows while they are read, and their checks."""

import json
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

MAX_BYTES = 20 * 1024 * 1024  # one file; what the uploader lets in
MAX_FILES = 500
MAX_IMAGES = 5_000  # COCO's validation set
MAX_CLASSES = 200
MAX_TRUTHS = 50_000
MAX_DETECTIONS = 50_000  # some seconds of evaluation
MAX_PX = 1e6
READS = (
    "COCO annotations (.json) with COCO results (.json), or VOC annotations (.xml) "
    "with VOC results (.txt) or annotations that hold a score; results may also be "
    "those of this program's own command “detect” (.json)"
)


class BadFile(ValueError):
    """A file that cannot be judged; the message says why and what is needed."""


@dataclass
class Rows:
    """Boxes while they are read, one list a column; images and classes by name."""

    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    ignore: list[bool] = field(default_factory=list)
    areas: list[float] = field(default_factory=list)

    def add(
        self,
        box: tuple[float, float, float, float],
        image: str,
        label: str,
        score: float = 0.0,
        ignore: bool = False,
        area: float | None = None,
    ) -> None:
        """Append a row; without an area it is the box's own."""
        x1, y1, x2, y2 = box
        self.boxes.append(box)
        self.images.append(image)
        self.classes.append(label)
        self.scores.append(score)
        self.ignore.append(ignore)
        self.areas.append((x2 - x1) * (y2 - y1) if area is None else area)


@dataclass
class Read:
    """What the files said so far: sizes of images by name, truths, detections.

    ``labels`` are COCO's category numbers and their names; ``files`` its images' file
    names without ending, and their numbers.
    """

    sizes: dict[str, tuple[float, float]] = field(default_factory=dict)
    classes: dict[str, None] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    truths: Rows = field(default_factory=Rows)
    found: Rows = field(default_factory=Rows)
    has_truth: bool = False
    has_found: bool = False


def number(value: Any, what: str, most: float = MAX_PX) -> float:
    """Return a finite number of moderate size, or say which it was not.

    Examples
    --------
    >>> number("7.5", "x")
    7.5
    """
    try:
        got = float(value)
    except (TypeError, ValueError, OverflowError):
        raise BadFile(f"{what} must be a number, got {shown(value)}.") from None
    if isinstance(value, bool) or not abs(got) <= most:
        raise BadFile(f"{what} must lie in ±{most:g}, got {shown(value)}.")
    return got


def corners(
    x1: float, y1: float, x2: float, y2: float, what: str
) -> tuple[float, float, float, float]:
    """Return a box, or say that its corners are turned round."""
    if x2 < x1 or y2 < y1:
        raise BadFile(
            f"{what} has its right or lower edge before its left or upper one: "
            f"{x1:g}, {y1:g}, {x2:g}, {y2:g}."
        )
    return x1, y1, x2, y2


def name_of(value: Any, what: str) -> str:
    """Return a short name, or say that it is none."""
    text = str(value).strip() if isinstance(value, (str, int)) else ""
    if not text or len(text) > 120:
        raise BadFile(f"{what} must be a name of 1 to 120 characters: {shown(value)}.")
    return text


def shown(value: Any) -> str:
    """Return a value as a message can quote it.

    Examples
    --------
    >>> shown([1] * 99)
    '[1, 1, 1, 1, 1, 1, 1, 1, 1, 1…'
    """
    text = repr(value) if not isinstance(value, str) else f"“{value}”"
    return text if len(text) <= 32 else text[:29] + "…"


def stem(name: str) -> str:
    """Return a file's name without folder and ending: how VOC names an image.

    Examples
    --------
    >>> stem("JPEGImages/000012.jpg")
    '000012'
    """
    return PurePath(name.replace("\\", "/")).stem


def parse_json(data: bytes, title: str) -> Any:
    """Return what a JSON file holds, or say that it is none."""
    try:
        return json.loads(data)
    except RecursionError:
        raise BadFile(f"{title} is nested too deeply to be COCO's.") from None
    except UnicodeDecodeError:
        raise BadFile(f"{title} is no text, so no JSON.") from None
    except ValueError as reason:
        text = str(reason)[:80]
        raise BadFile(f"{title} is no complete JSON file ({text}).") from None
