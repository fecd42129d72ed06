"""What YOLO's losses ask of one picture, truth by truth, in NumPy.

The sums are those of ``explorer.models.yolo_loss``, written from the papers' equations
a second time: a page shows each truth's share, and proves the network's loss by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.activations import log_softmax, sigmoid
from explorer.core.boxes import as_boxes, box_iou
from explorer.core.yolo_read import YoloRead

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

COORD, NO_OBJECT = 5.0, 0.5  # Redmon et al. 2016, equation 3
OBJECT_V2 = 5.0  # "object_scale" of the authors' configuration
IGNORE: Mapping[int, float] = {2: 0.6, 3: 0.5}  # IoU above which a box is left out
TERMS = ("place", "size", "object", "classes", "no_object")


@dataclass(frozen=True, eq=False)
class YoloTerms:
    """The loss of one picture taken apart.

    Attributes
    ----------
    each : (M, 4) float64
        Of each owned truth ``place``, ``size``, ``object`` and ``classes``.
    ious : (M,) float64
        Overlap of the owner's box with its truth.
    empty : (P,) float64
        What each box pays for saying "object" where none is; 0 for owners and ignored.
    ignored : (K,) int64
        Boxes that are asked for nothing: they overlap a truth, but do not own it.
    """

    each: Array
    ious: Array
    empty: Array
    ignored: Ints

    def sums(self) -> dict[str, float]:
        """Return each term of the loss, in the order of ``TERMS``."""
        totals = [*self.each.sum(axis=0), self.empty.sum()]
        return dict(zip(TERMS, (float(v) for v in totals), strict=True))


def yolo_terms(
    version: int,
    read: YoloRead,
    rows: ArrayLike,
    wanted: ArrayLike,
    truths: ArrayLike,
    labels: ArrayLike,
    every: ArrayLike | None = None,
) -> YoloTerms:
    """Take the loss of one picture apart.

    Parameters
    ----------
    version : int
        1, 2 or 3.
    read : YoloRead
    rows : (M,) array_like of int
        The owners: boxes that have to find a truth.
    wanted : (M, 4) array_like
        What their numbers should stand for, as ``explorer.core.yolo`` writes them.
    truths : (M, 4) array_like
        Their true boxes, xyxy pixels of the square.
    labels : (M,) array_like of int
    every : (G, 4) array_like, optional
        All true boxes, also those that no box owns; ``truths`` without it.

    Raises
    ------
    ValueError
        If the version is none of the three.

    References
    ----------
    Redmon et al. 2016, equation 3; Redmon and Farhadi 2017, section 2; 2018, sections
    2.1 and 2.2.

    Examples
    --------
    >>> from explorer.core.yolo_read import read_v1
    >>> read = read_v1(np.zeros((11, 1, 1)), 320)
    >>> box = [[0, 0, 320, 320]]
    >>> found = yolo_terms(1, read, [0], [[0.5, 0.5, 1, 1]], box, [0])
    >>> found.each.tolist(), found.sums()["no_object"]
    ([[2.5, 10.0, 0.0, 1.0]], 0.0)
    """
    if version not in (1, 2, 3):
        raise ValueError(f"version must be 1, 2 or 3, got {version}")
    own = np.asarray(rows, np.int64)
    targets = np.asarray(wanted, np.float64).reshape(-1, 4)
    gt = as_boxes(truths)
    ious = np.diagonal(box_iou(read.boxes[own], gt))
    near = _ignored(version, read, own, gt if every is None else as_boxes(every))
    costs = _v1 if version == 1 else _v2 if version == 2 else _v3
    each, empty = costs(read, own, targets, ious, np.asarray(labels, np.int64))
    empty[own] = 0
    empty[near] = 0
    return YoloTerms(each, ious, empty, near)


def class_costs(version: int, said: ArrayLike, labels: ArrayLike) -> Array:
    """Return what boxes pay for their classes, if they own truths of these labels.

    Parameters
    ----------
    version : int
        1, 2 or 3.
    said : (M, C) array_like
        Their numbers of the classes, as ``YoloRead`` has them.
    labels : (M,) array_like of int

    Returns
    -------
    (M,) float64
        Squares in version 1, cross-entropy in 2, a yes or no for each class in 3.

    Examples
    --------
    >>> class_costs(1, [[0.5, 1.0]], [1]).tolist()
    [0.25]
    """
    numbers, rows = np.asarray(said, np.float64), np.asarray(labels, np.int64)
    wanted = np.eye(numbers.shape[1])[rows]
    if version == 1:
        return _squares(numbers - wanted)
    if version == 2:
        costs: Array = -log_softmax(numbers)[np.arange(len(rows)), rows]
        return costs
    # The sign is -1 where the answer is yes.
    total: Array = _softplus((1 - 2 * wanted) * numbers).sum(axis=1)
    return total


def _ignored(version: int, read: YoloRead, own: Ints, gt: Array) -> Ints:
    """Return the boxes too near a truth to be told that there is none."""
    if version == 1 or not len(gt):
        return np.zeros(0, np.int64)
    most = box_iou(read.boxes, gt).max(axis=1)
    most[own] = 0
    return np.flatnonzero(most > IGNORE[version])


def _v1(
    read: YoloRead, own: Ints, wanted: Array, ious: Array, labels: Ints
) -> tuple[Array, Array]:
    """Sums of squares, the confidence against the overlap."""
    raw = read.raw[own]
    each = [
        COORD * _squares(raw[:, :2] - wanted[:, :2]),
        COORD * _squares(raw[:, 2:4] - wanted[:, 2:]),
        (raw[:, 4] - ious) ** 2,
        class_costs(1, read.said[own], labels),
    ]
    return np.stack(each, axis=1), NO_OBJECT * read.raw[:, 4] ** 2


def _v2(
    read: YoloRead, own: Ints, wanted: Array, ious: Array, labels: Ints
) -> tuple[Array, Array]:
    """Squares, and cross-entropy over the classes."""
    each = [
        *_places_and_sizes(read, own, wanted),
        OBJECT_V2 * (read.confidence[own] - ious) ** 2,
        class_costs(2, read.said[own], labels),
    ]
    return np.stack(each, axis=1), read.confidence**2


def _v3(
    read: YoloRead, own: Ints, wanted: Array, _: Array, labels: Ints
) -> tuple[Array, Array]:
    """Logistic: the confidence should be 1, each class is a question of its own."""
    each = [
        *_places_and_sizes(read, own, wanted),
        _softplus(-read.raw[own, 4]),
        class_costs(3, read.said[own], labels),
    ]
    return np.stack(each, axis=1), _softplus(read.raw[:, 4])


def _places_and_sizes(read: YoloRead, own: Ints, wanted: Array) -> tuple[Array, Array]:
    raw = read.raw[own]
    return (
        _squares(sigmoid(raw[:, :2]) - wanted[:, :2]),
        _squares(raw[:, 2:4] - wanted[:, 2:]),
    )


def _squares(apart: Array) -> Array:
    total: Array = (apart**2).sum(axis=1)
    return total


def _softplus(x: Array) -> Array:
    return np.logaddexp(0, x)
