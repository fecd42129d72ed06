"""Pictures of the transposed convolution lesson: where its panes lie, its colours."""

import cv2
import numpy as np

from explorer.figures.convolution import Image, Pane, Panes
from explorer.figures.theme import CLASSES, COLORS

WIDE_PX = 992  # of the stage's picture: the page's width beside the sidebar at 1280
CELL_PX = 40
RESULT_PX = 168.0  # wide enough for three products of two-digit numbers
TITLE_PX = 26
PANE_PX = 236  # side of a square view
VIEW_LEFT_PX = (176, 444, 712)  # of the three views
PLANE_HIGH_PX = 450
LOWER_TOP_PX, LOWER_PX = 334, 110  # the small grids under the first two views
LABEL_PX, SUM_PX = 38, 46  # beside the matrix: its rows' names and their sums
WORDS_PX = 42  # under the matrix

# A light and a dark theme's: text in them stands on the page's own ground.
TRANSPOSED_COLORS = {
    "input": (COLORS["first"], COLORS["prediction"]),
    "kernel": ("#00775A", "#2FC79A"),  # the green of "kept", dark and light for text
    "output": (COLORS["accent"], "#F0803C"),
    "taps": CLASSES[:3],
    "count": COLORS["overlap"],
}


def line_panes(rows: int, columns: int) -> Panes:
    """Place X, its vector and result on the left, the transpose's on the right.

    Parameters
    ----------
    rows, columns : int
        Of X.

    Examples
    --------
    >>> panes = line_panes(4, 6)
    >>> panes.places["matrix"], panes.places["transpose"][2:]
    ((1.0, 142.0, 240.0, 160.0), (160.0, 240.0))
    """
    top, tall = 102.0, float(CELL_PX * columns)
    middle = top + tall / 2

    def block(x: float, high: int, wide: int) -> Pane:
        height = float(CELL_PX * high)
        return (x, middle - height / 2, float(CELL_PX * wide), height)

    places: dict[str, Pane] = {
        "kernel": (62.0, 6.0, 3.0 * CELL_PX, CELL_PX),
        "signal": (262.0, 6.0, 4.0 * CELL_PX, CELL_PX),
    }
    signs = []
    for x, names, high, wide in (
        (1.0, ("matrix", "vector", "result"), rows, columns),
        (536.0, ("transpose", "entries", "spread"), columns, rows),
    ):
        width = CELL_PX * wide
        places[names[0]] = block(x, high, wide)
        places[names[1]] = block(x + width + 16, wide, 1)
        signs.append((x + width + 16 + CELL_PX + 14, middle))
        left = x + width + 16 + CELL_PX + 30
        tall_result = float(CELL_PX * high)
        places[names[2]] = (left, middle - tall_result / 2, RESULT_PX, tall_result)
    return Panes((WIDE_PX, int(top + tall) + 8), places, tuple(signs))


def plane_panes(
    shape: tuple[int, int],
    kernel_size: int,
    canvas: tuple[int, int],
    spread: tuple[int, int],
    out: tuple[int, int],
) -> Panes:
    """Place input and kernel, and the three views, each with its own output.

    Parameters
    ----------
    shape : (int, int)
        Rows and columns of the input.
    kernel_size : int
    canvas : (int, int)
        Rows and columns that the stamps cover, before anything is cut off.
    spread : (int, int)
        Of the input with its zeros.
    out : (int, int)
        Of the output.

    Examples
    --------
    >>> panes = plane_panes((2, 2), 3, (5, 5), (7, 7), (5, 5))
    >>> sorted(panes.places)[:4]
    ['canvas', 'counts', 'flipped', 'head']
    """
    first, second, third = VIEW_LEFT_PX
    small = min(36.0, (PLANE_HIGH_PX - 2 * TITLE_PX - 24) / (shape[0] + kernel_size))
    below = TITLE_PX + small * shape[0] + 24 + TITLE_PX
    cells, entries = out[0] * out[1], shape[0] * shape[1]
    left, top = third + LABEL_PX, 2 * TITLE_PX - 4
    wide = min(34.0, (WIDE_PX - SUM_PX - left) / entries) * entries
    tall = min(22.0, (PLANE_HIGH_PX - top - WORDS_PX) / cells) * cells
    places: dict[str, Pane] = {
        "input": (2.0, TITLE_PX, small * shape[1], small * shape[0]),
        "kernel": (2.0, below, small * kernel_size, small * kernel_size),
        "canvas": (first, TITLE_PX, *_fitted(canvas, PANE_PX)),
        "spread": (second, TITLE_PX, *_fitted(spread, PANE_PX)),
        "counts": (first, LOWER_TOP_PX, *_fitted(out, LOWER_PX)),
        "flipped": (second, LOWER_TOP_PX, *_fitted((kernel_size,) * 2, LOWER_PX - 16)),
        "sums": (second + PANE_PX - LOWER_PX, LOWER_TOP_PX, *_fitted(out, LOWER_PX)),
        "matrix": (left, top, wide, tall),
        "head": (left, TITLE_PX, wide, TITLE_PX - 6.0),
        "output": (left + wide + 8, top, SUM_PX - 10.0, tall),
    }
    return Panes((WIDE_PX, PLANE_HIGH_PX), places)


def _fitted(shape: tuple[int, int], side_px: float) -> tuple[float, float]:
    """Return the width and height of square cells that fill a square, at most 44 px."""
    cell = min(44.0, side_px / max(shape))
    return cell * shape[1], cell * shape[0]


def blank(panes: Panes) -> Image:
    """Return a white picture of the panes' size, for the stage to draw upon."""
    return np.full((panes.size[1], panes.size[0], 3), 255, np.uint8)


OVERLAP_HIGH_PX = 484
LEFT_PX = 262  # of the picture: the stamps along one axis, and the map of counts
LOUPE_PX = 104  # beside each picture
DENSE = 2  # picture pixels for one of the layout's: panes stay sharp when enlarged


def overlap_panes(shape: tuple[int, int], count: int) -> Panes:
    """Place the stamps, the map of counts, and pictures with their loupes in two rows.

    Parameters
    ----------
    shape : (int, int)
        Rows and columns of the upsampled picture; all panes have its proportions.
    count : int
        At most 4.

    Examples
    --------
    >>> overlap_panes((60, 80), 4).places["picture 3"]
    (652.0, 272.0, 228.0, 171.0)
    """
    left = LEFT_PX + 34.0
    room_w, room_h = (WIDE_PX - left - 16) / 2, OVERLAP_HIGH_PX / 2 - TITLE_PX - 10
    scale = min((room_w - LOUPE_PX - 8) / shape[1], room_h / shape[0])
    wide, high = float(int(shape[1] * scale)), float(int(shape[0] * scale))
    places: dict[str, Pane] = {
        "stamps": (2.0, TITLE_PX, LEFT_PX, 124.0),
        "counts": (2.0, 236.0, 240.0, 240.0),
    }
    for place in range(count):
        row, column = divmod(place, 2)
        top = TITLE_PX + row * (OVERLAP_HIGH_PX / 2 + 4)
        x = left + column * (room_w + 16)
        places[f"picture {place}"] = (x, top, wide, high)
        places[f"loupe {place}"] = (x + wide + 8, top, LOUPE_PX, LOUPE_PX)
    return Panes((WIDE_PX, OVERLAP_HIGH_PX), places)


def compose_pictures(panes: Panes, pictures: list[Image]) -> Image:
    """Paint the pictures into their panes, at twice the layout: each pixel a square."""
    width, height = panes.size
    canvas = np.full((height * DENSE, width * DENSE, 3), 255, np.uint8)
    for place, picture in enumerate(pictures):
        x, y, wide, high = (round(v * DENSE) for v in panes.places[f"picture {place}"])
        grows = wide >= picture.shape[1]
        way = cv2.INTER_NEAREST if grows else cv2.INTER_AREA
        grown = cv2.resize(picture, (wide, high), interpolation=way)
        canvas[y : y + high, x : x + wide] = grown
    return canvas
