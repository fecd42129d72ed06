"""Pictures and curves of the lesson on fully convolutional classifiers."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from explorer.figures.theme import COLORS

Image = NDArray[np.uint8]

MAP_COLORS = {
    "chosen": COLORS["accent"],
    "other": COLORS["first"],
    "map": COLORS["first"],
    "crops": COLORS["second"],
}
STRIP_HEIGHT_PX = 150
CHART_HEIGHT_PX = 270
LEAST_DELTA = 1e-7  # what float32 calls equal still has a place on a log axis
_MARGIN = {"l": 10, "r": 10, "t": 10, "b": 10}


def overlay_image(
    image: Image,
    values: ArrayLike,
    box: tuple[float, float, float, float],
    lo: float,
    hi: float,
    opacity: float = 0.6,
) -> Image:
    """Lay a map over a picture and shrink both to a strip's height.

    Parameters
    ----------
    image : (H, W, 3) uint8
    values : (h, w) array_like
        Shown by viridis between ``lo`` and ``hi``.
    box : (x1, y1, x2, y2)
        Where the map lies, in the picture's pixels.
    opacity : float
        Of the map, 0 to 1.

    Examples
    --------
    >>> overlay_image(np.zeros((300, 600, 3), np.uint8), [[1.0]], (0, 0, 9, 9), 0, 1
    ... ).shape
    (150, 300, 3)
    """
    height, width = image.shape[:2]
    span = hi - lo if hi > lo else 1.0
    level = np.clip((np.asarray(values, np.float64) - lo) / span, 0, 1)
    heat = cv2.applyColorMap(
        np.round(level * 255).astype(np.uint8), cv2.COLORMAP_VIRIDIS
    )[..., ::-1]
    x1, y1, x2, y2 = (round(v) for v in box)
    size = (max(1, x2 - x1), max(1, y2 - y1))
    heat = cv2.resize(heat, size, interpolation=cv2.INTER_NEAREST)
    shown = image.copy()
    part = shown[y1:y2, x1:x2]
    heat = heat[: part.shape[0], : part.shape[1]]
    part[:] = np.round(part * (1 - opacity) + heat * opacity).astype(np.uint8)
    wide = max(1, round(STRIP_HEIGHT_PX * width / height))
    small = cv2.resize(shown, (wide, STRIP_HEIGHT_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def margin_figure(margins_px: ArrayLike, deltas: ArrayLike) -> go.Figure:
    """Draw how far a crop's scores are from the map's, against what surrounds it.

    Parameters
    ----------
    margins_px : (m,) array_like
        Picture given to the network on every side of the crop.
    deltas : (m,) array_like
        Largest difference of a logit; drawn no lower than ``LEAST_DELTA``.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=np.asarray(margins_px),
        y=np.maximum(np.asarray(deltas, np.float64), LEAST_DELTA),
        mode="lines+markers",
        line={"color": MAP_COLORS["chosen"], "width": 2.5},
        marker={"size": 9},
        hovertemplate="%{x} px around it: %{y:.2g}<extra></extra>",
        showlegend=False,
    )
    figure.update_layout(
        height=CHART_HEIGHT_PX,
        margin=_MARGIN,
        xaxis_title="picture around the crop (px on each side)",
        yaxis_title="largest |Δ logit|",
    )
    # Of its own powers Plotly makes letters a quarter larger than other ticks'.
    ends = np.log10(np.asarray(figure.data[0].y, np.float64))
    powers = range(math.floor(ends.min()), math.ceil(ends.max()) + 1)
    figure.update_yaxes(
        type="log",
        tickvals=[10.0**k for k in powers],
        ticktext=[f"10<sup>{k}</sup>".replace("-", "−") for k in powers],
    )
    figure.update_xaxes(tickvals=np.asarray(margins_px))
    return figure


def macs_figure(
    names: Sequence[str], crops: ArrayLike, passes: ArrayLike, counts: ArrayLike
) -> go.Figure:
    """Draw the multiply-adds of all crops beside those of one pass, by input size.

    Parameters
    ----------
    names : n strings
        Input sizes.
    crops, passes : (n,) array_like
        Multiply-adds.
    counts : (n,) array_like
        Crops at each size.
    """
    figure = go.Figure()
    many, one = np.asarray(crops) / 1e9, np.asarray(passes) / 1e9
    labels = [f"{n:,} × 1 crop" for n in np.asarray(counts)]
    figure.add_bar(
        x=list(names),
        y=many,
        name="every crop by itself",
        marker_color=MAP_COLORS["crops"],
        customdata=labels,
        hovertemplate="%{customdata}: %{y:.3g} G<extra></extra>",
    )
    figure.add_bar(
        x=list(names),
        y=one,
        name="one pass",
        marker_color=MAP_COLORS["map"],
        text=[f"{a / b:.1f} ×" for a, b in zip(many, one, strict=True)],
        textposition="outside",
        hovertemplate="one pass: %{y:.3g} G<extra></extra>",
    )
    figure.update_layout(
        height=CHART_HEIGHT_PX,
        margin=_MARGIN,
        barmode="group",
        xaxis_title="network's input (px)",
        yaxis_title="multiply-adds (G)",
        legend={"orientation": "h", "y": 1.16, "x": 0},
    )
    top = np.log10(max(many.max(), one.max())) + 0.4
    figure.update_yaxes(type="log", dtick=1, range=[-1, top])
    return figure


def time_figure(
    done: ArrayLike, ms: ArrayLike, pass_ms: float, outputs: int
) -> go.Figure:
    """Draw the time crop after crop takes, and that of one pass for all.

    Parameters
    ----------
    done, ms : (m,) array_like
        Crops classified so far, and the milliseconds until then.
    pass_ms : float
        One pass over the whole input.
    outputs : int
        Scores the pass gives: crops there are.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=[0, *np.asarray(done).tolist()],
        y=[0.0, *np.asarray(ms).tolist()],
        name="crop after crop",
        mode="lines+markers",
        line={"color": MAP_COLORS["crops"], "width": 2.5},
        hovertemplate="%{x} crops: %{y:.0f} ms<extra></extra>",
    )
    figure.add_scatter(
        x=[0, outputs],
        y=[pass_ms, pass_ms],
        name=f"one pass, all {outputs:,}",
        mode="lines",
        line={"color": MAP_COLORS["map"], "width": 2.5, "dash": "dash"},
        hovertemplate="one pass: %{y:.0f} ms<extra></extra>",
    )
    figure.update_layout(
        height=CHART_HEIGHT_PX,
        margin=_MARGIN,
        xaxis_title="crops",
        yaxis_title="milliseconds, measured here",
        legend={"orientation": "h", "y": 1.16, "x": 0},
    )
    figure.update_yaxes(rangemode="tozero")
    return figure
