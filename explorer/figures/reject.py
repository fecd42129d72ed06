"""What the lesson on discriminative and generative models draws."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from explorer.figures.theme import COLORS
from explorer.figures.tiles import picture_uri

Floats = NDArray[np.float64]

MARGIN = {"l": 10, "r": 10, "t": 30, "b": 40}
BINS = 60
EDGE = 0.15  # of the axis: there words would not fit on both sides of a line
ROW_PX = 15  # between the words of two lines
TICKS = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)  # nats below 0
KIND_COLORS = {
    "digits": COLORS["first"],
    "fashion": COLORS["second"],
    "noise": COLORS["muted"],
}


def posteriors_figure(
    classes: Sequence[str],
    classifier: Floats,
    bayes: Floats,
    log_likelihood: Floats,
    pictures: NDArray[np.uint8],
) -> go.Figure:
    """Draw P(y|x) of both networks, log p(x|y), and the picture tried as each class.

    Parameters
    ----------
    classes : sequence of str
    classifier, bayes : (C,) arrays
        P(y|x).
    log_likelihood : (C,) array
        log p(x|y) in nats.
    pictures : (C, H, W) uint8 array
        What the generative network makes of the picture, told each class.
    """
    figure = make_subplots(rows=3, shared_xaxes=True, row_heights=[0.5, 0.28, 0.22])
    names, places = list(classes), list(range(len(classes)))
    for name, values, color in (
        ("classifier: P(y|x)", classifier, COLORS["first"]),
        ("generative: p(x|y) P(y) / p(x)", bayes, COLORS["second"]),
    ):
        bars = go.Bar(
            x=places,
            y=values,
            name=name,
            marker_color=color,
            customdata=names,
            hovertemplate="%{customdata}: %{y:.3f}<extra>%{fullData.name}</extra>",
        )
        figure.add_trace(bars, row=1, col=1)
    dots = go.Scatter(
        x=places,
        y=log_likelihood,
        mode="lines+markers",
        line={"color": COLORS["second"], "width": 2, "dash": "dot"},
        marker={"size": 9},
        showlegend=False,
        customdata=names,
        hovertemplate="log p(x|%{customdata}) = %{y:.1f} nats<extra></extra>",
    )
    figure.add_trace(dots, row=2, col=1)
    _add_pictures(figure, pictures)
    _name_axes(figure, names)
    return figure


def _name_axes(figure: go.Figure, classes: Sequence[str]) -> None:
    """Title and range the three rows over the classes."""
    figure.update_layout(
        barmode="group",
        height=470,
        margin=MARGIN | {"b": 30},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    places = list(range(len(classes)))
    figure.update_xaxes(range=[-0.6, len(classes) - 0.4], showgrid=False)
    figure.update_xaxes(tickvals=places, ticktext=classes, title="y", row=3, col=1)
    figure.update_yaxes(range=[0, 1.02], title="P(y|x)", row=1, col=1)
    figure.update_yaxes(title="log p(x|y), nats", nticks=4, row=2, col=1)
    figure.update_yaxes(visible=False, range=[0, 1], row=3, col=1)


def _add_pictures(figure: go.Figure, pictures: NDArray[np.uint8]) -> None:
    """Stand a picture over each place of the lowest axis."""
    for k, picture in enumerate(pictures):
        figure.add_layout_image(
            source=picture_uri(picture),
            x=k,
            y=0.5,
            sizex=0.9,
            sizey=1,
            xanchor="center",
            yanchor="middle",
            xref="x3",
            yref="y3",
        )


def evidence_figure(
    kinds: Mapping[str, Floats],
    names: Mapping[str, str],
    here: float,
    threshold: float,
) -> go.Figure:
    """Draw how log p(x) is spread over each kind, the reader's picture, the threshold.

    The axis is logarithmic in the nats below 0: digits lie within tens of each other,
    noise thousands away. Scores above -1 stand at its end.

    Parameters
    ----------
    kinds : mapping of (N,) arrays
        In nats.
    names : mapping of str
        What the legend calls them.
    here, threshold : float
        In nats.
    """
    far, near = _reach([*kinds.values(), np.array([here, threshold])])
    edges = np.geomspace(near, far, BINS)
    figure = go.Figure()
    for kind, values in kinds.items():
        counts, _ = np.histogram(np.clip(-values, near, far), edges)
        shares = counts / len(values)
        # An outline a kind: a moved threshold draws three paths again, not each bar.
        figure.add_scatter(
            x=edges,
            y=np.append(shares, 0.0),
            mode="lines",
            line={"color": KIND_COLORS[kind], "width": 1, "shape": "hv"},
            fill="tozeroy",
            name=names[kind],
            opacity=0.7,
            customdata=np.append(np.sqrt(edges[1:] * edges[:-1]), near),
            hovertemplate="−%{customdata:.0f} nats: %{y:.1%}"
            "<extra>%{fullData.name}</extra>",
        )
    _add_line(figure, here, "this picture", "solid", (near, far))
    _add_line(figure, threshold, "threshold", "dash", (near, far))
    figure.update_layout(
        height=360,
        margin=MARGIN,
        xaxis_title="log p(x), nats, equal steps for equal factors",
        yaxis_title="share of pictures",
        legend={"orientation": "h", "y": 1.3},
    )
    _as_nats(figure, near, far)
    return figure


def _as_nats(figure: go.Figure, near: float, far: float) -> None:
    """Label the logarithmic axis of nats below 0, the least likely on the left."""
    ticks = [tick for tick in TICKS if near <= tick <= far]
    figure.update_xaxes(
        type="log",
        range=[np.log10(far), np.log10(near)],
        tickvals=ticks,
        ticktext=[f"−{tick:,}" for tick in ticks],
    )


def _add_line(
    figure: go.Figure, score: float, text: str, dash: str, reach: tuple[float, float]
) -> None:
    """Stand a line at a score, its words above it: no line goes through another's."""
    near, far = np.log10(reach)
    x = float(np.clip(np.log10(max(-score, reach[0])), near, far))
    solid = dash == "solid"
    color = COLORS["accent" if solid else "muted"]
    figure.add_vline(
        x=float(np.clip(-score, *reach)),
        line={"color": color, "dash": dash, "width": 2},
    )
    along = (far - x) / (far - near)  # 0 on the left: the axis runs from far to near
    figure.add_annotation(
        x=x,  # words on a logarithmic axis stand at the logarithm
        y=1.0,
        yref="paper",
        text=text,
        showarrow=False,
        xanchor="left" if along < EDGE else "right" if along > 1 - EDGE else "center",
        yanchor="bottom",
        yshift=ROW_PX if solid else 0,
    )


def _reach(values: Sequence[Floats]) -> tuple[float, float]:
    """Return the least and the most of all scores as positive numbers, with room."""
    least = min(float(one.min()) for one in values)
    most = max(float(one.max()) for one in values)
    return max(-least, 2.0) * 1.1, max(-most, 1.0) / 1.1
