"""Curves and bars of the lesson on DeepLab, and the thumbnail's outline."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from explorer.figures.theme import COLORS

AB_COLORS = (COLORS["first"], COLORS["second"])
CHANGED = COLORS["overlap"]
BRANCH_COLORS = (COLORS["second"], COLORS["positive"], COLORS["prediction"])
HEIGHT_PX = 260
ROW_PX = 23
MARGIN = {"l": 10, "r": 10, "t": 10, "b": 10}
# From all nine taps (dark) to the middle one alone (pale): one hue, told by lightness.
TAP_COLORS = {
    9: "#08306B",
    6: "#2879B9",
    4: "#73B3D8",
    3: "#B0D2E7",
    2: "#DCE9F6",
    1: "#F2A900",
}
BARS_CSS = f"""<style>
.change-bars {{width: 100%; border-collapse: collapse; font-size: .88rem;}}
.change-bars :is(th, td) {{padding: 3px 8px 3px 0; border: none; text-align: right;}}
.change-bars :is(th, td) {{font-weight: 400; white-space: nowrap;}}
.change-bars td:nth-child(2) {{width: 100%;}}
.change-bars div {{height: 1.05rem; background: {CHANGED}; border-radius: 2px;}}
</style>"""
TAP_NAMES = {9: "all 9 taps", 1: "the middle one alone"}
LOG_TEXT_RATIO = 0.5  # of a bar's length that its label may need, in decades


def bin_names(edges: ArrayLike) -> list[str]:
    """Name bins of distance by their limits.

    Examples
    --------
    >>> bin_names([0, 2, 4, np.inf])
    ['0–2', '2–4', '≥ 4']
    """
    limits = np.asarray(edges, float)
    names = [f"{low:g}–{high:g}" for low, high in zip(limits, limits[1:], strict=False)]
    return [*names[:-1], f"≥ {limits[-2]:g}"]


def change_bars(edges: ArrayLike, pixels: ArrayLike, differ: ArrayLike) -> str:
    """Draw as HTML which share of the pixels differs, a bar a bin of distance.

    One plain element: a chart of a library's takes the browser ten times as long, and
    this one changes with every control.

    Parameters
    ----------
    edges : (n + 1,) array_like
        Limits of the bins, px; the last infinite.
    pixels, differ : (n,) array_like
        Pixels in each bin, and those that differ.

    Returns
    -------
    str
        The longest bar has the whole width; an empty bin has none, and a dash.
    """
    count, apart = np.asarray(pixels), np.asarray(differ)
    share = 100 * apart / np.maximum(count, 1)
    most = max(float(share.max()), 1e-9)
    rows = []
    for name, total, some, part in zip(
        bin_names(edges), count, apart, share, strict=True
    ):
        told = f"{part:.1f} %" if total else "–"
        rows.append(
            f"<tr title='{some:,} of {total:,} pixels'><th scope='row'>{name} px</th>"
            f"<td><div style='width:{100 * part / most:.1f}%'></div></td>"
            f"<td>{told}</td></tr>"
        )
    return f"{BARS_CSS}<table class='change-bars'>{''.join(rows)}</table>"


def trimap_figure(
    widths: ArrayLike, scores: Mapping[str, ArrayLike], name: str
) -> go.Figure:
    """Draw how right A and B are in bands around the true boundaries.

    Parameters
    ----------
    widths : (n,) array_like
        Of the bands, px; the last holds the whole picture.
    scores : mapping of two names to (n,) array_like
        0 to 1.
    name : str
        What the score is.
    """
    figure = go.Figure()
    shapes = zip(AB_COLORS, ("solid", "dash"), ("circle", "diamond"), strict=True)
    for (label, values), (color, dash, symbol) in zip(
        scores.items(), shapes, strict=True
    ):
        figure.add_scatter(
            x=np.asarray(widths, float),
            y=100 * np.asarray(values, float),
            name=label,
            mode="lines+markers",
            line={"color": color, "width": 2.5, "dash": dash},
            marker={"symbol": symbol, "size": 8},
            hovertemplate="within %{x:g} px: %{y:.1f} %<extra>" + label + "</extra>",
        )
    figure.update_layout(height=HEIGHT_PX, margin=MARGIN)
    figure.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"})
    ticks = [float(w) for w in np.asarray(widths)]
    names = [*(f"{w:g}" for w in ticks[:-1]), "all"]
    figure.update_xaxes(title="band around the true boundaries (px)", type="log")
    figure.update_xaxes(tickvals=ticks, ticktext=names)
    figure.update_yaxes(title=f"{name} (%)")
    return figure


def taps_figure(
    rates: Sequence[int], shares: ArrayLike, marked: Mapping[str, int]
) -> go.Figure:
    """Draw the share of cells by how many of nine taps are on the map, over the rate.

    Parameters
    ----------
    rates : (n,) ints
    shares : (n, 10) array_like
        As ``core.atrous.tap_shares`` gives them.
    marked : mapping of str to int
        Rates with a line and a name.
    """
    table = 100 * np.asarray(shares, float)
    figure = go.Figure()
    for count, color in TAP_COLORS.items():
        if not table[:, count].any():
            continue
        name = TAP_NAMES.get(count, f"{count} taps")
        figure.add_scatter(
            x=list(rates),
            y=table[:, count],
            name=name,
            stackgroup="all",
            mode="lines",
            line={"width": 0.5, "color": color},
            fillcolor=color,
            hovertemplate="%{y:.0f} %",
        )
    for i, (name, rate) in enumerate(marked.items()):
        color = BRANCH_COLORS[i % len(BRANCH_COLORS)]
        figure.add_vline(x=rate, line={"color": "#000000", "width": 4})
        figure.add_vline(x=rate, line={"color": color, "width": 2.5})
        figure.add_annotation(
            x=rate, y=1.0, yref="paper", yanchor="bottom", text=name, showarrow=False
        )
    figure.update_layout(height=HEIGHT_PX + 90, hovermode="x unified")
    figure.update_layout(margin=MARGIN | {"t": 26})
    figure.update_layout(legend={"traceorder": "normal", "orientation": "h", "y": -0.3})
    figure.update_xaxes(title="atrous rate (cells)", range=[rates[0], rates[-1]])
    figure.update_yaxes(title="cells of the map (%)", range=[0, 100])
    return figure


def costs_figure(
    names: Sequence[str], ordinary: ArrayLike, separable: ArrayLike, unit: str
) -> go.Figure:
    """Draw what each convolution costs at once, and what it costs in two steps.

    Parameters
    ----------
    names : n strings
        From top to bottom.
    ordinary, separable : (n,) array_like
        Parameters or multiply-adds, on a logarithmic axis.
    unit : str
    """
    once, twice = np.asarray(ordinary, float), np.asarray(separable, float)
    times = [f"{a / b:.1f} ×" for a, b in zip(once, twice, strict=True)]
    figure = go.Figure()
    # Bars of a horizontal chart are stacked from below: the first trace lies lower.
    for values, label, color, text in (
        (twice, "depthwise + pointwise (this network)", COLORS["positive"], None),
        (once, "one ordinary convolution", COLORS["muted"], times),
    ):
        figure.add_bar(
            y=list(names),
            x=values,
            name=label,
            orientation="h",
            marker_color=color,
            text=text,
            textposition="outside",
            textfont={"size": 11},
            constraintext="none",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:,.0f} " + unit + f"<extra>{label}</extra>",
        )
    low = np.floor(np.log10(twice.min()) * 2) / 2
    high = np.log10(once.max()) + LOG_TEXT_RATIO
    figure.update_layout(height=80 + ROW_PX * len(names), margin=MARGIN, bargap=0.2)
    figure.update_layout(
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0}
    )
    figure.update_xaxes(title=unit, type="log", range=[float(low), float(high)])
    figure.update_xaxes(dtick=1, exponentformat="SI")
    figure.update_yaxes(autorange="reversed", automargin=True)
    return figure


def lattice_figure(cells: int, shared: Mapping[str, tuple[int, int]]) -> go.Figure:
    """Draw a corner of a dense map, and which of its cells sparser maps have too.

    Parameters
    ----------
    cells : int
        Rows and columns shown.
    shared : mapping of str to (first, ratio)
        Name of a sparser map; its first cell and the step to the next.
    """
    figure = go.Figure()
    every = np.arange(cells)
    place = np.array([(x, y) for y in every for x in every])
    looks = (
        ("square", 19, "#B9BEC6"),
        ("square", 19, COLORS["prediction"]),
        ("circle", 11, COLORS["accent"]),
    )
    for (name, (first, ratio)), (symbol, size, color) in zip(
        ({"stride 8": (0, 1)} | dict(shared)).items(), looks, strict=True
    ):
        at = place[((place - first) % ratio == 0).all(1)]
        figure.add_scatter(
            x=at[:, 0],
            y=at[:, 1],
            name=name,
            mode="markers",
            marker={"symbol": symbol, "size": size, "color": color},
            hovertemplate="row %{y}, column %{x}<extra>" + name + "</extra>",
        )
    figure.update_layout(height=300, margin=MARGIN)
    figure.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"})
    ends = [-0.6, cells - 0.4]
    figure.update_xaxes(range=ends, dtick=1, showgrid=False, zeroline=False)
    figure.update_xaxes(title="column of the map at stride 8", constrain="domain")
    figure.update_yaxes(range=ends[::-1], dtick=1, showgrid=False, zeroline=False)
    figure.update_yaxes(title="row", scaleanchor="x")
    return figure
