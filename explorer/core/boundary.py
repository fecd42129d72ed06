"""How far from a class boundary two segmentations differ, or one of them is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.confusion import confusion_matrix, mean_iou, pixel_accuracy

Labels = NDArray[np.uint8]
Array = NDArray[np.float64]


def _two_dimensional(labels: Labels, name: str) -> None:
    if labels.ndim != 2 or labels.size == 0:
        raise ValueError(f"{name} has shape {labels.shape}; it must be (H, W).")


def boundary_pixels(labels: Labels) -> NDArray[np.bool_]:
    """Return the pixels with a neighbour of another class: above, below, left, right.

    Both sides of a boundary belong to it, so it is two pixels wide. The picture's
    own border is none.

    Parameters
    ----------
    labels : (H, W) uint8 array

    Examples
    --------
    >>> boundary_pixels(np.array([[0, 0, 1, 1]], np.uint8)).astype(int).tolist()
    [[0, 1, 1, 0]]
    """
    _two_dimensional(labels, "labels")
    found = np.zeros(labels.shape, bool)
    down = labels[1:] != labels[:-1]
    across = labels[:, 1:] != labels[:, :-1]
    found[1:] |= down
    found[:-1] |= down
    found[:, 1:] |= across
    found[:, :-1] |= across
    return found


def boundary_distance(labels: Labels) -> Array:
    """Return each pixel's distance to the nearest boundary pixel, in pixels.

    Returns
    -------
    (H, W) float64 array
        0 on the boundary; infinite everywhere where there is none.

    Examples
    --------
    >>> boundary_distance(np.array([[0, 0, 0, 1]], np.uint8)).tolist()
    [[2.0, 1.0, 0.0, 0.0]]
    """
    edge = boundary_pixels(labels)
    if not edge.any():
        return np.full(labels.shape, np.inf)
    away = np.where(edge, 0, 1).astype(np.uint8)
    found = cv2.distanceTransform(away, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(found, np.float64)


@dataclass(frozen=True)
class Change:
    """Where two segmentations of one picture differ.

    Attributes
    ----------
    changed : (H, W) bool array
    share : float
        Of all pixels.
    edges : (n + 1,) float array
        Limits of the bins of distance, px; the last is infinite.
    pixels, differ : (n,) int arrays
        Pixels in each bin, and those of them that differ.
    """

    changed: NDArray[np.bool_]
    share: float
    edges: Array
    pixels: NDArray[np.int64]
    differ: NDArray[np.int64]

    @property
    def shares(self) -> Array:
        """Share of each bin's pixels that differ; nan where a bin is empty."""
        with np.errstate(invalid="ignore"):
            return np.where(self.pixels > 0, self.differ / self.pixels, np.nan)


def change_by_distance(a: Labels, b: Labels, edges: Sequence[float]) -> Change:
    """Compare two segmentations, pixel by pixel and by distance to a boundary of ``a``.

    Parameters
    ----------
    a, b : (H, W) uint8 arrays
    edges : increasing floats
        Lower limits of the bins, px, the first 0; the last bin has no upper limit.

    Returns
    -------
    Change
        Every pixel is in one bin: ``edges[i] <= distance < edges[i + 1]``.

    Raises
    ------
    ValueError
        If the shapes differ, or the edges do not start at 0 and rise.

    Examples
    --------
    >>> a = np.array([[0, 0, 0, 0, 1, 1]], np.uint8)
    >>> b = np.array([[0, 0, 0, 1, 1, 1]], np.uint8)
    >>> found = change_by_distance(a, b, (0, 1, 2))
    >>> found.pixels.tolist(), found.differ.tolist()
    ([2, 2, 2], [1, 0, 0])
    """
    _two_dimensional(a, "a")
    if a.shape != b.shape:
        raise ValueError(f"a is {a.shape} and b {b.shape}: both need the same shape.")
    limits = np.array([*edges, np.inf])
    if limits[0] != 0 or (np.diff(limits) <= 0).any():
        raise ValueError(f"edges must start at 0 and rise, got {tuple(edges)}.")
    changed = a != b
    place = np.searchsorted(limits, boundary_distance(a).ravel(), side="right") - 1
    place = place.clip(0, len(edges) - 1)
    pixels = np.bincount(place, minlength=len(edges))
    differ = np.bincount(place[changed.ravel()], minlength=len(edges))
    return Change(changed, float(changed.mean()), limits, pixels, differ)


@dataclass(frozen=True)
class Trimap:
    """How right a segmentation is near the true boundaries, for bands of some widths.

    Attributes
    ----------
    widths : (n,) float array
        Greatest distance to a true boundary, px.
    pixels : (n,) int array
        Known pixels in each band.
    accuracy, miou : (n,) float arrays
        nan where the band is empty.
    """

    widths: Array
    pixels: NDArray[np.int64]
    accuracy: Array
    miou: Array


def trimap_scores(
    truth: Labels, labels: Labels, widths: Sequence[float], classes: int
) -> Trimap:
    """Score a segmentation in narrow bands around the true class boundaries.

    Parameters
    ----------
    truth, labels : (H, W) uint8 arrays
        A truth of ``classes`` or above, such as ``confusion.VOID``, counts neither way.
    widths : rising floats
        A pixel is in the band when its distance is not above the width, px.
    classes : int

    Raises
    ------
    ValueError
        If the shapes differ, a predicted class is unknown or the widths do not rise.

    Notes
    -----
    The paper dilates VOC's unlabelled ("void") strips, which lie along the objects'
    outlines; here the band lies around every change of class, void included, and its
    void pixels are left out. mIoU is over the classes that occur in the band.

    References
    ----------
    Chen et al. 2018, DeepLabv3+, section 4.4 and figure 5; after Kohli et al. 2009,
    "Robust higher order potentials for enforcing label consistency".

    Examples
    --------
    >>> truth = np.array([[0, 0, 0, 1, 1, 1]], np.uint8)
    >>> guess = np.array([[0, 0, 1, 1, 1, 1]], np.uint8)
    >>> trimap_scores(truth, guess, (0, 2), 2).accuracy.round(2).tolist()
    [0.5, 0.83]
    """
    _two_dimensional(truth, "truth")
    if truth.shape != labels.shape:
        raise ValueError(
            f"the truth is {truth.shape} and the prediction {labels.shape}: "
            "both need the same shape."
        )
    limits = np.array(widths, float)
    if (np.diff(limits) <= 0).any():
        raise ValueError(f"widths must rise, got {tuple(widths)}.")
    away = boundary_distance(truth)
    found, inner = [], -1.0
    total = np.zeros((classes, classes), np.int64)
    for width in limits:  # each band holds those before it: only its own ring is new
        ring = (away > inner) & (away <= width)
        total = total + confusion_matrix(truth[ring], labels[ring], classes)
        found.append(total)
        inner = width
    return Trimap(
        limits,
        np.array([int(matrix.sum()) for matrix in found], np.int64),
        np.array([pixel_accuracy(matrix) for matrix in found]),
        np.array([mean_iou(matrix) for matrix in found]),
    )
