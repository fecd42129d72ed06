"""Viola and Jones's detector: every window, stage by stage, until it is rejected."""

import time
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.cascade import Cascade
from explorer.core.cascade_group import group_boxes
from explorer.core.cascade_windows import FLAT, SKIPPED, Level, Windows, window_scales

__all__ = [
    "FLAT",
    "SKIPPED",
    "CascadeScan",
    "Level",
    "best_window",
    "cut_off",
    "raw_boxes",
    "scan_cascade",
    "window_boxes",
]


# Where the system counts a thread's own time finely, another's work is not counted in.
_FINE = time.get_clock_info("thread_time").resolution <= 1e-6
STAGE_CLOCK = time.thread_time if _FINE else time.perf_counter


@dataclass(frozen=True, eq=False)
class CascadeScan:
    """All levels, with what the whole scan took.

    Attributes
    ----------
    levels : tuple of Level, the finest first.
    survivors : (S + 1,) int64
        Windows left after 0, 1, .. S stages; the first are all that were looked at.
    evaluated : int
        Features computed in all.
    stage_ms : (S,) float64
        Time of each stage over all levels, see ``STAGE_CLOCK``.
    setup_ms : float
        Time of the smaller pictures, their integral images and contrasts.
    """

    levels: tuple[Level, ...]
    survivors: NDArray[np.int64]
    evaluated: int
    stage_ms: NDArray[np.float64]
    setup_ms: float

    @property
    def per_window(self) -> float:
        """Features computed for a window, on average."""
        return self.evaluated / max(1, int(self.survivors[0]))


def scan_cascade(
    image: NDArray[np.uint8], cascade: Cascade, scale_step: float = 1.1
) -> CascadeScan:
    """Run a cascade over all windows of all scales, as OpenCV does.

    Parameters
    ----------
    image : (H, W) or (H, W, 3) uint8 RGB
    cascade : Cascade
    scale_step : float
        Between the sizes of windows; above 1.

    Returns
    -------
    CascadeScan
        Without levels where the picture is smaller than the window.

    Raises
    ------
    ValueError
        If ``scale_step`` is not above 1.

    Notes
    -----
    Departures from the paper, all of them OpenCV's: the picture shrinks and the window
    stays (section 5.1 scales the features); the step is 2 px of the level, 1 px from
    scale 2 on; after a window that fails the first stage the next one is left out; a
    window whose spread is 10 grey levels or less is not looked at. The contrast is
    measured without the window's outermost pixels.

    References
    ----------
    Viola & Jones 2001, sections 2 to 4; 2004, section 5. Lienhart & Maydt 2002 (tilted
    features).

    Examples
    --------
    >>> from explorer.core.cascade import opencv_cascade
    >>> grey = np.tile(np.arange(0, 240, 8, dtype=np.uint8), (30, 1))
    >>> scan_cascade(grey, opencv_cascade("face")).survivors[:3].tolist()
    [11, 0, 0]
    """
    if not scale_step > 1:
        raise ValueError(f"scale_step must be above 1, got {scale_step}")
    began = time.perf_counter()
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 else image
    scales = window_scales(grey.shape[1], grey.shape[0], cascade.window_px, scale_step)
    found = Windows(np.asarray(grey, np.uint8), cascade, scales)
    setup_ms = (time.perf_counter() - began) * 1e3
    stage_ms = np.zeros(cascade.stages)
    survivors = np.zeros(cascade.stages + 1, np.int64)
    for stage in range(cascade.stages):
        began = STAGE_CLOCK()
        if stage == 0:
            survivors[0], entered = found.first_stage()
        else:
            found.next_stage(stage)
        survivors[stage + 1] = len(found.place)
        stage_ms[stage] = (STAGE_CLOCK() - began) * 1e3
    work = np.concatenate([[entered if scales else 0], survivors[1:-1]])
    evaluated = int(work @ cascade.sizes)
    return CascadeScan(found.levels(), survivors, evaluated, stage_ms, setup_ms)


def raw_boxes(scan: CascadeScan, cascade: Cascade) -> NDArray[np.int64]:
    """Return the windows that passed all stages as boxes (N, 4) xyxy in photo pixels.

    Corners and sizes are rounded one by one, as OpenCV rounds them (halves to even): a
    large box may reach past the photo, see `cut_off`.
    """
    boxes = [np.zeros((0, 4), np.int64)]
    for level in scan.levels:
        row, col = np.nonzero(level.passed == cascade.stages)
        boxes.append(window_boxes(level, cascade.window_px, row, col))
    return np.concatenate(boxes)


def window_boxes(
    level: Level,
    window_px: tuple[int, int],
    row: NDArray[np.int64],
    col: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the boxes (N, 4) xyxy of a level's windows in photo pixels."""
    scale = np.float32(level.scale)
    corner = np.stack([col, row], axis=1).astype(np.float32) * level.step_px
    first = np.rint(corner * scale)
    size = np.rint(np.array(window_px, np.float32) * scale)
    return np.concatenate([first, first + size], axis=1).astype(np.int64)


def cut_off(boxes: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Cut boxes (N, 4) xyxy off at the edges of a photo (H, W, ..).

    OpenCV does so last, after the boxes are grouped.

    Examples
    --------
    >>> cut_off(np.array([[5, 5, 45, 45]]), (40, 60)).tolist()
    [[5, 5, 45, 40]]
    """
    height, width = shape[:2]
    return np.clip(boxes, 0, [width, height, width, height])


def best_window(scan: CascadeScan, cascade: Cascade) -> tuple[int, int, int]:
    """Return level, row and column of the window that came furthest.

    Of those that passed all stages it is the one nearest to the mean of the largest
    group; of others the middle one in the order of the scan.

    Raises
    ------
    ValueError
        If the scan has no windows.
    """
    if not scan.levels:
        raise ValueError("no window of the cascade fits into the picture")
    most = max(int(level.passed.max()) for level in scan.levels)
    found = [np.argwhere(level.passed == most) for level in scan.levels]
    index = np.concatenate([np.full(len(at), k) for k, at in enumerate(found)])
    row, col = np.concatenate(found).T
    chosen = len(index) // 2
    if most == cascade.stages:
        raw = raw_boxes(scan, cascade)
        groups = group_boxes(raw, 1)
        large = int(groups.counts.argmax())
        away = np.abs(raw - groups.boxes[large]).sum(axis=1)
        chosen = int(np.where(groups.label == large, away, away.max() + 1).argmin())
    return int(index[chosen]), int(row[chosen]), int(col[chosen])
