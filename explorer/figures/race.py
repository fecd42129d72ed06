"""The race of the detectors drawn: accuracy against time, each point with its name."""

import math
from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.core.pareto import pareto_front
from explorer.core.race_published import PUBLISHED
from explorer.figures.legible import on_page
from explorer.figures.theme import COLORS, rgb
from explorer.figures.thumbnails import framed

Image = NDArray[np.uint8]
Array = NDArray[np.float64]

# None is a detector's: those have the hues of classes. Neighbours in a bar are told
# apart by the browser's stripes too.
STEP_COLORS = {
    "resize": "#6B7785",
    "proposals": "#A0622D",
    "backbone": "#7B5FC4",
    "head": "#178A8A",
    "NMS": "#B0447A",
}
FAMILY_COLORS = {
    "two stages": COLORS["second"],
    "one stage": COLORS["first"],
    "before": COLORS["muted"],
}
FAMILY_SYMBOLS = {"two stages": "square", "one stage": "circle", "before": "diamond"}
TICKS_MS = [d * 10.0**p for p in range(4) for d in (1, 2, 5)]
PLOT_PX = (400, 250)  # wide, high: of the axes where two charts share a 1280 px screen
FONT_PX = 13
LETTER_PX, LINE_PX = 7.0, 17.0  # of a name in that type
MARKER_PX = 12
# Where a name may stand, from its point: near by first, then on longer leaders.
RINGS_PX = (16.0, 34.0, 54.0, 78.0, 104.0)
TURNS = 16
CROSSED = 60.0  # what a crossed leader costs, in px of a longer one and px² of a cover
STRUCK = 20.0  # what a name over the front's dotted line costs, in the same measure
LEADER_SAMPLES = 24


def race_figure(
    names: Sequence[str],
    families: Sequence[str],
    times_ms: Sequence[float],
    gains: Sequence[float],
    gain_title: str,
    height_px: int = 400,
) -> go.Figure:
    """Draw accuracy against time, and the line of those that nothing beats.

    Parameters
    ----------
    names, families : sequences of N str
        Families: see ``FAMILY_COLORS``.
    times_ms : sequence of N float
        Milliseconds a photo, above 0.
    gains : sequence of N float
    gain_title : str
        What the upright axis says.
    height_px : int
    """
    figure = go.Figure()
    kept = np.flatnonzero(pareto_front(times_ms, gains)).tolist()
    front = sorted(kept, key=lambda k: times_ms[k])
    figure.add_scatter(
        x=[times_ms[k] for k in front],
        y=[gains[k] for k in front],
        mode="lines",
        line={"color": COLORS["muted"], "width": 1.5, "dash": "dot", "shape": "hv"},
        showlegend=False,
        hoverinfo="skip",
    )
    for family in dict.fromkeys(families):
        rows = [k for k, one in enumerate(families) if one == family]
        figure.add_scatter(
            x=[times_ms[k] for k in rows],
            y=[gains[k] for k in rows],
            text=[names[k] for k in rows],
            mode="markers",
            marker={
                "color": FAMILY_COLORS[family],
                "symbol": FAMILY_SYMBOLS[family],
                "size": MARKER_PX,
            },
            name=family,
            hovertemplate="%{text}: %{x:.3g} ms, %{y:.3g}<extra></extra>",
        )
    _axes(figure, times_ms, gains, gain_title)
    _names(figure, names, families, times_ms, gains, front)
    figure.update_layout(
        height=height_px,
        margin={"l": 55, "r": 10, "t": 10, "b": 45},
        legend={"orientation": "h", "y": -0.2},
    )
    return figure


def _axes(
    figure: go.Figure, times_ms: Sequence[float], gains: Sequence[float], title: str
) -> None:
    """Set both axes: they begin near the points, which need the room."""
    low, high = min(times_ms), max(times_ms)
    room = 0.22 * max(math.log10(high / low), 0.5)
    least, most = min(gains), max(gains)
    span = (most - least) or most or 1.0
    figure.update_xaxes(
        title="milliseconds a photo (less is better)",
        type="log",
        range=[math.log10(low) - room, math.log10(high) + room],
        tickvals=TICKS_MS,
    )
    figure.update_yaxes(
        title=title, range=[max(0.0, least - 0.25 * span), most + 0.35 * span]
    )


def _names(
    figure: go.Figure,
    names: Sequence[str],
    families: Sequence[str],
    times_ms: Sequence[float],
    gains: Sequence[float],
    front: Sequence[int],
) -> None:
    """Write each name where it covers no other, on a leader of its point's colour."""
    wide, high_px = PLOT_PX
    left, right = figure.layout.xaxis.range
    bottom, top = figure.layout.yaxis.range
    x = (np.log10(times_ms) - left) / (right - left) * wide
    y = (top - np.asarray(gains, np.float64)) / (top - bottom) * high_px
    points = np.column_stack([x, y])
    offsets = label_offsets(points, names, stairs(points[list(front)]))
    for k, (dx, dy) in enumerate(offsets.tolist()):
        figure.add_annotation(
            x=math.log10(times_ms[k]),
            y=gains[k],
            ax=dx,
            ay=dy,
            text=names[k],
            font={"size": FONT_PX},
            arrowhead=0,
            arrowwidth=1.5,
            arrowcolor=on_page(FAMILY_COLORS[families[k]]),
            standoff=MARKER_PX / 2,
        )


def stairs(points: Array) -> Array:
    """Return the lines of a front through its points, as drawn: across, then up.

    Examples
    --------
    >>> stairs(np.array([[0.0, 9.0], [5.0, 2.0]])).tolist()
    [[0.0, 9.0, 5.0, 9.0], [5.0, 9.0, 5.0, 2.0]]
    """
    lines = [
        line
        for (x, y), (to_x, to_y) in pairwise(points.tolist())
        for line in ((x, y, to_x, y), (to_x, y, to_x, to_y))
    ]
    return np.array(lines).reshape(-1, 4)


def label_offsets(
    points: Array, names: Sequence[str], lines: Array | None = None
) -> Array:
    """Find a place for each point's name that covers no other name and no point.

    Its leader runs through no other point or name and across no other leader, where
    there is such a place.

    Parameters
    ----------
    points : (N, 2) float64
        x, y in pixels of a chart ``PLOT_PX`` large, y downwards.
    names : sequence of N str
    lines : (M, 4) float64, optional
        From x, y to x, y: drawn lines on which no name should lie.

    Returns
    -------
    (N, 2) float64
        Of each name's middle, in pixels from its point.
    """
    turns = 2 * np.pi * np.arange(TURNS) / TURNS
    ways = np.column_stack([np.sin(turns), -np.cos(turns)])
    marks = np.hstack([points - MARKER_PX / 2, points + MARKER_PX / 2])
    placed, drawn = np.zeros((0, 4)), np.zeros((0, 4))
    under = np.zeros((0, 4)) if lines is None else lines
    found = np.zeros((len(names), 2))
    for k in _crowded_first(points):
        point = points[k]
        half = np.array([LETTER_PX * len(names[k]), LINE_PX]) / 2
        # A wide name stands farther off to the side than above.
        reach = np.abs(ways) @ np.array([half[0], 0.0])
        offsets = np.concatenate([ways * (ring + reach)[:, None] for ring in RINGS_PX])
        boxes = np.hstack([point + offsets - half, point + offsets + half])
        leads = np.hstack([np.broadcast_to(point, offsets.shape), point + offsets])
        others = np.vstack([np.delete(marks, k, axis=0), placed])
        cost = 3 * _covered(boxes, np.vstack([marks, placed])) + _beyond(boxes)
        cost += CROSSED * (_through(leads, others) + _through(drawn, boxes, axis=0))
        cost += CROSSED * _crossings(leads, drawn)
        cost += STRUCK * _through(under, boxes, axis=0)
        best = int(np.argmin(cost + 0.5 * np.hypot(*offsets.T)))
        placed, drawn = (
            np.vstack([placed, boxes[best]]),
            np.vstack([drawn, leads[best]]),
        )
        found[k] = offsets[best]
    return found


def _crowded_first(points: Array) -> list[int]:
    """Return the rows, those with the nearest neighbours first."""
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    near = np.sort(apart, axis=1)[:, :4].sum(axis=1)
    return [int(k) for k in np.argsort(near, kind="stable")]


def _through(lines: Array, boxes: Array, axis: int = 1) -> Array:
    """Return through how many boxes each line runs (axis 0: lines through each)."""
    along = np.linspace(0, 1, LEADER_SAMPLES)[:, None, None]
    at = lines[:, :2] + along * (lines[:, 2:] - lines[:, :2])  # (samples, lines, 2)
    inside = (at[:, :, None] > boxes[:, :2]) & (at[:, :, None] < boxes[:, 2:])
    return np.asarray(inside.all(axis=3).any(axis=0).sum(axis=axis), np.float64)


def _crossings(lines: Array, others: Array) -> Array:
    """Return how many of the others each line crosses."""

    def side(of: Array, x: Array) -> Array:
        way, to = of[..., 2:] - of[..., :2], x - of[..., :2]
        return np.asarray(way[..., 0] * to[..., 1] - way[..., 1] * to[..., 0])

    a, b = lines[:, None], others[None]
    apart = side(a, b[..., :2]) * side(a, b[..., 2:]) < 0
    apart &= side(b, a[..., :2]) * side(b, a[..., 2:]) < 0
    return np.asarray(apart.sum(axis=1), np.float64)


def _covered(boxes: Array, others: Array) -> Array:
    """Return how many square pixels of the others each box covers."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    return np.asarray(np.prod(np.clip(high - low, 0, None), axis=2).sum(axis=1))


def _beyond(boxes: Array) -> Array:
    """Return how much of each box lies outside the chart, in square pixels."""
    chart = np.array([[0.0, 0.0, *PLOT_PX]])
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    return np.asarray(3 * (area - _covered(boxes, chart)))


def boxes_image(image: Image, boxes: Array, color: str, width_px: int) -> Image:
    """Return a small copy of a picture with boxes.

    Parameters
    ----------
    image : (H, W, 3) uint8
    boxes : (N, 4) float64
        In pixels of the picture.
    color : str
        As ``#rrggbb``.
    width_px : int
    """
    scale = width_px / image.shape[1]
    size = (width_px, max(1, round(image.shape[0] * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    for x1, y1, x2, y2 in (boxes * scale).round().astype(int).tolist():
        cv2.rectangle(small, (x1, y1), (x2, y2), rgb(color), 2)
    return np.asarray(small, np.uint8)


def race_thumbnail(image: Image) -> Image:
    """Draw the papers' points, accuracy against time, over a dimmed picture."""
    made = (framed(image).astype(float) * 0.35).astype(np.uint8)
    high, wide = made.shape[:2]
    logs = np.log([one.ms for one in PUBLISHED])
    gains = np.array([one.map_percent for one in PUBLISHED])
    x = 24 + (wide - 48) * (logs - logs.min()) / np.ptp(logs)
    y = high - 24 - (high - 48) * (gains - gains.min()) / np.ptp(gains)
    front = pareto_front(logs, gains)
    line = sorted(zip(x[front].tolist(), y[front].tolist(), strict=True))
    points = np.rint(line).astype(np.int32)
    cv2.polylines(made, [points], False, (255, 255, 255), 2, cv2.LINE_AA)
    for k, one in enumerate(PUBLISHED):
        at = (round(float(x[k])), round(float(y[k])))
        cv2.circle(made, at, 10, (255, 255, 255), -1, cv2.LINE_AA)
        cv2.circle(made, at, 8, rgb(FAMILY_COLORS[one.family]), -1, cv2.LINE_AA)
    return made
