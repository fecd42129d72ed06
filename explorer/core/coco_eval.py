"""COCO's evaluation: ten overlaps, four area ranges, at most 1, 10 or 100 a picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.core.boxes import box_area
from explorer.core.labelled import Found, Labelled, Truths, by_image
from explorer.core.matching import FP, IGNORED, TP, free_matches, overlaps
from explorer.core.precision_recall import RECALLS_101, pr_curve, precision_at

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
THRESHOLDS = np.linspace(0.5, 0.95, 10)
AREAS = ("all", "small", "medium", "large")
AREA_RANGES = np.array([[0, 1e10], [0, 32**2], [32**2, 96**2], [96**2, 1e10]], float)
MAX_DETECTIONS = (1, 10, 100)


@dataclass(frozen=True, eq=False)
class CocoScores:
    """Everything COCO's evaluation computes; NaN where a class has no truth.

    Attributes
    ----------
    precision : (10, 101, K, 4, 3) float64
        Interpolated, by IoU threshold, recall, class, area range, detections a picture.
    recall : (10, K, 4, 3) float64
        The largest that is reached.
    """

    precision: Array
    recall: Array

    def ap(
        self,
        threshold: float | None = None,
        area: str = "all",
        label: int | None = None,
    ) -> float:
        """Return the mean AP with 100 detections a picture, in COCO's own way.

        Parameters
        ----------
        threshold : float or None
            One of ``THRESHOLDS``; all ten without it.
        area : {"all", "small", "medium", "large"}
        label : int or None
            One class; the mean over all classes that have a truth without it.

        Raises
        ------
        ValueError
            If the threshold or the area range is none of COCO's.
        """
        rows = _threshold_rows(threshold)
        columns = slice(None) if label is None else [label]
        values = self.precision[rows][:, :, columns, _area(area), -1]
        return _mean(values)

    def ar(self, most: int = 100, area: str = "all") -> float:
        """Return the mean over thresholds and classes of the recall that is reached.

        ``most`` is one of ``MAX_DETECTIONS``.
        """
        if most not in MAX_DETECTIONS:
            raise ValueError(f"most must be one of {MAX_DETECTIONS}, got {most}")
        values = self.recall[:, :, _area(area), MAX_DETECTIONS.index(most)]
        return _mean(values)

    def summary(self) -> dict[str, float]:
        """Return COCO's twelve numbers by name, in its order; NaN where undefined."""
        aps = {"AP": self.ap(), "AP50": self.ap(0.5), "AP75": self.ap(0.75)}
        by_area = {f"AP {area}": self.ap(None, area) for area in AREAS[1:]}
        counts = {f"AR{most}": self.ar(most) for most in MAX_DETECTIONS}
        recalls = {f"AR {area}": self.ar(100, area) for area in AREAS[1:]}
        return aps | by_area | counts | recalls


def coco_scores(labelled: Labelled) -> CocoScores:
    """Evaluate a set as COCO does.

    Parameters
    ----------
    labelled : Labelled

    Returns
    -------
    CocoScores
        ``pycocotools.cocoeval.COCOeval`` gives the same arrays, with -1 for NaN.

    Notes
    -----
    In an area range, truths of another size are ignored, and so are detections of
    another size that hit nothing. A picture's detections beyond the most allowed do
    not count. Both ends of a range belong to it. Of equal scores the earlier picture's
    comes first.

    References
    ----------
    Lin et al. 2014, Microsoft COCO, arXiv:1405.0312, and ``pycocotools``.

    Examples
    --------
    >>> from explorer.core.labelled import found, one_image, truths
    >>> seen = found([[0, 0, 10, 10], [50, 50, 60, 60]], [0.9, 0.8])
    >>> one = one_image((99, 99), ["cat"], truths([[0, 0, 10, 8]]), seen)
    >>> scores = coco_scores(one).summary()
    >>> scores["AP50"], scores["AP75"], round(scores["AP"], 2), scores["AR100"]
    (1.0, 1.0, 0.7, 0.7)
    """
    kinds = len(labelled.classes)
    shape = (len(THRESHOLDS), len(RECALLS_101), kinds, len(AREAS), len(MAX_DETECTIONS))
    precision = np.full(shape, np.nan)
    recall = np.full(shape[:1] + shape[2:], np.nan)
    for label in range(kinds):
        one = labelled.of_class(label)
        if not len(one.truths):
            continue
        judged = _judge_images(one.found, one.truths)
        for area in range(len(AREAS)):
            wanted = int((~_ignored(one.truths)[area]).sum())
            if not wanted:
                continue
            for column, most in enumerate(MAX_DETECTIONS):
                outcomes = judged.outcomes[area][:, judged.place < most]
                for row, flags in enumerate(outcomes):
                    curve = pr_curve(flags, wanted)
                    at = (row, label, area, column)
                    recall[at] = curve.recall[-1] if len(flags) else 0.0
                    precision[row, :, label, area, column] = precision_at(
                        curve, RECALLS_101
                    )
    return CocoScores(precision, recall)


@dataclass(frozen=True, eq=False)
class _Judged:
    """Outcomes (A, T, N) of a class's ranked detections, and each one's place (N,)."""

    outcomes: Ints
    place: Ints


def _judge_images(seen: Found, true: Truths) -> _Judged:
    """Judge each picture's best detections; ``place`` is the rank within a picture."""
    outcomes = np.full((len(AREAS), len(THRESHOLDS), len(seen)), FP, np.int64)
    place = np.zeros(len(seen), np.int64)
    ignored = _ignored(true)  # (A, G)
    for rows, columns in by_image(seen, true):
        place[rows] = np.arange(len(rows))
        best = rows[: MAX_DETECTIONS[-1]]
        if len(columns) and len(best):
            here = true.take(columns)
            ious = overlaps(seen.boxes[best], here)
            taken = free_matches(ious, ignored[:, columns], here.ignore, THRESHOLDS)
            ways = np.arange(len(AREAS))[:, None, None]
            hit = np.where(ignored[:, columns][ways, taken], IGNORED, TP)
            outcomes[..., best] = np.where(taken >= 0, hit, FP)
    area = box_area(seen.boxes)
    outside = (area < AREA_RANGES[:, :1]) | (area > AREA_RANGES[:, 1:])  # (A, N)
    outcomes[(outcomes == FP) & outside[:, None]] = IGNORED
    return _Judged(outcomes, place)


def _ignored(true: Truths) -> NDArray[np.bool_]:
    """Return what each area range leaves out: (A, G)."""
    low, high = AREA_RANGES[:, :1], AREA_RANGES[:, 1:]
    outside: NDArray[np.bool_] = (true.areas < low) | (true.areas > high)
    return outside | true.ignore


def _mean(values: Array) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def _threshold_rows(threshold: float | None) -> NDArray[np.intp]:
    if threshold is None:
        return np.arange(len(THRESHOLDS))
    rows = np.flatnonzero(np.abs(THRESHOLDS - threshold) < 1e-9)
    if not len(rows):
        options = ", ".join(f"{value:.2f}" for value in THRESHOLDS)
        raise ValueError(f"threshold must be one of {options}, got {threshold}")
    return rows


def _area(area: str) -> int:
    if area not in AREAS:
        raise ValueError(f"area must be one of {', '.join(AREAS)}, got {area!r}")
    return AREAS.index(area)
