"""Pictures and curves of the lesson on unpooling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import CLASSES, COLORS, mixed

Pixels = NDArray[np.uint8]
Pane = tuple[float, float, float, float]  # x, y, width, height in image pixels

TITLE_PX = 34  # free above each pane for its title
GAP_PX = 76  # between the panes that arrows join
CELL_PX = 40  # of the upper row of small grids
ROW_CELL_PX = 29  # of the lower row
MAP_PX = (206, 165)  # most a map's pane takes: width, height
UPRIGHT_PX = (165, 240)  # the same where a map is higher than wide
MAP_GAP_PX = 18
UPPER = ("input", "pooled", "unpool")  # joined by arrows, in this order
MAP_ROWS = (UPPER, ("photo", "nails", "dense"), ("nearest", "bilinear", "transposed"))
UPRIGHT_ROWS = (
    (*UPPER, "dense", "photo"),
    ("nails", "nearest", "bilinear", "transposed"),
)
LOWER = ("nails", "nearest", "bilinear", "transposed")
HEIGHT_PX = 300
UNPOOL_COLORS = {"mark": COLORS["accent"], "source": COLORS["prediction"]}
# Eight hues, once more darker and once more lighter: a small grid has up to 25 windows.
WINDOW_COLORS = (
    *CLASSES,
    *(mixed(c, "#000000") for c in CLASSES),
    *(mixed(c, "#FFFFFF") for c in CLASSES),
)


@dataclass(frozen=True)
class Layout:
    """Where the panes stand on the stage's picture.

    Attributes
    ----------
    size : (width, height)
    panes : dict of str to Pane
    wide : float
        Room for a title, where it may be wider than its pane.
    photo : Pane or None
        Where the photo stands whose maps these are.
    """

    size: tuple[int, int]
    panes: dict[str, Pane]
    wide: float
    photo: Pane | None = None


def grid_layout(shape: tuple[int, int], pooled: tuple[int, int]) -> Layout:
    """Lay the small grids out: input, pooled, max-unpooled above, the others below.

    Examples
    --------
    >>> grid_layout((6, 6), (3, 3)).panes["pooled"]
    (317.0, 95.0, 120.0, 120.0)
    """
    tall, x = shape[0] * CELL_PX, 1.0
    panes: dict[str, Pane] = {}
    for name in UPPER:
        rows, columns = pooled if name == "pooled" else shape
        high, wide = float(rows * CELL_PX), float(columns * CELL_PX)
        panes[name] = (x, TITLE_PX + 1 + (tall - high) / 2, wide, high)
        x += wide + GAP_PX
    width = x - GAP_PX
    small = shape[1] * ROW_CELL_PX
    gap = max((width - len(LOWER) * small) / (len(LOWER) - 1), MAP_GAP_PX)
    top = float(TITLE_PX + 1 + tall + TITLE_PX)
    for place, name in enumerate(LOWER):
        left = 1 + place * (small + gap)
        panes[name] = (left, top, float(small), float(shape[0] * ROW_CELL_PX))
    full = max(width, 1 + len(LOWER) * small + (len(LOWER) - 1) * gap)
    size = (int(full) + 2, int(top + shape[0] * ROW_CELL_PX) + 2)
    return Layout(size, panes, small + gap / 2)


def map_layout(
    shape: tuple[int, int], pooled: tuple[int, int], ways: Sequence[str]
) -> Layout:
    """Lay photo and maps out; the pooled one at its own scale.

    In three rows of three, and in two where the maps stand upright: three would leave
    them small and half of the screen empty.

    Parameters
    ----------
    shape, pooled : (int, int)
        Rows and columns before and after pooling.
    ways : sequence of str
        The ways back that are shown.
    """
    upright = shape[0] > shape[1]
    most, rows = (UPRIGHT_PX, UPRIGHT_ROWS) if upright else (MAP_PX, MAP_ROWS)
    cell = min(most[0] / shape[1], most[1] / shape[0])
    wide, high = shape[1] * cell, shape[0] * cell
    slot = max(wide, MAP_PX[0] * 0.8)
    panes: dict[str, Pane] = {}
    for row, names in enumerate(rows):
        for place, name in enumerate(names):
            x, y = 1 + place * (slot + MAP_GAP_PX), TITLE_PX + row * (high + TITLE_PX)
            size = (wide, high)
            if name == "pooled":
                size = (pooled[1] * cell, pooled[0] * cell)
            if name in (*ways, *UPPER, "photo"):
                panes[name] = (x, y, *size)
    photo = panes.pop("photo")
    width = len(rows[0]) * (slot + MAP_GAP_PX) - MAP_GAP_PX
    height = len(rows) * (high + TITLE_PX)
    return Layout((int(width) + 2, int(height) + 2), panes, slot, photo)


def backdrop(layout: Layout, photo: Pixels | None = None) -> Pixels:
    """Return the white picture behind the panes, with the photo where it stands.

    Parameters
    ----------
    layout : Layout
    photo : (H, W, 3) uint8 array, optional
        Squeezed into its pane: a network reads it at nearly those proportions.
    """
    wide, high = layout.size
    made = np.full((high, wide, 3), 255, np.uint8)
    if photo is None or layout.photo is None:
        return made
    x, y, w, h = (round(v) for v in layout.photo)
    w, h = max(1, min(w, wide - x)), max(1, min(h, high - y))
    made[y : y + h, x : x + w] = cv2.resize(photo, (w, h), interpolation=cv2.INTER_AREA)
    return made


def lost_figure(
    here: Mapping[str, float], median: Mapping[str, float], names: Mapping[str, str]
) -> go.Figure:
    """Draw what each way loses, this map as bars, the layer's median as marks.

    Parameters
    ----------
    here, median : mapping of way to share
        Mean squared error over variance; nan is left out.
    names : mapping of way to name
    """
    ways = [way for way in names if way in here]
    figure = go.Figure()
    figure.add_bar(
        y=[names[way] for way in ways],
        x=[100 * here[way] for way in ways],
        orientation="h",
        name="this map",
        marker_color=COLORS["first"],
        hovertemplate="%{x:.1f} %<extra>%{y}, this map</extra>",
    )
    figure.add_scatter(
        y=[names[way] for way in ways],
        x=[100 * median[way] for way in ways],
        mode="markers",
        name="median of the layer's maps",
        marker={"color": COLORS["second"], "size": 12, "symbol": "diamond"},
        hovertemplate="%{x:.1f} %<extra>%{y}, median</extra>",
    )
    figure.add_vline(
        x=100,
        line={"color": COLORS["muted"], "dash": "dash"},
        name="the mean everywhere",
        showlegend=True,
    )
    figure.update_layout(
        height=HEIGHT_PX,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        xaxis_title="mean squared error,<br>% of the map's variance",
        yaxis={"autorange": "reversed"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    return figure


def limits(values: "np.ndarray") -> tuple[float, float]:
    """Return the ends of a map's palette: all but 1 % of its numbers lie inside.

    Examples
    --------
    >>> limits(np.array([[0.0, 1.0]]))
    (0.005, 0.995)
    """
    low, high = np.quantile(values, (0.005, 0.995))
    return float(low), float(high)
