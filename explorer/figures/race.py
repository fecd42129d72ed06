"""The race of the detectors drawn: a sheet of pictures, and accuracy against time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from PIL import Image as PilImage
from PIL import ImageDraw, ImageFont

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
LABEL_PLACES = ("top center", "bottom center", "middle left", "middle right")
TILE_PX = 400
COLUMNS = 4
GAP_PX = 10
CAPTION_PX = 56
FONT_PX = 19


@dataclass(frozen=True, eq=False)
class Tile:
    """One detector's answer.

    Attributes
    ----------
    title, line : str
        What stands above the picture: its name, and its time and count.
    color : str
        ``#RRGGBB`` of its boxes.
    boxes : (N, 4) float64
        xyxy pixels of the picture.
    words : sequence of N str
        Written at each box.
    """

    title: str
    line: str
    color: str
    boxes: Array
    words: Sequence[str]


def race_sheet(image: Image, tiles: Sequence[Tile], columns: int = COLUMNS) -> Image:
    """Draw the picture once for each detector, with its boxes, row by row.

    Parameters
    ----------
    image : (H, W, 3) uint8
    tiles : sequence of Tile
        At least one.
    columns : int
        At least 1.

    Raises
    ------
    ValueError
        If there is no tile or no column.
    """
    if not tiles or columns < 1:
        raise ValueError(f"{len(tiles)} tiles in {columns} columns: need one of each")
    height, width = image.shape[:2]
    scale = TILE_PX / width
    high = max(1, round(height * scale))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(image, (TILE_PX, high), interpolation=kind), np.uint8)
    columns = min(columns, len(tiles))
    rows = math.ceil(len(tiles) / columns)
    sheet = np.full(
        (rows * (high + CAPTION_PX + GAP_PX), columns * (TILE_PX + GAP_PX), 3),
        255,
        np.uint8,
    )
    for k, tile in enumerate(tiles):
        top = (k // columns) * (high + CAPTION_PX + GAP_PX)
        left = (k % columns) * (TILE_PX + GAP_PX)
        drawn = _tile(small, tile, scale)
        sheet[top : top + len(drawn), left : left + TILE_PX] = drawn
    return sheet


def _tile(small: Image, tile: Tile, scale: float) -> Image:
    high = small.shape[0] + CAPTION_PX
    whole = PilImage.new("RGB", (TILE_PX, high), "white")
    whole.paste(PilImage.fromarray(small), (0, CAPTION_PX))
    draw = ImageDraw.Draw(whole)
    bold, font = ImageFont.load_default(FONT_PX), ImageFont.load_default(FONT_PX - 3)
    draw.rectangle((0, 4, 7, CAPTION_PX - 6), fill=tile.color)
    draw.text((15, 3), tile.title, "black", bold)
    draw.text((15, 28), tile.line, "#444444", font)
    # The best come last: their labels lie on top.
    for box, word in reversed(list(zip(tile.boxes, tile.words, strict=True))):
        x1, y1, x2, y2 = (float(v) * scale for v in box)
        place = (x1, y1 + CAPTION_PX, max(x2, x1), max(y2, y1) + CAPTION_PX)
        draw.rectangle(place, outline="black", width=5)
        draw.rectangle(place, outline=tile.color, width=3)
        at = (x1 + 3, min(max(y1, 0) + CAPTION_PX + 2, high - FONT_PX - 2))
        if word:
            draw.rectangle(draw.textbbox(at, word, font), fill=tile.color)
            draw.text(at, word, _ink(tile.color), font)
    return np.asarray(whole, np.uint8)


def _ink(color: str) -> str:
    red, green, blue = rgb(color)
    return "black" if 0.3 * red + 0.59 * green + 0.11 * blue > 130 else "white"


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
    # Neighbours in time get their names at different sides.
    order = sorted(range(len(times_ms)), key=lambda k: times_ms[k])
    places = {k: rank for rank, k in enumerate(order)}
    kept = np.flatnonzero(pareto_front(times_ms, gains)).tolist()
    front = sorted(kept, key=lambda k: times_ms[k])
    figure.add_scatter(
        x=[times_ms[k] for k in front],
        y=[gains[k] for k in front],
        mode="lines",
        line={"color": COLORS["muted"], "width": 1.5, "dash": "dot", "shape": "hv"},
        name="nothing is both faster and better",
        hoverinfo="skip",
    )
    for family in dict.fromkeys(families):
        rows = [k for k, one in enumerate(families) if one == family]
        figure.add_scatter(
            x=[times_ms[k] for k in rows],
            y=[gains[k] for k in rows],
            text=[names[k] for k in rows],
            mode="markers+text",
            textposition=[LABEL_PLACES[places[k] % len(LABEL_PLACES)] for k in rows],
            marker={
                "color": FAMILY_COLORS[family],
                "symbol": FAMILY_SYMBOLS[family],
                "size": 12,
            },
            name=family,
            hovertemplate="%{text}: %{x:.3g} ms, %{y:.3g}<extra></extra>",
        )
    low, high = min(times_ms), max(times_ms)
    room = 0.22 * max(math.log10(high / low), 0.5)
    figure.update_layout(
        height=height_px,
        margin={"l": 55, "r": 10, "t": 10, "b": 45},
        legend={"orientation": "h", "y": -0.2},
        xaxis={
            "title": "milliseconds a photo (less is better)",
            "type": "log",
            "range": [math.log10(low) - room, math.log10(high) + room],
            "tickvals": TICKS_MS,
        },
        yaxis={"title": gain_title, "range": [0, 1.18 * max(gains)]},
    )
    return figure


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
