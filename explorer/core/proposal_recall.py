"""How many objects a list of proposals finds, and how well, as more of it is used."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.boxes import as_boxes, box_iou

Array = NDArray[np.float64]


def best_overlaps(boxes: ArrayLike, gt_boxes: ArrayLike, counts: ArrayLike) -> Array:
    """Return each object's best IoU among the first n proposals, for many n.

    Parameters
    ----------
    boxes : (N, 4) array_like
        Proposals in their order, ``(x1, y1, x2, y2)``.
    gt_boxes : (M, 4) array_like
        The objects' true boxes.
    counts : (K,) array_like of int
        Numbers of proposals, from 0 up; above N counts as N.

    Returns
    -------
    (K, M) float64 array
        0 where there is no proposal.

    Raises
    ------
    ValueError
        If boxes are malformed or a count is negative.

    Examples
    --------
    >>> best_overlaps([[0, 0, 4, 4], [0, 0, 8, 8]], [[0, 0, 8, 8]], [0, 1, 2]).tolist()
    [[0.0], [0.25], [1.0]]
    """
    proposals, truth = as_boxes(boxes), as_boxes(gt_boxes, "gt_boxes")
    numbers = np.asarray(counts, np.int64)
    if (numbers < 0).any():
        raise ValueError(f"counts must not be negative, got {numbers.min()}")
    start = np.zeros((1, len(truth)))
    best = np.maximum.accumulate(np.vstack([start, box_iou(proposals, truth)]), axis=0)
    return np.asarray(best[np.minimum(numbers, len(proposals))])


def first_found(
    boxes: ArrayLike, gt_boxes: ArrayLike, iou_threshold: float = 0.5
) -> NDArray[np.int64]:
    """Return the number of the first proposal that finds each object: (M,), 0 for none.

    Parameters
    ----------
    boxes, gt_boxes
        As for ``best_overlaps``; the first proposal is number 1.
    iou_threshold : float
        An IoU exactly at it counts as found.

    Examples
    --------
    >>> first_found([[0, 0, 4, 4], [0, 0, 8, 8]], [[0, 0, 8, 8], [9, 9, 10, 10]])
    array([2, 0])
    """
    hit = box_iou(as_boxes(boxes), as_boxes(gt_boxes, "gt_boxes")) >= iou_threshold
    if not len(hit):
        return np.zeros(hit.shape[1], np.int64)
    return np.asarray(np.where(hit.any(axis=0), hit.argmax(axis=0) + 1, 0), np.int64)


def recall_at(overlaps: ArrayLike, iou_threshold: float = 0.5) -> Array:
    """Return the share of objects whose best IoU reaches the threshold: (K,).

    Parameters
    ----------
    overlaps : (K, M) array_like
        Of ``best_overlaps``; M of at least 1.
    iou_threshold : float
        In 0..1; an IoU exactly at it counts as found.

    Raises
    ------
    ValueError
        If there is no object or the threshold is outside 0..1.

    Examples
    --------
    >>> recall_at([[0.5, 0.49], [0.5, 0.7]]).tolist()
    [0.5, 1.0]
    """
    values = _some(overlaps)
    if not 0 <= iou_threshold <= 1:
        raise ValueError(f"iou_threshold must be in 0..1, got {iou_threshold}")
    return np.asarray((values >= iou_threshold).mean(axis=1))


def mean_best_overlap(overlaps: ArrayLike, labels: ArrayLike | None = None) -> Array:
    """Return the mean of the best overlaps: (K,); with labels, MABO.

    Parameters
    ----------
    overlaps : (K, M) array_like
        Of ``best_overlaps``; M of at least 1.
    labels : (M,) array_like, optional
        Class of each object. With them the mean is taken over each class (the average
        best overlap, ABO) and then over the classes (MABO), so that a rare class
        counts as much as a frequent one.

    Raises
    ------
    ValueError
        If there is no object, or the labels are not one each.

    References
    ----------
    Uijlings et al. 2013, Selective search for object recognition, section 5.1.

    Examples
    --------
    >>> mean_best_overlap([[1.0, 0.75, 0.5]]).tolist()
    [0.75]
    >>> mean_best_overlap([[1.0, 1.0, 0.5]], ["cup", "cup", "dog"]).tolist()
    [0.75]
    """
    values = _some(overlaps)
    if labels is None:
        return np.asarray(values.mean(axis=1))
    names = np.asarray(labels)
    if names.shape != (values.shape[1],):
        raise ValueError(f"{names.shape} labels for {values.shape[1]} objects")
    classes = [values[:, names == name].mean(axis=1) for name in np.unique(names)]
    return np.asarray(np.mean(classes, axis=0))


def _some(overlaps: ArrayLike) -> Array:
    values = np.asarray(overlaps, np.float64)
    if values.ndim != 2 or values.shape[1] == 0:
        raise ValueError(
            f"overlaps must be (K, M) with an object at least, got {values.shape}"
        )
    return values
