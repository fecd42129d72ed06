"""Boxes as four numbers relative to a proposal, and back: what a regressor learns."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.boxes import as_boxes

Array = NDArray[np.float64]
Weights = tuple[float, float, float, float]

# Faster R-CNN's code never lets a box grow by more than 1000 / 16 at once.
CLAMP = math.log(1000.0 / 16.0)
WEIGHTS: Weights = (1.0, 1.0, 1.0, 1.0)


def encode(
    proposals: ArrayLike, truths: ArrayLike, weights: Weights = WEIGHTS
) -> Array:
    """Return how each proposal would have to move to lie on its truth.

    Parameters
    ----------
    proposals, truths : (N, 4) array_like
        ``(x1, y1, x2, y2)`` in pixels, one truth a proposal; every side above 0.
    weights : four floats
        Factors of the four numbers, above 0; Fast R-CNN's (10, 10, 5, 5) bring them
        near a standard deviation of 1.

    Returns
    -------
    (N, 4) float64 array
        ``(tx, ty, tw, th)``: the shift of the centre in widths and heights of the
        proposal, and the natural logarithms of the ratios of width and height.

    Raises
    ------
    ValueError
        If the boxes are malformed, not equal in number or without area, or a weight
        is not above 0.

    Notes
    -----
    ``torchvision.models.detection._utils.BoxCoder`` computes the same. The authors'
    code took sides one pixel longer (the corners named pixels that belong to the
    box); here, as in torchvision, a side is x2 - x1.

    References
    ----------
    Girshick et al. 2014, Rich feature hierarchies (R-CNN), Appendix C, equations (6)
    to (9).

    Examples
    --------
    >>> encode([[0, 0, 10, 20]], [[5, 0, 25, 20]]).round(3).tolist()
    [[1.0, 0.0, 0.693, 0.0]]
    """
    centres, sizes = _centred(proposals, "proposals")
    wanted, wanted_sizes = _centred(truths, "truths")
    if len(wanted) != len(centres):
        raise ValueError(
            f"each proposal needs its truth, got {len(centres)} and {len(wanted)}"
        )
    shifts = (wanted - centres) / sizes  # (N, 2)
    ratios = np.log(wanted_sizes / sizes)  # (N, 2)
    return np.concatenate([shifts, ratios], axis=1) * _checked(weights)


def decode(
    proposals: ArrayLike,
    deltas: ArrayLike,
    *,
    clamp: float | None = CLAMP,
    weights: Weights = WEIGHTS,
) -> Array:
    """Return where each proposal lies after its four numbers are applied.

    Parameters
    ----------
    proposals : (N, 4) array_like
        ``(x1, y1, x2, y2)`` in pixels; every side above 0.
    deltas : (N, 4) array_like
        ``(tx, ty, tw, th)`` as ``encode`` gives them.
    clamp : float or None
        Largest tw and th that count, after the weights are taken out; None for no
        limit. There is no lower limit: a box may shrink as far as it likes.
    weights : four floats
        Those of ``encode``.

    Returns
    -------
    (N, 4) float64 array
        ``(x1, y1, x2, y2)`` in pixels; may leave the picture.

    Raises
    ------
    ValueError
        If the boxes are malformed or without area, the numbers not finite or not
        (N, 4), or a weight is not above 0.

    Notes
    -----
    The limit, log(1000 / 16) = 4.135, is that of Faster R-CNN's code and of
    torchvision's; the paper has none.

    References
    ----------
    Girshick et al. 2014, Rich feature hierarchies (R-CNN), Appendix C, equations (1)
    to (4).

    Examples
    --------
    >>> decode([[0, 0, 10, 20]], [[1, 0, np.log(2), 0]]).round(6).tolist()
    [[5.0, 0.0, 25.0, 20.0]]
    """
    centres, sizes = _centred(proposals, "proposals")
    moves = np.asarray(deltas, dtype=np.float64)
    if moves.size == 0 and moves.ndim <= 2:
        moves = np.empty((0, 4))
    if moves.shape != (len(centres), 4) or not np.isfinite(moves).all():
        raise ValueError(
            f"deltas must be ({len(centres)}, 4) finite numbers, one row a proposal, "
            f"got shape {moves.shape}"
        )
    moves = moves / _checked(weights)
    logs = moves[:, 2:] if clamp is None else np.minimum(moves[:, 2:], clamp)
    middles = centres + moves[:, :2] * sizes  # (N, 2)
    halves = np.exp(logs) * sizes / 2  # (N, 2)
    return np.concatenate([middles - halves, middles + halves], axis=1)


def clip_boxes(boxes: ArrayLike, width: float, height: float) -> Array:
    """Cut boxes off at the edges of a picture.

    Parameters
    ----------
    boxes : (N, 4) array_like
    width, height : float
        Of the picture, in pixels.

    Returns
    -------
    (N, 4) float64 array
        A box wholly outside becomes one without area at the edge.

    Raises
    ------
    ValueError
        As ``as_boxes``.

    Examples
    --------
    >>> clip_boxes([[-5, 2, 30, 8]], 20, 10).tolist()
    [[0.0, 2.0, 20.0, 8.0]]
    """
    return as_boxes(boxes).clip(0, [width, height, width, height])


def _centred(boxes: ArrayLike, name: str) -> tuple[Array, Array]:
    """Return centres and sizes, (N, 2) each."""
    array = as_boxes(boxes, name)
    sizes = array[:, 2:] - array[:, :2]
    flat = np.flatnonzero((sizes <= 0).any(axis=1))
    if len(flat):
        raise ValueError(
            f"{name} must have width and height above 0, got "
            f"{array[flat[0]].tolist()} at index {flat[0]}"
        )
    return array[:, :2] + sizes / 2, sizes


def _checked(weights: Weights) -> Array:
    factors = np.asarray(weights, dtype=np.float64)
    if factors.shape != (4,) or not (np.isfinite(factors) & (factors > 0)).all():
        raise ValueError(f"weights must be four numbers above 0, got {weights!r}")
    return factors
