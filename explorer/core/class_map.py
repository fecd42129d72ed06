"""Class scores laid out as a map: the best classes of each cell, and where it looks.

Scores are (classes, h, w). The classifier behind them averages a window of feature
cells and reads the mean, so cell (row, column) of the map stands for the window whose
first feature cell is the same (row, column).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.upsampling import mixing

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

# Long et al. 2015, section 3.1: ms for one 227 x 227 image by AlexNet, and for the
# 10 x 10 outputs of a 500 x 500 image by the same network made fully convolutional.
LONG_2015_ONE_MS, LONG_2015_MAP_MS, LONG_2015_OUTPUTS = 1.2, 22.0, 100


@dataclass(frozen=True, eq=False)
class TopClasses:
    """The best classes of every cell, best first.

    Attributes
    ----------
    index : (h, w, k) int
    logits, probs : (h, w, k) float64
        Score, and its softmax over all classes, of each.
    """

    index: Indices
    logits: Array
    probs: Array


def class_probs(logits: ArrayLike) -> Array:
    """Return the softmax over the classes, cell by cell.

    Parameters
    ----------
    logits : (classes, ...) array_like

    Returns
    -------
    (classes, ...) float64
        Sums to 1 over the first axis.

    Examples
    --------
    >>> class_probs([[0.0, 0.0], [0.0, np.log(3)]]).round(2).tolist()
    [[0.5, 0.25], [0.5, 0.75]]
    """
    scores = np.asarray(logits, np.float64)
    if scores.ndim < 1 or scores.size == 0:
        raise ValueError(f"logits must hold (classes, ...), got {scores.shape}")
    powers = np.exp(scores - scores.max(axis=0))
    probs: Array = powers / powers.sum(axis=0)
    return probs


def class_prob(logits: ArrayLike, label: int) -> Array:
    """Return one class's probability in every cell.

    Parameters
    ----------
    logits : (classes, ...) array_like
    label : int

    Returns
    -------
    (...) float64

    Raises
    ------
    ValueError
        If there is no such class.

    Examples
    --------
    >>> class_prob([[0.0], [0.0]], 1).tolist()
    [0.5]
    """
    probs = class_probs(logits)
    if not 0 <= label < len(probs):
        raise ValueError(f"label must lie in 0..{len(probs) - 1}, got {label}")
    one: Array = probs[label].copy()
    return one


def probability_shift(before: ArrayLike, after: ArrayLike) -> Array:
    """Return how much probability moved to other classes, place by place.

    Parameters
    ----------
    before, after : (..., classes) array_like
        Logits.

    Returns
    -------
    (...) float64
        Total variation distance, half the sum of all |changes|: 0 the same, 1 entirely
        other classes.

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> probability_shift([[0.0, 0.0]], [[0.0, 50.0]]).round(2).tolist()
    [0.5]
    """
    one, other = np.asarray(before, np.float64), np.asarray(after, np.float64)
    if one.shape != other.shape:
        raise ValueError(f"the logits differ in shape: {one.shape} and {other.shape}")
    probs = (class_probs(np.moveaxis(x, -1, 0)) for x in (one, other))
    shift: Array = np.abs(np.subtract(*probs)).sum(axis=0) / 2
    return shift


def top_classes(logits: ArrayLike, k: int = 5) -> TopClasses:
    """Return the ``k`` best classes of each cell.

    Parameters
    ----------
    logits : (classes, h, w) array_like
    k : int
        From 1 to the number of classes.

    Returns
    -------
    TopClasses
        Of equal scores the lower class comes first.

    Raises
    ------
    ValueError
        If the shape or ``k`` does not fit.

    Examples
    --------
    >>> top_classes([[[1.0]], [[3.0]], [[2.0]]], 2).index.tolist()
    [[[1, 2]]]
    """
    scores = np.asarray(logits, np.float64)
    if scores.ndim != 3 or scores.size == 0:
        raise ValueError(f"logits must have shape (classes, h, w), got {scores.shape}")
    if not 1 <= k <= len(scores):
        raise ValueError(f"k must lie in 1..{len(scores)} classes, got {k}")
    cells = scores.transpose(1, 2, 0)  # (h, w, classes)
    index = np.stack(_best(cells, k), axis=2)
    probs = class_probs(scores).transpose(1, 2, 0)
    return TopClasses(
        index,
        np.take_along_axis(cells, index, 2),
        np.take_along_axis(probs, index, 2),
    )


def _best(cells: Array, k: int) -> list[Indices]:
    """Return the best class of every cell, the next one, and so on, ``k`` times."""
    left = cells.copy()
    found: list[Indices] = []
    for _ in range(k):
        best = left.argmax(axis=2)
        np.put_along_axis(left, best[..., None], -np.inf, 2)
        found.append(best)
    return found


def class_window(rows: int, cols: int, window: int) -> tuple[int, int]:
    """Return the window's rows and columns: ``window``, or all there are if fewer.

    Examples
    --------
    >>> class_window(5, 20, 7)
    (5, 7)
    """
    if window < 1:
        raise ValueError(f"window must be at least 1 cell, got {window}")
    return min(window, rows), min(window, cols)


def window_box(
    row: int, col: int, window: tuple[int, int], stride: int
) -> tuple[int, int, int, int]:
    """Return the input pixels (x1, y1, x2, y2) of a map cell's window.

    Examples
    --------
    >>> window_box(0, 2, (7, 7), 32)
    (64, 0, 288, 224)
    """
    high, wide = window
    left, top = col * stride, row * stride
    return left, top, left + wide * stride, top + high * stride


def map_box(
    shape: tuple[int, int], window: tuple[int, int], stride: int
) -> tuple[float, float, float, float]:
    """Return where the map (rows, columns) lies: each cell at its window's middle.

    Examples
    --------
    >>> map_box((1, 1), (7, 7), 32)
    (96.0, 96.0, 128.0, 128.0)
    """
    left, top = ((side - 1) * stride / 2 for side in window[::-1])
    return left, top, left + shape[1] * stride, top + shape[0] * stride


def upsampled(values: ArrayLike, factor: int) -> Array:
    """Enlarge a map bilinearly, each value standing in the middle of its cell.

    Parameters
    ----------
    values : (h, w) array_like
    factor : int
        How many new cells a cell becomes, on a side.

    Returns
    -------
    (h * factor, w * factor) float64
        As torch's ``interpolate(mode="bilinear", align_corners=False)``: beyond the
        outermost middles a value goes on unchanged.

    Raises
    ------
    ValueError
        If the map is not (h, w) or the factor below 1.

    Examples
    --------
    >>> upsampled([[0.0, 4.0]], 2).tolist()
    [[0.0, 1.0, 3.0, 4.0], [0.0, 1.0, 3.0, 4.0]]
    """
    small = np.asarray(values, np.float64)
    if small.ndim != 2 or small.size == 0:
        raise ValueError(f"values must have shape (h, w), got {small.shape}")
    if factor < 1:
        raise ValueError(f"factor must be at least 1, got {factor}")
    down, across = (
        mixing((np.arange(side * factor) + 0.5) / factor - 0.5, side)
        for side in small.shape
    )
    big: Array = down @ small @ across.T
    return big
