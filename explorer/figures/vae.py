"""What the lesson on VAEs draws: the bound, and what each number of the code costs."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from explorer.figures.theme import COLORS

HEIGHT_PX = 300
FONT_PX = 14
UNKNOWN = "its −log p(x)"
TYPE = {"size": FONT_PX}
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "font": TYPE}
MARGIN = {"l": 10, "r": 10, "t": 30, "b": 40}


def bound_figure(rows: Mapping[str, tuple[float, float]], tight: float) -> go.Figure:
    """Draw -ELBO as two stacked bars a row, and how far -log p(x) is known.

    Parameters
    ----------
    rows : mapping of (float, float)
        Name of a row; minus the reconstruction, and KL, in nats. The first row is the
        picture that ``tight`` belongs to.
    tight : float
        Minus the importance-weighted bound, in nats.
    """
    names = list(rows)
    figure = go.Figure([*_parts(rows), _unknown(tight)])
    figure.update_traces(
        textposition="inside", insidetextanchor="middle", textangle=0, cliponaxis=False
    )
    figure.update_layout(
        barmode="stack",
        height=HEIGHT_PX,
        margin=MARGIN,
        xaxis={"title": "nats: fewer is better", "tickfont": TYPE},
        yaxis={
            "autorange": "reversed",
            "categoryarray": [names[0], UNKNOWN],
            "tickfont": TYPE,
        },
        legend={**LEGEND, "traceorder": "normal"},
    )
    return figure


def _parts(rows: Mapping[str, tuple[float, float]]) -> list[go.Bar]:
    """Return both computable terms as bars."""
    names = list(rows)
    kinds = (("reconstruction", COLORS["first"]), ("KL(q‖p)", COLORS["second"]))
    return [
        go.Bar(
            y=names,
            x=[rows[one][k] for one in names],
            name=name,
            text=[f"{rows[one][k]:.1f}" for one in names],
            textfont=TYPE,
            marker_color=color,
            orientation="h",
            hovertemplate="%{x:.1f} nats<extra>%{fullData.name}</extra>",
        )
        for k, (name, color) in enumerate(kinds)
    ]


def _unknown(tight: float) -> go.Bar:
    """Return the bar of what is only bounded, hatched."""
    return go.Bar(
        y=[UNKNOWN],
        x=[tight],
        name="not computable",
        text=[f"at most {tight:.1f}"],
        marker={
            "color": COLORS["muted"],
            "pattern": {"shape": "/", "fillmode": "overlay", "size": 5},
        },
        textfont={"color": "white", "size": FONT_PX},
        orientation="h",
        hovertemplate="at most %{x:.1f} nats<extra>importance-weighted</extra>",
    )


def kl_figure(
    here: Sequence[float], mean: Sequence[float], active: Sequence[bool]
) -> go.Figure:
    """Draw the KL of every number of the code: of this picture, and on average.

    Parameters
    ----------
    here, mean : sequences of Z floats
        In nats.
    active : sequence of Z bools
        Whether the encoder's mean varies over the test pictures.
    """
    names = [f"z{k}" for k in range(len(here))]
    figure = go.Figure()
    # Two traces, so that the legend names both colours.
    kinds = (("this picture", "first", True), ("a silent number", "muted", False))
    for name, color, on in kinds:
        rows = [k for k, one in enumerate(active) if bool(one) == on]
        if rows:
            figure.add_bar(
                x=[names[k] for k in rows],
                y=[here[k] for k in rows],
                marker_color=COLORS[color],
                name=name,
                hovertemplate="%{x}: %{y:.2f} nats<extra>this picture</extra>",
            )
    figure.add_scatter(
        x=names,
        y=list(mean),
        mode="markers",
        marker={"color": COLORS["second"], "size": 10, "symbol": "line-ew-open"},
        name="mean of the test pictures",
        hovertemplate="%{x}: %{y:.2f} nats<extra>mean</extra>",
    )
    figure.update_traces(marker_line_width=3, selector={"mode": "markers"})
    figure.update_layout(
        height=HEIGHT_PX,
        margin=MARGIN,
        xaxis={
            "tickfont": TYPE,
            "tickangle": -90 if len(names) > 10 else 0,
            "categoryorder": "array",
            "categoryarray": names,
        },
        yaxis={"title": "KL, nats", "tickfont": TYPE},
        legend=LEGEND,
    )
    return figure
