"""How the scores of all windows are spread."""

import numpy as np
import plotly.graph_objects as go

from explorer.core.windows import WindowScan
from explorer.figures.theme import COLORS


def scores_figure(scan: WindowScan, score_threshold: float) -> go.Figure:
    """Draw how many windows have which score, on a logarithmic axis."""
    scores = np.concatenate([level.scores.ravel() for level in scan.levels])
    edges = np.linspace(min(scores.min(), -1), max(scores.max(), 1), 61)
    counts, _ = np.histogram(scores, edges)
    middle = (edges[:-1] + edges[1:]) / 2
    above = middle >= score_threshold
    colors = np.where(above, COLORS["proposal"], COLORS["muted"])
    figure = go.Figure(
        go.Bar(
            x=middle,
            y=counts,
            marker_color=colors.tolist(),
            hovertemplate="score %{x:.2f}: %{y} windows<extra></extra>",
        )
    )
    figure.add_vline(score_threshold, line_color=COLORS["accent"], line_width=2)
    figure.update_layout(
        height=190,
        bargap=0.05,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=False,
    )
    figure.update_xaxes(title_text="score w·x + b")
    figure.update_yaxes(type="log", title_text="windows", dtick=1)
    return figure
