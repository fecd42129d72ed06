"""How good a segmentation is: the confusion matrix and what is read from it."""

import numpy as np
from numpy.typing import NDArray

VOID = 255  # a label that counts neither for nor against


def confusion_matrix(
    truth: NDArray[np.uint8], labels: NDArray[np.uint8], classes: int
) -> NDArray[np.int64]:
    """Count pixels by true and predicted class.

    Parameters
    ----------
    truth : array of uint8
        True classes; a value of ``classes`` or above, ``VOID`` among them, is left out.
    labels : array of uint8, same shape
        Predicted classes, all below ``classes``.
    classes : int

    Returns
    -------
    (classes, classes) int64 array
        Row: truth; column: prediction.

    Raises
    ------
    ValueError
        If the shapes differ, or a predicted class is ``classes`` or above.

    Examples
    --------
    >>> truth = np.array([[0, 1, 255]], np.uint8)
    >>> confusion_matrix(truth, np.array([[0, 0, 1]], np.uint8), 2).tolist()
    [[1, 0], [1, 0]]
    """
    if truth.shape != labels.shape:
        raise ValueError(
            f"the truth is {truth.shape} and the prediction {labels.shape}: "
            "both need the same shape"
        )
    known = truth < classes
    guessed = labels[known].astype(np.int64)
    if guessed.size and guessed.max() >= classes:
        raise ValueError(
            f"class {guessed.max()} is predicted, but there are {classes} classes"
        )
    pairs = truth[known].astype(np.int64) * classes + guessed
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def class_iou(matrix: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return each class's intersection over union; nan where it occurs nowhere.

    Examples
    --------
    >>> class_iou(np.array([[1, 0], [1, 0]])).tolist()
    [0.5, 0.0]
    """
    hit = np.diag(matrix).astype(np.float64)
    union = matrix.sum(0) + matrix.sum(1) - hit
    with np.errstate(invalid="ignore"):
        return np.where(union > 0, hit / np.maximum(union, 1), np.nan)


def mean_iou(matrix: NDArray[np.int64]) -> float:
    """Return the mean over the classes that occur; nan if none does.

    Examples
    --------
    >>> mean_iou(np.array([[1, 0], [1, 0]]))
    0.25
    """
    found = class_iou(matrix)
    known = found[~np.isnan(found)]
    return float(known.mean()) if known.size else float("nan")


def pixel_accuracy(matrix: NDArray[np.int64]) -> float:
    """Return the share of known pixels that are right; nan if there is none.

    Examples
    --------
    >>> pixel_accuracy(np.array([[3, 0], [1, 0]]))
    0.75
    """
    total = matrix.sum()
    return float(np.trace(matrix) / total) if total else float("nan")


def class_precision(matrix: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share of each class's predicted pixels that are right; nan if none.

    Examples
    --------
    >>> class_precision(np.array([[3, 1], [0, 1]])).tolist()
    [1.0, 0.5]
    """
    return _share(matrix, matrix.sum(0))


def class_recall(matrix: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share of each class's true pixels that are found; nan if none.

    Examples
    --------
    >>> class_recall(np.array([[3, 1], [0, 1]])).tolist()
    [0.75, 1.0]
    """
    return _share(matrix, matrix.sum(1))


def _share(matrix: NDArray[np.int64], of: NDArray[np.int64]) -> NDArray[np.float64]:
    hit = np.diag(matrix).astype(np.float64)
    return np.where(of > 0, hit / np.maximum(of, 1), np.nan)
