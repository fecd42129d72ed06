"""From votes to blocks: cells, the block's window, normalisation, the vector."""

import functools

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.hog_gradients import Votes, cast_votes, check_image, vote_bands
from explorer.core.hog_norm import normalise
from explorer.core.hog_settings import OPENCV, HogSettings

Array = NDArray[np.floating]
Float32 = NDArray[np.float32]


def hog_blocks(image: NDArray[np.uint8], settings: HogSettings = OPENCV) -> Float32:
    """Return the normalised blocks at every cell step over the whole image.

    Parameters
    ----------
    image : (H, W) or (H, W, 3) uint8
        Rows and columns that do not fill a cell are left out at the bottom and right.
    settings : HogSettings

    Returns
    -------
    (rows, cols, block_cells**2 * orientations) float32
        Block (r, c) covers the pixels from (r, c) * cell_px. Inside a block OpenCV
        runs down the columns of cells, scikit-image along the rows.

    Raises
    ------
    ValueError
        If the image is not uint8, or smaller than one block.

    Notes
    -----
    Gradients are taken once over the whole image, as `cv2.HOGDescriptor.detect` does,
    so a block inside the image sees real neighbours where a window cut out first
    would see its mirrored border: the two differ along the cut. OpenCV knows L2-Hys
    alone; the other norms use its first regulariser here.

    References
    ----------
    Dalal & Triggs 2005, sections 6.3 (votes) and 6.4 (blocks and normalisation).

    Examples
    --------
    >>> image = np.random.default_rng(0).integers(0, 256, (48, 64), np.uint8)
    >>> hog_blocks(image).shape
    (5, 7, 36)
    """
    return normalise(raw_blocks(image, settings), settings)


def raw_blocks(image: NDArray[np.uint8], settings: HogSettings) -> Array:
    """Return the blocks of `hog_blocks` before normalisation, in the same order."""
    check_image(image)
    settings.block_grid(image.shape[1], image.shape[0])
    if settings.convention == "skimage":
        return _stacked(_hard_cells(image, settings), settings)
    return _shared_blocks(image, settings)


def hog_cells(image: NDArray[np.uint8], settings: HogSettings = OPENCV) -> Array:
    """Return each cell's histogram, before blocks and normalisation.

    Parameters
    ----------
    image : (H, W) or (H, W, 3) uint8
    settings : HogSettings

    Returns
    -------
    (cell rows, cell cols, orientations)
        scikit-image: the mean vote of the cell's own pixels. OpenCV: votes shared
        between the four nearest cell centres; the Gaussian comes later, because each
        block lays its own.

    Examples
    --------
    >>> hog_cells(np.zeros((16, 24), np.uint8)).shape
    (2, 3, 9)
    """
    check_image(image)
    if settings.convention == "skimage":
        return _hard_cells(image, settings)
    rows, cols = settings.cell_grid(image.shape[1], image.shape[0])
    planes = _planes(cast_votes(image, settings), settings)
    down = tent(rows, rows * settings.cell_px, settings.cell_px)
    along = tent(cols, cols * settings.cell_px, settings.cell_px)
    return np.moveaxis(down @ planes @ along.T, 0, -1)


def hog_descriptor(
    window: NDArray[np.uint8], settings: HogSettings = OPENCV
) -> Float32:
    """Return the descriptor of one window: all its blocks in one vector.

    Parameters
    ----------
    window : (H, W) or (H, W, 3) uint8
        128 x 64 for the people detector.
    settings : HogSettings

    Returns
    -------
    (n,) float32
        3,780 numbers for 64x128 pixels and default settings. OpenCV runs down the
        columns of blocks, scikit-image along the rows.

    Examples
    --------
    >>> hog_descriptor(np.zeros((128, 64, 3), np.uint8)).shape
    (3780,)
    """
    blocks = hog_blocks(window, settings)
    if settings.convention == "opencv":
        blocks = blocks.transpose(1, 0, 2)
    return blocks.reshape(-1)


def cell_means(blocks: Array, settings: HogSettings = OPENCV) -> Array:
    """Return each cell's histogram as the blocks see it, averaged over its blocks.

    Parameters
    ----------
    blocks : (rows, cols, block_size)
        As `hog_blocks` or `raw_blocks` returns them.

    Returns
    -------
    (cell rows, cell cols, orientations)
        A cell in the middle is seen by block_cells**2 blocks, one in a corner by one.

    Examples
    --------
    >>> cell_means(np.ones((15, 7, 36))).shape
    (16, 8, 9)
    """
    side, bins = settings.block_cells, settings.orientations
    rows, cols = blocks.shape[:2]
    parts = blocks.reshape(rows, cols, side, side, bins)
    if settings.convention == "opencv":
        parts = parts.swapaxes(2, 3)
    total = np.zeros((rows + side - 1, cols + side - 1, bins))
    seen = np.zeros(total.shape[:2])
    for r in range(side):
        for c in range(side):
            total[r : r + rows, c : c + cols] += parts[:, :, r, c]
            seen[r : r + rows, c : c + cols] += 1
    return np.asarray(total / seen[..., None])


def _hard_cells(image: NDArray[np.uint8], settings: HogSettings) -> Array:
    cell, bins = settings.cell_px, settings.orientations
    cols = image.shape[1] // cell
    along = np.arange(cols * cell) // cell * bins
    bands = []
    for votes in vote_bands(image, settings):
        rows = votes.first.shape[0] // cell
        corner = np.s_[: rows * cell, : cols * cell]
        down = np.arange(rows * cell) // cell * (cols * bins)
        places = votes.first_bin[corner] + along + down[:, None]
        total = np.bincount(
            places.ravel(), votes.first[corner].ravel(), minlength=rows * cols * bins
        )
        bands.append(total.reshape(rows, cols, bins))
    return np.asarray(np.concatenate(bands) / cell**2)


def _stacked(cells: Array, settings: HogSettings) -> Array:
    side = settings.block_cells
    rows, cols = cells.shape[0] - side + 1, cells.shape[1] - side + 1
    parts = [
        cells[r : r + rows, c : c + cols] for r in range(side) for c in range(side)
    ]
    return np.concatenate(parts, axis=-1)


def tent(cells: int, length_px: int, cell_px: int) -> Float32:
    """Return how much of a pixel's vote goes to each cell along one axis.

    Returns
    -------
    (cells, length_px) float32
        1 at a cell's centre, falling to 0 at its neighbours' centres.

    Examples
    --------
    >>> tent(2, 4, 2).tolist()
    [[0.75, 0.75, 0.25, 0.0], [0.0, 0.25, 0.75, 0.75]]
    """
    place = (np.arange(length_px) + 0.5) / cell_px - 0.5
    far = np.abs(place[None, :] - np.arange(cells)[:, None])
    weights: Float32 = np.maximum(0.0, 1.0 - far).astype(np.float32)
    return weights


def gaussian(block_px: int) -> Float32:
    """Return the block's Gaussian along one axis, with OpenCV's width and centre.

    Notes
    -----
    Sigma is a quarter of the block; OpenCV centres it on pixel ``block_px / 2``, half
    a pixel right of and below the block's middle.

    Examples
    --------
    >>> gaussian(16)[8].item()
    1.0
    """
    far = np.arange(block_px) - block_px / 2
    weights: Float32 = np.exp(-(far**2) / (2 * (block_px / 4) ** 2)).astype(np.float32)
    return weights


@functools.cache
def axis_weights(settings: HogSettings) -> Float32:
    """Return tent times Gaussian: (block_cells, block_px), one row a cell."""
    side = settings.block_px
    weights = tent(settings.block_cells, side, settings.cell_px) * gaussian(side)
    weights.setflags(write=False)  # one array serves all callers
    return weights


def _planes(votes: Votes, settings: HogSettings) -> Float32:
    """One picture of votes a bin, whole cells only: (orientations, height, width)."""
    cell = settings.cell_px
    height, width = votes.first.shape
    corner = np.s_[: height // cell * cell, : width // cell * cell]
    first, second = votes.first[corner], votes.second[corner]
    planes = np.zeros((settings.orientations, *first.shape), np.float32)
    for bin_, plane in enumerate(planes if first.size else ()):
        for votes_, bins in ((first, votes.first_bin), (second, votes.second_bin)):
            cv2.copyTo(votes_, (bins[corner] == bin_).view(np.uint8), plane)
    return planes


def _shared_blocks(image: NDArray[np.uint8], settings: HogSettings) -> Array:
    """Sum tent x Gaussian x votes over each block: separable, so y first, then x.

    Along an axis a block is `side` strips of one cell each, so one small matrix
    product a strip serves all blocks that overlap it.
    """
    side = settings.block_cells
    bands = [_strips(votes, settings) for votes in vote_bands(image, settings)]
    strips = np.concatenate(bands, axis=1)
    first = strips.shape[1] - side + 1
    down = np.asarray(sum(strips[:, s : s + first, :, s] for s in range(side)))
    blocks = down.transpose(1, 3, 4, 2, 0)  # row, col, cell x, cell y, bin
    return np.ascontiguousarray(blocks).reshape(*blocks.shape[:2], -1)


def _strips(votes: Votes, settings: HogSettings) -> Float32:
    """Return (bin, cell row, cell y, strip y, block col, cell x) of a band."""
    cell, side, bins = settings.cell_px, settings.block_cells, settings.orientations
    planes = _planes(votes, settings)
    rows, cols = planes.shape[1] // cell, planes.shape[2] // cell
    weights = axis_weights(settings).reshape(side * side, cell)  # (cell, strip) x pixel
    down = weights @ planes.reshape(bins, rows, cell, cols * cell)
    along = down.reshape(bins, rows * side * side, cols, cell) @ weights.T
    along = along.reshape(bins, rows, side, side, cols, side, side)
    last = cols - side + 1
    return np.asarray(sum(along[..., s : s + last, :, s] for s in range(side)))
