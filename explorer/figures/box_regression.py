"""What the lesson on box regression draws: overlap before and after, its thumbnail."""

from collections.abc import Sequence

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import COLORS, rgb
from explorer.figures.thumbnails import framed

REGRESS_COLORS = {
    "proposal": COLORS["proposal"],
    "truth": COLORS["truth"],
    "moved": COLORS["first"],
}


def gain_figure(before: Sequence[float], after: Sequence[float]) -> go.Figure:
    """Draw each proposal's overlap with the truth before and after it was moved.

    Parameters
    ----------
    before, after : sequence of float
        One IoU a proposal.
    """
    better = np.asarray(after) > np.asarray(before)
    figure = go.Figure()
    line = {"color": COLORS["muted"], "dash": "dot"}
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line=line, name="no change", hoverinfo="skip"
    )
    for name, which, color, symbol in (
        ("better", better, COLORS["positive"], "circle"),
        ("not better", ~better, COLORS["negative"], "x"),
    ):
        figure.add_scatter(
            x=np.asarray(before)[which],
            y=np.asarray(after)[which],
            mode="markers",
            marker={"color": color, "symbol": symbol, "size": 9},
            name=f"{name}: {int(which.sum())}",
            hovertemplate="%{x:.2f} → %{y:.2f}<extra></extra>",
        )
    figure.update_layout(
        height=380,
        margin={"l": 10, "r": 10, "t": 10, "b": 40},
        xaxis_title="IoU before",
        yaxis_title="IoU after",
        legend={"orientation": "h", "y": 1.08},
    )
    figure.update_xaxes(range=[0, 1.02])
    figure.update_yaxes(range=[0, 1.02])
    return figure


def box_regression_thumbnail(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The photo with a proposal, the truth, and an arrow from one to the other."""
    small = framed(image)
    height, width = small.shape[:2]
    scale = np.array([width, height] * 2)
    first = np.rint(np.array([0.12, 0.3, 0.5, 0.95]) * scale).astype(int)
    second = np.rint(np.array([0.28, 0.06, 0.7, 0.78]) * scale).astype(int)
    shown = small.copy()
    for box, name in ((first, "proposal"), (second, "truth")):
        corners = tuple(int(v) for v in box[:2]), tuple(int(v) for v in box[2:])
        cv2.rectangle(shown, *corners, rgb(REGRESS_COLORS[name]), 4)
    ends = [tuple(int(v) for v in (b[:2] + b[2:]) // 2) for b in (first, second)]
    cv2.arrowedLine(shown, ends[0], ends[1], (255, 255, 255), 3, tipLength=0.2)
    return shown
