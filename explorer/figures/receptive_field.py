"""Curves of the lesson on receptive fields."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.core.effective_field import MassProfile
from explorer.core.field_table import LayerField
from explorer.figures.theme import CLASSES, COLORS, dashed

FIELD_COLORS = {
    "box": COLORS["proposal"],
    "half": COLORS["truth"],
    "hover": COLORS["grid"],
}
HEIGHT_PX = 320
TICKS = (3, 10, 30, 100, 300, 1000)
RANGE = (0.35, 3.35)  # of the field's logarithm: 2 to 2,200 px
LINES = tuple(color for color in CLASSES if color != COLORS["truth"])


def gradient_levels(gradient: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return a gradient map as 0..255: its square root, the strongest 0.1 % full.

    Examples
    --------
    >>> gradient_levels(np.array([[0, 1, 4]], np.float32)).tolist()
    [[0, 128, 255]]
    """
    top = float(np.quantile(gradient, 0.999, method="higher"))
    if top == 0:
        return np.zeros(gradient.shape, np.uint8)
    level = np.sqrt(np.clip(gradient / top, 0, 1))
    return np.asarray(np.round(255 * level), np.uint8)


def mass_figure(profile: MassProfile) -> go.Figure:
    """Draw how much of the gradient lies within the box shrunk about its middle."""
    figure = go.Figure()
    x = 100 * profile.shares
    figure.add_scatter(
        x=x,
        y=100 * profile.mass,
        name="measured here",
        mode="lines",
        line={"color": COLORS["accent"], "width": 3},
        hovertemplate="middle %{x:.0f} % of the side: %{y:.0f} %<extra></extra>",
    )
    figure.add_scatter(
        x=x,
        y=100 * profile.even,
        name="if every pixel counted alike",
        mode="lines",
        line={"color": COLORS["muted"], "width": 2, "dash": "dash"},
        hovertemplate="middle %{x:.0f} % of the side: %{y:.0f} %<extra></extra>",
    )
    if np.isfinite(profile.half):
        figure.add_scatter(
            x=[100 * profile.half],
            y=[50],
            mode="markers",
            marker={"color": FIELD_COLORS["half"], "size": 11, "line_width": 1.5},
            name="half",
            showlegend=False,
            hovertemplate="half within %{x:.0f} %<extra></extra>",
        )
    _finish(figure, "middle part of the box's side (%)", "gradient inside (%)")
    figure.update_yaxes(range=[0, 103])
    return figure


def growth_figure(
    networks: Mapping[str, Sequence[LayerField]], chosen: str, node: int, side_px: int
) -> go.Figure:
    """Draw how the field grows from layer to layer, a line a network.

    Parameters
    ----------
    networks : mapping of name to its layers, in the order they run
        A network's colour goes by its place, so that it is the same whichever is
        chosen: those that are always there stand first.
    chosen : str
        The network drawn strongly.
    node : int
        Its layer that is marked.
    side_px : int
        The input's longest side, drawn as a line across.
    """
    figure = go.Figure()
    lines = zip(networks.items(), itertools.cycle(LINES), strict=False)
    for i, ((name, layers), color) in enumerate(lines):
        fields = _rising(layers)
        strong = name == chosen
        figure.add_scatter(
            x=np.arange(1, len(fields) + 1),
            y=[field.size[0] for field in fields],
            customdata=[field.name for field in fields],
            name=name,
            mode="lines",
            line={"color": color, "width": 3.5 if strong else 1.6, "dash": dashed(i)},
            zorder=0 if strong else -len(fields),  # no line hides a shorter one
            hovertemplate="%{customdata}: %{y} px<extra>" + name + "</extra>",
        )
    place = list(networks).index(chosen)
    _mark(figure, _rising(networks[chosen]), node, LINES[place % len(LINES)])
    figure.add_hline(y=side_px, line={"color": COLORS["muted"], "dash": "dash"})
    figure.add_annotation(
        x=0,
        xref="paper",
        y=np.log10(side_px),
        yanchor="bottom",
        xanchor="left",
        text="the input's side",
        showarrow=False,
    )
    _finish(figure, "layers that change size or jump", "field (px)")
    figure.update_xaxes(rangemode="tozero")
    figure.update_yaxes(
        type="log", range=RANGE, tickvals=TICKS, ticktext=[str(v) for v in TICKS]
    )
    return figure


def _mark(
    figure: go.Figure, fields: Sequence[LayerField], node: int, color: str
) -> None:
    """Put a dot on the chosen layer."""
    for place, field in enumerate(fields, 1):
        if field.node == node:
            figure.add_scatter(
                x=[place],
                y=[field.size[0]],
                mode="markers",
                marker={"color": color, "size": 12},
                showlegend=False,
                hovertemplate=f"{field.name}: %{{y}} px<extra></extra>",
            )


def _rising(fields: Sequence[LayerField]) -> list[LayerField]:
    """Leave out side branches, whose field is smaller than one that came before."""
    kept: list[LayerField] = []
    for field in fields:
        if not kept or field.size[0] >= kept[-1].size[0]:
            kept.append(field)
    return kept


def _finish(figure: go.Figure, x: str, y: str) -> None:
    figure.update_layout(
        height=HEIGHT_PX,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        xaxis_title=x,
        yaxis_title=y,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
