"""The way of one pixel: gradient, vote, cells, blocks, places in the vector."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.hog_blocks import axis_weights, raw_blocks
from explorer.core.hog_gradients import cast_votes, check_image, derivatives
from explorer.core.hog_norm import normalise
from explorer.core.hog_settings import OPENCV, HogSettings

Array = NDArray[np.floating]
PATCH_RADIUS_PX = 2  # as far as the widest mask reads


@dataclass(frozen=True)
class BlockShare:
    """What one block makes of the pixel's vote.

    Attributes
    ----------
    row, col : int
        The block's place on the grid of blocks.
    weights : (block_cells, block_cells) array
        Part of the vote that each of the block's cells takes, [cell row, cell col].
    raw, normalised : (block_size,) array
        The whole block before and after normalisation, in the vector's order.
    slots : (k,) int array
        Positions inside the block that this pixel feeds.
    places : (k,) int array
        The same positions in the window's descriptor.
    amounts : (k,) array
        What the pixel adds to ``raw`` there.
    """

    row: int
    col: int
    weights: Array
    raw: Array
    normalised: Array
    slots: NDArray[np.intp]
    places: NDArray[np.intp]
    amounts: Array


@dataclass(frozen=True)
class HogSteps:
    """The working for one pixel.

    Attributes
    ----------
    x, y : int
        The pixel.
    channel : int
        Colour channel with the longest gradient; 0 in a grey image.
    patch : (5, 5) array
        That channel around the pixel, after the square root where asked for,
        mirrored beyond the border.
    dx, dy, magnitude : float
        The gradient, as the mask answers.
    orientation_deg : float
        In [0, 180), or [0, 360) when signed.
    bins : tuple of int
        The two bins voted for (the second gets 0 with hard votes).
    votes : tuple of float
        What each bin gets; together the magnitude.
    cell : tuple of int
        Row and column of the cell that holds the pixel.
    blocks : tuple of BlockShare
        The blocks that hold the pixel, up to block_cells**2, row by row; empty in the
        margin that fills no cell.
    """

    x: int
    y: int
    channel: int
    patch: Array
    dx: float
    dy: float
    magnitude: float
    orientation_deg: float
    bins: tuple[int, int]
    votes: tuple[float, float]
    cell: tuple[int, int]
    blocks: tuple[BlockShare, ...]

    @property
    def places(self) -> NDArray[np.intp]:
        """All places of the descriptor that this pixel feeds, ascending."""
        if not self.blocks:
            return np.empty(0, np.intp)
        return np.sort(np.concatenate([block.places for block in self.blocks]))


def hog_steps(
    image: NDArray[np.uint8], x: int, y: int, settings: HogSettings = OPENCV
) -> HogSteps:
    """Follow one pixel of a window into the descriptor.

    Parameters
    ----------
    image : (H, W) or (H, W, 3) uint8
        The window.
    x, y : int
        The pixel, inside the image.
    settings : HogSettings

    Returns
    -------
    HogSteps
        Summed over all pixels, ``amounts`` at ``slots`` give every block's ``raw``.

    Raises
    ------
    ValueError
        If the pixel lies outside the image.

    Examples
    --------
    >>> window = np.tile(np.arange(64, dtype=np.uint8) * 4, (128, 1))
    >>> steps = hog_steps(window, 20, 40, HogSettings(gamma=False))
    >>> steps.dx, steps.dy, steps.bins, steps.cell, len(steps.blocks)
    (8.0, 0.0, (8, 0), (5, 2), 4)
    """
    check_image(image)
    height, width = image.shape[:2]
    if not (0 <= x < width and 0 <= y < height):
        raise ValueError(
            f"pixel ({x}, {y}) lies outside the image of {width}x{height} px"
        )
    channel, dx, dy = _strongest(image, x, y, settings)
    votes = cast_votes(image, settings)
    bins = int(votes.first_bin[y, x]), int(votes.second_bin[y, x])
    amounts = float(votes.first[y, x]), float(votes.second[y, x])
    return HogSteps(
        x=x,
        y=y,
        channel=channel,
        patch=_patch(image, x, y, channel, settings.gamma),
        dx=dx,
        dy=dy,
        magnitude=float(np.hypot(dx, dy)),
        orientation_deg=float(np.rad2deg(np.arctan2(dy, dx)) % settings.range_deg),
        bins=bins,
        votes=amounts,
        cell=(y // settings.cell_px, x // settings.cell_px),
        blocks=_block_shares(image, (x, y), bins, amounts, settings),
    )


def descriptor_place(
    block: tuple[int, int], slot: int, grid: tuple[int, int], settings: HogSettings
) -> int:
    """Return where slot number `slot` of a block stands in the descriptor.

    Parameters
    ----------
    block, grid : tuple of int
        The block's (row, col); the grid's (rows, cols).

    Examples
    --------
    >>> descriptor_place((14, 6), 35, (15, 7), OPENCV)
    3779
    >>> descriptor_place((1, 0), 0, (15, 7), OPENCV)
    36
    """
    by_column = settings.convention == "opencv"
    number = (
        block[1] * grid[0] + block[0] if by_column else block[0] * grid[1] + block[1]
    )
    return number * settings.block_size + slot


def block_slot(cell: tuple[int, int], bin_: int, settings: HogSettings) -> int:
    """Return where bin `bin_` of a block's cell (row, col) stands inside the block.

    Examples
    --------
    >>> block_slot((1, 0), 3, OPENCV), block_slot((0, 1), 3, OPENCV)
    (12, 21)
    """
    row, col = cell if settings.convention == "skimage" else cell[::-1]
    return (row * settings.block_cells + col) * settings.orientations + bin_


def _block_shares(
    image: NDArray[np.uint8],
    pixel: tuple[int, int],
    bins: tuple[int, int],
    votes: tuple[float, float],
    settings: HogSettings,
) -> tuple[BlockShare, ...]:
    raw = raw_blocks(image, settings)
    finished = normalise(raw, settings)
    x, y = pixel
    shares = []
    for row in _holding(y, raw.shape[0], settings):
        for col in _holding(x, raw.shape[1], settings):
            offset = x - col * settings.cell_px, y - row * settings.cell_px
            weights = _cell_weights(*offset, settings)
            slots, amounts = _deal(weights, bins, votes, settings)
            first = descriptor_place((row, col), 0, raw.shape[:2], settings)
            shares.append(
                BlockShare(
                    row=row,
                    col=col,
                    weights=weights,
                    raw=raw[row, col],
                    normalised=finished[row, col],
                    slots=slots,
                    places=slots + first,
                    amounts=amounts,
                )
            )
    return tuple(shares)


def _holding(at_px: int, blocks: int, settings: HogSettings) -> range:
    """Return the blocks along one axis whose pixels include `at_px`."""
    cell = at_px // settings.cell_px
    if cell >= blocks + settings.block_cells - 1:
        return range(0)
    return range(max(0, cell - settings.block_cells + 1), min(blocks - 1, cell) + 1)


def _cell_weights(x: int, y: int, settings: HogSettings) -> Array:
    """Return the part of a vote at (x, y) of a block that each cell takes."""
    if settings.convention == "opencv":
        along = axis_weights(settings).astype(np.float64)
        return np.outer(along[:, y], along[:, x])
    weights = np.zeros((settings.block_cells, settings.block_cells))
    weights[y // settings.cell_px, x // settings.cell_px] = 1 / settings.cell_px**2
    return weights


def _deal(
    weights: Array,
    bins: tuple[int, int],
    votes: tuple[float, float],
    settings: HogSettings,
) -> tuple[NDArray[np.intp], Array]:
    """Return the block's slots that the pixel feeds and what each gets."""
    parts = sorted(
        (block_slot((row, col), bin_, settings), weights[row, col] * vote)
        for row, col in np.argwhere(weights > 0).tolist()
        for bin_, vote in zip(bins, votes, strict=True)
        if vote > 0
    )
    slots = np.array([slot for slot, _ in parts], np.intp)
    return slots, np.array([amount for _, amount in parts])


def _strongest(
    image: NDArray[np.uint8], x: int, y: int, settings: HogSettings
) -> tuple[int, float, float]:
    exact = settings.convention == "skimage"
    planes = [image] if image.ndim == 2 else list(np.moveaxis(image, 2, 0))
    found = []
    for plane in planes:
        dx, dy = derivatives(
            np.ascontiguousarray(plane), settings.mask, settings.gamma, exact
        )
        found.append((float(dx[y, x]), float(dy[y, x])))
    channel = int(np.argmax([np.hypot(*pair) for pair in found]))
    return channel, *found[channel]


def _patch(
    image: NDArray[np.uint8], x: int, y: int, channel: int, gamma: bool
) -> Array:
    plane = image if image.ndim == 2 else image[..., channel]
    reach = PATCH_RADIUS_PX
    wide = cv2.copyMakeBorder(
        np.ascontiguousarray(plane), reach, reach, reach, reach, cv2.BORDER_REFLECT_101
    )
    patch = np.asarray(wide[y : y + 2 * reach + 1, x : x + 2 * reach + 1], np.float64)
    return np.sqrt(patch) if gamma else patch
