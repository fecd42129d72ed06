"""Non-maximum suppression drawn: rounds over the picture, and two curves."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from explorer.core.nms import NmsStep
from explorer.figures.layers import Boxes, Layer
from explorer.figures.theme import COLORS

Numbers = NDArray[np.float64] | NDArray[np.int64]

FEW = 14  # boxes that can carry their labels at once without covering the picture
LABELLED = 3  # removed boxes that carry their IoU in the picture; they lie close
END = 1_000_000  # a frame that never comes
COVER_PX = 8  # cells in which covering boxes are counted
THRESHOLDS = np.linspace(0.0, 1.0, 101)


def decided_at(steps: Sequence[NmsStep], count: int) -> NDArray[np.int64]:
    """Return for each box the round (from 1) that keeps or removes it.

    Examples
    --------
    >>> decided_at([NmsStep(1, np.array([0]), np.array([0.9]))], 2).tolist()
    [1, 1]
    """
    rounds = np.full(count, END, dtype=np.int64)
    for number, step in enumerate(steps, start=1):
        rounds[step.kept] = number
        rounds[step.suppressed] = number
    return rounds


def round_layers(
    boxes: ArrayLike, scores: ArrayLike, names: Sequence[str], steps: Sequence[NmsStep]
) -> list[Layer]:
    """Return boxes that follow a scrubber: waiting, kept, and removed in this round.

    Parameters
    ----------
    boxes : (N, 4) array_like
        ``(x1, y1, x2, y2)`` in pixels.
    scores : (N,) array_like
    names : N strings
        Class of each box; empty where there is one class only.
    steps : list of NmsStep
        Step i is shown at frame i + 1; at frame 0 all boxes wait.
    """
    array, numbers = np.asarray(boxes, dtype=float).reshape(-1, 4), np.asarray(scores)
    rounds = decided_at(steps, len(array))
    kept = np.array([step.kept for step in steps], dtype=int)
    gone = np.concatenate([step.suppressed for step in steps] or [np.empty(0, int)])
    ious = np.concatenate([step.ious for step in steps] or [np.empty(0)])
    said = [f"{names[row]} {numbers[row]:.2f}".strip() for row in kept]
    quiet = [text if len(kept) <= FEW else "" for text in said]
    sizes = [len(step.suppressed) for step in steps for _ in step.suppressed]
    overlaps = [
        f"IoU {iou:.2f}" if size <= LABELLED else ""
        for iou, size in zip(ious, sizes, strict=True)
    ]
    return [
        Boxes(array, COLORS["proposal"], width_px=1.5, last=rounds),
        Boxes(
            array[gone],
            COLORS["negative"],
            labels=overlaps,
            width_px=2.5,
            dash=True,
            first=rounds[gone],
            last=rounds[gone] + 1,
        ),
        Boxes(array[kept], COLORS["kept"], quiet, 3, first=rounds[kept] + 1),
        Boxes(
            array[kept],
            COLORS["kept"],
            labels=[f"keep {text}" for text in said],
            width_px=4,
            first=rounds[kept],
            last=rounds[kept] + 1,
        ),
    ]


def cover_counts(boxes: ArrayLike, width_px: int, height_px: int) -> NDArray[np.int64]:
    """Return how many boxes cover the middle of each ``COVER_PX`` cell: (rows, cols).

    Examples
    --------
    >>> cover_counts([[0, 0, 8, 8], [0, 0, 16, 8]], 16, 8).tolist()
    [[2, 1]]
    """
    x = np.arange(0, width_px, COVER_PX) + COVER_PX / 2  # (cols,)
    y = np.arange(0, height_px, COVER_PX) + COVER_PX / 2  # (rows,)
    x1, y1, x2, y2 = np.asarray(boxes, dtype=float).reshape(-1, 4).T[..., None]
    across = ((x1 <= x) & (x < x2)).astype(np.int64)  # (N, cols)
    down = ((y1 <= y) & (y < y2)).astype(np.int64)  # (N, rows)
    counts: NDArray[np.int64] = down.T @ across
    return counts


def kept_curve_figure(
    iou_thresholds: ArrayLike, counts: ArrayLike, present: float
) -> go.Figure:
    """Draw how many boxes are left against the IoU threshold.

    Parameters
    ----------
    iou_thresholds, counts : (T,) array_like
    present : float
        The threshold in use, marked.
    """
    x, y = np.asarray(iou_thresholds), np.asarray(counts)
    now = int(np.interp(present, x, y).round())
    figure = go.Figure()
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": COLORS["kept"], "width": 3, "shape": "hv"},
        hovertemplate="threshold %{x:.2f}: %{y} boxes left<extra></extra>",
    )
    figure.add_scatter(
        x=[present],
        y=[now],
        mode="markers+text",
        text=[f"{now} left"],
        # The line only rises: above it on the left, below on the right is room.
        textposition="top left" if present > 0.2 else "bottom right",
        cliponaxis=False,
        marker={"size": 12, "color": COLORS["accent"]},
        hoverinfo="skip",
    )
    figure.update_layout(**_frame("IoU threshold", "boxes left"))
    figure.update_xaxes(range=[-0.02, 1.02])
    figure.update_yaxes(range=[0, 1.15 * max(float(y.max(initial=0)), 1.0)])
    return figure


def soft_scores_figure(
    before: ArrayLike, after: ArrayLike, kept: ArrayLike
) -> go.Figure:
    """Draw each box's score before and after soft-NMS, best first.

    Parameters
    ----------
    before, after : (N,) array_like
        Scores in 0..1.
    kept : (K,) array_like of int
        Rows that greedy NMS keeps; drawn as full green dots, the others grey.
    """
    old, new = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    order = np.argsort(-old, kind="stable")
    place = np.arange(1, len(order) + 1)
    stays = np.isin(order, np.asarray(kept, dtype=int))
    figure = go.Figure()
    gaps = np.full(len(order), np.nan)
    figure.add_scatter(
        x=np.column_stack([place, place, gaps]).ravel(),
        y=np.column_stack([old[order], new[order], gaps]).ravel(),
        mode="lines",
        line={"color": COLORS["muted"], "width": 1},
        hoverinfo="skip",
        showlegend=False,
    )
    for rows, name, color in (
        (stays, "after, kept by NMS", COLORS["kept"]),
        (~stays, "after, removed by NMS", COLORS["negative"]),
    ):
        figure.add_trace(_dots(place[rows], old[order][rows], new[order][rows]))
        figure.data[-1].update(name=name, marker={"size": 6, "color": color})
    figure.add_scatter(
        x=place,
        y=old[order],
        mode="lines",
        name="before",
        line={"color": COLORS["proposal"], "width": 2},
        hoverinfo="skip",
    )
    figure.update_layout(**_frame("boxes, best score first", "score"))
    figure.update_layout(
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
        showlegend=True,
    )
    figure.update_yaxes(range=[-0.03, 1.05])
    return figure


def _dots(place: Numbers, before: Numbers, after: Numbers) -> go.Scatter:
    """Scores after soft-NMS; the reader points at one to see where it came from."""
    return go.Scatter(
        x=place,
        y=after,
        customdata=before,
        mode="markers",
        hovertemplate="box %{x}: %{customdata:.3f} → %{y:.3f}<extra></extra>",
    )


def _frame(x: str, y: str) -> dict[str, object]:
    return {
        "height": 260,
        "margin": {"l": 50, "r": 10, "t": 30, "b": 45},
        "xaxis_title": x,
        "yaxis_title": y,
        "showlegend": False,
    }
