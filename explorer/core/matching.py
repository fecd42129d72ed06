"""Which detection finds which true box: the ranked list judged from the top."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from explorer.core.boxes import box_area, box_intersection, box_iou
from explorer.core.labelled import Found, Truths, by_image

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Rule = Literal["COCO", "VOC"]
RULES: tuple[Rule, ...] = get_args(Rule)
TP, FP, IGNORED = 1, 0, -1
NEARLY_1 = 1 - 1e-10  # an IoU threshold of 1 still admits an equal box


@dataclass(frozen=True, eq=False)
class Verdicts:
    """What became of each detection of one class, in the order it was given.

    Attributes
    ----------
    outcomes : (N,) int64
        1 a true positive, 0 a false positive, -1 neither (it hit what is ignored).
    gt : (N,) int64
        The truth it was judged by: the one it found, for a false positive the one it
        overlaps most; -1 where it overlaps none.
    ious : (N,) float64
        Its overlap with that truth.
    """

    outcomes: Ints
    gt: Ints
    ious: Array


def match_ranked(
    seen: Found, true: Truths, iou_threshold: float, rule: Rule = "COCO"
) -> Verdicts:
    """Judge the ranked detections of one class, over any number of images.

    Parameters
    ----------
    seen : Found
        Best score first (``Found.ranked``); of one class.
    true : Truths
        Of the same class.
    iou_threshold : float
        In (0, 1]. An overlap of at least this much is a hit.
    rule : {"COCO", "VOC"}
        COCO: a detection takes the truth it overlaps most among those still free.
        VOC: it asks for the truth it overlaps most of all; if that one is taken, it
        is a false positive, whatever else it overlaps. See also ``overlaps``.

    Returns
    -------
    Verdicts

    Raises
    ------
    ValueError
        If the threshold is outside (0, 1], the rule unknown, or the scores rise.

    Notes
    -----
    A truth counts once: further hits on it are false positives ("duplicates"). What
    is ignored can be hit again and again, and such a hit counts neither way. Of equal
    overlaps COCO's rule takes the last truth, VOC's the first, as their own programs
    do.

    References
    ----------
    Everingham et al. 2010, The Pascal VOC Challenge, section 4.2. Lin et al. 2014,
    Microsoft COCO, and its program ``pycocotools``.

    Examples
    --------
    >>> from explorer.core.labelled import found, truths
    >>> twice = found([[0, 0, 10, 10], [0, 0, 10, 8]], [0.9, 0.8])
    >>> match_ranked(twice, truths([[0, 0, 10, 10]]), 0.5).outcomes.tolist()
    [1, 0]
    """
    _check(seen, iou_threshold, rule)
    judged = Verdicts(
        np.zeros(len(seen), np.int64),
        np.full(len(seen), -1, np.int64),
        np.zeros(len(seen)),
    )
    for rows, columns in by_image(seen, true):
        if len(columns):
            here = true.take(columns)
            ious = overlaps(seen.boxes[rows], here, rule)
            judge = _voc if rule == "VOC" else _coco
            outcomes, gt = judge(ious, here, iou_threshold)
            nearest = ious.argmax(1)
            gt = np.where(gt >= 0, gt, nearest)
            best = ious[np.arange(len(rows)), gt]
            judged.outcomes[rows] = outcomes
            judged.gt[rows] = np.where(best > 0, columns[gt], -1)
            judged.ious[rows] = best
    return judged


def overlaps(boxes: Array, true: Truths, rule: Rule = "COCO") -> Array:
    """Return the overlap of boxes with truths, as a rule measures it: (N, G).

    Both take intersection over union; VOC's of boxes in whole pixels. COCO takes what
    is ignored for a crowd: there it is the share of the detection that lies in it.

    Examples
    --------
    >>> from explorer.core.labelled import truths
    >>> crowd = truths([[0, 0, 100, 100]], ignore=[True])
    >>> overlaps(np.array([[90.0, 0, 110, 10]]), crowd).tolist()
    [[0.5]]
    """
    ious = box_iou(boxes, true.boxes, whole_pixels=rule == "VOC")
    if rule == "COCO" and true.ignore.any():
        shared = box_intersection(boxes, true.boxes[true.ignore])  # (N, C)
        area = box_area(boxes)[:, None]
        inside = np.divide(shared, area, out=np.zeros_like(shared), where=area > 0)
        ious[:, true.ignore] = inside
    return ious


def _voc(ious: Array, true: Truths, threshold: float) -> tuple[Ints, Ints]:
    taken = np.zeros(len(true), bool)
    outcomes = np.zeros(len(ious), np.int64)
    nearest = ious.argmax(1).astype(np.int64)
    for row, gt in enumerate(nearest):
        if ious[row, gt] >= threshold:
            if true.ignore[gt]:
                outcomes[row] = IGNORED
            elif not taken[gt]:
                outcomes[row] = TP
                taken[gt] = True
    return outcomes, nearest


def _coco(ious: Array, true: Truths, threshold: float) -> tuple[Ints, Ints]:
    gt = free_matches(ious, true.ignore[None], true.ignore, np.array([threshold]))[0, 0]
    hit = np.where(true.ignore[gt], IGNORED, TP)
    return np.where(gt >= 0, hit, FP).astype(np.int64), gt


def free_matches(
    ious: Array, ignore: Flags, crowd: Flags, thresholds: Array
) -> NDArray[np.int64]:
    """Return which truth each detection takes, for many thresholds at once.

    Parameters
    ----------
    ious : (N, G) float64
        Detections best first.
    ignore : (A, G) bool
        What is ignored, for each of A ways to see the truths (COCO's area ranges).
    crowd : (G,) bool
        Truths that can be taken again and again.
    thresholds : (T,) float64

    Returns
    -------
    (A, T, N) int64 array
        Rows of the truths, -1 where none is free with enough overlap. A truth that
        is ignored is taken only where none of the others can be.
    """
    ways, truths = ignore.shape
    least = np.minimum(thresholds, NEARLY_1)
    taken = np.zeros((ways, len(least), truths), bool)
    chosen = np.full((ways, len(least), len(ious)), -1, np.int64)
    worth_a_look = np.flatnonzero((ious >= least.min(initial=1.0)).any(1))
    for row in worth_a_look:
        iou = ious[row]
        can = (iou >= least[:, None]) & (~taken | crowd)  # (A, T, G)
        wish = np.where(can, iou + 2.0 * ~ignore[:, None], -1.0)
        best = truths - 1 - wish[..., ::-1].argmax(-1)  # the last of equals
        ok = np.take_along_axis(can, best[..., None], -1)[..., 0]  # (A, T)
        chosen[..., row] = np.where(ok, best, -1)
        way, at = np.nonzero(ok)
        taken[way, at, best[way, at]] = True
    return chosen


def _check(seen: Found, iou_threshold: float, rule: str) -> None:
    if not 0 < iou_threshold <= 1:
        raise ValueError(f"iou_threshold must be in (0, 1], got {iou_threshold}")
    if rule not in RULES:
        raise ValueError(f"rule must be one of {', '.join(RULES)}, got {rule!r}")
    if (np.diff(seen.scores) > 0).any():
        raise ValueError("detections must come best score first; use Found.ranked")
