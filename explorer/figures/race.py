"""The race of the detectors drawn: accuracy against time, each point with its name."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.core.pareto import pareto_front
from explorer.core.race_published import PUBLISHED
from explorer.figures.theme import COLORS, rgb
from explorer.figures.thumbnails import framed

Image = NDArray[np.uint8]
Array = NDArray[np.float64]

STEP_COLORS = {
    "resize": COLORS["muted"],
    "proposals": COLORS["proposal"],
    "backbone": COLORS["first"],
    "head": COLORS["accent"],
    "NMS": COLORS["kept"],
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
    _axes(figure, names, times_ms, gains, gain_title)
    figure.update_layout(
        height=height_px,
        margin={"l": 55, "r": 10, "t": 10, "b": 45},
        legend={"orientation": "h", "y": -0.2},
    )
    return figure


def _axes(
    figure: go.Figure,
    names: Sequence[str],
    times_ms: Sequence[float],
    gains: Sequence[float],
    gain_title: str,
) -> None:
    """Set both axes, and write each name where it covers no other."""
    low, high = min(times_ms), max(times_ms)
    room = 0.22 * max(math.log10(high / low), 0.5)
    left, right = math.log10(low) - room, math.log10(high) + room
    top = 1.18 * max(gains) or 1.0
    figure.update_xaxes(
        title="milliseconds a photo (less is better)",
        type="log",
        range=[left, right],
        tickvals=TICKS_MS,
    )
    figure.update_yaxes(title=gain_title, range=[0, top])
    wide, high_px = PLOT_PX
    x = (np.log10(times_ms) - left) / (right - left) * wide
    y = (1 - np.asarray(gains, np.float64) / top) * high_px
    offsets = label_offsets(np.column_stack([x, y]), names)
    for k, (dx, dy) in enumerate(offsets.tolist()):
        figure.add_annotation(
            x=math.log10(times_ms[k]),
            y=gains[k],
            ax=dx,
            ay=dy,
            text=names[k],
            font={"size": FONT_PX},
            arrowhead=0,
            arrowwidth=1,
            arrowcolor=COLORS["muted"],
            standoff=MARKER_PX / 2,
        )


def label_offsets(points: Array, names: Sequence[str]) -> Array:
    """Find a place for each point's name that covers no other name and no point.

    Parameters
    ----------
    points : (N, 2) float64
        x, y in pixels of a chart ``PLOT_PX`` large, y downwards.
    names : sequence of N str

    Returns
    -------
    (N, 2) float64
        Of each name's middle, in pixels from its point.
    """
    turns = 2 * np.pi * np.arange(TURNS) / TURNS
    ways = np.column_stack([np.sin(turns), -np.cos(turns)])
    marks = np.hstack([points - MARKER_PX / 2, points + MARKER_PX / 2])
    placed: list[Array] = []
    found = []
    for point, name in zip(points, names, strict=True):
        half = np.array([LETTER_PX * len(name), LINE_PX]) / 2
        # A wide name stands farther off to the side than above.
        reach = np.abs(ways) @ np.array([half[0], 0.0])
        offsets = np.concatenate([ways * (ring + reach)[:, None] for ring in RINGS_PX])
        boxes = np.hstack([point + offsets - half, point + offsets + half])
        cost = 3 * _covered(boxes, marks) + _beyond(boxes)
        cost += 3 * _covered(boxes, np.array(placed).reshape(-1, 4))
        best = int(np.argmin(cost + 0.5 * np.hypot(*offsets.T)))
        placed.append(boxes[best])
        found.append(offsets[best])
    return np.array(found, np.float64).reshape(-1, 2)


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
