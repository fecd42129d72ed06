"""What a change of the network did to its label map: how many pixels, and where."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.core.boundary import boundary_distance
from explorer.core.confusion import confusion_matrix, mean_iou

Labels = NDArray[np.uint8]
NEAR_PX = 3.0  # to a boundary pixel: what counts as close


@dataclass(frozen=True, eq=False)
class LabelChange:
    """A label map beside the one it is compared with.

    Attributes
    ----------
    changed : (H, W) bool array
        Pixels whose class is another one now.
    changed_frac : float
        Their share of all pixels.
    near_frac : float
        Share of the changed pixels that lie close to a class boundary of the
        reference; nan where nothing changed.
    agreement : float
        Mean IoU with the reference as truth.
    boundary_iou : float
        Mean boundary IoU with the reference as truth.
    """

    changed: NDArray[np.bool_]
    changed_frac: float
    near_frac: float
    agreement: float
    boundary_iou: float


@dataclass(frozen=True, eq=False)
class LabelChanges:
    """Several label maps beside one reference.

    Attributes
    ----------
    distance : (H, W) float64 array
        Of each pixel to the reference's nearest boundary pixel, as
        ``boundary.boundary_distance`` measures it.
    near_frac : float
        Share of all pixels close to a boundary: what ``LabelChange.near_frac`` would
        be if changes fell anywhere alike.
    each : tuple of LabelChange
    """

    distance: NDArray[np.float64]
    near_frac: float
    each: tuple[LabelChange, ...]


def boundary_iou(
    truth: Labels, labels: Labels, classes: int, width_px: float = NEAR_PX
) -> float:
    """Compare only the rims of the regions: mean boundary IoU over the classes.

    A region's rim is what of it lies at most ``width_px`` from a boundary pixel. For
    each class, rims of truth and prediction are intersected and united.

    Parameters
    ----------
    truth, labels : (H, W) uint8 arrays
        Classes below ``classes``; all others of the truth are left out, with the
        prediction there.
    classes : int
    width_px : float

    Returns
    -------
    float
        1 where the rims agree; nan where neither has any.

    Raises
    ------
    ValueError
        If the shapes differ.

    Notes
    -----
    The paper's width is 2 % of the picture's diagonal and counts the picture's border
    as a boundary; here the width is in pixels, and the border is none.

    References
    ----------
    Cheng et al., CVPR 2021, Boundary IoU, section 4, equation 2.

    Examples
    --------
    >>> a = np.repeat(np.arange(2, dtype=np.uint8), 5)[None]
    >>> boundary_iou(a, a, 2)
    1.0
    >>> boundary_iou(a, 1 - a, 2)
    0.0
    """
    if truth.shape != labels.shape:
        raise ValueError(
            f"the truth is {truth.shape} and the prediction {labels.shape}: "
            "both need the same shape"
        )
    return _rim_iou(
        truth, boundary_distance(truth) <= width_px, labels, classes, width_px
    )


def _rim_iou(
    truth: Labels,
    truth_rim: NDArray[np.bool_],
    labels: Labels,
    classes: int,
    width_px: float,
) -> float:
    known = truth < classes
    a = np.where(truth_rim & known, truth, classes)[known].astype(np.int64)
    b = np.where((boundary_distance(labels) <= width_px) & known, labels, classes)[
        known
    ]
    table = np.bincount(a * (classes + 1) + b, minlength=(classes + 1) ** 2)
    table = table.reshape(classes + 1, classes + 1)
    hit = np.diag(table)[:classes]
    union = table.sum(0)[:classes] + table.sum(1)[:classes] - hit
    return float((hit[union > 0] / union[union > 0]).mean()) if union.any() else np.nan


def label_changes(
    reference: Labels, others: NDArray[np.uint8], classes: int, near_px: float = NEAR_PX
) -> LabelChanges:
    """Compare label maps with one reference: how much changed, and where.

    Parameters
    ----------
    reference : (H, W) uint8 array
        Classes below ``classes``.
    others : (N, H, W) uint8 array
        The same.
    classes : int
    near_px : float
        Largest distance to a boundary pixel that counts as close.

    Returns
    -------
    LabelChanges

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> before = np.array([[0, 0, 0, 0, 1, 1, 1, 1]], np.uint8)
    >>> after = np.array([[[0, 0, 0, 1, 1, 1, 1, 0]]], np.uint8)
    >>> found = label_changes(before, after, 2, near_px=0)
    >>> found.each[0].changed_frac, found.each[0].near_frac, found.near_frac
    (0.25, 0.5, 0.25)
    """
    if others.ndim != 3 or others.shape[1:] != reference.shape:
        raise ValueError(
            f"the label maps are {others.shape}; (N, *{reference.shape}) is needed"
        )
    distance = boundary_distance(reference)
    near = distance <= near_px
    each = []
    for labels in others:
        changed = labels != reference
        count = int(changed.sum())
        each.append(
            LabelChange(
                changed,
                count / changed.size,
                int((changed & near).sum()) / count if count else float("nan"),
                mean_iou(confusion_matrix(reference, labels, classes)),
                _rim_iou(reference, near, labels, classes, near_px),
            )
        )
    return LabelChanges(distance, float(near.mean()), tuple(each))


def shares_within(
    distance: NDArray[np.float64],
    where: NDArray[np.bool_],
    widths_px: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return which share of the pixels in ``where`` lies within each width.

    Parameters
    ----------
    distance : (H, W) float array
        As of ``boundary_distance``.
    where : (H, W) bool array
    widths_px : (K,) array

    Returns
    -------
    (K,) array
        Shares, never falling; nan where ``where`` is empty.

    Examples
    --------
    >>> distance = np.array([[1.0, 2.0, 5.0]])
    >>> everywhere = np.ones((1, 3), bool)
    >>> shares_within(distance, everywhere, np.array([0.5, 2.0, 9.0])).round(2).tolist()
    [0.0, 0.67, 1.0]
    """
    inside = np.sort(distance[where])
    if not inside.size:
        return np.full(len(widths_px), np.nan)
    return np.searchsorted(inside, widths_px, side="right") / inside.size
