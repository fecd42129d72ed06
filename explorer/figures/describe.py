"""A chart in words: its axes and the numbers of its lines and bars."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

LISTED = 8  # bars told one by one; of more, the ends and the largest
TRACES = 6  # told of a chart with many
DIGITS = 3


def describe(figure: go.Figure) -> str:
    """Return what a chart shows, for those who cannot see it.

    Parameters
    ----------
    figure : plotly Figure
        Of lines, points, bars and heat maps; other traces are told by their name.

    Examples
    --------
    >>> bar = go.Bar(x=["a", "b"], y=[1, 2.5], name="cost")
    >>> describe(go.Figure(bar, {"yaxis": {"title": {"text": "ms"}}}))
    'Chart of ms. cost: a 1, b 2.5.'
    """
    shown = [one for one in figure.data if one.visible not in (False, "legendonly")]
    parts = [_title(figure), *(_trace(one) for one in shown[:TRACES])]
    if len(shown) > TRACES:
        parts.append(f"And {len(shown) - TRACES} more")
    return " ".join(f"{part}." for part in parts if part)


def _title(figure: go.Figure) -> str:
    layout = figure.layout
    named = _plain(layout.title.text)
    down, across = _plain(layout.yaxis.title.text), _plain(layout.xaxis.title.text)
    axes = " against ".join(one for one in (down, across) if one)
    return "Chart of " + (": ".join(one for one in (named, axes) if one) or "numbers")


def _plain(text: str | None) -> str:
    """Return a text without its markup, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text or "")).strip(" .:")


def _trace(trace: Any) -> str:
    name = _plain(trace.name)
    if trace.type == "heatmap":
        told = _map(np.asarray(trace.z, dtype=float))
    elif trace.type in ("bar", "scatter"):
        lying = trace.type == "bar" and trace.orientation == "h"
        told = _series(*((trace.y, trace.x) if lying else (trace.x, trace.y)))
    else:
        told = str(trace.type)
    return ": ".join(part for part in (name, told) if part)


def _map(values: np.ndarray[Any, np.dtype[np.float64]]) -> str:
    rows, cols = values.shape
    low, high = np.nanmin(values), np.nanmax(values)
    return f"a map of {rows} by {cols} numbers from {_number(low)} to {_number(high)}"


def _series(places: Sequence[Any] | None, values: Sequence[Any] | None) -> str:
    """Return a few values one by one; of many the ends, the least and the largest."""
    heights = [] if values is None else [v for v in values if v is not None]
    if not heights:
        return ""
    if not all(isinstance(v, (int, float, np.number)) for v in heights):
        return f"{len(heights)} items"
    held = range(len(heights)) if places is None or len(places) == 0 else places
    pairs = [(p, v) for p, v in zip(held, heights, strict=False) if v == v]
    if len(pairs) <= LISTED:
        return ", ".join(f"{_number(p)} {_number(v)}" for p, v in pairs)
    low, high = min(pairs, key=lambda one: one[1]), max(pairs, key=lambda one: one[1])
    ends = f"{_at(pairs[0])} to {_at(pairs[-1])}"
    return f"{len(pairs)} points from {ends}, least {_at(low)}, largest {_at(high)}"


def _at(pair: tuple[Any, Any]) -> str:
    return f"{_number(pair[1])} at {_number(pair[0])}"


def _number(value: Any) -> str:
    """Write a number with three digits and a name as it is."""
    if not isinstance(value, (int, float, np.number)):
        return _plain(str(value))
    size = abs(float(value))
    whole = size >= 10 ** (DIGITS - 1)
    text = f"{float(value):,.0f}" if whole else f"{float(value):.{DIGITS}g}"
    return text.replace("-", "\N{MINUS SIGN}")
