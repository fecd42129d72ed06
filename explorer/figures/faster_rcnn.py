"""What the lesson on Faster R-CNN shows: colours, maps for the browser, thumbnail."""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.anchors import anchor_grid, anchor_shapes
from explorer.core.nms import nms_steps
from explorer.figures.theme import CLASSES, COLORS, rgb
from explorer.figures.thumbnails import framed

LEVEL_COLORS = {
    3: CLASSES[0],
    4: CLASSES[1],
    5: CLASSES[3],
    6: CLASSES[4],
    7: CLASSES[5],
}
FASTER_COLORS = {
    "anchor": COLORS["anchor"],
    "proposal": COLORS["proposal"],
    "kept": COLORS["kept"],
    "suppressed": COLORS["suppressed"],
    "detection": COLORS["prediction"],
    "truth": COLORS["truth"],
    "positive": COLORS["positive"],
    "negative": COLORS["negative"],
    "ignore": COLORS["ignore"],
    "picked": "#FFFFFF",
}
PERCENTILES = (1, 99)  # of a map's values: a few strong cells leave the rest one colour
THUMB_TOP, THUMB_IOU = 24, 0.2
STRIDE = 16

Image = NDArray[np.uint8]
Array = NDArray[np.float64]


def energy(values: ArrayLike) -> NDArray[np.float32]:
    """Return the root of the mean square over the channels of a map: (H, W).

    Parameters
    ----------
    values : (C, H, W) array_like

    Examples
    --------
    >>> round(float(energy([[[3.0]], [[4.0]]])[0, 0]), 4)
    3.5355
    """
    array = np.asarray(values, np.float64)
    if array.ndim != 3 or not array.size:
        raise ValueError(f"a map must be (C, H, W), got {array.shape}")
    return np.asarray(np.sqrt((array**2).mean(axis=0)), np.float32)


def ends(values: ArrayLike, diverging: bool) -> tuple[float, float]:
    """Return the values at the ends of a palette, about 0 for the diverging one.

    Examples
    --------
    >>> ends([-1.0, 3.0], True)[0] == -ends([-1.0, 3.0], True)[1]
    True
    """
    low, high = (float(v) for v in np.percentile(np.asarray(values), PERCENTILES))
    if diverging:
        high = max(abs(low), abs(high))
        low = -high
    return low, high if high > low else low + 1.0


def edge_share(image: Image, boxes: Array) -> Array:
    """Return how much stronger the edges inside each box are than around it: (N,)."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.float32)
    edges = np.hypot(cv2.Sobel(grey, -1, 1, 0), cv2.Sobel(grey, -1, 0, 1))
    sums = cv2.integral(edges)
    height, width = grey.shape

    def mean(where: Array) -> Array:
        x1, y1, x2, y2 = where.clip(0, [width, height, width, height]).astype(np.intp).T
        area = np.maximum((x2 - x1) * (y2 - y1), 1)
        inside = sums[y2, x2] - sums[y1, x2] - sums[y2, x1] + sums[y1, x1]
        return np.asarray(inside / area)

    margin = (boxes[:, 2:] - boxes[:, :2]) * 0.25
    around = np.concatenate([boxes[:, :2] - margin, boxes[:, 2:] + margin], axis=1)
    return mean(boxes) - mean(around)


def faster_rcnn_thumbnail(image: Image) -> Image:
    """The same part three times: anchors, the best by their edges, what NMS leaves."""
    whole = framed(image, center_y=0.15)
    height, width = whole.shape[:2]
    third = width // 3
    left = int(0.42 * width) - third // 2
    small = np.ascontiguousarray(whole[:, left : left + third])
    shapes = anchor_shapes([44.0, 80.0], [0.7, 1.4])
    grid = anchor_grid(shapes, height // STRIDE + 1, third // STRIDE + 1, (STRIDE,) * 2)
    boxes = grid.boxes.clip(0, [third, height, third, height])
    scores = edge_share(small, boxes)
    best = np.argsort(-scores, kind="stable")[:THUMB_TOP]
    kept = best[[s.kept for s in nms_steps(boxes[best], scores[best], THUMB_IOU)]][:3]
    strips = ((slice(None), "anchor", 1), (best, "proposal", 1), (kept, "kept", 3))
    shown = [np.full((height, width - 3 * third, 3), 255, np.uint8)]
    for rows, color, thick in strips:
        drawn = small.copy()
        for x1, y1, x2, y2 in boxes[rows].astype(int).tolist():
            cv2.rectangle(drawn, (x1, y1), (x2, y2), rgb(FASTER_COLORS[color]), thick)
        drawn[:, -2:] = 255
        shown.append(drawn)
    return np.concatenate([*shown[1:], shown[0]], axis=1)
