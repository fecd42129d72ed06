"""Masks of single things beside each other, and beside one map of a whole class."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.activations import sigmoid
from explorer.core.mask_paste import paste_mask

Probs = NDArray[np.float32]
Masks = NDArray[np.bool_]
CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)


@dataclass(frozen=True)
class MaskChange:
    """How far a second mask of one thing is from the first.

    Attributes
    ----------
    pixels, other_pixels : int
        Of the first and of the second.
    gained_px, lost_px : int
        In the second alone, and in the first alone.
    mean_change : float
        Of the probability, over all pixels where either is above 0; 0 without one.
    border_change : float
        The same over the first mask's border pixels.
    border_px : int
        How many these are.
    """

    pixels: int
    other_pixels: int
    gained_px: int
    lost_px: int
    mean_change: float
    border_change: float
    border_px: int

    @property
    def changed_px(self) -> int:
        """Pixels in one of the two alone."""
        return self.gained_px + self.lost_px

    @property
    def iou(self) -> float:
        """Intersection over union; 1 for two empty masks."""
        union = self.pixels + self.gained_px
        return 1.0 if union == 0 else (self.pixels - self.lost_px) / union


def pasted_probs(logits: ArrayLike, boxes: ArrayLike, height: int, width: int) -> Probs:
    """Paste masks into one picture.

    Parameters
    ----------
    logits : (M, S, S) array_like
    boxes : (M, 4) array_like
        xyxy pixels of the picture.
    height, width : int

    Returns
    -------
    (M, height, width) float32
        Probabilities, each as ``paste_mask`` gives it.
    """
    probs = sigmoid(logits)
    places = np.asarray(boxes, np.float64).reshape(-1, 4)
    whole = np.zeros((len(probs), height, width), np.float32)
    for k, (one, box) in enumerate(zip(probs, places, strict=True)):
        whole[k] = paste_mask(one, box, height, width).probs
    return whole


def border_of(mask: Masks) -> Masks:
    """Return the pixels of a mask that have a neighbour beside or above outside it.

    Beyond the picture is outside.

    Examples
    --------
    >>> int(border_of(np.ones((3, 4), bool)).sum())
    10
    """
    inner = cv2.erode(np.pad(mask, 1).astype(np.uint8), CROSS)[1:-1, 1:-1]
    return np.asarray(mask & (inner == 0))


def mask_change(probs: Probs, other: Probs, threshold: float) -> MaskChange:
    """Count what changes from one mask of a thing to another.

    Parameters
    ----------
    probs, other : (H, W) arrays
        Pasted probabilities.
    threshold : float
        A pixel belongs to the mask from here up.

    Raises
    ------
    ValueError
        If the two have different shapes.

    Examples
    --------
    >>> seen = mask_change(np.array([[0.9, 0.6]]), np.array([[0.9, 0.2]]), 0.5)
    >>> seen.lost_px, seen.iou, round(seen.border_change, 3)
    (1, 0.5, 0.2)
    """
    if probs.shape != other.shape:
        raise ValueError(f"masks of {probs.shape} and {other.shape} can't be compared")
    one, two = probs >= threshold, other >= threshold
    apart = np.abs(probs.astype(np.float64) - other)
    some, border = (probs > 0) | (other > 0), border_of(one)
    return MaskChange(
        int(one.sum()),
        int(two.sum()),
        int((two & ~one).sum()),
        int((one & ~two).sum()),
        float(apart[some].mean()) if some.any() else 0.0,
        float(apart[border].mean()) if border.any() else 0.0,
        int(border.sum()),
    )


@dataclass(frozen=True, eq=False)
class Melted:
    """One map of a class beside the instances of that class.

    Attributes
    ----------
    semantic_px, union_px, overlap_px : int
        Pixels of the map, of the instances together, and of two or more at once.
    both_px : int
        Of the map and of an instance.
    regions : (R,) int64
        Pixels of each connected region of the map, largest first; specks left out.
    specks : int
        Regions smaller than the least size.
    holds : tuple of tuple of int
        For each region the instances that have most of their mapped pixels in it.
    """

    semantic_px: int
    union_px: int
    overlap_px: int
    both_px: int
    regions: NDArray[np.int64]
    specks: int
    holds: tuple[tuple[int, ...], ...]

    @property
    def iou(self) -> float:
        """Of the map and the instances together; 1 where both are empty."""
        union = self.semantic_px + self.union_px - self.both_px
        return 1.0 if union == 0 else self.both_px / union


def with_twin(image: NDArray[np.uint8], column: int) -> NDArray[np.uint8]:
    """Return a picture up to a column, and its mirror image joined to it there.

    A thing that the column cuts stands there twice, the two grown together.

    Parameters
    ----------
    image : (H, W, 3) uint8
    column : int
        1 to W.

    Raises
    ------
    ValueError
        If there is no such column.

    Examples
    --------
    >>> with_twin(np.arange(3, dtype=np.uint8).reshape(1, 3, 1), 2)[..., 0].tolist()
    [[0, 1, 1, 0]]
    """
    width = image.shape[1]
    if not 1 <= column <= width:
        raise ValueError(f"the column must lie in 1..{width}, got {column}")
    left = image[:, :column]
    return np.concatenate([left, left[:, ::-1]], axis=1)


def regions_of(region: Masks, least_px: int = 1) -> tuple[NDArray[np.int32], int]:
    """Return the connected regions as labels 1, 2 ..., largest first, and the specks.

    Pixels that touch by a corner hang together.

    Returns
    -------
    labels : (H, W) int32
        0 outside and in regions smaller than ``least_px``.
    specks : int
        How many of these there are.

    Examples
    --------
    >>> labels, specks = regions_of(np.array([[1, 0, 1, 1]], bool), 2)
    >>> labels.tolist(), specks
    ([[0, 0, 1, 1]], 1)
    """
    count, found, stats, _ = cv2.connectedComponentsWithStats(
        region.astype(np.uint8), connectivity=8
    )
    sizes = stats[1:, cv2.CC_STAT_AREA]
    order = np.argsort(-sizes, kind="stable")
    kept = order[sizes[order] >= least_px]
    rank = np.zeros(count, np.int32)
    rank[kept + 1] = np.arange(1, len(kept) + 1)
    return np.asarray(rank[found]), len(sizes) - len(kept)


def melted(semantic: Masks, masks: Sequence[Masks] | Masks, least_px: int) -> Melted:
    """Compare a map of a class with the instances of that class.

    Parameters
    ----------
    semantic : (H, W) bool
    masks : (M, H, W) bool
    least_px : int
        A smaller region is a speck.

    Examples
    --------
    >>> whole = np.ones((1, 4), bool)
    >>> seen = melted(whole, np.array([[[1, 1, 0, 0]], [[0, 1, 1, 1]]], bool), 1)
    >>> seen.holds, seen.overlap_px, seen.union_px
    (((0, 1),), 1, 4)
    """
    labels, specks = regions_of(semantic, least_px)
    count = int(labels.max(initial=0))
    stack = np.asarray(masks, bool).reshape(-1, *semantic.shape)
    holds: list[list[int]] = [[] for _ in range(count)]
    for k, one in enumerate(stack):
        inside = np.bincount(labels[one], minlength=count + 1)[1:]
        if inside.sum():
            holds[int(inside.argmax())].append(k)
    times = stack.sum(axis=0)
    return Melted(
        int(semantic.sum()),
        int((times > 0).sum()),
        int((times > 1).sum()),
        int(((times > 0) & semantic).sum()),
        np.bincount(labels.ravel(), minlength=count + 1)[1:].astype(np.int64),
        specks,
        tuple(tuple(one) for one in holds),
    )
