"""What is lost without each branch of a pyramid, as bars."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from explorer.figures.theme import COLORS

HEIGHT_PX = 250


def percent_text(percent: float) -> str:
    """Write percent with one digit, two below 1.

    Examples
    --------
    >>> percent_text(33.07), percent_text(0.052)
    ('33.1 %', '0.05 %')
    """
    return f"{percent:.1f} %" if percent >= 0.995 else f"{percent:.2f} %"


def off_figure(
    names: Sequence[str], shares: ArrayLike, off: Sequence[bool]
) -> go.Figure:
    """Draw the share of pixels that change class with each branch switched off alone.

    Parameters
    ----------
    names : n strings
    shares : (n,) array_like
        0 to 1.
    off : n bools
        Which are off now; these stand out.
    """
    percent = 100 * np.asarray(shares, np.float64)
    colors = [COLORS["accent"] if one else COLORS["first"] for one in off]
    figure = go.Figure(
        go.Bar(
            x=list(names),
            y=percent,
            marker_color=colors,
            text=[percent_text(v) for v in percent.tolist()],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="without %{x}: %{y:.2f} % of the pixels<extra></extra>",
        )
    )
    figure.update_layout(
        height=HEIGHT_PX,
        margin={"l": 10, "r": 10, "t": 24, "b": 10},
        xaxis_title="switched off alone",
        yaxis_title="pixels that change class (%)",
        showlegend=False,
    )
    figure.update_yaxes(range=[0, max(1.0, 1.15 * float(percent.max()))])
    return figure
