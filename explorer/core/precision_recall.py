"""The precision-recall curve of a ranked list, and three ways to take its area."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.matching import FP, TP

Array = NDArray[np.float64]
Method = Literal["11-point", "all-point", "101-point"]
METHODS: tuple[Method, ...] = get_args(Method)
RECALLS_11 = np.arange(11) / 10
RECALLS_101 = np.linspace(0.0, 1.0, 101)  # pycocotools' own, to the last bit


@dataclass(frozen=True, eq=False)
class Curve:
    """Precision and recall after each detection of a ranked list.

    Attributes
    ----------
    precision : (N,) float64
        Right among those counted so far; 0 before any was counted.
    recall : (N,) float64
        Truths found so far among all; NaN where there is no truth.
    envelope : (N,) float64
        The best precision at this recall or a larger one.
    truths : int
    """

    precision: Array
    recall: Array
    envelope: Array
    truths: int


def pr_curve(outcomes: ArrayLike, truths: int) -> Curve:
    """Return the curve of a ranked list.

    Parameters
    ----------
    outcomes : (N,) array_like of int
        Best score first: 1 true positive, 0 false positive, -1 neither.
    truths : int
        How many there are to be found.

    Returns
    -------
    Curve
        One point a detection; one that is neither repeats the point before it.

    Raises
    ------
    ValueError
        If there are more true positives than truths, or fewer than no truths.

    Examples
    --------
    >>> curve = pr_curve([1, 0, 1], 4)
    >>> curve.recall.tolist(), curve.precision.round(2).tolist()
    ([0.25, 0.25, 0.5], [1.0, 0.5, 0.67])
    >>> curve.envelope.round(2).tolist()
    [1.0, 0.67, 0.67]
    """
    flags = np.asarray(outcomes, dtype=np.int64).reshape(-1)
    hits = int((flags == TP).sum())
    if truths < hits:
        raise ValueError(f"{hits} true positives need as many truths, got {truths}")
    right, wrong = np.cumsum(flags == TP), np.cumsum(flags == FP)
    precision = right / np.maximum(right + wrong, 1)
    recall = right / truths if truths else np.full(len(flags), np.nan)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return Curve(precision, recall, envelope, truths)


def precision_at(curve: Curve, recalls: ArrayLike) -> Array:
    """Return the interpolated precision at given recalls: (R,).

    The best precision at any recall of at least this much; 0 where the list never
    gets so far, NaN where there is no truth.

    References
    ----------
    Everingham et al. 2010, The Pascal VOC Challenge, section 4.2, equation (1).

    Examples
    --------
    >>> precision_at(pr_curve([1, 0, 1], 4), [0, 0.3, 0.6]).round(2).tolist()
    [1.0, 0.67, 0.0]
    """
    wanted = np.asarray(recalls, dtype=np.float64)
    if not curve.truths:
        return np.full(wanted.shape, np.nan)
    at = np.searchsorted(curve.recall, wanted, side="left")
    padded = np.append(curve.envelope, 0.0)
    return np.asarray(padded[np.minimum(at, len(curve.envelope))])


def average_precision(curve: Curve, method: Method = "101-point") -> float:
    """Return the average precision: the area under the envelope, in one of three ways.

    Parameters
    ----------
    curve : Curve
    method : {"11-point", "all-point", "101-point"}
        11-point: the mean of the interpolated precision at recall 0, 0.1, ..., 1
        (Pascal VOC until 2009). All-point: the area itself, a step at each true
        positive (VOC since 2010). 101-point: the mean at 0, 0.01, ..., 1 (COCO).

    Returns
    -------
    float
        In [0, 1]; NaN where there is no truth.

    Raises
    ------
    ValueError
        If the method is unknown.

    Notes
    -----
    The 11 recalls are k / 10, so that a recall of exactly 3 in 10 counts at 0.3; the
    VOC devkit's own ``0:0.1:1`` is above 0.3 there by a rounding. COCO's 101 are
    kept as its program has them.

    References
    ----------
    Everingham et al. 2010, The Pascal VOC Challenge, section 4.2; Everingham et al.
    2015, The Pascal VOC Challenge: a Retrospective, section 2; Lin et al. 2014, COCO.

    Examples
    --------
    >>> curve = pr_curve([1, 0, 1], 4)
    >>> [round(average_precision(curve, method), 4) for method in METHODS]
    [0.4545, 0.4167, 0.4224]
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    if method == "all-point":
        steps = np.diff(curve.recall, prepend=0.0)
        area = float((steps * curve.envelope).sum()) if curve.truths else np.nan
        return float(area)
    recalls = RECALLS_11 if method == "11-point" else RECALLS_101
    return float(precision_at(curve, recalls).mean())
