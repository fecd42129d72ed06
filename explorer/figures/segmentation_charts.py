"""Charts of a segmentation's score: IoU of each class, the confusion matrix."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from explorer.figures.segmentation import palette_of

ROW_PX = 24
HEAD_PX = 60
# Both themes' pages show through where nothing is; every cell that has a number is
# told from its letters, which plotly writes in black or white by the cell's brightness.
SHARES = ((0.0, "#C6DBEF"), (1.0, "#2171B5"))
MARGIN = {"l": 8, "r": 8, "t": 8, "b": 40}


def iou_figure(
    ious: Sequence[ArrayLike],
    names: Sequence[str],
    classes: Sequence[str],
    colors: Sequence[str],
) -> go.Figure:
    """Draw one bar a class and a network; classes that occur nowhere are left out.

    Parameters
    ----------
    ious : one (K,) array_like a network
        nan where a class occurs neither in truth nor in prediction.
    names, colors : one a network
    classes : K names

    Returns
    -------
    plotly Figure
        Networks as traces in the given order, classes from top to bottom.

    Raises
    ------
    ValueError
        If the lengths do not fit.
    """
    table = np.asarray([np.asarray(row, np.float64) for row in ious])  # (N, K)
    if table.shape != (len(names), len(classes)) or len(colors) != len(names):
        raise ValueError(
            f"{table.shape} values for {len(names)} networks, {len(classes)} classes "
            f"and {len(colors)} colours"
        )
    seen = np.flatnonzero(~np.isnan(table).all(axis=0))
    figure = go.Figure()
    for row, name, color in zip(table, names, colors, strict=True):
        values = np.nan_to_num(row[seen])
        # A bar of no length is told from no bar: nowhere right, or nowhere at all.
        said = ["no IoU" if np.isnan(v) else "" if v else "0" for v in row[seen]]
        figure.add_bar(
            y=[classes[int(k)] for k in seen],
            x=values,
            text=said,
            textposition="outside",
            name=name,
            orientation="h",
            marker_color=color,
            hovertemplate="%{y}: %{x:.3f}<extra>" + name + "</extra>",
        )
    height = HEAD_PX + len(seen) * (ROW_PX + 7 * (len(names) - 1))
    figure.update_layout(height=height, margin=MARGIN, bargap=0.25, bargroupgap=0.05)
    figure.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"})
    figure.update_layout(showlegend=len(names) > 1)
    figure.update_xaxes(range=[0, 1], title="IoU", tickformat=".1f")
    figure.update_yaxes(autorange="reversed", automargin=True)
    return figure


def confusion_figure(matrix: NDArray[np.int64], classes: Sequence[str]) -> go.Figure:
    """Draw each true class's pixels, as shares, by what they were taken for.

    Parameters
    ----------
    matrix : (K, K) int
        Rows: truth; columns: prediction, in pixels.
    classes : K names

    Returns
    -------
    plotly Figure
        Only classes with pixels in truth or prediction; a row adds up to 1 where the
        class is in the truth.
    """
    seen = np.flatnonzero(matrix.sum(axis=0) + matrix.sum(axis=1))
    part = matrix[np.ix_(seen, seen)]
    total = part.sum(axis=1, keepdims=True)
    share = part / np.maximum(total, 1)
    names = [classes[int(k)] for k in seen]
    words = np.where(share >= 0.005, np.char.mod("%.0f", 100 * share), "")
    figure = go.Figure(
        go.Heatmap(
            z=np.where(share >= 0.005, share, np.nan),
            x=names,
            y=names,
            text=words,
            texttemplate="%{text}",
            customdata=part,
            zmin=0,
            zmax=1,
            colorscale=SHARES,
            showscale=False,
            xgap=1,
            ygap=1,
            hovertemplate="true %{y}, taken for %{x}: %{customdata:,} px"
            " (%{z:.1%})<extra></extra>",
        )
    )
    figure.update_layout(height=HEAD_PX + 40 + ROW_PX * len(seen), margin=MARGIN)
    figure.update_xaxes(title="predicted, % of the true class", automargin=True)
    figure.update_yaxes(title="true", autorange="reversed", automargin=True)
    return figure


def scores_figure(values: ArrayLike, classes: Sequence[str], title: str) -> go.Figure:
    """Draw one pixel's value for each class as bars in the classes' colours."""
    figure = go.Figure(
        go.Bar(
            y=list(classes),
            x=np.asarray(values, np.float64),
            orientation="h",
            marker_color=palette_of(classes),
            hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        )
    )
    figure.update_layout(height=HEAD_PX + ROW_PX * len(classes), margin=MARGIN)
    figure.update_xaxes(title=title)
    figure.update_yaxes(autorange="reversed", automargin=True)
    return figure
