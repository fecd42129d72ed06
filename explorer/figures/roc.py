"""ROC curves of what tells digits from other pictures."""

from collections.abc import Mapping
from itertools import cycle

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.reject import KIND_COLORS, MARGIN
from explorer.figures.theme import COLORS

Floats = NDArray[np.float64]
Curves = Mapping[str, tuple[Floats, Floats, float]]  # false, true, area of each kind
Places = Mapping[str, tuple[float, float]]  # false, true on each kind's curve

MARKS_PX = (11, 17)  # of the same mark on the first and the second curve
SHARES = (1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0)  # ticks
DASHES = ("solid", "dot")  # of the curves, in turn
POINT = "%{customdata:.2%} let in, %{y:.1%} of digits"


def corners(x: Floats, y: Floats) -> NDArray[np.int64]:
    """Return the rows where a curve turns, with both ends: the rest says nothing.

    Examples
    --------
    >>> corners(np.array([0, 0, 0, 1, 2.0]), np.array([0, 1, 2, 2, 2.0])).tolist()
    [0, 2, 4]
    """
    dx, dy = np.diff(x), np.diff(y)
    turns = np.abs(dx[1:] * dy[:-1] - dx[:-1] * dy[1:]) > 0
    return np.flatnonzero(np.r_[True, turns, True])


def _none_at(curves: Curves) -> float:
    """Return where the logarithmic axis shows a share of 0: half of the least one.

    Of curves that have none above 0, half of the least share with a tick.
    """
    some = [
        float(v.min())
        for false, _, _ in curves.values()
        if (v := false[false > 0]).size
    ]
    return min(some, default=SHARES[0]) / 2


def roc_figure(
    curves: Curves, names: Mapping[str, str], at: Places, here: Places
) -> go.Figure:
    """Draw a ROC a kind, with the points of the threshold and of the picture.

    What else is let in has a logarithmic axis: good curves lie on the frame of a plain
    one. None at all stands at its left end, as far again below the least share.

    Parameters
    ----------
    curves : mapping of (false, true, area)
    names : mapping of str
    at, here : mappings of (false, true)
        Where the present threshold is, and one that would just let the picture in.
    """
    figure = go.Figure()
    floor = _none_at(curves)
    # Both run along the edge: through the dots of one the other is seen
    for (kind, (false, true, area)), dash in zip(curves.items(), cycle(DASHES)):
        turns = corners(false, true)
        figure.add_scatter(
            x=np.maximum(false[turns], floor),
            customdata=false[turns],
            y=true[turns],
            mode="lines",
            line={"color": KIND_COLORS[kind], "width": 3, "dash": dash},
            name=f"against {names[kind]}: area {area:.4f}",
            hovertemplate=f"{POINT}<extra></extra>",
        )
    ring = {"color": COLORS["muted"], "symbol": "circle-open", "line_width": 3}
    cross = {"color": COLORS["accent"], "symbol": "x", "line_width": 0}
    _mark(figure, "the threshold", [at[kind] for kind in curves], ring, floor)
    _mark(figure, "this picture", [here[kind] for kind in curves], cross, floor)
    figure.update_layout(
        height=360,
        margin=MARGIN | {"t": 10},
        xaxis_title="others let in, equal steps for equal factors",
        yaxis_title="digits let in",
        legend={"x": 0.98, "y": 0.1, "xanchor": "right", "yanchor": "bottom"},
    )
    _axes(figure, floor)
    return figure


def _mark(
    figure: go.Figure,
    name: str,
    points: list[tuple[float, float]],
    look: Mapping[str, object],
    floor: float,
) -> None:
    """Mark a place on every curve."""
    sizes = MARKS_PX[: len(points)]  # of two at one place the larger is seen around
    figure.add_scatter(
        x=[max(false, floor) for false, _ in points],
        customdata=[false for false, _ in points],
        y=[true for _, true in points],
        mode="markers",
        marker={"size": sizes, "opacity": 1, **look},
        name=name,
        cliponaxis=False,
        hovertemplate=f"{POINT}<extra>%{{fullData.name}}</extra>",
    )


def _axes(figure: go.Figure, floor: float) -> None:
    shares = [share for share in SHARES if share > floor]
    figure.update_xaxes(
        type="log",
        range=[np.log10(floor) - 0.15, 0.1],
        tickvals=[floor, *shares],
        ticktext=["0", *(f"{100 * share:g} %" for share in shares)],
    )
    figure.update_yaxes(range=[-0.02, 1.03], tickformat=".0%")
