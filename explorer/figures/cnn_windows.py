"""Pictures and curves of the lesson on running a CNN on every crop."""

from collections.abc import Sequence

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from explorer.core.window_grid import window_grid
from explorer.figures.layers import Heat
from explorer.figures.theme import COLORS
from explorer.figures.thumbnails import framed

CROP_COLORS = {
    "crops": COLORS["second"],
    "map": COLORS["first"],
    "group": COLORS["kept"],
    "window": COLORS["accent"],
}
HEIGHT_PX = 280
TIME_TICKS = {1e-3: "1 ms", 1.0: "1 s", 60.0: "1 min", 3600.0: "1 h", 86400.0: "1 day"}

Image = NDArray[np.uint8]


def done_heats(
    values: ArrayLike,
    cols: int,
    box: tuple[float, float, float, float],
    stride: int,
    ends: tuple[float, float],
    diverging: bool = False,
) -> list[Heat]:
    """Lay out the scores of the first crops of a grid, row after row.

    Parameters
    ----------
    values : (n,) array_like
        Of crops 0 to n - 1.
    cols : int
        Crops in a row.
    box : (x1, y1, x2, y2)
        Where the whole map lies; only its upper left corner is used.
    stride : int
        Picture pixels from one crop to the next.
    ends : (lo, hi)
        Values at the palette's ends.

    Returns
    -------
    list of Heat
        One of the full rows, one of the row begun; what is not yet run stays bare.
    """
    flat = np.asarray(values, np.float64)
    full = len(flat) // cols
    left, top = box[:2]
    layers = []
    parts = (
        (flat[: full * cols].reshape(full, cols), 0),
        (flat[full * cols :].reshape(1, -1), full),
    )
    for part, row in parts:
        if part.size:
            high, wide = part.shape
            y = top + row * stride
            place = (left, y, left + wide * stride, y + high * stride)
            palette = "diverging" if diverging else "sequential"
            layers.append(Heat(part, place, 0.6, palette, *ends))  # type: ignore[arg-type]
    return layers


def extrapolated_figure(
    done: Sequence[int],
    seconds: Sequence[float],
    marks: Sequence[tuple[int, str]],
    one_pass: tuple[int, float],
) -> go.Figure:
    """Draw the measured time of crops, the straight line on to more, and one pass.

    Parameters
    ----------
    done, seconds : n numbers
        Crops run so far and the time until then.
    marks : sequence of (int, str)
        Numbers of crops to which the line is drawn on, with their names.
    one_pass : (int, float)
        How many scores one pass gives, and its seconds.
    """
    each = seconds[-1] / done[-1]
    most = max([count for count, _ in marks] + [done[-1]])
    figure = go.Figure()
    _draw_on(figure, marks, (done[-1], most), each)
    figure.add_scatter(
        x=list(done),
        y=list(seconds),
        mode="lines+markers",
        name="crops",
        line={"color": CROP_COLORS["crops"], "width": 3},
        hovertemplate="%{x:,} crops: %{y:.3g} s<extra></extra>",
    )
    scores, pass_s = one_pass
    figure.add_scatter(
        x=[1, scores],
        y=[pass_s, pass_s],
        mode="lines+markers",
        name="one pass",
        line={"color": CROP_COLORS["map"], "width": 3},
        hovertemplate="one pass, %{x:,} scores: %{y:.3g} s<extra></extra>",
    )
    _logarithmic(figure, most, (min(pass_s, seconds[0]), each * most))
    return figure


def _draw_on(
    figure: go.Figure,
    marks: Sequence[tuple[int, str]],
    span: tuple[int, int],
    each: float,
) -> None:
    """Draw the straight line on from the last crop run, and the numbers named."""
    color = CROP_COLORS["crops"]
    figure.add_scatter(
        x=list(span),
        y=[each * count for count in span],
        mode="lines",
        name="at that rate",
        line={"color": color, "width": 2, "dash": "dot"},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[count for count, _ in marks],
        y=[each * count for count, _ in marks],
        mode="markers+text",
        text=[name for _, name in marks],
        textposition="top left",  # clear of the line, which rises
        marker={"size": 9, "color": color, "symbol": "diamond"},
        hovertemplate="%{x:,} crops: %{y:,.3g} s<extra></extra>",
        showlegend=False,
        cliponaxis=False,
    )


def _logarithmic(figure: go.Figure, most: int, ends_s: tuple[float, float]) -> None:
    """Give both axes a logarithmic scale, the time named in a reader's units."""
    least_s, most_s = ends_s
    ticks = [v for v in TIME_TICKS if v <= 10 * most_s]
    figure.update_layout(
        height=HEIGHT_PX,
        margin={"l": 10, "r": 20, "t": 10, "b": 10},
        xaxis_title="windows classified",
        legend={"orientation": "h", "y": 1.16, "x": 0},
    )
    figure.update_xaxes(type="log", dtick=1, range=[-0.1, np.log10(most) + 0.3])
    figure.update_yaxes(
        type="log",
        tickvals=ticks,
        ticktext=[TIME_TICKS[v] for v in ticks],
        range=[np.log10(least_s) - 0.4, np.log10(most_s) + 0.5],
    )


def cnn_windows_thumbnail(image: Image) -> Image:
    """The photo as crops laid side by side, each cut out of it at the next place."""
    small = framed(image)
    height, width = small.shape[:2]
    grid = window_grid(height, width, 80, 40)
    rows, cols, gap = grid.rows, grid.cols, 3
    shown = np.full_like(small, 255)
    high, wide = height // rows, width // cols
    for row in range(rows):
        for col in range(cols):
            y, x = row * grid.stride, col * grid.stride
            crop = small[y : y + grid.size, x : x + grid.size]
            size = (wide - gap, high - gap)
            tile = cv2.resize(crop, size, interpolation=cv2.INTER_AREA)
            shown[row * high : row * high + size[1], col * wide :][:, : size[0]] = tile
    return shown
