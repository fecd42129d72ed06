"""The sliding window: a template compared with every place of every pyramid level.

A linear SVM scores a window by ``w . x + b``. With HOG blocks laid at every cell of a
whole level, all its windows at once are the cross-correlation of ``w`` with the blocks.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.core.hog import OPENCV
from explorer.core.pyramid import (
    MAX_LEVELS,
    MAX_PADDING_PX,
    SCALE_STEP,
    SCALE_STEP_BOUNDS,
    check_steps,
    level_blocks,
    pyramid_sizes,
    shrink,
)
from explorer.core.template import (
    BLOCK_COLS,
    BLOCK_ROWS,
    BLOCK_SIZE,
    Template,
    load_template,
    opencv_people_template,
    score_map,
    shares_of,
    template_from_vector,
    template_vector,
)

__all__ = [
    "BLOCK_COLS",
    "BLOCK_ROWS",
    "BLOCK_SIZE",
    "MAX_LEVELS",
    "MAX_PADDING_PX",
    "SCALE_STEP",
    "SCALE_STEP_BOUNDS",
    "Level",
    "Template",
    "WindowScan",
    "Windows",
    "block_shares",
    "detect_windows",
    "level_blocks",
    "load_template",
    "opencv_people_template",
    "pyramid_sizes",
    "score_map",
    "shares_of",
    "shrink",
    "template_from_vector",
    "template_vector",
    "window_boxes",
    "windows_above",
]

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Ints = NDArray[np.intp]

THREADS = min(os.cpu_count() or 1, 4)


@dataclass(frozen=True)
class Level:
    """One level of the pyramid and the score of every window on it.

    Attributes
    ----------
    scale : float
        How many image pixels one pixel of this level stands for, before rounding.
    size_px : tuple of int
        Width and height of the shrunk image.
    scores : (rows, cols) float32
        Score of the window whose upper left corner is at
        ``(row, col) * stride_px - padding_px`` of this level.
    """

    scale: float
    size_px: tuple[int, int]
    scores: Float32


@dataclass(frozen=True)
class WindowScan:
    """Every window of an image, scored.

    Attributes
    ----------
    levels : tuple of Level
        From the full image down.
    stride_px, scale_step, padding_px
        What the scan was asked for.
    window_px : tuple of int
        Width and height of the window.
    """

    levels: tuple[Level, ...]
    stride_px: int
    scale_step: float
    padding_px: int
    window_px: tuple[int, int]

    @property
    def windows(self) -> int:
        """How many windows were scored."""
        return sum(level.scores.size for level in self.levels)


@dataclass(frozen=True)
class Windows:
    """Windows chosen from a scan, best score first.

    Attributes
    ----------
    boxes : (N, 4) float64
        x1, y1, x2, y2 in image pixels, whole numbers as OpenCV rounds them.
    scores : (N,) float64
    levels, rows, cols : (N,) int
        Where in the scan each comes from.
    """

    boxes: Float64
    scores: Float64
    levels: Ints
    rows: Ints
    cols: Ints

    def take(self, rows: Ints) -> "Windows":
        """Return the windows at these places, in that order."""
        return Windows(*(values[rows] for values in vars(self).values()))


def detect_windows(
    image: NDArray[np.uint8],
    template: Template,
    scale_step: float = SCALE_STEP,
    stride_px: int = 8,
    padding_px: int = 0,
) -> WindowScan:
    """Score every window on every level of the image's pyramid.

    Parameters
    ----------
    image : (H, W, 3) uint8
        RGB. Smaller than the window: a scan without levels.
    template : Template
    scale_step : float
        Ratio between two levels, within ``SCALE_STEP_BOUNDS``.
    stride_px : int
        Step between windows on a level: a positive multiple of the cell, 8 pixels.
    padding_px : int
        How far a window may hang over the border of a level, where the image goes on
        mirrored: 0 or a multiple of the cell, at most ``MAX_PADDING_PX``.

    Returns
    -------
    WindowScan

    Raises
    ------
    ValueError
        If step, stride or padding is outside its bounds.

    Notes
    -----
    Levels, interpolation, border and padding are those of
    ``cv2.HOGDescriptor.detectMultiScale``; a level is there when the window fits
    without padding. Scores are added up in
    float32 here and partly in float64 there: a window whose score is within about
    1e-5 of the threshold may fall on the other side. Levels run on a few threads.

    References
    ----------
    Dalal & Triggs 2005, section 6; Felzenszwalb et al. 2010 for the correlation view.

    Examples
    --------
    >>> image = np.zeros((136, 80, 3), np.uint8)
    >>> scan = detect_windows(image, opencv_people_template(), scale_step=1.5)
    >>> scan.windows, scan.levels[0].scores.shape
    (6, (2, 3))
    """
    check_steps(stride_px, padding_px)
    height, width = image.shape[:2]
    sizes = pyramid_sizes(width, height, scale_step, template.window_px)
    every = stride_px // OPENCV.cell_px

    def scored(level: tuple[float, tuple[int, int]]) -> Level:
        scale, size = level
        scores = score_map(level_blocks(image, size, padding_px), template)
        return Level(scale, size, np.ascontiguousarray(scores[::every, ::every]))

    with ThreadPoolExecutor(THREADS) as pool:
        levels = tuple(pool.map(scored, sizes))
    return WindowScan(levels, stride_px, scale_step, padding_px, template.window_px)


def windows_above(scan: WindowScan, score_threshold: float = 0.0) -> Windows:
    """Return the windows whose score reaches the threshold: the raw boxes.

    Parameters
    ----------
    scan : WindowScan
    score_threshold : float
        A window at the threshold exactly is kept, as in OpenCV.

    Returns
    -------
    Windows
        Best first; equals by level, row, column.

    Examples
    --------
    >>> level = Level(2.0, (64, 128), np.array([[0.5]], np.float32))
    >>> windows_above(WindowScan((level,), 8, 1.05, 0, (64, 128)), 0.5).boxes.tolist()
    [[0.0, 0.0, 128.0, 256.0]]
    """
    parts = [np.nonzero(level.scores >= score_threshold) for level in scan.levels]
    counts = [len(rows) for rows, _ in parts]
    levels = np.repeat(np.arange(len(parts)), counts)
    rows, cols = (
        np.concatenate([part[axis] for part in parts] or [np.zeros(0, np.intp)])
        for axis in (0, 1)
    )
    scores = np.concatenate(
        [level.scores[part] for level, part in zip(scan.levels, parts, strict=True)]
        or [np.zeros(0, np.float32)]
    ).astype(np.float64)
    boxes = window_boxes(scan, levels, rows, cols)
    order = np.argsort(-scores, kind="stable")
    return Windows(boxes, scores, levels, rows, cols).take(order)


def window_boxes(scan: WindowScan, levels: Ints, rows: Ints, cols: Ints) -> Float64:
    """Return the image boxes (N, 4) of windows, rounded as OpenCV rounds them."""
    scales = np.array([level.scale for level in scan.levels] or [1.0])[levels]
    corner = np.stack([cols, rows], axis=1) * scan.stride_px - scan.padding_px
    low = np.round(corner * scales[:, None])
    size = np.round(np.array(scan.window_px) * scales[:, None])
    boxes: Float64 = np.concatenate([low, low + size], axis=1)
    return boxes


def block_shares(
    image: NDArray[np.uint8],
    template: Template,
    scan: WindowScan,
    level: int,
    row: int,
    col: int,
) -> Float64:
    """Return what each block of one window adds to its score.

    Parameters
    ----------
    image : (H, W, 3) uint8
        The scanned image.
    template : Template
    scan : WindowScan
    level, row, col : int
        The window's place in the scan.

    Returns
    -------
    (15, 7) float64
        The shares and the template's bias add up to the window's score.

    Raises
    ------
    ValueError
        If the scan has no such window.
    """
    if not 0 <= level < len(scan.levels):
        raise ValueError(f"level must be in 0..{len(scan.levels) - 1}, got {level}")
    shape = scan.levels[level].scores.shape
    if not (0 <= row < shape[0] and 0 <= col < shape[1]):
        raise ValueError(
            f"level {level} has {shape[0]} rows and {shape[1]} columns of windows, "
            f"got row {row}, column {col}"
        )
    blocks = level_blocks(image, scan.levels[level].size_px, scan.padding_px)
    step = scan.stride_px // OPENCV.cell_px
    return shares_of(blocks, template, row * step, col * step)
