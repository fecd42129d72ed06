"""What the lesson on SSD shows: colours by map, sizes, sorted losses, a thumbnail."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from explorer.core.default_boxes import DefaultMap
from explorer.core.numerals import counted
from explorer.core.ssd_loss import SSDLoss
from explorer.figures.theme import CLASSES, COLORS

SSD_COLORS = {
    "anchor": COLORS["anchor"],
    "moved": COLORS["prediction"],
    "background": COLORS["muted"],
    "truth": COLORS["truth"],
    "positive": COLORS["positive"],
    "negative": COLORS["negative"],
}
LEVEL_COLORS = CLASSES[:7]  # a map each, the finest first
INT16_MOST = 32767
THOUSANDTHS = 1000
VALUE_PX, ROW_PX = 12.0, 20  # of a class score's number, and of its bar


def delta_bytes(deltas: ArrayLike) -> NDArray[np.uint8]:
    """Return four numbers a box as bytes: int16 thousandths, cut at ±32.767.

    Examples
    --------
    >>> delta_bytes([[0.5, -1.0, 99.0, 0.0]]).view(np.int16).tolist()
    [[500, -1000, 32767, 0]]
    """
    scaled = np.rint(np.asarray(deltas, np.float64) * THOUSANDTHS)
    whole = np.clip(scaled, -INT16_MOST, INT16_MOST).astype("<i2")
    return np.ascontiguousarray(whole).view(np.uint8)


def best_classes(probs: ArrayLike, count: int = 3) -> NDArray[np.uint8]:
    """Return each box's best classes, background left out: (N, count).

    Parameters
    ----------
    probs : (N, 1 + C) array_like
        Background first.
    count : int

    Examples
    --------
    >>> best_classes([[0.5, 0.1, 0.3, 0.1]], 2).tolist()
    [[1, 0]]
    """
    scores = np.asarray(probs)[:, 1:]
    best = np.argsort(-scores, axis=1, kind="stable")[:, :count]
    return best.astype(np.uint8)


def prob_bytes(probs: ArrayLike, best: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return p(background) and the best classes' as bytes: uint16 of 65,535.

    Parameters
    ----------
    probs : (N, 1 + C) array_like
    best : (N, K) uint8
        As ``best_classes`` gives them.

    Examples
    --------
    >>> prob_bytes([[0.0, 1.0]], np.array([[0]], np.uint8)).view(np.uint16).tolist()
    [[0, 65535]]
    """
    array = np.asarray(probs, np.float64)
    picked = np.take_along_axis(array, best.astype(np.int64) + 1, axis=1)
    both = np.concatenate([array[:, :1], picked], axis=1)
    whole = np.rint(np.clip(both, 0, 1) * 65535).astype("<u2")
    return np.ascontiguousarray(whole).view(np.uint8)


def map_name(one: DefaultMap) -> str:
    """Return what a map is called.

    Examples
    --------
    >>> from explorer.core.default_boxes import SSD300
    >>> map_name(SSD300[0])
    '38 × 38'
    """
    return f"{one.cells} × {one.cells}"


def sizes_figure(
    maps: Sequence[DefaultMap],
    size_px: int,
    found_px: ArrayLike = (),
    found_levels: ArrayLike = (),
) -> go.Figure:
    """Draw how large each map's default boxes are, and what it found.

    Parameters
    ----------
    maps : sequence of DefaultMap
    size_px : int
        Side of the network's square.
    found_px, found_levels : (K,) array_like
        Sides (root of the area, px) and maps of what was found.
    """
    figure = go.Figure()
    names = [map_name(one) for one in maps]
    for one, name, color in zip(maps, names, LEVEL_COLORS, strict=False):
        sides = np.sqrt(one.shapes.clip(0, 1).prod(axis=1)) * size_px
        figure.add_scatter(
            x=sides,
            y=[name] * len(sides),
            mode="lines+markers",
            line={"color": color, "width": 5},
            marker={"size": 12, "symbol": "square-open", "color": color},
            hovertemplate="default box, side %{x:.0f} px<extra></extra>",
            showlegend=False,
        )
    sides, levels = np.asarray(found_px, float), np.asarray(found_levels, int)
    if len(sides):
        figure.add_scatter(
            x=sides,
            y=[names[k] for k in levels],
            mode="markers",
            name="found",
            marker={
                "size": 15,
                "color": [LEVEL_COLORS[k] for k in levels],
                "line": {"color": COLORS["accent"], "width": 2},
            },
            hovertemplate="found, side %{x:.0f} px<extra></extra>",
            showlegend=False,
        )
    ticks = [t for t in (10, 20, 50, 100, 200, 500) if t <= 1.5 * size_px]
    figure.update_xaxes(type="log", tickvals=ticks, ticktext=[str(t) for t in ticks])
    figure.update_yaxes(
        categoryorder="array", categoryarray=names[::-1], type="category"
    )
    figure.update_layout(**_frame(f"side, px of {size_px}", "map", 270))
    return figure


def negatives_figure(loss: SSDLoss) -> go.Figure:
    """Draw all negatives' background loss, the worst first, and where the cut is."""
    values = np.sort(loss.background[~loss.match.positive])[::-1]
    cut = int(loss.hard.sum())
    rank = np.arange(1, len(values) + 1)
    figure = go.Figure()
    for rows, name, color, fill in (
        (slice(0, cut), "learns", COLORS["negative"], "tozeroy"),
        (slice(max(cut - 1, 0), None), "left out", COLORS["muted"], "none"),
    ):
        figure.add_scatter(
            x=rank[rows],
            y=values[rows],
            mode="lines+markers" if cut <= 1 and name == "learns" else "lines",
            name=name,
            fill=fill,
            line={"color": color, "width": 3},
            hovertemplate="rank %{x:,}: %{y:.2f}<extra></extra>",
        )
    if cut:
        figure.add_vline(x=cut, line={"color": COLORS["accent"], "dash": "dash"})
        figure.add_annotation(
            x=float(np.log10(cut)),
            y=0.1,
            yref="paper",
            text=f"cut at {cut:,}",
            showarrow=False,
            xanchor="left",
            xshift=5,
        )
    figure.update_xaxes(type="log", dtick=1)  # no 2 and 5 between the tens
    figure.update_yaxes(rangemode="tozero")
    figure.update_layout(
        **_frame(
            f"{len(values):,} negatives, the worst first", "−log p(background)", 270
        )
    )
    figure.update_layout(
        showlegend=True, legend={"orientation": "h", "y": 1, "yanchor": "bottom"}
    )
    return figure


def shares_figure(loss: SSDLoss) -> go.Figure:
    """Draw whose the loss of classes is: with all negatives, and with the hard ones."""
    positive = float(loss.classes.sum())
    rows = (
        (f"all {loss.negatives:,} negatives", loss.negative_sum),
        (f"{int(loss.hard.sum()):,} hard ones", loss.hard_sum),
    )
    figure = go.Figure()
    for name, values, color in (
        (
            counted(loss.positives, "positive"),
            [positive for _ in rows],
            COLORS["positive"],
        ),
        ("negatives", [value for _, value in rows], COLORS["negative"]),
    ):
        shares = [
            100 * value / max(1e-12, positive + other)
            for value, (_, other) in zip(values, rows, strict=True)
        ]
        figure.add_trace(_share_bars([row for row, _ in rows], shares, values))
        figure.data[-1].update(name=name, marker={"color": color})
    figure.update_layout(**_frame("share of the class loss, %", "", 210))
    figure.update_layout(
        barmode="stack",
        showlegend=True,
        legend={
            "orientation": "h",
            "y": 1,
            "yanchor": "bottom",
            "traceorder": "normal",
        },
    )
    figure.update_xaxes(range=[0, 100])
    figure.update_yaxes(autorange="reversed")
    return figure


def _share_bars(rows: list[str], shares: list[float], values: list[float]) -> go.Bar:
    return go.Bar(
        y=rows,
        x=shares,
        customdata=values,
        orientation="h",
        text=[
            f"{share:.1f} % ({value:,.1f})"
            for share, value in zip(shares, values, strict=True)
        ],
        textposition="inside",
        insidetextanchor="middle",
        hovertemplate="%{customdata:,.1f} = %{x:.1f} %<extra></extra>",
    )


def classes_figure(probs: ArrayLike, names: Sequence[str]) -> go.Figure:
    """Draw one box's probabilities of all classes, background first.

    Parameters
    ----------
    probs : (1 + C,) array_like
    names : C strings
    """
    values = np.asarray(probs, float)
    best = int(values[1:].argmax()) + 1
    colors = [SSD_COLORS["moved"]] * len(values)
    colors[0], colors[best] = SSD_COLORS["background"], COLORS["first"]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=["background", *names],
            orientation="h",
            marker={"color": colors},
            text=[f"{v:.2f}" if v >= 0.005 else "" for v in values],
            textposition="outside",
            textfont={"size": VALUE_PX},
            constraintext="none",  # else a number shrinks to its bar
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.4f}<extra></extra>",
        )
    )
    figure.update_layout(**_frame("probability", "", ROW_PX * len(values) + 60))
    figure.update_xaxes(range=[0, 1.12], tickvals=[0, 0.5, 1])
    figure.update_yaxes(autorange="reversed", automargin=True, dtick=1)
    return figure


def _frame(x: str, y: str, height: int) -> dict[str, Any]:
    return {
        "height": height,
        "margin": {"l": 60, "r": 15, "t": 25, "b": 45},
        "xaxis_title": x,
        "yaxis_title": y,
        "showlegend": False,
    }
