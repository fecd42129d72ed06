"""A chart on the page, with its words for those who cannot see it."""

from collections.abc import Mapping
from html import escape
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from explorer.figures.describe import describe
from explorer.figures.legible import enlarged, legible
from explorer.ui import projector

HALL = 1.35  # of the usual letters, in projector mode


def chart(
    figure: go.Figure, *, key: str, config: Mapping[str, Any] | None = None
) -> None:
    """Show a plotly figure as wide as its place, and say what it shows.

    Parameters
    ----------
    key : str
        Identity of the chart, so that a changed one moves and is not made anew.
    config : mapping, optional
        Of plotly; without it the bar of buttons is left out.
    """
    words = escape(describe(figure))
    st.html(f'<div class="chart_words" role="img" aria-label="{words}"></div>')
    shown = legible(figure)
    st.plotly_chart(
        enlarged(shown, HALL) if projector.on() else shown,
        width="stretch",
        config=dict(config or {"displayModeBar": False}),
        key=key,
    )
