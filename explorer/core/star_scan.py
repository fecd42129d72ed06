"""The star model on a whole image: every window of every pyramid level."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from explorer.core.hog import OPENCV
from explorer.core.people import PADDING_PX
from explorer.core.pyramid import check_steps, level_blocks, pyramid_sizes
from explorer.core.star import FINER, PART_BLOCKS, StarMaps, StarModel, star_maps
from explorer.core.windows import THREADS, Level, Windows, WindowScan

Float64 = NDArray[np.float64]
Image = NDArray[np.uint8]

STAR_STEP = 1.1  # ratio between levels: parts that move forgive a size that is off


@dataclass(frozen=True)
class StarScan:
    """Every window of an image with its parts placed.

    Attributes
    ----------
    windows : WindowScan
        The levels with the whole model's scores.
    places : tuple of (P, rows, cols, 2) int16
        By level: row and column of each part on the finer level.
    """

    windows: WindowScan
    places: tuple[NDArray[np.int16], ...]


def level_pair(
    image: Image, size_px: tuple[int, int], padding_px: int = PADDING_PX
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the HOG blocks of a level and of the same picture at twice its size.

    Block (r, c) of the level and block (2r, 2c) of the finer one begin at the same
    point of the photo.
    """
    coarse = level_blocks(image, size_px, padding_px)
    double = (FINER * size_px[0], FINER * size_px[1])
    return coarse, level_blocks(image, double, FINER * padding_px)


def maps_of_level(
    image: Image, model: StarModel, size_px: tuple[int, int], padding_px: int
) -> StarMaps:
    """Return all maps of the level of this size."""
    return star_maps(*level_pair(image, size_px, padding_px), model)


def scan_star(
    image: Image,
    model: StarModel,
    scale_step: float = STAR_STEP,
    padding_px: int = PADDING_PX,
) -> StarScan:
    """Score every window of every level, each part at its best place.

    Parameters
    ----------
    image : (H, W, 3) uint8
        RGB. Smaller than the window: a scan without levels.
    model : StarModel
    scale_step, padding_px
        As for ``detect_windows``.

    Returns
    -------
    StarScan

    Raises
    ------
    ValueError
        If step or padding is outside its bounds.

    Notes
    -----
    The paper shares levels: its parts look one octave down the same pyramid. Here the
    finer level is made for each level, at exactly twice its size, so that root and
    parts lie on one grid at any ratio between levels.

    References
    ----------
    Felzenszwalb, Girshick, McAllester & Ramanan 2010, sections 3.1 and 3.2.

    Examples
    --------
    >>> from explorer.core.template import Template
    >>> still = Template(np.zeros((15, 7, 36), np.float32), 1.5, "still")
    >>> none = StarModel(still, np.zeros((0, 5, 5, 36), np.float32),
    ...                  np.zeros((0, 2), np.intp), np.zeros((0, 4)))
    >>> scan = scan_star(np.zeros((136, 80, 3), np.uint8), none, 1.5)
    >>> scan.windows.levels[0].scores.max().item()
    1.5
    """
    check_steps(OPENCV.cell_px, padding_px)
    window = model.root.window_px
    sizes = pyramid_sizes(image.shape[1], image.shape[0], scale_step, window)
    job = partial(_scored, image, model, padding_px)
    with ThreadPoolExecutor(THREADS) as pool:
        done = list(pool.map(job, sizes))
    levels = tuple(level for level, _ in done)
    scan = WindowScan(levels, OPENCV.cell_px, scale_step, padding_px, window)
    return StarScan(scan, tuple(places for _, places in done))


def _scored(
    image: Image,
    model: StarModel,
    padding_px: int,
    level: tuple[float, tuple[int, int]],
) -> tuple[Level, NDArray[np.int16]]:
    scale, size = level
    maps = maps_of_level(image, model, size, padding_px)
    return Level(scale, size, maps.scores), maps.places


def part_boxes(scan: StarScan, windows: Windows) -> Float64:
    """Return where each window's parts are, (N, P, 4) xyxy in image pixels."""
    padding = FINER * scan.windows.padding_px
    side = (PART_BLOCKS + 1) * OPENCV.cell_px
    boxes = []
    for level, row, col in zip(windows.levels, windows.rows, windows.cols, strict=True):
        scale = scan.windows.levels[level].scale / FINER
        corner = scan.places[level][:, row, col, ::-1] * OPENCV.cell_px - padding
        boxes.append(np.concatenate([corner, corner + side], axis=1) * scale)
    count = scan.places[0].shape[0] if scan.places else 0
    return np.array(boxes, np.float64).reshape(len(boxes), count, 4)
