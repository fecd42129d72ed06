"""Detections and true boxes of many images in one container."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.boxes import as_boxes, box_area

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Truths:
    """True boxes.

    Attributes
    ----------
    boxes : (G, 4) float64, xyxy pixels
    classes : (G,) int64, rows of the set's ``classes``
    images : (G,) int64, rows of the set's ``images``
    areas : (G,) float64
        In square pixels, as COCO sorts small from large: of the object's mask where
        the file says so, otherwise of the box.
    ignore : (G,) bool
        Neither to be found nor to be missed: "difficult" (VOC) or a crowd (COCO).
    """

    boxes: Array
    classes: Ints
    images: Ints
    areas: Array
    ignore: Flags

    def take(self, rows: ArrayLike) -> "Truths":
        """Return some of them, by a mask or by indices."""
        at = np.asarray(rows)
        return Truths(*(getattr(self, name)[at] for name in _TRUTH))

    def __len__(self) -> int:
        """Return how many there are, those to ignore among them."""
        return len(self.boxes)


@dataclass(frozen=True, eq=False)
class Found:
    """Detections, in the order of the file or of the detector.

    Attributes
    ----------
    boxes : (N, 4) float64, xyxy pixels
    scores : (N,) float64
    classes, images : (N,) int64
    """

    boxes: Array
    scores: Array
    classes: Ints
    images: Ints

    def take(self, rows: ArrayLike) -> "Found":
        """Return some of them, by a mask or by indices."""
        at = np.asarray(rows)
        return Found(*(getattr(self, name)[at] for name in _FOUND))

    def ranked(self) -> "Found":
        """Return them by falling score; of equals the earlier image's come first."""
        return self.take(np.lexsort((self.images, -self.scores)))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.boxes)


_TRUTH = ("boxes", "classes", "images", "areas", "ignore")
_FOUND = ("boxes", "scores", "classes", "images")


@dataclass(frozen=True, eq=False)
class Labelled:
    """What was found and what is true, over all images of a set.

    Attributes
    ----------
    classes : tuple of str
    images : tuple of str
        Names, as the files give them.
    sizes : (I, 2) float64
        Width and height of each image in pixels.
    truths : Truths
    found : Found
    """

    classes: tuple[str, ...]
    images: tuple[str, ...]
    sizes: Array
    truths: Truths
    found: Found

    def of_class(self, label: int) -> "Labelled":
        """Return the set with one class's boxes only, detections best first."""
        return replace(
            self,
            truths=self.truths.take(self.truths.classes == label),
            found=self.found.take(self.found.classes == label).ranked(),
        )

    def counted(self) -> Ints:
        """Return for each class how many truths are to be found: (K,)."""
        wanted = self.truths.classes[~self.truths.ignore]
        return np.bincount(wanted, minlength=len(self.classes)).astype(np.int64)


def truths(
    boxes: ArrayLike,
    classes: ArrayLike | None = None,
    images: ArrayLike | None = None,
    *,
    areas: ArrayLike | None = None,
    ignore: ArrayLike | None = None,
) -> Truths:
    """Return true boxes; what is left out is class 0, image 0, and not ignored.

    Parameters
    ----------
    boxes : (G, 4) array_like, xyxy pixels
    classes, images : (G,) array_like of int
    areas : (G,) array_like
        The boxes' own without it.
    ignore : (G,) array_like of bool

    Raises
    ------
    ValueError
        If a shape does not fit, or a box is none.

    Examples
    --------
    >>> truths([[0, 0, 2, 3]]).areas.tolist()
    [6.0]
    """
    array = as_boxes(boxes, "true boxes")
    n = len(array)
    return Truths(
        array,
        _column("classes", classes, n, np.int64),
        _column("images", images, n, np.int64),
        box_area(array) if areas is None else _column("areas", areas, n, np.float64),
        _column("ignore", ignore, n, np.bool_),
    )


def found(
    boxes: ArrayLike,
    scores: ArrayLike,
    classes: ArrayLike | None = None,
    images: ArrayLike | None = None,
) -> Found:
    """Return detections; what is left out is class 0 and image 0.

    Raises
    ------
    ValueError
        If a shape does not fit, a box is none or a score is not finite.

    Examples
    --------
    >>> found([[0, 0, 1, 1], [0, 0, 2, 2]], [0.1, 0.9]).ranked().scores.tolist()
    [0.9, 0.1]
    """
    array = as_boxes(boxes, "detections")
    n = len(array)
    numbers = _column("scores", scores, n, np.float64)
    if not np.isfinite(numbers).all():
        raise ValueError("scores must be finite numbers, got one that is not")
    return Found(
        array,
        numbers,
        _column("classes", classes, n, np.int64),
        _column("images", images, n, np.int64),
    )


def one_image(
    size: tuple[int, int], classes: Sequence[str], true: Truths, seen: Found
) -> Labelled:
    """Return the set of a single image of ``size`` (width, height).

    Examples
    --------
    >>> nothing = found([], [])
    >>> one_image((8, 6), ["cat"], truths([[0, 0, 1, 1]]), nothing).counted().tolist()
    [1]
    """
    return Labelled(tuple(classes), ("image",), np.array([size], float), true, seen)


def by_image(seen: Found, true: Truths) -> list[tuple[Ints, Ints]]:
    """Return the rows of detections and of truths of each image with a detection.

    Examples
    --------
    >>> seen = found([[0, 0, 1, 1]] * 3, [3, 2, 1], images=[5, 0, 5])
    >>> [(a.tolist(), b.tolist()) for a, b in by_image(seen, truths([[0, 0, 1, 1]]))]
    [([1], [0]), ([0, 2], [])]
    """
    order = np.argsort(seen.images, kind="stable")
    images, starts = np.unique(seen.images[order], return_index=True)
    rows = np.split(order, starts[1:]) if len(order) else []
    by_truth = np.argsort(true.images, kind="stable")
    left = np.searchsorted(true.images[by_truth], images, side="left")
    right = np.searchsorted(true.images[by_truth], images, side="right")
    return [(row, by_truth[a:b]) for row, a, b in zip(rows, left, right, strict=True)]


def _column(name: str, values: ArrayLike | None, n: int, dtype: type) -> NDArray[Any]:
    if values is None:
        return np.zeros(n, dtype)
    column: NDArray[Any] = np.asarray(values, dtype=dtype).reshape(-1)
    if len(column) != n:
        raise ValueError(f"{name} must be ({n},) to match the boxes, got {len(column)}")
    return column
