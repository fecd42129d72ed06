"""All windows of a picture at all scales, and which of them are still in."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.cascade import Cascade
from explorer.core.cascade_stage import Read, stage_sums, sums_at
from explorer.core.integral import integral_image, squared_integral, tilted_integral

FLAT = -1  # rejected before the first stage: the window has next to no contrast
SKIPPED = -2  # never looked at: the window to its left failed the first stage
LEAST_SPREAD = 10.0  # grey levels; OpenCV looks at no window whose spread is less
COARSE_BELOW = 2.0  # of the scale: below it OpenCV takes every second pixel

Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Level:
    """The picture at one scale, and how far each of its windows came.

    Attributes
    ----------
    scale : float
        Photo pixels in one of this level's, as float32 has it.
    size_px : (w, h)
    step_px : int
        Between windows.
    passed : (rows, cols) int8
        Stages passed; ``FLAT`` or ``SKIPPED`` where none was tried.
    """

    scale: float
    size_px: tuple[int, int]
    step_px: int
    passed: NDArray[np.int8]


def looked_at(failed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which windows of each row are looked at, when a failure skips the next.

    Parameters
    ----------
    failed : (rows, cols) bool
        Whether a window would fail the first stage.

    Examples
    --------
    >>> looked_at(np.array([[True, True, True, False, False]])).tolist()
    [[True, False, True, False, True]]
    """
    cols = np.arange(failed.shape[1])
    before = np.zeros_like(failed)
    before[:, 1:] = failed[:, :-1]
    # Within a run of failures every second window is looked at, from its first on.
    start = np.maximum.accumulate(np.where(before, 0, cols), axis=1)
    even: NDArray[np.bool_] = (cols - start) % 2 == 0
    return even


def window_scales(
    width: int, height: int, window_px: tuple[int, int], scale_step: float
) -> list[np.float32]:
    """Return the scales at which the window fits into the picture."""
    scales, factor = list[np.float32](), 1.0
    while True:
        wide, high = round(window_px[0] * factor), round(window_px[1] * factor)
        if wide > width or high > height:
            return scales
        scales.append(np.float32(factor))
        factor *= scale_step


def level_size(shape: tuple[int, ...], scale: np.float32) -> tuple[int, int]:
    """Return the (w, h) of a level of a picture of that shape.

    Examples
    --------
    >>> level_size((300, 451), np.float32(1.2))
    (376, 250)
    """
    wide, high = np.rint(np.array(shape[1::-1], np.float32) / scale).astype(int)
    return int(wide), int(high)


def level_picture(grey: NDArray[np.uint8], scale: np.float32) -> NDArray[np.uint8]:
    """Return a level's picture, shrunk as OpenCV's detector shrinks it."""
    size = level_size(grey.shape, scale)
    small = cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR_EXACT)
    return np.asarray(small, np.uint8)


def contrast_of(
    total: NDArray[np.float64], squares: NDArray[np.float64], area: int
) -> Float32:
    """Return 1 / (area x spread) of windows from their sums, 0 for flat ones.

    Parameters
    ----------
    total, squares : float64 arrays
        Sums of the pixels inside a window, and of their squares.
    area : int
        How many pixels that are.

    Examples
    --------
    >>> contrast_of(np.array([400.0]), np.array([80000.0]), 4).tolist()
    [0.0024999999441206455]
    """
    spread = area * squares - total**2
    inverse = (1 / np.sqrt(np.maximum(spread, 1e-9))).astype(np.float32)
    flat = area * inverse.astype(np.float64) >= 1 / LEAST_SPREAD
    return np.where(flat, np.float32(0), inverse)


class Windows:
    """The windows that are still in, of all levels, and what their features read.

    The integral images of all levels lie below each other in one array, tilted ones
    last, so that a feature's corners have the same distance from every window's own.
    """

    def __init__(
        self, grey: NDArray[np.uint8], cascade: Cascade, scales: list[np.float32]
    ) -> None:
        self.cascade, self.scales = cascade, scales
        self.sizes = [level_size(grey.shape, scale) for scale in scales]
        self.tops = np.cumsum([0, *(high + 1 for _, high in self.sizes)]).tolist()
        makers = [integral_image, tilted_integral][: 1 + int(cascade.tilted.any())]
        self.sums = np.zeros((len(makers), self.tops[-1], grey.shape[1] + 1), np.int32)
        self.steps = [1 if scale >= COARSE_BELOW else 2 for scale in scales]
        self.contrasts, self.grids = list[Float32](), list[NDArray[np.int8]]()
        for index, (wide, high) in enumerate(self.sizes):
            small = level_picture(grey, scales[index])
            for sums, make in zip(self.sums, makers, strict=True):
                sums[self.tops[index] :][: high + 1, : wide + 1] = make(small)
            self.contrasts.append(self._contrast(index, squared_integral(small)))
            self.grids.append(np.full(self.contrasts[-1].shape, SKIPPED, np.int8))

    def _contrast(self, index: int, squares: NDArray[np.int64]) -> Float32:
        """Return 1 / (area x spread) of every window of a level, 0 for flat ones."""
        step = self.steps[index]
        wide, high = (side - 1 for side in self.cascade.window_px)
        down, across = np.array(squares.shape) - (high + 1, wide + 1)

        def inner(sums: NDArray[Any]) -> NDArray[np.float64]:
            top, bottom = slice(1, 1 + down, step), slice(high, high + down, step)
            left, right = slice(1, 1 + across, step), slice(wide, wide + across, step)
            strip = sums[bottom] - sums[top]
            found: NDArray[np.float64] = np.subtract(
                strip[:, right], strip[:, left], dtype=np.float64
            )
            return found

        rows, cols = squares.shape
        total = inner(self.sums[0, self.tops[index] :][:rows, :cols])
        return contrast_of(total, inner(squares), (wide - 1) * (high - 1))

    def _dense(self, index: int) -> Read:
        """Return a reader of one corner for all windows of a level at once."""
        (wide, high), step, top = self.sizes[index], self.steps[index], self.tops[index]
        across = wide - self.cascade.window_px[0] + 1
        down = high - self.cascade.window_px[1] + 1

        def read(row: int, col: int, plane: int) -> NDArray[np.int32]:
            rows = slice(top + row, top + row + down, step)
            return self.sums[plane, rows, col : col + across : step]

        return read

    def first_stage(self) -> tuple[int, int]:
        """Try all windows; return how many are looked at and have contrast."""
        looked, entered = 0, 0
        places, contrasts = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
        for index, contrast in enumerate(self.contrasts):
            sums = stage_sums(self.cascade, 0, self._dense(index), contrast)
            fits = contrast > 0
            good = fits & (sums >= self.cascade.stage_thresholds[0])
            seen = looked_at(fits & ~good)
            self.grids[index][seen] = np.where(fits, good.astype(np.int8), FLAT)[seen]
            looked += int(seen.sum())
            entered += int((seen & fits).sum())
            row, col = np.nonzero(seen & good)
            step, top = self.steps[index], self.tops[index]
            places.append((row * step + top) * self.sums.shape[2] + col * step)
            contrasts.append(contrast[row, col])
        self.place, self.contrast = np.concatenate(places), np.concatenate(contrasts)
        return looked, entered

    def next_stage(self, stage: int) -> None:
        """Try the windows still in; keep those that pass."""
        votes = sums_at(self.cascade, stage, self.sums, self.place, self.contrast)
        good = votes >= self.cascade.stage_thresholds[stage]
        self.place, self.contrast = self.place[good], self.contrast[good]
        self._mark(stage + 1)

    def _mark(self, passed: int) -> None:
        """Note in the levels' grids how far the windows still in have come."""
        row, col = np.divmod(self.place, self.sums.shape[2])
        ends = np.searchsorted(row, self.tops)  # places are in the order of levels
        for index, (first, last) in enumerate(pairwise(ends)):
            if first < last:
                top, step = self.tops[index], self.steps[index]
                rows = (row[first:last] - top) // step
                self.grids[index][rows, col[first:last] // step] = passed

    def levels(self) -> tuple[Level, ...]:
        """Return what is known of every level."""
        each = zip(self.scales, self.sizes, self.steps, self.grids, strict=True)
        return tuple(
            Level(float(scale), (size[0], size[1]), step, grid)
            for scale, size, step, grid in each
        )
