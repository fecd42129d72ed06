"""Colours, curves and the thumbnail of the lesson on anchors."""

from collections.abc import Sequence

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from explorer.core.anchor_maps import MapPlan, anchor_maps
from explorer.core.anchor_matching import match_anchors
from explorer.core.anchors import anchor_grid, anchor_shapes, ratio_name
from explorer.figures.theme import CLASSES, COLORS, rgb
from explorer.figures.thumbnails import framed

ANCHOR_COLORS = {
    name: COLORS[name]
    for name in ("positive", "negative", "ignore", "anchor", "proposal", "truth")
}
CLUSTER_COLORS = (*CLASSES, "#7B3FA0")  # as many as there are clusters at most
PLANE_PX = (480, 400)  # width and height of the plane of sizes
CURVE_HEIGHT_PX = 250


def shape_names(sizes_px: Sequence[float], ratios: Sequence[float]) -> list[str]:
    """Return a name for each anchor of a cell, in the order of ``anchor_shapes``.

    Examples
    --------
    >>> shape_names([128.0, 256.0], [0.5])
    ['128 · 1:2 wide', '256 · 1:2 wide']
    """
    return [f"{size:.3g} · {ratio_name(r)}" for r in ratios for size in sizes_px]


def plane_image() -> NDArray[np.uint8]:
    """Return the empty ground on which sizes of boxes are drawn: (H, W, 3)."""
    return np.full((PLANE_PX[1], PLANE_PX[0], 3), 255, np.uint8)


def k_figure(ks: ArrayLike, mean_ious: ArrayLike, k: int, mean_iou: float) -> go.Figure:
    """Draw the mean overlap against the number of anchors.

    Parameters
    ----------
    ks, mean_ious : (n,) array_like
        The curve.
    k, mean_iou : int, float
        The run on show, which may have begun elsewhere.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=np.asarray(ks),
        y=np.asarray(mean_ious),
        mode="lines+markers",
        line={"color": COLORS["prediction"], "width": 2.5},
        hovertemplate="k = %{x}: mean IoU %{y:.3f}<extra></extra>",
        showlegend=False,
    )
    figure.add_scatter(
        x=[k],
        y=[mean_iou],
        mode="markers+text",
        text=[f"{mean_iou:.3f}"],
        textposition="bottom center",
        marker={"color": COLORS["accent"], "size": 13, "symbol": "diamond"},
        hovertemplate="on show: k = %{x}, mean IoU %{y:.3f}<extra></extra>",
        showlegend=False,
    )
    figure.update_layout(
        height=CURVE_HEIGHT_PX,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        xaxis_title="number of anchors k",
        yaxis_title="mean IoU",
    )
    figure.update_xaxes(dtick=1)
    figure.update_yaxes(range=[0, 1])
    return figure


def anchors_thumbnail(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A photo under a grid of anchors' places, and which anchors learn its object."""
    small = framed(image).copy()
    height, width = small.shape[:2]
    truth = np.array([[0.17 * width, 0.0, 0.68 * width, 0.86 * height]])
    plan = MapPlan(height // 16, width // 16, 16, (90.0, 170.0))
    boxes = anchor_maps([plan]).boxes
    match = match_anchors(boxes, truth, 0.6, 0.3)
    for y in range(0, height, 16):
        for x in range(0, width, 16):
            cv2.circle(small, (x, y), 1, (255, 255, 255), -1)
    cell = anchor_grid(anchor_shapes((60.0, 120.0)), 1, 1, (16, 16)).boxes
    middle = np.array([0.8 * width, 0.55 * height] * 2)
    _rectangles(small, cell + middle, "anchor", 2)
    _rectangles(small, boxes[match.positive], "positive", 2)
    _rectangles(small, truth, "truth", 4)
    return small


def _rectangles(
    image: NDArray[np.uint8], boxes: NDArray[np.float64], name: str, px: int
) -> None:
    for box in np.rint(boxes).astype(int):
        corners = tuple(int(v) for v in box[:2]), tuple(int(v) for v in box[2:])
        cv2.rectangle(image, *corners, rgb(ANCHOR_COLORS[name]), px)
