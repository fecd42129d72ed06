"""The distance transform along one row, as a chart: responses and their parabolas."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.core.distance_transform import envelope
from explorer.figures.theme import COLORS

Float64 = NDArray[np.float64]


def envelope_figure(row: Float64, cost: Float64, rest: int) -> go.Figure:
    """Draw one row of responses, the parabolas on its envelope, and the envelope.

    Parameters
    ----------
    row : (n,)
        Responses along a row of the map.
    cost : (4,)
        Of the part; only its terms of dx count along a row.
    rest : int
        The place whose part is looked for, marked.
    """
    places = np.arange(len(row))
    fine = np.linspace(0, len(row) - 1, 8 * (len(row) - 1) + 1)[None]
    top, where = envelope(row[None], cost[2:3], cost[:1], fine)
    figure = go.Figure()
    low = float(row.min()) - 0.1 * float(np.ptp(row))
    x: list[float | None] = []
    y: list[float | None] = []
    for place in np.unique(where):
        drop = cost[2] * (place - fine[0]) ** 2 + cost[0] * (place - fine[0])
        seen = row[place] - drop >= low
        x += [*fine[0][seen].tolist(), None]
        y += [*(row[place] - drop)[seen].tolist(), None]
    grey = {"color": COLORS["muted"], "width": 1}
    figure.add_scatter(
        x=x, y=y, mode="lines", line=grey, name="one parabola for each good place"
    )
    figure.add_scatter(
        x=places,
        y=row,
        mode="markers",
        marker={"color": COLORS["proposal"], "size": 6},
        name="response, before",
    )
    figure.add_scatter(
        x=fine[0],
        y=top[0],
        mode="lines",
        line={"color": COLORS["prediction"], "width": 3},
        name="their upper envelope: after, along this row",
    )
    figure.add_vline(x=rest, line={"color": COLORS["muted"], "dash": "dash"})
    figure.add_annotation(
        x=rest,
        y=1,
        yref="paper",
        text="rest",
        showarrow=False,
        yanchor="bottom",  # above the chart, where no curve comes
    )
    figure.update_layout(
        height=290,
        margin={"l": 50, "r": 10, "t": 40, "b": 40},
        legend={"orientation": "h", "y": 1.1, "yanchor": "bottom"},
        xaxis_title="place along the row, in blocks",
        yaxis_title="score",
    )
    return figure
