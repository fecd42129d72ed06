"""What the lesson on autoencoders draws."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import CLASSES, COLORS

MARGIN = {"l": 10, "r": 10, "t": 30, "b": 40}
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


def sizes_figure(errors: Mapping[int, float], here: Mapping[int, float]) -> go.Figure:
    """Draw the mean squared error over the size of the bottleneck.

    Parameters
    ----------
    errors, here : mapping of float
        By the size: of the test pictures, and of the reader's.
    """
    figure = go.Figure()
    for name, values, color in (
        ("test pictures", errors, COLORS["first"]),
        ("this digit", here, COLORS["second"]),
    ):
        figure.add_scatter(
            x=list(values),
            y=list(values.values()),
            mode="lines+markers",
            name=name,
            line={"color": color, "width": 3},
            hovertemplate="%{x} numbers: %{y:.4f}<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(
        height=280,
        margin=MARGIN,
        yaxis_title="mean squared error",
        legend={"orientation": "h", "y": 1.14},
    )
    figure.update_xaxes(
        type="log", tickvals=list(errors), title="numbers in the bottleneck"
    )
    figure.update_yaxes(rangemode="tozero")
    return figure


def probe_figure(
    labels: Sequence[int], rows: Mapping[str, Sequence[tuple[float, float]]]
) -> go.Figure:
    """Draw the accuracy of a linear classifier over the labels it was given.

    Parameters
    ----------
    labels : sequence of int
    rows : mapping of sequences of (mean, standard deviation)
        One pair a number of labels, by what the classifier reads.
    """
    figure = go.Figure()
    for k, (name, values) in enumerate(rows.items()):
        figure.add_scatter(
            x=list(labels),
            y=[mean for mean, _ in values],
            error_y={"type": "data", "array": [std for _, std in values]},
            mode="lines+markers",
            name=name,
            line={"color": CLASSES[k % len(CLASSES)], "width": 3},
            hovertemplate="%{x} labels: %{y:.1%}<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(
        height=360,
        margin=MARGIN,
        yaxis_title="accuracy on test digits",
        legend={"orientation": "h", "y": 1.16},
    )
    figure.update_xaxes(type="log", tickvals=list(labels), title="labelled digits")
    figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
    return figure
