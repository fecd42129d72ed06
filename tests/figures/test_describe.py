"""A chart's words hold its own numbers."""

import numpy as np
import plotly.graph_objects as go

from explorer.figures.describe import TRACES, describe


def titled(*traces, x="", y="", title=""):
    figure = go.Figure(list(traces))
    return figure.update_layout(xaxis_title=x, yaxis_title=y, title=title)


def test_a_line_is_told_by_its_ends_and_extremes():
    line = go.Scatter(x=np.arange(20), y=(np.arange(20) - 5.0) ** 2, name="<b>loss</b>")
    assert describe(titled(line, x="step", y="loss<br>a pixel")) == (
        "Chart of loss a pixel against step. "
        "loss: 20 points from 25 at 0 to 196 at 19, least 0 at 5, largest "
        "196 at 19."
    )


def test_few_bars_are_told_one_by_one_lying_ones_by_their_length():
    bars = go.Bar(y=["conv", "fc"], x=[1_234_567.0, -0.5], orientation="h")
    assert describe(titled(bars, title="Cost")) == (
        "Chart of Cost. conv 1,234,567, fc \N{MINUS SIGN}0.5."
    )


def test_gaps_hidden_traces_and_maps():
    gap = go.Scatter(x=[1, 2, 3], y=[1, float("nan"), 2])
    hidden = go.Scatter(x=[1], y=[9], visible="legendonly", name="hidden")
    heat = go.Heatmap(z=[[1, 2, 3], [4, 5, 6]], name="overlap")
    said = describe(titled(gap, hidden, heat))
    assert said == (
        "Chart of numbers. 1 1, 3 2. overlap: a map of 2 by 3 numbers from 1 to 6."
    )


def test_many_traces_are_counted_and_an_empty_one_is_left_out():
    many = [go.Bar(x=["a"], y=[k], name=f"n{k}") for k in range(TRACES + 2)]
    assert describe(titled(*many)).endswith("And 2 more.")
    assert describe(go.Figure(go.Scatter(x=[], y=[]))) == "Chart of numbers."
    assert describe(go.Figure(go.Pie(values=[1, 2]))) == "Chart of numbers. pie."
