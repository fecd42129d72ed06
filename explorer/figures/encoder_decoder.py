"""Where everything stands in the diagrams of SegNet and U-Net.

Positions are in the diagram's own units, x before y; the browser draws them with the
program ``diagram.js`` at whatever size the screen allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.figures.diagram import Diagram, Rect, bytes_text, heat_image, shape_text
from explorer.figures.theme import COLORS

Image = NDArray[np.uint8]
Shape = tuple[int, int, int]  # channels, height, width

NET_WIDE, GAP = 700.0, 60.0  # of one network, and between two
TOP, ROW, BOTTOM = 44.0, 92.0, 32.0
MAP = (92.0, 58.0)  # most a small map takes: width, height
END = (104.0, 72.0)  # photo and class map
INDENT = 7.0  # each level stands further inside
FIRST_X = 142.0  # of level 1's encoder
CHANNELS_A_SHEET, MOST_SHEETS, SHEET = 24, 6, 3.5
CAPTION_HALF = 66.0  # half the width that a caption may need
ELBOW = 13.0  # how far beside them the ways up and down run
CHANNELS_A_UNIT = 4  # of a bar's thickness
CROSSING = {"indices": COLORS["second"], "features": COLORS["first"]}


@dataclass(frozen=True, eq=False)
class Net:
    """A network as the diagram needs it, finest level first.

    Attributes
    ----------
    name, title : str
    crossing_kind : {"indices", "features"}
    encoder, decoder, crossing : tuples of (channels, height, width)
        The decoder has as many levels as have something crossing.
    crossing_bytes : tuple of int
        As few as the method needs.
    encoder_maps, decoder_maps : tuples of (h, w) arrays
        A small map of each level.
    photo, classes : (H, W, 3) uint8 arrays
        What goes in, and what comes out.
    """

    name: str
    title: str
    crossing_kind: str
    encoder: tuple[Shape, ...]
    decoder: tuple[Shape, ...]
    crossing: tuple[Shape, ...]
    crossing_bytes: tuple[int, ...]
    encoder_maps: tuple[NDArray[np.float32], ...]
    decoder_maps: tuple[NDArray[np.float32], ...]
    photo: Image
    classes: Image


def networks_diagram(nets: Sequence[Net]) -> Diagram:
    """Lay out one or two networks beside each other: encoder left, decoder right.

    Parameters
    ----------
    nets : sequence of Net

    Returns
    -------
    Diagram
        Its rows are the levels that can be chosen, with ``net`` and ``level`` from 0
        and 1, from the first network's finest level down.
    """
    levels = max(len(net.encoder) for net in nets)
    wide = len(nets) * NET_WIDE + (len(nets) - 1) * GAP
    diagram = Diagram((wide, TOP + levels * ROW + BOTTOM))
    for place, net in enumerate(nets):
        _network(diagram, net, place, place * (NET_WIDE + GAP))
    return diagram


def _network(diagram: Diagram, net: Net, place: int, left: float) -> None:
    title = {"x": left + NET_WIDE / 2, "y": 22.0, "text": net.title, "bold": True}
    diagram.texts.append(title)
    encoder = [_left_rect(net, i, left) for i in range(len(net.encoder))]
    decoder = [_right_rect(net, i, left) for i in range(len(net.decoder))]
    for rects, maps, shapes in (
        (encoder, net.encoder_maps, net.encoder),
        (decoder, net.decoder_maps, net.decoder),
    ):
        for rect, values, shape in zip(rects, maps, shapes, strict=True):
            diagram.pictures.append((rect, heat_image(values)))
            diagram.blocks.append(
                {"rect": list(rect), "sheets": _sheets(shape[0]), "map": True}
            )
            middle = rect[0] + rect[2] / 2
            caption = {"x": middle, "y": rect[1] + rect[3] + 12}
            diagram.texts.append(caption | {"text": shape_text(shape), "bold": False})
    for i, shape in enumerate(net.crossing):
        _crossing(diagram, net, i, encoder[i], decoder[i], shape)
        diagram.rows.append(_row(net, i, place, left))
    _ways(diagram, net, encoder, decoder, left)


def _middle(level: int) -> float:
    """Return the height at which a level's maps have their middle."""
    return TOP + level * ROW + MAP[1] / 2 + 8


def _fitted(shape: Shape, most: tuple[float, float]) -> tuple[float, float]:
    scale = min(most[0] / shape[2], most[1] / shape[1])
    return max(4.0, shape[2] * scale), max(4.0, shape[1] * scale)


def _sheets(channels: int) -> int:
    return min(MOST_SHEETS, max(1, round(channels / CHANNELS_A_SHEET)))


def _left_rect(net: Net, level: int, left: float) -> Rect:
    wide, high = _fitted(net.encoder[level], MAP)
    x = left + FIRST_X + level * INDENT + (MAP[0] - wide) / 2
    if level >= len(net.decoder):  # U-Net's bottom belongs to both halves
        x = left + (NET_WIDE - wide) / 2
    return x, _middle(level) - high / 2, wide, high


def _right_rect(net: Net, level: int, left: float) -> Rect:
    wide, high = _fitted(net.decoder[level], MAP)
    x = left + NET_WIDE - FIRST_X - level * INDENT - (MAP[0] + wide) / 2
    return x, _middle(level) - high / 2, wide, high


def _crossing(
    diagram: Diagram, net: Net, level: int, one: Rect, other: Rect, shape: Shape
) -> None:
    room = MOST_SHEETS * SHEET + 8
    start, end = one[0] + one[2] + room, other[0] - 10
    what = "places" if net.crossing_kind == "indices" else "maps"
    diagram.bars.append(
        {
            "x1": start,
            "x2": end,
            "y": _middle(level),
            "thick": max(2.0, shape[0] / CHANNELS_A_UNIT),
            "color": CROSSING[net.crossing_kind],
            "dots": net.crossing_kind == "indices",
            "above": f"{shape_text(shape)} {what}",
            "below": bytes_text(net.crossing_bytes[level]),
        }
    )


def _row(net: Net, level: int, place: int, left: float) -> dict[str, Any]:
    kind = "places of maxima" if net.crossing_kind == "indices" else "features"
    told = (
        f"{net.name}, level {level + 1}: encoder {shape_text(net.encoder[level])}; "
        f"across go {shape_text(net.crossing[level])} {kind} "
        f"({bytes_text(net.crossing_bytes[level])}); decoder hands on "
        f"{shape_text(net.decoder[level])}. Click to open it."
    )
    wide = NET_WIDE - 2 * FIRST_X + 46
    rect = [left + FIRST_X - 16, TOP + level * ROW - 1, wide, ROW]
    return {"net": place, "level": level + 1, "rect": rect, "told": told}


def _ways(
    diagram: Diagram, net: Net, encoder: list[Rect], decoder: list[Rect], left: float
) -> None:
    """Photo in, down the encoder, up the decoder, classes out."""
    for x, image in ((left, net.photo), (left + NET_WIDE - END[0], net.classes)):
        wide, high = _fitted((3, image.shape[0], image.shape[1]), END)
        rect = x + (END[0] - wide) / 2, _middle(0) - high / 2, wide, high
        diagram.pictures.append((rect, image))
    y, right = _middle(0), decoder[0][0] + decoder[0][2] + 2 * SHEET
    diagram.arrows.append([left + END[0] + 2, y, encoder[0][0] - 4, y])
    diagram.arrows.append([right + 2, y, left + NET_WIDE - END[0] - 2, y])
    for upper, lower in zip(encoder, encoder[1:], strict=False):
        diagram.arrows.append(_elbow(upper, lower, -1.0, down=True))
    deep = len(decoder)
    shapes = [*net.decoder, *net.encoder[deep:]]
    column = [
        (x, y, wide + _sheets(shape[0]) * SHEET, high)
        for (x, y, wide, high), shape in zip(
            [*decoder, *encoder[deep:]], shapes, strict=True
        )
    ]
    for upper, lower in zip(column, column[1:], strict=False):
        diagram.arrows.append(_elbow(upper, lower, 1.0, down=False))
    if len(decoder) == len(encoder):
        _under(diagram, net, encoder[-1], decoder[-1])


def _elbow(upper: Rect, lower: Rect, side: float, down: bool) -> list[float]:
    """From one map to that of the next level, outside the captions.

    ``side`` is -1 on the left of the maps and 1 on the right.
    """

    def edge(rect: Rect) -> float:
        return rect[0] if side < 0 else rect[0] + rect[2]

    middle = upper[0] + upper[2] / 2
    x = side * max(side * edge(upper), side * middle + CAPTION_HALF) + side * ELBOW
    y_upper, y_lower = upper[1] + 0.85 * upper[3], lower[1] + lower[3] / 2
    way = [(edge(upper) + 3 * side, y_upper), (x, y_upper), (x, y_lower)]
    way.append((edge(lower) + 3 * side, y_lower))
    return [v for point in (way if down else reversed(way)) for v in point]


def _under(diagram: Diagram, net: Net, one: Rect, other: Rect) -> None:
    """SegNet's last pooled values go straight into the decoder."""
    left, right = one[0] + one[2] / 2, other[0] + other[2] / 2
    y = max(one[1] + one[3], other[1] + other[3])
    text = f"{shape_text(net.crossing[-1])} values"
    diagram.texts.append({"x": (left + right) / 2, "y": y + 31, "text": text})
    points = [left, y + 23, left, y + 43, right, y + 43, right, y + 23]
    diagram.arrows.append(points)
