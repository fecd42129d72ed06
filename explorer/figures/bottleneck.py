"""What the lesson on autoencoders draws."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import COLORS, TEN
from explorer.figures.tiles import picture_uri

MARGIN = {"l": 10, "r": 10, "t": 30, "b": 40}
BINS = 40
ASIDE = 1.04  # neighbours on a logarithmic axis
CODES = (COLORS["anchor"], COLORS["second"], COLORS["first"], COLORS["kept"])
Grey = NDArray[np.uint8]
Floats = NDArray[np.floating]
MOST_ERROR = 0.5  # squared, of brightness in [0, 1], that is painted brightest


def error_image(image: NDArray[np.uint8], back: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Paint the squared difference of two grey pictures, brighter where larger.

    Parameters
    ----------
    image, back : (H, W) uint8 arrays

    Returns
    -------
    (H, W, 3) uint8 array, RGB

    Examples
    --------
    >>> same = np.zeros((2, 2), np.uint8)
    >>> len(np.unique(error_image(same, same).reshape(-1, 3), axis=0))
    1
    """
    apart = ((image.astype(np.float64) - back) / 255) ** 2
    levels = np.clip(apart / MOST_ERROR * 255, 0, 255).astype(np.uint8)
    painted = cv2.applyColorMap(levels, cv2.COLORMAP_MAGMA)
    return np.asarray(painted[..., ::-1])


def sizes_figure(
    errors: Mapping[int, float],
    here: Mapping[int, float],
    pictures: Mapping[int, Grey],
    chosen: int,
) -> go.Figure:
    """Draw the mean squared error over the size of the bottleneck.

    Parameters
    ----------
    errors, here : mapping of float
        By the size: of the test pictures, and of the reader's.
    pictures : mapping of (H, W) uint8 arrays
        By the size: what came back; each stands over its place.
    chosen : int
        The size that the page shows.
    """
    figure = go.Figure()
    for name, values, color in (
        ("test digits", errors, COLORS["first"]),
        ("this digit", here, COLORS["second"]),
    ):
        figure.add_scatter(
            x=list(values),
            y=list(values.values()),
            mode="lines+markers",
            name=name,
            line={"color": color, "width": 3},
            marker={"size": [13 if size == chosen else 7 for size in values]},
            hovertemplate="%{x} numbers: %{y:.4f}<extra>%{fullData.name}</extra>",
        )
    _add_pictures(figure, pictures)
    figure.update_layout(
        height=330,
        margin=MARGIN | {"t": 10},
        yaxis_title="mean squared error",
        legend={"orientation": "h", "y": -0.22, "x": 0},
    )
    low, high = np.log10(min(errors)), np.log10(max(errors))
    figure.update_xaxes(
        type="log",
        tickvals=list(errors),
        range=[low - 0.22, high + 0.22],
        title="numbers in the bottleneck",
    )
    figure.update_yaxes(rangemode="tozero", domain=[0, 0.7])
    return figure


def _add_pictures(figure: go.Figure, pictures: Mapping[int, Grey]) -> None:
    """Stand a picture over the place of each size, above the curves."""
    for size, picture in pictures.items():
        figure.add_layout_image(
            source=picture_uri(picture),
            x=np.log10(size),  # an image on a logarithmic axis stands at the logarithm
            y=1.0,
            sizex=0.36,
            sizey=0.27,
            xanchor="center",
            yanchor="top",
            xref="x",
            yref="paper",
        )


def probe_figure(
    labels: Sequence[int],
    rows: Mapping[str, Sequence[tuple[float, float]]],
    pixels: Sequence[tuple[float, float]],
    chosen: int,
) -> go.Figure:
    """Draw the accuracy of a linear classifier over the labels it was given.

    Parameters
    ----------
    labels : sequence of int
    rows : mapping of sequences of (mean, standard deviation)
        One pair a number of labels, by the code that the classifier reads.
    pixels : sequence of (mean, standard deviation)
        The same for a classifier that reads the pixels.
    chosen : int
        The number of labels that the page speaks of.
    """
    figure = go.Figure()
    lines = [
        (name, values, CODES[k % len(CODES)], "solid")
        for k, (name, values) in enumerate(rows.items())
    ]
    lines.append(("784 pixels", pixels, COLORS["muted"], "dash"))
    for k, (name, values, color, dash) in enumerate(lines):
        beside = ASIDE ** (k - (len(lines) - 1) / 2)  # so that no bar hides another
        figure.add_scatter(
            x=[count * beside for count in labels],
            y=[mean for mean, _ in values],
            error_y={"type": "data", "array": [std for _, std in values]},
            mode="lines+markers",
            name=name,
            customdata=list(labels),
            line={"color": color, "width": 3, "dash": dash},
            hovertemplate="%{customdata} labels: %{y:.1%}"
            "<extra>%{fullData.name}</extra>",
        )
    figure.add_vline(x=chosen, line={"color": COLORS["muted"], "width": 1})
    _as_shares(figure, labels)
    return figure


def _as_shares(figure: go.Figure, labels: Sequence[int]) -> None:
    """Label the axes of accuracy over a number of labels."""
    figure.update_layout(
        height=400,
        margin=MARGIN,
        yaxis_title="accuracy on test digits",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    figure.update_xaxes(type="log", tickvals=list(labels), title="labelled digits")
    figure.update_yaxes(tickformat=".0%", range=[0, 1.02])


def named_figure(probs: Sequence[float]) -> go.Figure:
    """Draw how sure a classifier is of each digit."""
    figure = go.Figure()
    figure.add_bar(
        x=[str(k) for k in range(len(probs))],
        y=list(probs),
        marker_color=COLORS["first"],
        hovertemplate="%{x}: %{y:.3f}<extra></extra>",
    )
    figure.update_layout(height=190, margin=MARGIN | {"t": 10})
    figure.update_xaxes(type="category")
    figure.update_yaxes(range=[0, 1.02], title="P(y | code)")
    return figure


def distance_figure(known: Floats, drawn: Floats) -> go.Figure:
    """Draw how far codes lie from the nearest known one.

    Parameters
    ----------
    known, drawn : (N,) and (M,) arrays
        Of known codes, and of codes that were drawn.
    """
    figure = go.Figure()
    edges = np.linspace(0, max(known.max(), drawn.max()) * 1.02, BINS)
    for name, values, color in (
        ("a test digit's code", known, COLORS["first"]),
        ("a drawn code", drawn, COLORS["accent"]),
    ):
        counts, _ = np.histogram(values, edges)
        figure.add_bar(
            x=(edges[1:] + edges[:-1]) / 2,
            y=counts / len(values),
            width=np.diff(edges),
            name=name,
            marker_color=color,
            opacity=0.7,
            hovertemplate="%{x:.2f}: %{y:.1%}<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(
        barmode="overlay",
        height=280,
        margin=MARGIN,
        xaxis_title="distance to the nearest code of a test digit",
        yaxis_title="share",
        legend={"orientation": "h", "y": 1.18},
    )
    return figure


def codes_figure(mu: Floats, labels: NDArray[np.int64], drawn: Floats) -> go.Figure:
    """Draw codes of two numbers by their digit, and the drawn ones over them.

    Parameters
    ----------
    mu, labels : (N, 2) and (N,) arrays
    drawn : (M, 2) array
    """
    figure = go.Figure()
    for label in np.unique(labels):
        of = mu[labels == label]
        figure.add_scattergl(
            x=of[:, 0],
            y=of[:, 1],
            mode="markers",
            name=str(label),
            marker={"color": TEN[label % len(TEN)], "size": 4},
            hovertemplate="a %{fullData.name}<extra></extra>",
        )
    figure.add_scattergl(
        x=drawn[:, 0],
        y=drawn[:, 1],
        mode="markers",
        name="drawn",
        marker={
            "color": COLORS["accent"],
            "size": 11,
            "symbol": "x",
            "line": {"width": 1, "color": COLORS["grid"]},
        },
    )
    figure.update_layout(height=320, margin=MARGIN | {"t": 10})
    figure.update_yaxes(scaleanchor="x")
    return figure
