"""Selective search drawn: the label map for the browser, and what boxes find."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import COLORS

HEIGHT_PX = 300
MARGIN = {"l": 10, "r": 10, "t": 10, "b": 10}

MERGE_COLORS = {
    "first": COLORS["first"],
    "second": COLORS["second"],
    "box": COLORS["anchor"],
    "region": COLORS["accent"],
}
PROPOSAL_COLORS = {
    "found": COLORS["kept"],
    "missed": COLORS["negative"],
    "all": COLORS["prediction"],
    "truth": COLORS["truth"],
    "mean": COLORS["anchor"],
}
CURVES = {  # of a measurement: its name there, how it is called and drawn here
    "ours": ("ours", COLORS["first"], "solid"),
    "ours, equal boxes only left out": (
        "ours, near-equal boxes kept",
        COLORS["first"],
        "dot",
    ),
    "opencv": ("OpenCV", COLORS["second"], "dash"),
}


def label_runs(labels: NDArray[np.int32]) -> tuple[NDArray[np.int32], ...]:
    """Return a label map as runs, row by row: where each ends, and its label.

    Examples
    --------
    >>> ends, names = label_runs(np.array([[0, 0, 1], [1, 1, 2]], np.int32))
    >>> ends.tolist(), names.tolist()
    ([2, 5, 6], [0, 1, 2])
    """
    flat = labels.ravel()
    ends = np.append(np.flatnonzero(np.diff(flat)) + 1, flat.size).astype(np.int32)
    return ends, flat[ends - 1].astype(np.int32)


def mean_colors(
    image: NDArray[np.uint8], labels: NDArray[np.int32]
) -> NDArray[np.uint8]:
    """Return the mean colour of each region: (R, 3) uint8.

    Examples
    --------
    >>> image = np.array([[[0, 0, 0], [8, 4, 2]]], np.uint8)
    >>> mean_colors(image, np.array([[0, 0]], np.int32)).tolist()
    [[4, 2, 1]]
    """
    at, sizes = labels.ravel(), np.bincount(labels.ravel())
    sums = [np.bincount(at, weights=image[..., c].ravel()) for c in range(3)]
    return np.asarray(np.stack(sums, axis=1) / sizes[:, None], np.uint8)


def found_figure(
    measured: Mapping[str, Any],
    quantity: str,
    title: str,
    paper: tuple[float, float] | None = None,
) -> go.Figure:
    """Draw recall or MABO against the number of boxes, on a logarithmic axis.

    Parameters
    ----------
    measured : mapping
        A measurement: ``counts`` and ``curves``.
    quantity : {"recall", "mabo"}
    title : str
        Of the vertical axis.
    paper : (boxes, value), optional
        The paper's own point, on other photos.
    """
    figure = go.Figure()
    counts = np.asarray(measured["counts"])
    for name, (label, color, dash) in CURVES.items():
        values = np.asarray(measured["curves"][name][quantity], np.float64)
        _add_curve(figure, counts, values, label, color, dash)
    if paper is not None:
        figure.add_scatter(
            x=[paper[0]],
            y=[paper[1]],
            name="the paper (VOC 2007)",
            mode="markers",
            marker={"color": COLORS["accent"], "size": 11, "symbol": "diamond"},
            hovertemplate="%{x:,} boxes: %{y:.3f}<extra>Uijlings et al.</extra>",
        )
    figure.update_layout(
        height=HEIGHT_PX,
        margin=MARGIN,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    figure.update_xaxes(type="log", title="boxes tried a photo", dtick=1)
    figure.update_yaxes(title=title, range=[0, 1.06])
    return figure


def _add_curve(
    figure: go.Figure,
    counts: NDArray[np.int64],
    values: Sequence[float] | NDArray[np.float64],
    label: str,
    color: str,
    dash: str,
) -> None:
    figure.add_scatter(
        x=counts,
        y=values,
        name=label,
        mode="lines",
        line={"color": color, "width": 2.5, "dash": dash},
        hovertemplate="%{x:,} boxes: %{y:.3f}<extra>" + label + "</extra>",
    )
