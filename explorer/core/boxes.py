"""Axis-aligned boxes: area, intersection, intersection over union."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def as_boxes(boxes: ArrayLike, name: str = "boxes") -> Array:
    """Return boxes as (N, 4) float64 after checking that they are boxes.

    Parameters
    ----------
    boxes : (N, 4) array_like
        ``(x1, y1, x2, y2)`` in pixels. ``[]`` is no boxes.
    name : str
        What the message calls them.

    Raises
    ------
    ValueError
        If the shape is wrong, a number is not finite, or a corner is turned round.

    Examples
    --------
    >>> as_boxes([]).shape
    (0, 4)
    """
    array = np.asarray(boxes, dtype=np.float64)
    if array.size == 0 and array.ndim <= 2:
        return np.empty((0, 4))
    if array.ndim != 2 or array.shape[1] != 4:
        raise ValueError(f"{name} must be (N, 4) as x1, y1, x2, y2, got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite numbers, got {array.tolist()[:3]}")
    turned = np.flatnonzero((array[:, 2:] < array[:, :2]).any(axis=1))
    if len(turned):
        raise ValueError(
            f"{name} must have x1 <= x2 and y1 <= y2, got "
            f"{array[turned[0]].tolist()} at index {turned[0]}"
        )
    return array


def box_area(boxes: ArrayLike) -> Array:
    """Return the area of every box.

    Parameters
    ----------
    boxes : (N, 4) array_like
        ``(x1, y1, x2, y2)`` in pixels.

    Returns
    -------
    (N,) float64 array
        In square pixels; 0 for a box without width or height.

    Raises
    ------
    ValueError
        As ``as_boxes``.

    Examples
    --------
    >>> box_area([[0, 0, 10, 10], [5, 5, 5, 15]]).tolist()
    [100.0, 0.0]
    """
    array = as_boxes(boxes)
    area: Array = (array[:, 2] - array[:, 0]) * (array[:, 3] - array[:, 1])
    return area


def box_intersection(a: ArrayLike, b: ArrayLike) -> Array:
    """Return the area that every box of ``a`` shares with every box of ``b``.

    Parameters
    ----------
    a : (N, 4) array_like
    b : (M, 4) array_like
        ``(x1, y1, x2, y2)`` in pixels.

    Returns
    -------
    (N, M) float64 array
        In square pixels; 0 where boxes are apart or only touch.

    Raises
    ------
    ValueError
        As ``as_boxes``.

    Examples
    --------
    >>> box_intersection([[0, 0, 10, 10]], [[5, 5, 15, 15]]).tolist()
    [[25.0]]
    """
    first, second = as_boxes(a, "a"), as_boxes(b, "b")
    low = np.maximum(first[:, None, :2], second[None, :, :2])  # (N, M, 2)
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])  # (N, M, 2)
    sides = np.clip(high - low, 0.0, None)  # (N, M, 2)
    shared: Array = sides[..., 0] * sides[..., 1]
    return shared


def box_iou(a: ArrayLike, b: ArrayLike, whole_pixels: bool = False) -> Array:
    """Return the intersection over union of every pair of boxes.

    Parameters
    ----------
    a : (N, 4) array_like
    b : (M, 4) array_like
        ``(x1, y1, x2, y2)`` in pixels.
    whole_pixels : bool
        The convention of the Pascal VOC devkit: the corners name pixels that belong
        to the box, so every side is one longer.

    Returns
    -------
    (N, M) float64 array
        In 0..1; 1 for two equal boxes, 0 for boxes that are apart or only touch, and
        0 where both boxes have no area.

    Raises
    ------
    ValueError
        As ``as_boxes``.

    Notes
    -----
    ``torchvision.ops.box_iou`` gives NaN for two boxes without area; here it is 0, so
    that such a pair never counts as an overlap.

    References
    ----------
    Everingham et al. 2010, The Pascal Visual Object Classes Challenge, section 4.2.

    Examples
    --------
    >>> round(float(box_iou([[0, 0, 10, 10]], [[5, 5, 15, 15]])[0, 0]), 6)
    0.142857
    >>> round(float(box_iou([[0, 0, 10, 10]], [[5, 5, 15, 15]], True)[0, 0]), 6)
    0.174757
    """
    extra = np.array([0.0, 0.0, 1.0, 1.0]) if whole_pixels else np.zeros(4)
    first, second = as_boxes(a, "a") + extra, as_boxes(b, "b") + extra
    shared = box_intersection(first, second)
    union = box_area(first)[:, None] + box_area(second)[None, :] - shared  # (N, M)
    return np.divide(shared, union, out=np.zeros_like(union), where=union > 0)


def whole_pixels(box: Array, width: int, height: int) -> tuple[int, int, int, int]:
    """Return a box's whole pixels inside the picture, at least one a side.

    Examples
    --------
    >>> whole_pixels(np.array([1.6, 2.2, 1.7, 99.0]), 10, 10)
    (2, 2, 3, 10)
    """
    x1, y1, x2, y2 = (int(v) for v in np.floor(box + 0.5))
    x1, y1 = min(max(x1, 0), width - 1), min(max(y1, 0), height - 1)
    return x1, y1, max(min(x2, width), x1 + 1), max(min(y2, height), y1 + 1)
