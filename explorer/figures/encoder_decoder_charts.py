"""Charts of the encoder-decoder lesson: where labels change, and what crosses."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from explorer.figures.theme import CLASSES, COLORS, dashed

HEIGHT_PX = 290
MARGIN = {"l": 10, "r": 10, "t": 10, "b": 10}


def boundary_figure(
    widths_px: ArrayLike,
    everywhere: ArrayLike,
    changed: Sequence[ArrayLike],
    names: Sequence[str],
) -> go.Figure:
    """Draw which share of the changed pixels lies within each distance of a boundary.

    Parameters
    ----------
    widths_px : (K,) array_like
    everywhere : (K,) array_like
        The same share of all pixels, drawn thick and dotted: chance.
    changed : (K,) array_likes, one a switch
        nan where nothing changed; such a switch is left out.
    names : one a switch

    Raises
    ------
    ValueError
        If the names do not fit.
    """
    if len(names) != len(changed):
        raise ValueError(f"{len(names)} names for {len(changed)} lines")
    x = np.asarray(widths_px, np.float64)
    figure = go.Figure()
    for i, (values, name) in enumerate(zip(changed, names, strict=True)):
        y = np.asarray(values, np.float64)
        if np.isnan(y).all():
            continue
        figure.add_scatter(
            x=x,
            y=y,
            name=name,
            mode="lines",
            line={
                "color": CLASSES[i % len(CLASSES)],
                "width": 2.5,
                "dash": dashed(i),
            },
            hovertemplate="within %{x:.0f} px: %{y:.0%}<extra>" + name + "</extra>",
        )
    figure.add_scatter(
        x=x,
        y=np.asarray(everywhere, np.float64),
        name="all pixels",
        mode="lines",
        line={"color": COLORS["muted"], "width": 4, "dash": "2px,4px"},
        hovertemplate="within %{x:.0f} px: %{y:.0%}<extra>all pixels</extra>",
    )
    figure.update_layout(
        height=HEIGHT_PX,
        margin=MARGIN,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        hovermode="x unified",
    )
    figure.update_xaxes(title="distance to a class boundary, px", rangemode="tozero")
    figure.update_yaxes(title="share within", range=[0, 1.02], tickformat=".0%")
    return figure


def memory_figure(
    levels: Sequence[str],
    bytes_each: Sequence[ArrayLike],
    names: Sequence[str],
    colors: Sequence[str],
) -> go.Figure:
    """Draw what crosses at each level, in bytes, on a logarithmic axis.

    Parameters
    ----------
    levels : K names, finest first
    bytes_each : (K,) array_likes, one a way of crossing
        nan where a network has no such level.
    names, colors : one a way

    Raises
    ------
    ValueError
        If the lengths do not fit.
    """
    table = np.asarray([np.asarray(row, np.float64) for row in bytes_each])
    if table.shape != (len(names), len(levels)) or len(colors) != len(names):
        raise ValueError(
            f"{table.shape} values for {len(names)} ways, {len(levels)} levels and "
            f"{len(colors)} colours"
        )
    figure = go.Figure()
    for row, name, color in zip(table, names, colors, strict=True):
        figure.add_bar(
            x=list(levels),
            y=row,
            name=name,
            marker_color=color,
            hovertemplate="%{y:.3s}B<extra>" + name + "</extra>",
        )
    figure.update_layout(
        height=HEIGHT_PX,
        margin=MARGIN,
        bargap=0.25,
        bargroupgap=0.06,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    # Whole decades: two at least are named, also where all bars are about as high.
    ends = np.log10([np.nanmin(table), np.nanmax(table)])
    low, high = np.floor(ends[0]), max(np.ceil(ends[1]), np.floor(ends[0]) + 1)
    figure.update_yaxes(
        title="bytes", type="log", dtick=1, tickformat=".0s", range=[low, high]
    )
    return figure
