"""One stage of a cascade over many windows at once."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from explorer.core.cascade import Cascade

CHUNK = 16_384  # windows at a time: few calls, and their numbers still in the cache
FEW = 512  # windows for which all features at once are faster than one by one
TABLE = 250_000  # corners looked up at once

Float32 = NDArray[np.float32]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Read = Callable[[int, int, int], Int32]


def stage_sums(
    cascade: Cascade, stage: int, read: Read, contrast: Float32
) -> NDArray[np.float64]:
    """Return the sum of a stage's votes for many windows, feature by feature.

    Parameters
    ----------
    cascade : Cascade
    stage : int
        Counted from 0.
    read : function of row, column, plane
        Returns, for every window, the entry of the integral image (plane 0) or the
        tilted one (plane 1) at that corner.
    contrast : float32
        1 / (area x spread) of every window.

    Returns
    -------
    float64 array of the shape of ``contrast``.

    Notes
    -----
    A feature is a whole number of grey levels; it is multiplied in float32, compared in
    float32 and voted in float64, in the file's order: bit for bit as OpenCV does.
    """
    total = np.zeros(contrast.shape, np.float64)
    for k in cascade.members(stage):
        plane = int(cascade.tilted[k])
        value = np.zeros(contrast.shape, np.int32)
        for row, col, weight in cascade.corners[k].tolist():
            if weight == 1:
                value += read(row, col, plane)
            elif weight == -1:
                value -= read(row, col, plane)
            elif weight:
                value += np.int32(weight) * read(row, col, plane)
        below = value.astype(np.float32) * contrast < cascade.thresholds[k]
        votes = np.array([cascade.right[k], cascade.left[k]], np.float64)
        total += votes.take(below.view(np.int8))
    return total


def sums_at(
    cascade: Cascade, stage: int, sums: Int32, place: Int64, contrast: Float32
) -> NDArray[np.float64]:
    """Return the same for windows anywhere.

    Parameters
    ----------
    sums : (1 or 2, H, W) int32
        Integral images, tilted ones second.
    place : (N,) int64
        Where each window's own corner stands in the first of them, read row by row.
    contrast : (N,) float32
    """
    if len(place) <= FEW:
        return _few(cascade, stage, sums, place, contrast)
    stride, flat = sums.shape[2], sums.reshape(len(sums), -1)
    found = []
    for first in range(0, len(place), CHUNK):
        part = place[first : first + CHUNK]

        def read(row: int, col: int, plane: int, part: Int64 = part) -> Int32:
            taken: Int32 = flat[plane, row * stride + col :].take(part)
            return taken

        one = stage_sums(cascade, stage, read, contrast[first : first + CHUNK])
        found.append(one)
    return np.concatenate(found)


def feature_values(
    cascade: Cascade, members: range, sums: Int32, place: Int64, contrast: Float32
) -> Float32:
    """Return the normalised values of some features: (windows, features) float32."""
    corners = cascade.corners[members.start : members.stop]
    offset = corners[..., 0].astype(np.int64) * sums.shape[2] + corners[..., 1]
    plane = cascade.tilted[members.start : members.stop, None]
    offset += np.where(plane, sums[0].size, 0)
    entries = sums.ravel().take(place[:, None] + offset.ravel())
    entries = entries.reshape(len(place), *offset.shape)
    value = np.einsum("nsk,sk->ns", entries, corners[..., 2])
    normalised: Float32 = value.astype(np.float32) * contrast[:, None]
    return normalised


def _few(
    cascade: Cascade, stage: int, sums: Int32, place: Int64, contrast: Float32
) -> NDArray[np.float64]:
    """Return the sums of votes, with all features of some windows at once."""
    members = cascade.members(stage)
    part = slice(members.start, members.stop)
    each = max(1, TABLE // (len(members) * cascade.corners.shape[1]))
    total = np.zeros(len(place), np.float64)
    for first in range(0, len(place), each):
        some = slice(first, first + each)
        value = feature_values(cascade, members, sums, place[some], contrast[some])
        below = value < cascade.thresholds[part]
        votes = np.where(below, cascade.left[part], cascade.right[part])
        # cumsum adds in the file's order, as OpenCV does; sum() would pair the votes
        total[some] = votes.astype(np.float64).cumsum(axis=1)[:, -1]
    return total
