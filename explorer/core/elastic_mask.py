"""What a warp does to a mask: labels that bilinear mixing invents, and folds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.core.elastic_fields import Field

Labels = NDArray[np.uint8]
WHOLE = 1e-3  # closer than this to a label is that label: float32 rounding


@dataclass(frozen=True, eq=False)
class MixedMask:
    """A mask warped as if its labels were brightness.

    Attributes
    ----------
    values : (H, W) float64 array
        Bilinear means of the four label numbers around the place read.
    between : (H, W) bool array
        Where that is the label of none of the four pixels.
    invented : (H, W) bool array
        Where it is not even after rounding; a part of ``between``.
    """

    values: NDArray[np.float64]
    between: NDArray[np.bool_]
    invented: NDArray[np.bool_]


def mix_labels(mask: Labels, field: Field) -> MixedMask:
    """Warp a mask with bilinear interpolation, as a photo is, and see what comes out.

    Parameters
    ----------
    mask : (H, W) uint8 array
        One label a pixel.
    field : (2, H, W) float32 array
        Down and right, in pixels.

    Returns
    -------
    MixedMask

    Notes
    -----
    Halves round up. Outside, the mask is mirrored at its border pixels.

    Examples
    --------
    >>> half = np.stack([np.zeros((1, 3)), np.full((1, 3), 0.5)]).astype(np.float32)
    >>> mixed = mix_labels(np.array([[0, 0, 4]], np.uint8), half)
    >>> mixed.values.tolist(), mixed.invented.tolist()
    ([[0.0, 2.0, 2.0]], [[False, True, True]])
    """
    low_r, high_r, share_r = _around(0, mask.shape[0], field[0])
    low_c, high_c, share_c = _around(1, mask.shape[1], field[1])
    corners = [mask[r, c] for r in (low_r, high_r) for c in (low_c, high_c)]
    shares = [wr * wc for wr in (1 - share_r, share_r) for wc in (1 - share_c, share_c)]
    values = sum(w * c for w, c in zip(shares, corners, strict=True))
    values = np.asarray(values, np.float64)
    label = np.floor(values + 0.5)
    met = np.logical_or.reduce([np.abs(values - one) < WHOLE for one in corners])
    seen = np.logical_or.reduce([label == corner for corner in corners])
    return MixedMask(values, ~met, ~seen)


def folded(field: Field) -> NDArray[np.bool_]:
    """Return where a field folds the picture over itself.

    Parameters
    ----------
    field : (2, H, W) float32 array
        Down and right, in pixels.

    Returns
    -------
    (H - 1, W - 1) bool array
        True where the triangle of a pixel, its right and its lower neighbour is read
        with its corners in the opposite turn, or with no area: there some place of the
        photo is read more than once.

    Notes
    -----
    The sign is that of the Jacobian determinant of place plus field, with forward
    differences.

    Examples
    --------
    >>> still, flip = np.zeros((2, 3, 3), np.float32), np.zeros((2, 3, 3), np.float32)
    >>> flip[1] = -2 * np.arange(3)
    >>> bool(folded(still).any()), bool(folded(flip).all())
    (False, True)
    """
    down = np.diff(field, axis=1)[:, :, :-1].astype(np.float64)
    right = np.diff(field, axis=2)[:, :-1].astype(np.float64)
    area = (1 + down[0]) * (1 + right[1]) - down[1] * right[0]
    return np.asarray(area <= 0)


def _around(
    axis: int, size: int, shift: Field
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return the pixels on both sides of each place, and the share of the second."""
    at = (np.indices(shift.shape, np.float32)[axis] + shift).astype(np.float64)
    low = np.floor(at)
    return _mirror(low, size), _mirror(low + 1, size), at - low


def _mirror(index: NDArray[np.float64], size: int) -> NDArray[np.intp]:
    """Bring indices back into 0..size - 1, the border pixels not repeated."""
    if size == 1:
        return np.zeros(index.shape, np.intp)
    period = 2 * (size - 1)
    turned = np.mod(index, period)
    return np.asarray(np.minimum(turned, period - turned), np.intp)


def fold_shares(field: Field, sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much of the result folds when a field is scaled.

    Parameters
    ----------
    field : (2, H, W) float32 array
    sizes : (n,) float64 array
        Factors of the field.

    Returns
    -------
    (n,) float64 array
        Shares of the cells of the pixel grid, 0 to 1; 0 for a picture one pixel wide.

    Examples
    --------
    >>> squeeze = np.zeros((2, 3, 4), np.float32)
    >>> squeeze[1] = -np.arange(4)
    >>> fold_shares(squeeze, np.array([0.5, 1.5])).tolist()
    [0.0, 1.0]
    """
    if min(field.shape[1:]) < 2:
        return np.zeros(len(sizes))
    return np.array([folded(np.float32(size) * field).mean() for size in sizes])
