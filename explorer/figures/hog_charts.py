"""Charts of a pixel's way into the descriptor, and of the published miss rates."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from explorer.core.hog import MASKS, BlockShare, HogSettings, HogSteps
from explorer.figures.hog import bin_centres, bin_color, bin_names, block_colors
from explorer.figures.theme import COLORS

MARGIN = {"l": 8, "r": 8, "t": 30, "b": 8}


def neighbourhood_figure(steps: HogSteps, settings: HogSettings) -> go.Figure:
    """Show the 5x5 intensities around the pixel, what the masks read, the gradient."""
    digits = 1 if settings.gamma else 0
    words = [[f"{value:.{digits}f}" for value in row] for row in steps.patch]
    # The arrow starts at the pixel's middle: its number makes room on the other side.
    own = words[2][2]
    words[2][2] = f"{own}<br> " if steps.dy >= 0 else f" <br>{own}"
    reach = list(range(-2, 3))
    figure = go.Figure(
        go.Heatmap(
            z=steps.patch,
            x=reach,
            y=reach,
            text=words,
            texttemplate="%{text}",
            textfont={"size": 14},
            colorscale=[(0, "#20242A"), (1, "#F4F4F4")],
            showscale=False,
            hovertemplate="x%{x:+d}, y%{y:+d}: %{z:.2f}<extra></extra>",
            xgap=2,
            ygap=2,
        )
    )
    figure.update_layout(
        shapes=[_frame(x, y) for x, y in taps(settings.mask)],
        annotations=_gradient_arrow(steps),
        xaxis={"visible": False, "range": [-2.55, 2.55], "constrain": "domain"},
        yaxis={"visible": False, "range": [2.55, -2.55], "scaleanchor": "x"},
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        height=250,
    )
    return figure


def _frame(x: int, y: int) -> dict[str, Any]:
    near = {"x0": x - 0.47, "x1": x + 0.47, "y0": y - 0.47, "y1": y + 0.47}
    return {"type": "rect", "line": {"color": COLORS["second"], "width": 3}, **near}


def _gradient_arrow(steps: HogSteps) -> list[dict[str, Any]]:
    if steps.magnitude <= 0:
        return []
    length = 1.35 / steps.magnitude
    look = {"arrowhead": 2, "arrowwidth": 4, "arrowcolor": COLORS["accent"]}
    ends = {"x": steps.dx * length, "y": steps.dy * length, "ax": 0, "ay": 0}
    return [{**look, **ends, "axref": "x", "ayref": "y", "text": ""}]


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
        marker={
            "color": COLORS["accent"],
            "line": {"color": "#000", "width": np.where(own > 0, 1.5, 0)},
        },
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
    across = min(count, 2)
    down = -(-count // across)
    layout: dict[str, Any] = {
        "margin": MARGIN,
        "height": 110 + 120 * down,
        "showlegend": False,
        "bargap": 0.05,
        "annotations": [],
    }
    top = max((float(b.normalised.max()) for b in steps.blocks), default=0.0) or 1.0
    bars = []
    for k, block in enumerate(steps.blocks):
        name = "" if k == 0 else str(k + 1)
        row, col = divmod(k, across)
        left, right = _part(col, across, 0.06)
        low, high = (1 - v for v in reversed(_part(row, down, 0.2)))
        across_axis = {"domain": [left, right], "anchor": f"y{name}"}
        up_axis = {
            "domain": [low, high],
            "anchor": f"x{name}",
            "range": [0, 1.08 * top],
        }
        layout[f"xaxis{name}"] = {**_cell_axis(settings), **across_axis}
        layout[f"yaxis{name}"] = {**up_axis, "showticklabels": col == 0}
        layout["annotations"].append(_title(block, k, (left + right) / 2, high))
        bar = _block_bars(block.normalised, block.slots, settings)
        bars.append({**bar, "xaxis": f"x{name}", "yaxis": f"y{name}"})
    return go.Figure({"data": bars, "layout": layout})


def _title(block: BlockShare, number: int, x: float, y: float) -> dict[str, Any]:
    return {
        "text": f"block row {block.row}, column {block.col}",
        "font": {"size": 13, "color": block_colors(number + 1)[number]},
        "x": x,
        "y": y,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "center",
        "yanchor": "bottom",
        "showarrow": False,
    }


def _part(place: int, count: int, gap: float) -> tuple[float, float]:
    """Return where one of `count` equal parts of 0..1 lies, `gap` between them."""
    size = (1 - gap * (count - 1)) / count
    start = place * (size + gap)
    return start, min(start + size, 1.0)


def _block_bars(
    values: NDArray[np.float32], slots: NDArray[np.intp], settings: HogSettings
) -> dict[str, Any]:
    bins = settings.orientations
    opacity = np.full(len(values), 0.28)
    opacity[slots] = 1.0
    hues = [bin_color(k % bins, bins) for k in range(len(values))]
    return {
        "type": "bar",
        "x": np.arange(len(values)),
        "y": values,
        "marker": {"color": hues, "opacity": opacity},
        "hovertemplate": "slot %{x}: %{y:.3f}<extra></extra>",
    }


def _cell_axis(settings: HogSettings) -> dict[str, Any]:
    """Return an axis over a block's numbers that names its cells."""
    bins, cells = settings.orientations, settings.block_cells**2
    return {
        "tickvals": (np.arange(cells) + 0.5) * bins - 0.5,
        "ticktext": cell_names(settings),
        "showgrid": False,
        "minor": {
            "tickvals": np.arange(1, cells) * bins - 0.5,
            "showgrid": True,
            "gridcolor": COLORS["muted"],
        },
    }


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
