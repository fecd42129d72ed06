"""What the lesson on R-CNN shows: colours, arrays for the browser, bars, thumbnail."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.rcnn_published import PUBLISHED
from explorer.core.selective_search import selective_search
from explorer.core.warp import warp_boxes
from explorer.figures.ledger import Bar
from explorer.figures.theme import COLORS, rgb
from explorer.figures.thumbnails import framed

RCNN_COLORS = {
    "proposal": COLORS["proposal"],
    "other": COLORS["muted"],
    "picked": COLORS["prediction"],
    "context": COLORS["anchor"],
    "moved": COLORS["first"],
    "kept": COLORS["kept"],
    "suppressed": COLORS["suppressed"],
    "imagenet": COLORS["second"],
    "trained": COLORS["first"],
}
COST_COLORS = {
    "proposals": COLORS["kept"],
    "warp": COLORS["anchor"],
    "network on crops": COLORS["second"],
    "backbone, once": COLORS["first"],
    "RoI pooling": COLORS["prediction"],
    "head": COLORS["accent"],
    "RoI pooling and head": COLORS["accent"],
}
THUMB_SIDE_PX = 116

Image = NDArray[np.uint8]


def feature_bytes(
    features: NDArray[np.float32],
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return each crop's features as bytes 0..255, and the largest of each crop.

    Examples
    --------
    >>> small, most = feature_bytes(np.array([[0, 2, 4]], np.float32))
    >>> small.tolist(), most.tolist()
    ([[0, 128, 255]], [4.0])
    """
    most = np.maximum(features.max(axis=1, initial=0), 1e-6).astype(np.float32)
    levels = np.clip(features / most[:, None], 0, 1)
    return np.rint(255 * levels).astype(np.uint8), most


def top_rows(
    scores: NDArray[np.float64], count: int
) -> tuple[NDArray[np.int32], NDArray[np.float32], list[int]]:
    """Return the best ``count`` classes of each row, their scores, and which there are.

    The first array holds places in the list of classes that comes third.

    Examples
    --------
    >>> at, best, known = top_rows(np.array([[0.1, 0.2, 0.7], [0.5, 0.3, 0.2]]), 1)
    >>> at.tolist(), best.round(1).astype(str).tolist(), known
    ([[1], [0]], [['0.7'], ['0.5']], [0, 2])
    """
    best = np.argsort(-scores, axis=1, kind="stable")[:, :count]
    known, places = np.unique(best, return_inverse=True)
    values = np.take_along_axis(scores, best, axis=1)
    return (
        places.reshape(best.shape).astype(np.int32),
        values.astype(np.float32),
        [int(k) for k in known],
    )


def bar(name: str, boxes: int, steps: Sequence[tuple[str, float]]) -> Bar:
    """Return a detector's milliseconds as a bar that says for how many boxes it is.

    Examples
    --------
    >>> bar("R-CNN", 2000, [("warp", 5.0)]).name
    'R-CNN, 2,000 boxes'
    """
    return Bar(f"{name}, {boxes:,} boxes", tuple(steps))


def published_bars() -> list[Bar]:
    """Return the papers' own times as bars."""
    return [
        bar(one.name, one.proposals, [(step, 1e3 * s) for step, s in one.steps])
        for one in PUBLISHED
    ]


def rcnn_thumbnail(image: Image) -> Image:
    """The photo with three proposals, and the warps of them beside it."""
    small = framed(image)
    boxes = _apart(selective_search(small, max_side_px=200), small.shape)
    shown = small.copy()
    crops = warp_boxes(small, boxes, side_px=THUMB_SIDE_PX, context_px=8)
    shades = ("proposal", "moved", "picked")
    width = small.shape[1]
    for k, (box, crop) in enumerate(zip(boxes, crops, strict=True)):
        color = rgb(RCNN_COLORS[shades[k]])
        x1, y1, x2, y2 = (int(v) for v in np.rint(box))
        cv2.rectangle(shown, (x1, y1), (x2, y2), color, 3)
        side = min(small.shape[0] // len(boxes) - 4, THUMB_SIDE_PX)
        tile = cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA)
        y, x = 2 + k * (small.shape[0] // len(boxes)), width - side - 4
        shown[y : y + side, x : x + side] = tile
        cv2.rectangle(shown, (x, y), (x + side - 1, y + side - 1), color, 3)
    return shown


def _apart(
    boxes: NDArray[np.float64], shape: Sequence[int], count: int = 3
) -> NDArray[np.float64]:
    """Return boxes of very different shapes: wide, tall and square."""
    sides = boxes[:, 2:] - boxes[:, :2]
    large = (sides.min(axis=1) > 0.15 * min(shape[:2])) & (
        sides.max(axis=1) < 0.8 * max(shape[:2])
    )
    some = boxes[large] if large.sum() >= count else boxes
    ratios = np.log((some[:, 2] - some[:, 0]) / (some[:, 3] - some[:, 1]))
    order = np.argsort(ratios, kind="stable")
    picks = order[np.linspace(0, len(order) - 1, count).round().astype(int)]
    return np.asarray(some[picks], np.float64)
