"""What the lesson on YOLO draws: colours by meaning, losses, sizes, its thumbnail."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.core.yolo import encode_v1
from explorer.figures.theme import COLORS, class_color, mixed, rgb
from explorer.figures.thumbnails import framed

YOLO_COLORS = {
    "place": COLORS["first"],
    "size": COLORS["second"],
    "confidence": COLORS["kept"],
    "classes": COLORS["overlap"],
    "faint": mixed(COLORS["overlap"], "#B8B8B8", 0.7),
    "box": COLORS["prediction"],
    "other": "#D8D8D8",
    "truth": COLORS["truth"],
    "owner": COLORS["positive"],
    "lost": COLORS["negative"],
    "ignored": COLORS["ignore"],
    "anchor": COLORS["anchor"],
}
# The terms of the loss by what they are about; what is about nothing is grey.
TERM_COLORS = {
    "place": YOLO_COLORS["place"],
    "size": YOLO_COLORS["size"],
    "object": YOLO_COLORS["confidence"],
    "classes": YOLO_COLORS["classes"],
    "no_object": COLORS["muted"],
}
TERM_NAMES = {
    "place": "place",
    "size": "size",
    "object": "object",
    "classes": "classes",
    "no_object": "no object",
}
THUMB_CELLS = 7

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


def loss_figure(rows: Sequence[str], terms: Mapping[str, Sequence[float]]) -> go.Figure:
    """Draw each truth's loss, stacked by term, and what all other boxes pay.

    Parameters
    ----------
    rows : sequence of str
        Names of the bars, from above.
    terms : mapping of str to sequence of float
        Of each term one value a bar.
    """
    figure = go.Figure()
    for name, values in terms.items():
        figure.add_bar(
            x=list(values),
            y=list(rows),
            orientation="h",
            name=TERM_NAMES[name],
            marker_color=TERM_COLORS[name],
            hovertemplate="%{y}: %{x:.3f}<extra>" + TERM_NAMES[name] + "</extra>",
        )
    figure.update_layout(
        barmode="stack",
        height=110 + 34 * len(rows),
        margin={"l": 10, "r": 10, "t": 10, "b": 40},
        xaxis_title="part of the loss",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    figure.update_yaxes(autorange="reversed")
    return figure


def sizes_figure(
    sizes: Array, nearest: Ints, found: Array, network: Array, own: Array
) -> go.Figure:
    """Draw box sizes by the anchor that takes them, and the anchors.

    Parameters
    ----------
    sizes : (N, 2) array
        Widths and heights in pixels of the square.
    nearest : (N,) array
        Which of ``found`` each belongs to.
    found : (K, 2) array
        K-means' anchors.
    network : (A, 2) array
        Those the network was trained with.
    own : (G, 2) array
        The reader's boxes.
    """
    figure = go.Figure()
    colors = [mixed(class_color(k), "#808080", 0.25) for k in nearest.tolist()]
    figure.add_scatter(
        x=sizes[:, 0],
        y=sizes[:, 1],
        mode="markers",
        marker={"size": 5, "color": colors, "opacity": 0.6},
        name=f"{len(sizes):,} boxes, a colour an anchor",
        hovertemplate="%{x:.0f} × %{y:.0f} px<extra></extra>",
    )
    for name, at, symbol, color in (
        ("k-means anchors", found, "x", "#ffffff"),  # seen on a dark page too
        ("the network's anchors", network, "square-open", YOLO_COLORS["anchor"]),
        ("your boxes", own, "diamond", YOLO_COLORS["truth"]),
    ):
        if len(at):
            figure.add_scatter(
                x=at[:, 0],
                y=at[:, 1],
                mode="markers",
                marker={
                    "size": 13,
                    "symbol": symbol,
                    "color": color,
                    "line": {"width": 2, "color": "#222222"},
                },
                name=name,
                hovertemplate="%{x:.0f} × %{y:.0f} px<extra>" + name + "</extra>",
            )
    _laid_out(figure, "width, px of the square", "height, px")
    return figure


def mean_iou_figure(
    ks: Sequence[int], means: Sequence[float], k: int, network: tuple[int, float]
) -> go.Figure:
    """Draw the mean overlap with the nearest anchor against their number.

    Parameters
    ----------
    ks, means : sequences
        K-means' curve.
    k : int
        The number chosen.
    network : (int, float)
        How many anchors the network has, and their mean overlap.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=list(ks),
        y=list(means),
        mode="lines+markers",
        line={"color": COLORS["first"]},
        name="k-means",
        hovertemplate="k = %{x}: mean IoU %{y:.3f}<extra></extra>",
    )
    if k in ks:
        figure.add_scatter(
            x=[k],
            y=[means[list(ks).index(k)]],
            mode="markers",
            marker={"size": 14, "color": COLORS["accent"]},
            name=f"k = {k}",
            hovertemplate="k = %{x}: mean IoU %{y:.3f}<extra></extra>",
        )
    figure.add_scatter(
        x=[network[0]],
        y=[network[1]],
        mode="markers",
        marker={"size": 13, "symbol": "square-open", "color": YOLO_COLORS["anchor"]},
        name="the network's",
        hovertemplate="%{x} anchors: mean IoU %{y:.3f}<extra></extra>",
    )
    _laid_out(figure, "anchors, k", "mean IoU with the nearest")
    figure.update_yaxes(range=[0, 1])
    return figure


def _laid_out(figure: go.Figure, x: str, y: str) -> None:
    """Name the axes and put the legend above."""
    figure.update_layout(
        height=380,
        margin={"l": 10, "r": 10, "t": 10, "b": 40},
        xaxis_title=x,
        yaxis_title=y,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )


def yolo_thumbnail(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The photo under a grid, a box, and the cell of its middle, by ``encode_v1``."""
    small = framed(image).copy()
    height, width = small.shape[:2]
    shares = np.array([0.24, 0.08, 0.7, 0.9])
    written = encode_v1(shares[None] * THUMB_CELLS, THUMB_CELLS, THUMB_CELLS)
    col, row = int(written.cols[0]), int(written.rows[0])
    xs = np.rint(np.linspace(0, width - 1, THUMB_CELLS + 1)).astype(int)
    ys = np.rint(np.linspace(0, height - 1, THUMB_CELLS + 1)).astype(int)
    cell = small[ys[row] : ys[row + 1], xs[col] : xs[col + 1]]
    cell[:] = cell // 3 + np.array(rgb(YOLO_COLORS["owner"]), np.uint8) // 3 * 2
    for x in xs:
        cv2.line(small, (int(x), 0), (int(x), height - 1), (255, 255, 255), 1)
    for y in ys:
        cv2.line(small, (0, int(y)), (width - 1, int(y)), (255, 255, 255), 1)
    x1, y1, x2, y2 = (shares * [width, height, width, height]).astype(int).tolist()
    cv2.rectangle(small, (x1, y1), (x2, y2), rgb(YOLO_COLORS["box"]), 4)
    return small
