"""People from windows: the person inside the window, and one box for each person."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.boxes import as_boxes, box_iou
from explorer.core.nms import NmsStep, nms_steps
from explorer.core.windows import (
    SCALE_STEP,
    Template,
    Windows,
    WindowScan,
    detect_windows,
    windows_above,
)

# Where the person is in a detected window, as shares of the window's height and width.
# The windows were trained with about 16 of 128 pixels free above and below (Dalal &
# Triggs 2005, section 4); on photos the best window sits closer, and these margins give
# its person the median shape of the Penn-Fudan pedestrians, 0.39 as wide as high.
MARGIN_Y_FRAC = 0.10
MARGIN_X_FRAC = 0.18
PADDING_PX = 16  # people often stand closer to the border than a window's margin
IOU_THRESHOLD = 0.4
MATCH_IOU = 0.5  # Pascal VOC's rule: at least half


@dataclass(frozen=True)
class Detections:
    """What was found, best score first.

    Attributes
    ----------
    boxes : (N, 4) float64
        Around the person, x1, y1, x2, y2 in image pixels, inside the image.
    scores : (N,) float64
        ``w . x + b`` of the window: 0 is the SVM's own decision, no upper end.
    """

    boxes: NDArray[np.float64]
    scores: NDArray[np.float64]


def person_boxes(
    window_boxes: ArrayLike, size_px: tuple[int, int] | None = None
) -> NDArray[np.float64]:
    """Return where the person is in each window: the window without its margin.

    Parameters
    ----------
    window_boxes : (N, 4) array_like
        Windows in image pixels.
    size_px : (width, height) or None
        Cut the boxes at the image's border.

    Returns
    -------
    (N, 4) float64

    Examples
    --------
    >>> person_boxes([[0, 0, 100, 200]]).tolist()
    [[18.0, 20.0, 82.0, 180.0]]
    """
    boxes = as_boxes(window_boxes, "window_boxes")
    size = boxes[:, 2:] - boxes[:, :2]  # (N, 2)
    inset = size * (MARGIN_X_FRAC, MARGIN_Y_FRAC)
    people = np.concatenate([boxes[:, :2] + inset, boxes[:, 2:] - inset], axis=1)
    if size_px is None:
        return people
    clipped: NDArray[np.float64] = np.clip(people, 0, [*size_px, *size_px])
    return clipped


def framing_windows(boxes: ArrayLike) -> NDArray[np.float64]:
    """Return the window (N, 4) that frames each person (N, 4) with its margin.

    Height decides; the window is half as wide as it is high, about the same centre.

    Examples
    --------
    >>> framing_windows([[18, 20, 82, 180]]).tolist()
    [[0.0, 0.0, 100.0, 200.0]]
    """
    people = as_boxes(boxes)
    height = (people[:, 3] - people[:, 1]) / (1 - 2 * MARGIN_Y_FRAC)
    centre = (people[:, :2] + people[:, 2:]) / 2
    half = np.stack([height / 4, height / 2], axis=1)
    return np.concatenate([centre - half, centre + half], axis=1)


def suppress_windows(windows: Windows, iou_threshold: float) -> list[NmsStep]:
    """Return the rounds of NMS over windows, compared as whole windows.

    Windows of the same shape overlap alike with and without their margins; whole
    windows are compared because they are what was scored.
    """
    return nms_steps(windows.boxes, windows.scores, iou_threshold)


def match_people(boxes: ArrayLike, truth: ArrayLike) -> NDArray[np.bool_]:
    """Return which boxes (N,), best first, are the first to hit a true box.

    Each box takes the free true box that it overlaps most, from ``MATCH_IOU`` on; a
    second box on the same person is a false alarm.

    Examples
    --------
    >>> person = [[0, 0, 40, 100]]
    >>> match_people(person * 2, person).tolist()
    [True, False]
    """
    found, people = as_boxes(boxes), as_boxes(truth)
    hits = np.zeros(len(found), dtype=np.bool_)
    if len(people) == 0:
        return hits
    taken = np.zeros(len(people), dtype=np.bool_)
    for row, near in enumerate(box_iou(found, people)):
        free = np.where(taken, 0.0, near)
        best = int(free.argmax())
        if free[best] >= MATCH_IOU:
            hits[row] = taken[best] = True
    return hits


def people_in_scan(
    scan: WindowScan,
    size_px: tuple[int, int],
    score_threshold: float = 0.0,
    iou_threshold: float = IOU_THRESHOLD,
) -> Detections:
    """Return one box for each person of a scan already made.

    Parameters
    ----------
    scan : WindowScan
    size_px : (width, height)
        Of the scanned image.
    score_threshold : float
        Windows at or above it count.
    iou_threshold : float
        Of windows: more overlap with a better window removes one.

    Returns
    -------
    Detections
    """
    windows = windows_above(scan, score_threshold)
    steps = suppress_windows(windows, iou_threshold)
    best = windows.take(np.array([step.kept for step in steps], dtype=np.intp))
    return Detections(person_boxes(best.boxes, size_px), best.scores)


def detect_people(
    image: NDArray[np.uint8],
    template: Template,
    score_threshold: float = 0.0,
    iou_threshold: float = IOU_THRESHOLD,
    scale_step: float = SCALE_STEP,
    padding_px: int = PADDING_PX,
) -> Detections:
    """Find people: every window scored, the good ones kept, one box for each person.

    Parameters
    ----------
    image : (H, W, 3) uint8
        RGB.
    template : Template
    score_threshold : float
        Windows at or above it count.
    iou_threshold : float
        In [0, 1], of windows: more overlap with a better window removes one.
    scale_step, padding_px
        As for ``detect_windows``.

    Returns
    -------
    Detections

    Raises
    ------
    ValueError
        If a setting is outside its bounds.

    Notes
    -----
    OpenCV averages groups of raw boxes instead (``groupRectangles``) and returns
    windows; here greedy NMS keeps the best window of a group and the box is drawn
    around the person in it, see ``person_boxes``.

    References
    ----------
    Dalal & Triggs 2005.

    Examples
    --------
    >>> from explorer.core.windows import opencv_people_template
    >>> grey = np.full((160, 96, 3), 128, np.uint8)
    >>> detect_people(grey, opencv_people_template()).boxes.shape
    (0, 4)
    """
    scan = detect_windows(image, template, scale_step, padding_px=padding_px)
    size = (image.shape[1], image.shape[0])
    return people_in_scan(scan, size, score_threshold, iou_threshold)
