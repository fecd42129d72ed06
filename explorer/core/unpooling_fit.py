"""Kernels fitted to a layer's own maps, and all the ways back side by side."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from explorer.core.unpooling import MaxPool, bed_of_nails, max_pool, max_unpool
from explorer.core.upsampling import (
    Array,
    bilinear,
    checked_maps,
    nearest,
    shifted,
    transposed_conv,
    triangle_kernel,
)

DENSE_SIZE = 3  # of the convolution that fills in the zeros after max-unpooling
# Unpooled maps are 0 nearly everywhere and the fit may be short of numbers: a little
# of this keeps it from choosing absurdly large weights.
RIDGE_FRAC = 1e-6


@dataclass(frozen=True, eq=False)
class Unpooled:
    """The working of one pooling and of every way back.

    Attributes
    ----------
    x : (C, H, W) float64 array
        The maps before pooling.
    pool : MaxPool
    rebuilt : dict of str to (C, H, W) float64 array
        By way: nearest, nails, unpool, bilinear, transposed and, with fitted kernels,
        dense: max-unpooling followed by a convolution.
    stamps : (C, k, k) float64 array
        Each channel's kernel of the transposed convolution.
    dense : (C, 3, 3) float64 array or None
        Each channel's kernel of the convolution after max-unpooling.
    """

    x: Array
    pool: MaxPool
    rebuilt: dict[str, Array]
    stamps: Array
    dense: Array | None


def unpool_steps(
    x: ArrayLike, kernel_size: int, stride: int, fitted: bool = False
) -> Unpooled:
    """Pool maps and bring them back to their size in every way.

    Parameters
    ----------
    x : (H, W) or (C, H, W) array_like
    kernel_size, stride : int
        As for ``max_pool``.
    fitted : bool
        Whether kernels are fitted by least squares: those of the even channels on the
        odd ones and the other way round, so that none has seen the map it rebuilds.
        Otherwise, or for a single channel, the transposed convolution interpolates.

    Raises
    ------
    ValueError
        As ``max_pool``.

    Notes
    -----
    A network's layer mixes its channels and learns from many images; here one small
    kernel works on each channel by itself and has seen this image's other channels.

    Examples
    --------
    >>> steps = unpool_steps([[1, 5, 2, 0], [3, 4, 2, 2]], 2, 2)
    >>> sorted(steps.rebuilt), steps.rebuilt["nearest"][0, 0].tolist()
    (['bilinear', 'nails', 'nearest', 'transposed', 'unpool'], [5.0, 5.0, 2.0, 2.0])
    """
    maps = checked_maps(x)
    pool = max_pool(maps, kernel_size, stride)
    spots = max_unpool(pool.values, pool.indices, pool.shape)
    plain = triangle_kernel(kernel_size, stride)
    stamps = np.broadcast_to(plain, (len(maps), *plain.shape))
    dense = None
    if fitted and len(maps) > 1:
        stamps = _halves(maps, _stamp_columns(pool, len(plain)))
        dense = _halves(maps, _dense_columns(spots))
    rebuilt = {
        "nearest": nearest(pool),
        "nails": bed_of_nails(pool),
        "unpool": spots,
        "bilinear": bilinear(pool),
        "transposed": _stamped(pool, stamps),
    }
    if dense is not None:
        rebuilt["dense"] = np.einsum("ckl,klchw->chw", dense, _dense_columns(spots))
    return Unpooled(maps, pool, rebuilt, np.asarray(stamps), dense)


def _stamped(pool: MaxPool, stamps: Array) -> Array:
    """Return the transposed convolution of each channel with its own kernel."""
    made = [
        transposed_conv(_channel(pool, one), stamp) for one, stamp in enumerate(stamps)
    ]
    return np.concatenate(made)


def _channel(pool: MaxPool, one: int) -> MaxPool:
    part = slice(one, one + 1)
    size = (pool.size, pool.stride)
    return MaxPool(pool.values[part], pool.indices[part], pool.shape, *size)


def _stamp_columns(pool: MaxPool, size: int) -> Array:
    """Return (k, k, C, H, W): what each weight of a stamp meets."""
    edge = (size - pool.size) // 2
    return np.array(
        [[shifted(pool, i - edge, j - edge) for j in range(size)] for i in range(size)]
    )


def _dense_columns(spots: Array) -> Array:
    """Return (3, 3, C, H, W): what each weight of that convolution meets."""
    height, width = spots.shape[1:]
    wide = np.pad(spots, ((0, 0), (1, 1), (1, 1)))
    sides = range(DENSE_SIZE)
    return np.array(
        [[wide[:, i : i + height, j : j + width] for j in sides] for i in sides]
    )


def _halves(maps: Array, columns: Array) -> Array:
    """Fit a kernel on the odd channels for the even ones, and the other way round.

    Each channel counts alike, whatever the size of its numbers.
    """
    size = columns.shape[0]
    scale = np.maximum(maps.std(axis=(1, 2)), 1e-12)
    kernels = np.empty((len(maps), size, size))
    for first in (0, 1):
        a = columns[:, :, 1 - first :: 2] / scale[1 - first :: 2, None, None]
        b = maps[1 - first :: 2] / scale[1 - first :: 2, None, None]
        rows = a.reshape(size * size, -1)
        square = rows @ rows.T
        square += RIDGE_FRAC * max(np.trace(square), 1e-12) * np.eye(size * size)
        kernels[first::2] = np.linalg.solve(square, rows @ b.ravel()).reshape(
            size, size
        )
    return kernels
