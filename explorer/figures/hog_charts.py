"""Charts of a pixel's way into the descriptor, and of the published miss rates."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray
from plotly.subplots import make_subplots

from explorer.core.hog import MASKS, HogSettings, HogSteps
from explorer.figures.hog import bin_centres, bin_color, bin_names, block_colors
from explorer.figures.theme import COLORS

MARGIN = {"l": 8, "r": 8, "t": 30, "b": 8}


def neighbourhood_figure(steps: HogSteps, settings: HogSettings) -> go.Figure:
    """Show the 5x5 intensities around the pixel, what the masks read, the gradient."""
    patch = steps.patch
    reach = range(-2, 3)
    digits = 1 if settings.gamma else 0
    figure = go.Figure(
        go.Heatmap(
            z=patch,
            x=list(reach),
            y=list(reach),
            colorscale=[(0, "#20242A"), (1, "#F4F4F4")],
            showscale=False,
            hovertemplate="x%{x:+d}, y%{y:+d}: %{z:.2f}<extra></extra>",
            xgap=2,
            ygap=2,
        )
    )
    beside = 15 if steps.dy >= 0 else -15  # the arrow starts at the pixel's middle
    middle = (float(patch.min()) + float(patch.max())) / 2
    for i, j in np.ndindex(patch.shape):
        figure.add_annotation(
            x=j - 2,
            y=i - 2,
            text=f"{patch[i, j]:.{digits}f}",
            showarrow=False,
            yshift=beside if (i, j) == (2, 2) else 0,
            font={"size": 14, "color": "#111" if patch[i, j] > middle else "#EEE"},
        )
    for x, y in taps(settings.mask):
        figure.add_shape(
            type="rect",
            x0=x - 0.47,
            x1=x + 0.47,
            y0=y - 0.47,
            y1=y + 0.47,
            line={"color": COLORS["second"], "width": 3},
        )
    _gradient_arrow(figure, steps)
    figure.update_xaxes(visible=False, range=[-2.55, 2.55], constrain="domain")
    figure.update_yaxes(visible=False, range=[2.55, -2.55], scaleanchor="x")
    figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0}, height=250)
    return figure


def _gradient_arrow(figure: go.Figure, steps: HogSteps) -> None:
    if steps.magnitude <= 0:
        return
    length = 1.35 / steps.magnitude
    figure.add_annotation(
        x=steps.dx * length,
        y=steps.dy * length,
        ax=0,
        ay=0,
        axref="x",
        ayref="y",
        showarrow=True,
        arrowhead=2,
        arrowsize=1.2,
        arrowwidth=4,
        arrowcolor=COLORS["accent"],
        text="",
    )


def taps(mask: str) -> list[tuple[int, int]]:
    """Return the offsets (x, y) that either mask reads.

    Examples
    --------
    >>> sorted(taps("centred"))
    [(-1, 0), (0, -1), (0, 1), (1, 0)]
    """
    found = set()
    for kernel in (MASKS[mask].dx, MASKS[mask].dy):
        rows = np.asarray(kernel)
        anchor = (rows.shape[1] - 1) // 2, (rows.shape[0] - 1) // 2
        for i, j in np.argwhere(rows != 0).tolist():
            found.add((j - anchor[0], i - anchor[1]))
    return sorted(found)


def vote_figure(steps: HogSteps, settings: HogSettings) -> go.Figure:
    """Show what each bin gets of the pixel's magnitude, and where its angle lies."""
    values = np.zeros(settings.orientations)
    for bin_, vote in zip(steps.bins, steps.votes, strict=True):
        values[bin_] += vote
    figure = _histogram(values, settings, "vote")
    figure.add_vline(
        x=steps.orientation_deg,
        line={"color": COLORS["accent"], "width": 3, "dash": "dash"},
        annotation_text=f"{steps.orientation_deg:.1f}°",
        annotation_position="top",
    )
    return figure


def cell_figure(cell: ArrayLike, share: ArrayLike, settings: HogSettings) -> go.Figure:
    """Show a cell's histogram with one pixel's share of it on top, marked."""
    total, own = np.asarray(cell, float), np.asarray(share, float)
    figure = _histogram(np.maximum(total - own, 0), settings, "the other pixels")
    figure.add_bar(
        x=bin_centres(settings),
        y=own,
        width=_bar_width(settings),
        marker={"color": COLORS["accent"], "line": {"color": "#000", "width": 1}},
        name="this pixel",
        hovertemplate="%{x:.3g}°: %{y:.3f}<extra>this pixel</extra>",
    )
    figure.update_layout(barmode="stack")
    return figure


def _bar_width(settings: HogSettings) -> float:
    return 0.86 * settings.range_deg / settings.orientations


def _histogram(values: ArrayLike, settings: HogSettings, name: str) -> go.Figure:
    hues = [bin_color(k, settings.orientations) for k in range(settings.orientations)]
    figure = go.Figure(
        go.Bar(
            x=bin_centres(settings),
            y=np.asarray(values, float),
            width=_bar_width(settings),
            marker_color=hues,
            name=name,
            hovertemplate="%{x:.3g}°: %{y:.3f}<extra>" + name + "</extra>",
        )
    )
    figure.update_xaxes(
        tickvals=bin_centres(settings),
        ticktext=bin_names(settings),
        range=[0, settings.range_deg],
        title="direction of the gradient",
        tickangle=0 if settings.orientations <= 9 else None,
    )
    figure.update_yaxes(title="weight", rangemode="tozero")
    figure.update_layout(margin=MARGIN, height=250, showlegend=False)
    return figure


def blocks_figure(steps: HogSteps, settings: HogSettings) -> go.Figure:
    """Show the pixel's blocks after normalisation, its own slots at full strength."""
    count = max(len(steps.blocks), 1)
    across = 1 if count == 1 else 2
    titles = [f"block row {b.row}, column {b.col}" for b in steps.blocks]
    figure = make_subplots(
        -(-count // across),
        across,
        subplot_titles=titles,
        shared_yaxes="all",
        horizontal_spacing=0.06,
        vertical_spacing=0.2,
    )
    for k, block in enumerate(steps.blocks):
        place: dict[str, Any] = {"row": k // across + 1, "col": k % across + 1}
        _block_bars(figure, block.normalised, block.slots, settings, place)
        figure.layout.annotations[k].font = {
            "size": 13,
            "color": block_colors(k + 1)[k],
        }
    rows = -(-count // across)
    figure.update_layout(margin=MARGIN, height=110 + 120 * rows, showlegend=False)
    figure.update_layout(bargap=0.05)
    return figure


def _block_bars(
    figure: go.Figure,
    values: NDArray[np.float32],
    slots: NDArray[np.intp],
    settings: HogSettings,
    place: dict[str, Any],
) -> None:
    bins = settings.orientations
    opacity = np.full(len(values), 0.28)
    opacity[slots] = 1.0
    figure.add_bar(
        x=np.arange(len(values)),
        y=values,
        marker={
            "color": [bin_color(k % bins, bins) for k in range(len(values))],
            "opacity": opacity,
        },
        hovertemplate="slot %{x}: %{y:.3f}<extra></extra>",
        **place,
    )
    for cell in range(1, settings.block_cells**2):
        figure.add_vline(
            x=cell * bins - 0.5, line={"color": COLORS["muted"], "width": 1}, **place
        )
    middles = [(k + 0.5) * bins - 0.5 for k in range(settings.block_cells**2)]
    figure.update_xaxes(
        tickvals=middles, ticktext=cell_names(settings), showgrid=False, **place
    )


def cell_names(settings: HogSettings) -> list[str]:
    """Return a block's cells in the vector's order, as row, column.

    Examples
    --------
    >>> cell_names(HogSettings())
    ['0,0', '1,0', '0,1', '1,1']
    """
    side = range(settings.block_cells)
    if settings.convention == "opencv":
        return [f"{row},{col}" for col in side for row in side]
    return [f"{row},{col}" for row in side for col in side]


def vector_figure(
    descriptor: ArrayLike, blocks: Sequence[NDArray[np.intp]] = ()
) -> go.Figure:
    """Show the whole descriptor and, in their blocks' colours, one pixel's places."""
    values = np.asarray(descriptor, float)
    figure = go.Figure(
        go.Scatter(
            y=values,
            mode="lines",
            line={"color": COLORS["muted"], "width": 0.7},
            hovertemplate="place %{x:,}: %{y:.3f}<extra></extra>",
        )
    )
    for places, color in zip(blocks, block_colors(len(blocks)), strict=True):
        figure.add_scatter(
            x=places,
            y=values[places],
            mode="markers",
            marker={"color": color, "size": 9, "line": {"color": "#000", "width": 1}},
            hovertemplate="place %{x:,}: %{y:.3f}<extra>this pixel</extra>",
        )
    figure.update_xaxes(title="place in the vector", range=[-20, len(values) + 20])
    figure.update_yaxes(rangemode="tozero")
    figure.update_layout(margin=MARGIN, height=200, showlegend=False)
    return figure


def miss_rate_figure(mask: str) -> go.Figure:
    """Show the published miss rate of every mask, the chosen one in colour."""
    names = list(MASKS)[::-1]
    colors = [COLORS["accent" if name == mask else "muted"] for name in names]
    figure = go.Figure(
        go.Bar(
            x=[MASKS[name].miss_rate_frac * 100 for name in names],
            y=[MASKS[name].title for name in names],
            orientation="h",
            marker_color=colors,
            text=[f"{MASKS[name].miss_rate_frac * 100:g} %" for name in names],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:g} %<extra></extra>",
        )
    )
    figure.update_xaxes(title="people missed, %", range=[0, 16.5])
    figure.update_layout(margin={**MARGIN, "t": 8}, height=230, showlegend=False)
    return figure
