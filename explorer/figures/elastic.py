"""Pictures and curves of the lesson on elastic deformation."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from explorer.figures.theme import COLORS, rgb

Image = NDArray[np.uint8]
Pane = tuple[int, int, int, int]  # x, y, width, height in image pixels

TITLE_PX = 15  # free above each picture for its title, before the screen enlarges it
GAP_PX = 12
TINT = 0.5  # of a label's colour over the photo
TILE_GAP_PX = 6
GUTTER = 128  # between tiles: neither theme's page is a slab beside it
ARROW_EVERY_PX = 24
HEIGHT_PX = 290
ELASTIC_COLORS = {
    "between": COLORS["accent"],
    "fold": COLORS["overlap"],
    "mesh": "#FFFFFF",
    "mark": COLORS["second"],
}
_DASHES = ("solid", "dash", "dot")
_LINES = (COLORS["first"], COLORS["second"], COLORS["positive"])


@dataclass(frozen=True, eq=False)
class Pair:
    """The stage's picture: the photo, and beside it the room of the result.

    Attributes
    ----------
    image : (h, w, 3) uint8 array
    photo, result : Pane
    """

    image: Image
    photo: Pane
    result: Pane


def pair_image(photo: Image) -> Pair:
    """Put a photo into the left of a picture with room for its result on the right.

    The screen enlarges a tiny photo more than others, so it gets fewer pixels of room.

    Examples
    --------
    >>> pair = pair_image(np.zeros((20, 30, 3), np.uint8))
    >>> pair.image.shape, pair.result
    ((22, 62, 3), (32, 2, 30, 20))
    """
    height, width = photo.shape[:2]
    share = math.ceil(max(height / 12, width / 20))
    top, right = min(TITLE_PX, share), width + min(GAP_PX, share)
    canvas = np.full((height + top, right + width, 3), 255, np.uint8)
    for left in (0, right):
        canvas[top:, left : left + width] = photo
    return Pair(canvas, (0, top, width, height), (right, top, width, height))


def tinted(image: Image, mask: NDArray[np.uint8], colors: Mapping[int, str]) -> Image:
    """Lay the labels' colours over a photo.

    Examples
    --------
    >>> mask = np.array([[0, 1]], np.uint8)
    >>> tinted(np.zeros((1, 2, 3), np.uint8), mask, {1: "#0072B2"}).tolist()
    [[[0, 0, 0], [0, 57, 89]]]
    """
    out = image.copy()
    for label, color in colors.items():
        there = mask == label
        out[there] = np.rint(TINT * np.array(rgb(color)) + (1 - TINT) * image[there])
    return out


def sheet_image(tiles: Sequence[Image], columns: int) -> Image:
    """Lay pictures of one size out in rows, mid-grey between them.

    Examples
    --------
    >>> sheet_image([np.zeros((10, 20, 3), np.uint8)] * 3, 2).shape
    (32, 52, 3)
    """
    height, width = tiles[0].shape[:2]
    rows = -(-len(tiles) // columns)
    high, wide = height + TILE_GAP_PX, width + TILE_GAP_PX
    canvas = np.full((rows * high, columns * wide, 3), GUTTER, np.uint8)
    for place, tile in enumerate(tiles):
        y, x = (place // columns) * high, (place % columns) * wide
        canvas[y : y + height, x : x + width] = tile
    return canvas


def arrows_image(image: Image, field: NDArray[np.float32]) -> Image:
    """Draw a field on the paled photo: from each crossing to the place it reads."""
    pale = np.asarray(image // 2 + 127, np.uint8)
    height, width = image.shape[:2]
    color = rgb(COLORS["first"])
    for r in range(ARROW_EVERY_PX // 2, height, ARROW_EVERY_PX):
        for c in range(ARROW_EVERY_PX // 2, width, ARROW_EVERY_PX):
            down, right = (float(v) for v in field[:, r, c])
            head = (round((c + right) * 16), round((r + down) * 16))
            tail = (c * 16, r * 16)
            cv2.arrowedLine(pale, tail, head, color, 1, cv2.LINE_AA, 4, 0.25)
    return pale


def folds_figure(
    ratios: ArrayLike,
    shares: ArrayLike,
    names: Sequence[str],
    here: tuple[float, float],
    axis: str,
) -> go.Figure:
    """Draw how much of the result is folded over, a line a smoothness.

    Parameters
    ----------
    ratios : (n,) array_like
        Size of the field over its smoothness.
    shares : (k, n) array_like
        Folded share, 0 to 1.
    names : k strings
    here : (float, float)
        Ratio and share of the reader's own field.
    axis : str
        What the ratio is of.
    """
    figure = go.Figure()
    rows = zip(np.asarray(shares), names, strict=True)
    for k, (row, name) in enumerate(rows):
        figure.add_scatter(
            x=np.asarray(ratios),
            y=100 * row,
            name=name,
            mode="lines",
            line={"color": _LINES[k % 3], "width": 2.5, "dash": _DASHES[k % 3]},
            hovertemplate="%{x:.2f}: %{y:.1f} %<extra>" + name + "</extra>",
        )
    figure.add_scatter(
        x=[here[0]],
        y=[100 * here[1]],
        name="yours",
        mode="markers",
        marker={"color": COLORS["accent"], "size": 12, "symbol": "diamond"},
        hovertemplate="%{x:.2f}: %{y:.1f} %<extra>yours</extra>",
    )
    figure.update_layout(
        height=HEIGHT_PX,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        xaxis_title=axis,
        yaxis_title="folded over, % of the result",
        legend={"orientation": "h", "y": 1.16, "x": 0},
    )
    return figure
