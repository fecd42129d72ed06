"""Contrast as WCAG 2.2 counts it, and charts whose marks are told from the page.

A photo's overlays have a dark halo and keep the bright colours of ``theme``. A chart
stands on the page itself, white or nearly black: there a bright hue is deepened until
it is three times as bright as the one and three times as dark as the other.
"""

import functools
from typing import Any

import plotly.graph_objects as go

from explorer.figures.theme import mixed, rgb

USUAL_PX = 12.0  # of a chart's letters, where it asks for no size
TEXT, GRAPHICS = 4.5, 3.0  # least ratios: 1.4.3 (AA) and 1.4.11
PAGES = ("#FFFFFF", "#14181D")  # light and dark, as in .streamlit/config.toml
# A chart's letters take the page's own colour: no single one is told from both pages
# by 4.5. This grey marks them, and the page's style puts its own in its place.
LETTERS = "#7F8081"
STEPS = 50  # of mixing with black or white


def luminance(color: str) -> float:
    """Return the relative luminance of ``#RRGGBB``, 0 to 1.

    References
    ----------
    WCAG 2.2, "relative luminance".

    Examples
    --------
    >>> luminance("#000000"), luminance("#FFFFFF")
    (0.0, 1.0)
    """
    parts = (value / 255 for value in rgb(color))
    r, g, b = (
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts
    )
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(color: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21, in either order.

    References
    ----------
    WCAG 2.2, "contrast ratio".

    Examples
    --------
    >>> contrast("#FFFFFF", "#000000")
    21.0
    """
    dark, light = sorted((luminance(color), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@functools.lru_cache(maxsize=256)
def on_page(color: str) -> str:
    """Return the colour, as little deepened or lightened as both pages ask.

    Examples
    --------
    >>> on_page("#0072B2"), contrast(on_page("#F0E442"), "#FFFFFF") >= GRAPHICS
    ('#0072B2', True)
    """
    for step in range(STEPS):
        for toward in ("#000000", "#FFFFFF"):
            made = mixed(color, toward, step / STEPS)
            if all(contrast(made, page) >= GRAPHICS for page in PAGES):
                return made if step else color
    raise AssertionError("grey lies between the pages")


def legible(figure: go.Figure) -> go.Figure:
    """Return a chart with every mark's own colour fit for both pages.

    Colours of maps (scales) and see-through ones are left as they are. Letters that
    ask for no colour are marked to take the page's own; thousands are set apart.
    """
    made = figure.to_dict()
    font = made.setdefault("layout", {}).setdefault("font", {})
    font.setdefault("color", LETTERS)
    for name, axis in made["layout"].items():
        if name.startswith(("xaxis", "yaxis")):
            axis.setdefault("separatethousands", True)
    for part in (*made["data"], *made.get("layout", {}).get("shapes", ())):
        _deepen(part)
    for bar in (one for one in made["data"] if one.get("type") == "bar"):
        _letters(bar)
    return go.Figure(made, skip_invalid=True)


def enlarged(figure: go.Figure, times: float) -> go.Figure:
    """Return a chart with its ticks, titles, legend and notes larger, for a hall.

    Raises
    ------
    ValueError
        If ``times`` is below 1.
    """
    if times < 1:
        raise ValueError(f"a chart's letters grow by 1 or more, got {times}")
    made = go.Figure(figure)

    def larger(font: Any) -> None:
        font.size = times * (font.size or USUAL_PX)

    for axis in (*made.select_xaxes(), *made.select_yaxes()):
        larger(axis.tickfont)
        larger(axis.title.font)
        axis.automargin = True
    larger(made.layout.legend.font)
    if (made.layout.legend.y or 0) < 0:  # below the title of the axis, which grew
        made.layout.legend.y *= times
    for note in made.layout.annotations:
        larger(note.font)
        if note.showarrow is not False and note.axref is None and note.ax is not None:
            note.ax, note.ay = times * note.ax, times * note.ay  # px from its point
    for bars in made.select_traces({"type": "bar"}):
        if bars.textfont.size:  # one without a size fits itself to its bar
            larger(bars.textfont)
    return made


def _letters(bar: dict[str, Any]) -> None:
    """Write inside each bar in black or white, whichever is told better from it."""
    ground = bar.get("marker", {}).get("color")
    if isinstance(ground, str) and ground.startswith("#"):
        fit = max(("#000000", "#FFFFFF"), key=lambda one: contrast(one, ground))
        bar["insidetextfont"] = {"color": fit, **bar.get("insidetextfont", {})}


def _deepen(part: dict[str, Any]) -> None:
    for name, value in part.items():
        if isinstance(value, dict) and "font" not in name:
            _deepen(value)
        elif name == "color" and isinstance(value, str):
            part[name] = _one(value)
        elif name == "color" and isinstance(value, (list, tuple)):
            part[name] = [_one(one) if isinstance(one, str) else one for one in value]


def _one(color: str) -> str:
    return on_page(color.upper()) if len(color) == 7 and color[0] == "#" else color
