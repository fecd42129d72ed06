"""Our cascade beside OpenCV's, and our integral images beside OpenCV's."""

import time
from collections import Counter
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.cascade import cascade_path
from explorer.core.haar import feature_value
from explorer.core.integral import integral_image, squared_integral, tilted_integral
from explorer.core.proof import Proof

Int64 = NDArray[np.int64]
RUNS = 3  # of OpenCV's scan, to time it


def opencv_raw(
    image: NDArray[np.uint8], name: str, scale_step: float
) -> tuple[Int64, float]:
    """Return OpenCV's boxes before grouping, (N, 4) xyxy, and the time it took in ms.

    The time is that of the whole scan on OpenCV's own threads, without reading the
    file: the shortest of ``RUNS``, as other work on the machine only makes it longer.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    cascade = cv2.CascadeClassifier(str(cascade_path(name)))
    ms = np.inf
    for _ in range(RUNS):
        began = time.perf_counter()
        found = cascade.detectMultiScale(grey, scaleFactor=scale_step, minNeighbors=0)
        ms = min(ms, (time.perf_counter() - began) * 1e3)
    xywh = np.asarray(found, np.int64).reshape(-1, 4)
    return np.concatenate([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], axis=1), ms


def prove_scan(ours: Int64, theirs: Int64) -> Proof:
    """Compare all raw boxes with `cv2.CascadeClassifier.detectMultiScale`.

    Returns
    -------
    Proof
        Its difference is the number of boxes that one side alone has; none is allowed.
    """
    mine, other = _counted(ours), _counted(theirs)
    lone = (mine - other).total() + (other - mine).total()
    return Proof(
        "cv2.CascadeClassifier.detectMultiScale(minNeighbors=0)",
        float(lone),
        0.0,
        unit="boxes",
        note=f"all {len(theirs)} raw boxes, before grouping",
    )


def prove_groups(raw: Int64, grouped: Int64, neighbours: int) -> Proof:
    """Compare the boxes after grouping with `cv2.groupRectangles`."""
    xywh = np.concatenate([raw[:, :2], raw[:, 2:] - raw[:, :2]], axis=1)
    found, _ = cv2.groupRectangles([tuple(box) for box in xywh.tolist()], neighbours)
    theirs = np.asarray(found, np.int64).reshape(-1, 4)
    theirs = np.concatenate([theirs[:, :2], theirs[:, :2] + theirs[:, 2:]], axis=1)
    mine, other = _counted(grouped), _counted(theirs)
    lone = (mine - other).total() + (other - mine).total()
    boxes = "1 box" if len(grouped) == 1 else f"{len(grouped)} boxes"
    note = f"{boxes} after grouping, each from more than {neighbours} raw ones"
    return Proof("cv2.groupRectangles", float(lone), 0.0, unit="boxes", note=note)


def prove_integrals(grey: NDArray[np.uint8]) -> Proof:
    """Compare the three integral images of a picture with `cv2.integral3`."""
    sums, squares, tilted = cv2.integral3(grey, sdepth=cv2.CV_32S, sqdepth=cv2.CV_64F)
    pairs: list[tuple[NDArray[Any], NDArray[Any]]] = [
        (integral_image(grey), sums),
        (squared_integral(grey), squares),
        (tilted_integral(grey), tilted),
    ]
    gaps = [float(np.abs(np.subtract(a, b, dtype=float)).max()) for a, b in pairs]
    note = "sums, sums of squares and tilted sums of the whole photo"
    return Proof("cv2.integral3", max(gaps), 0.0, note=note)


def prove_feature(
    grey: NDArray[np.uint8],
    rects: NDArray[np.float64],
    at: tuple[int, int],
    tilted: bool = False,
) -> Proof:
    """Compare a feature's value from the integral image with its pixels, added up.

    Parameters
    ----------
    grey : (H, W) uint8
    rects : (R, 5)
        x, y, w, h from the window's corner, and weight.
    at : column, row
        The window's corner.
    tilted : bool
        Whether the boxes stand on a corner.
    """
    sums = tilted_integral(grey) if tilted else integral_image(grey)
    ours = feature_value(sums, rects, at, tilted)
    theirs = 0
    for x, y, w, h, weight in rects.astype(int).tolist():
        if weight:
            inside = _inside(grey.shape, (x + at[0], y + at[1], w, h), tilted)
            theirs += weight * int(grey[inside].sum(dtype=np.int64))
    note = "the boxes' weighted sum against their pixels, added one by one"
    return Proof("numpy.sum", float(abs(ours - theirs)), 0.0, note=note)


def _inside(
    shape: tuple[int, ...], box: tuple[int, int, int, int], tilted: bool
) -> NDArray[np.bool_]:
    """Return which pixels of a picture an upright or tilted box holds: (H, W) bool."""
    x, y, w, h = box
    row, col = np.indices(shape)
    if not tilted:
        upright = np.zeros(shape, bool)
        upright[y : y + h, x : x + w] = True
        return upright
    # Along the two diagonals, each two steps a pixel of a side.
    down, up = col + row - x - y + 1, row - col - y + x - 1
    inside: NDArray[np.bool_] = (down >= 0) & (down < 2 * w) & (up >= 0) & (up < 2 * h)
    return inside


def _counted(boxes: Int64) -> "Counter[tuple[int, ...]]":
    return Counter(tuple(box) for box in boxes.tolist())
