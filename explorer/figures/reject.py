"""What the lesson on discriminative and generative models draws."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import COLORS

MARGIN = {"l": 10, "r": 10, "t": 30, "b": 40}
BINS = 60
KIND_COLORS = {
    "digits": COLORS["first"],
    "fashion": COLORS["second"],
    "noise": COLORS["muted"],
}


def posteriors_figure(
    classes: Sequence[str], classifier: Sequence[float], bayes: Sequence[float]
) -> go.Figure:
    """Draw P(y|x) of the classifier beside that of Bayes' rule, class by class."""
    figure = go.Figure()
    for name, values, color in (
        ("classifier: p(y|x)", classifier, COLORS["first"]),
        ("generative: p(x|y) P(y) / p(x)", bayes, COLORS["second"]),
    ):
        figure.add_bar(
            x=list(classes),
            y=list(values),
            name=name,
            marker_color=color,
            hovertemplate="%{x}: %{y:.3f}<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(
        barmode="group",
        height=300,
        margin=MARGIN,
        yaxis_title="P(y|x)",
        legend={"orientation": "h", "y": 1.14},
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(range=[0, 1.02])
    return figure


def evidence_figure(
    kinds: Mapping[str, NDArray[np.float64]],
    names: Mapping[str, str],
    here: float,
    threshold: float,
) -> go.Figure:
    """Draw how log p(x) is spread over each kind, the reader's picture, the threshold.

    Parameters
    ----------
    kinds : mapping of (N,) arrays
        In nats.
    names : mapping of str
        What the legend calls them.
    here, threshold : float
        In nats.
    """
    low = min(float(np.quantile(v, 0.02)) for v in kinds.values())
    high = max(float(v.max()) for v in kinds.values())
    edges = np.linspace(min(low, here) - 5, max(high, here) + 5, BINS)
    figure = go.Figure()
    for kind, values in kinds.items():
        counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
        figure.add_bar(
            x=(edges[1:] + edges[:-1]) / 2,
            y=counts / len(values),
            width=np.diff(edges),
            name=names[kind],
            marker_color=KIND_COLORS[kind],
            opacity=0.7,
            hovertemplate="%{x:.0f} nats: %{y:.1%}<extra>%{fullData.name}</extra>",
        )
    for x, text, color, dash in (
        (here, "this picture", COLORS["accent"], "solid"),
        (threshold, "threshold", COLORS["muted"], "dash"),
    ):
        line = {"color": color, "dash": dash, "width": 2}
        side = "top right" if x < (edges[0] + edges[-1]) / 2 else "top left"
        figure.add_vline(x=x, line=line, annotation_text=text, annotation_position=side)
    figure.update_layout(
        barmode="overlay",
        height=300,
        margin=MARGIN,
        xaxis_title="log p(x), nats",
        yaxis_title="share of pictures",
        legend={"orientation": "h", "y": 1.2},
    )
    return figure


def roc_figure(
    curves: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64], float]],
    names: Mapping[str, str],
    at: Mapping[str, tuple[float, float]],
) -> go.Figure:
    """Draw a ROC a kind, with the point that the threshold picks.

    Parameters
    ----------
    curves : mapping of (false, true, area)
    names : mapping of str
    at : mapping of (false, true)
        Where the present threshold is.
    """
    figure = go.Figure()
    for kind, (false, true, area) in curves.items():
        figure.add_scatter(
            x=false,
            y=true,
            mode="lines",
            line={"color": KIND_COLORS[kind], "width": 3},
            name=f"against {names[kind]}: area {area:.3f}",
            hovertemplate="%{x:.1%} let in, %{y:.1%} of digits<extra></extra>",
        )
        figure.add_scatter(
            x=[at[kind][0]],
            y=[at[kind][1]],
            mode="markers",
            marker={"color": KIND_COLORS[kind], "size": 12, "symbol": "circle-open"},
            showlegend=False,
            hoverinfo="skip",
        )
    figure.update_layout(
        height=300,
        margin=MARGIN,
        xaxis_title="others let in",
        yaxis_title="digits let in",
        legend={"orientation": "h", "y": 1.25},
    )
    figure.update_xaxes(range=[-0.02, 1.02], tickformat=".0%")
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%")
    return figure
