"""Pictures and curves of the lesson on RoI pooling."""

from collections.abc import Sequence

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from explorer.figures.theme import COLORS

ROI_COLORS = {
    "exact": COLORS["prediction"],
    "pool": COLORS["proposal"],
    "align": COLORS["positive"],
    "resize": COLORS["anchor"],
    "arrow": COLORS["accent"],
}
_DASHES = ("solid", "solid", "dot")
_SHAPES = ("hv", "linear", "hv")
HEIGHT_PX = 270


def cells_image(values: ArrayLike, cell_px: int) -> NDArray[np.uint8]:
    """Return a small map as an RGB picture, each cell a square of ``cell_px``.

    Parameters
    ----------
    values : (h, w) array_like
    cell_px : int
        Side of a cell.

    Examples
    --------
    >>> cells_image([[0.0, 1.0]], 4).shape
    (4, 8, 3)
    """
    array = np.asarray(values, dtype=np.float64)
    span = float(np.ptp(array)) or 1.0
    level = np.round((array - array.min()) / span * 255).astype(np.uint8)
    colored = cv2.applyColorMap(level, cv2.COLORMAP_VIRIDIS)[..., ::-1]
    big: NDArray[np.uint8] = np.ascontiguousarray(
        colored.repeat(cell_px, axis=0).repeat(cell_px, axis=1)
    )
    return big


def shift_figure(
    shifts_px: ArrayLike, changes: ArrayLike, names: Sequence[str], stride: int
) -> go.Figure:
    """Draw the outputs' mean change against how far the box is moved, a line a way.

    Parameters
    ----------
    shifts_px : (n,) array_like
    changes : (3, n) array_like
        RoIPool, RoIAlign, crop and resize.
    names : three strings
    stride : int
        Pixels a cell; a whole cell's move is marked.
    """
    figure = go.Figure()
    for row, name, color, dash, shape in zip(
        np.asarray(changes),
        names,
        (ROI_COLORS["pool"], ROI_COLORS["align"], ROI_COLORS["resize"]),
        _DASHES,
        _SHAPES,
        strict=True,
    ):
        figure.add_scatter(
            x=np.asarray(shifts_px),
            y=row,
            name=name,
            mode="lines",
            line={"color": color, "width": 2.5, "dash": dash, "shape": shape},
            hovertemplate="%{x:.0f} px: %{y:.2f}<extra>" + name + "</extra>",
        )
    figure.add_vline(x=stride, line={"color": COLORS["muted"], "dash": "dash"})
    figure.add_annotation(
        x=stride,
        y=0,
        yref="paper",
        text="one cell",
        showarrow=False,
        xanchor="left",
        yanchor="bottom",
    )
    figure.update_layout(
        height=HEIGHT_PX,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        xaxis_title="box moved right (px)",
        yaxis_title="mean |change| of a bin",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    return figure
