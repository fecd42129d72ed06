"""Our sliding window beside OpenCV's, and the correlation beside single windows."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.hog import hog_blocks
from explorer.core.proof import Proof
from explorer.core.windows import (
    Level,
    Template,
    WindowScan,
    block_shares,
    score_map,
    shrink,
    template_vector,
    windows_above,
)

SCORE_TOLERANCE = 1e-3
PLAIN_WINDOWS = 12  # scored one by one, spread over a level

Boxes = NDArray[np.float64]
_ALONE = Lock()


def opencv_detector(template: Template) -> cv2.HOGDescriptor:
    """Return OpenCV's detector with this template in it."""
    detector = cv2.HOGDescriptor()
    detector.setSVMDetector(template_vector(template))
    return detector


@contextmanager
def one_opencv_thread() -> Iterator[None]:
    """Let OpenCV work on one thread for a while.

    `detectMultiScale` on several threads may return the scores of two levels in each
    other's place: a level appends its boxes under the lock, then its scores under
    the lock, and another level may come between (objdetect/src/hog.cpp, HOGInvoker).
    """
    with _ALONE:
        threads = cv2.getNumThreads()
        cv2.setNumThreads(1)
        try:
            yield
        finally:
            cv2.setNumThreads(threads)


def opencv_raw(
    image: NDArray[np.uint8], template: Template, scan: WindowScan, threshold: float
) -> tuple[Boxes, Boxes]:
    """Return OpenCV's raw boxes (N, 4) xyxy and scores (N,) for a scan's settings.

    Boxes are not grouped; OpenCV cuts them at the image's border.
    """
    with one_opencv_thread():
        found, scores = opencv_detector(template).detectMultiScale(
            image,
            hitThreshold=threshold,
            winStride=(scan.stride_px, scan.stride_px),
            padding=(scan.padding_px, scan.padding_px),
            scale=scan.scale_step,
            groupThreshold=0,
        )
    xywh = np.asarray(found, np.float64).reshape(-1, 4)
    boxes = np.concatenate([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], axis=1)
    return boxes, np.asarray(scores, np.float64).ravel()


def prove_scan(
    image: NDArray[np.uint8],
    template: Template,
    scan: WindowScan,
    score_threshold: float,
) -> Proof:
    """Compare all raw boxes and scores with `cv2.HOGDescriptor.detectMultiScale`.

    Returns
    -------
    Proof
        The largest difference of two scores of the same box; infinite when a box
        further than the tolerance from the threshold is found by one side alone.

    Notes
    -----
    A window scored within the tolerance of the threshold may be on either side of
    it: the two libraries add 3,780 products in another order.
    """
    boxes, scores = opencv_raw(image, template, scan, score_threshold)
    ours = windows_above(scan, score_threshold)
    height, width = image.shape[:2]
    theirs = _by_box(boxes, scores)
    mine = _by_box(np.clip(ours.boxes, 0, [width, height, width, height]), ours.scores)
    gaps = [
        abs(a - b)
        for key in theirs.keys() & mine.keys()
        for a, b in zip(theirs[key], mine[key], strict=False)
    ]
    lone = _lone(theirs, mine) + _lone(mine, theirs)
    far = [score for score in lone if score - score_threshold > SCORE_TOLERANCE]
    delta = np.inf if far else max([*gaps, *(s - score_threshold for s in lone), 0.0])
    same = f"the same {len(ours.boxes):,} raw boxes" if not lone else "all raw boxes"
    return Proof(
        "cv2.HOGDescriptor.detectMultiScale",
        float(delta),
        SCORE_TOLERANCE,
        note=f"{same} above {score_threshold:g}, before grouping".replace("-", "−"),
    )


def _by_box(boxes: Boxes, scores: Boxes) -> dict[tuple[float, ...], list[float]]:
    """Return the scores of each distinct box, best first (levels may round alike)."""
    found: dict[tuple[float, ...], list[float]] = {}
    for box, score in zip(boxes.tolist(), scores.tolist(), strict=True):
        found.setdefault(tuple(box), []).append(score)
    return {box: sorted(values)[::-1] for box, values in found.items()}


def _lone(
    one: dict[tuple[float, ...], list[float]],
    other: dict[tuple[float, ...], list[float]],
) -> list[float]:
    return [
        score
        for box, scores in one.items()
        for score in scores[len(other.get(box, [])) :]
    ]


def prove_correlation(
    image: NDArray[np.uint8], template: Template, level: Level
) -> Proof:
    """Compare a level's cross-correlation with windows multiplied out one by one."""
    blocks = hog_blocks(shrink(image, level.size_px))
    grid = score_map(blocks, template)
    rows, cols = template.weights.shape[:2]
    weights = template.weights.astype(np.float64).ravel()
    worst = 0.0
    for flat in np.linspace(0, grid.size - 1, min(PLAIN_WINDOWS, grid.size)):
        row, col = divmod(int(flat), grid.shape[1])
        window = blocks[row : row + rows, col : col + cols].astype(np.float64)
        alone = float(weights @ window.ravel()) + template.bias
        worst = max(worst, abs(alone - float(grid[row, col])))
    return Proof(
        "w·x + b, window by window",
        worst,
        SCORE_TOLERANCE,
        note=f"{min(PLAIN_WINDOWS, grid.size)} windows of a "
        f"{level.size_px[0]} × {level.size_px[1]} level",
    )


def prove_shares(
    image: NDArray[np.uint8],
    template: Template,
    scan: WindowScan,
    place: tuple[int, int, int],
) -> Proof:
    """Check that the shares of a window's blocks add up to OpenCV's score of it.

    The window is the one at (level, row, col) of the scan; OpenCV scores it with
    `cv2.HOGDescriptor.detect` on the level's own picture.
    """
    index, row, col = place
    level = scan.levels[index]
    corner = (col * scan.stride_px - scan.padding_px, row * scan.stride_px)
    corner = (corner[0], corner[1] - scan.padding_px)
    found, scores = opencv_detector(template).detect(
        shrink(image, level.size_px),
        hitThreshold=-1e6,
        winStride=(scan.stride_px, scan.stride_px),
        padding=(scan.padding_px, scan.padding_px),
    )
    here = np.flatnonzero((np.asarray(found).reshape(-1, 2) == corner).all(axis=1))
    total = block_shares(image, template, scan, *place).sum() + template.bias
    theirs = np.asarray(scores, np.float64).ravel()[here]
    delta = abs(float(theirs[0]) - total) if len(theirs) else float("nan")
    return Proof(
        "cv2.HOGDescriptor.detect",
        float(delta),
        SCORE_TOLERANCE,
        note="105 shares + b against OpenCV's score of the chosen window",
    )
