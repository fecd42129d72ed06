"""The part of a receptive field that counts: where the gradient's mass lies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
TAIL = 0.0455  # of the largest gradient: below it a pixel does not count (Luo)
STEPS = 50  # points of the profile


@dataclass(frozen=True, eq=False)
class MassProfile:
    """How much of the gradient lies within the box shrunk about its middle.

    Attributes
    ----------
    shares : (STEPS + 1,) float64 array
        Side of the shrunk box, as a share of the whole one's: 0 to 1.
    mass : (STEPS + 1,) float64 array
        Share of the gradient's mass inside; 0 everywhere if there is no gradient.
    even : (STEPS + 1,) float64 array
        The same if every pixel of the box counted alike.
    half : float
        The side, as a share, of the box that holds half of the mass; NaN without any.
    half_box : (x1, y1, x2, y2)
        That box, not cut at the border.
    effective_px : float
        Side of a square as large as all pixels that count.
    outside : float
        The largest gradient outside the box: 0 if the box is right.
    """

    shares: Array
    mass: Array
    even: Array
    half: float
    half_box: tuple[float, float, float, float]
    effective_px: float
    outside: float


def mass_profile(
    gradient: ArrayLike, box: tuple[float, float, float, float]
) -> MassProfile:
    """Measure how a gradient map fills the theoretical receptive field.

    Parameters
    ----------
    gradient : (H, W) array_like
        How much each input pixel changes the unit, at least 0.
    box : (x1, y1, x2, y2)
        The field in pixels; it may reach over the map's border, where there are no
        pixels to count.

    Raises
    ------
    ValueError
        If the map is not two-dimensional, has a negative or non-finite value, or the
        box is empty.

    Notes
    -----
    Luo et al. count the pixels above 4.55 % of the centre's gradient, averaged over
    many inputs. Here it is one photo, whose centre pixel may happen to be weak, so
    the largest gradient takes the centre's place.

    References
    ----------
    Luo, Li, Urtasun and Zemel 2016, Understanding the effective receptive field in
    deep convolutional neural networks, arXiv:1701.04128, sections 2 and 3.

    Examples
    --------
    >>> alone = np.zeros((9, 9)); alone[4, 4] = 2.0
    >>> found = mass_profile(alone, (0, 0, 9, 9))
    >>> float(found.mass[-1]), found.effective_px, found.half
    (1.0, 1.0, 0.0)
    """
    values = np.asarray(gradient, np.float64)
    if values.ndim != 2 or not np.isfinite(values).all() or (values < 0).any():
        raise ValueError(
            f"gradient has shape {values.shape}; it must be (H, W), finite, at least 0."
        )
    x1, y1, x2, y2 = box
    if x2 <= x1 or y2 <= y1:
        raise ValueError(f"box is {box}; its sides must be above 0.")
    shares = np.linspace(0, 1, STEPS + 1)
    far = _distance(values.shape, box)
    inside = far <= 1
    mass = _within(far[inside], values[inside], shares)
    half = _half(far[inside], values[inside])
    middle, sides = ((x1 + x2) / 2, (y1 + y2) / 2), (x2 - x1, y2 - y1)
    reach = [half * side / 2 for side in sides]
    peak = values.max(initial=0.0)
    return MassProfile(
        shares,
        mass,
        _within(far[inside], np.ones(int(inside.sum())), shares),
        half,
        (
            middle[0] - reach[0],
            middle[1] - reach[1],
            middle[0] + reach[0],
            middle[1] + reach[1],
        ),
        float(np.sqrt((values > TAIL * peak).sum())) if peak > 0 else 0.0,
        float(values[~inside].max(initial=0.0)),
    )


def _distance(shape: tuple[int, ...], box: tuple[float, float, float, float]) -> Array:
    """Return each pixel's share: the side of the smallest box around it, 1 at most."""
    x1, y1, x2, y2 = box
    rows, cols = (np.arange(n) + 0.5 for n in shape)
    down = np.abs(rows - (y1 + y2) / 2) / ((y2 - y1) / 2)
    right = np.abs(cols - (x1 + x2) / 2) / ((x2 - x1) / 2)
    far: Array = np.maximum(down[:, None], right[None])
    return far


def _within(far: Array, weights: Array, shares: Array) -> Array:
    total = weights.sum()
    if total == 0:
        return np.zeros_like(shares)
    order = np.argsort(far)
    summed = np.concatenate([[0.0], np.cumsum(weights[order])])
    found = summed[np.searchsorted(far[order], shares, side="right")] / total
    found[-1] = 1.0
    return np.asarray(found)


def _half(far: Array, weights: Array) -> float:
    total = weights.sum()
    if total == 0:
        return float("nan")
    order = np.argsort(far)
    summed = np.cumsum(weights[order])
    return float(far[order][np.searchsorted(summed, total / 2)])
