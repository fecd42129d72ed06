"""Where a level's maps and their close-ups stand, beside each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDE = 1460.0
HEAD, MAP_HIGH, SPACE = 52.0, 150.0, 16.0
ARCS = 20.0  # more above and below the close-ups, where arrows arch over them
ZOOM = 188.0
MARGIN = 19.0  # on each side of a pane; arrows run there


@dataclass(frozen=True)
class MapPane:
    """One map to show.

    Attributes
    ----------
    name : str
        Of the array.
    title, sub : str
        Two short lines above it.
    scale : str
        Maps with the same one share their colours' ends.
    palette : {"sequential", "diverging"}
    """

    name: str
    title: str
    sub: str
    scale: str
    palette: str = "sequential"


def crossing_panes(
    panes: Sequence[MapPane], shape: tuple[int, int], arcs: bool = False
) -> tuple[tuple[int, int], list[dict[str, Any]]]:
    """Lay out maps of one shape (rows, columns) with a close-up below each.

    Parameters
    ----------
    panes : sequence of MapPane
    shape : (int, int)
        A map half as large is shown as large.
    arcs : bool
        Whether arrows go from one close-up to the next.

    Returns
    -------
    size : (int, int)
        Width and height of the whole.
    panes : list of dict
        As ``crossing.js`` explains: ``rect`` [x, y, w, h] of the map, ``zoom`` [x, y,
        side] of the close-up, ``head`` [x, y] of the title.

    Raises
    ------
    ValueError
        If there is no pane.

    Examples
    --------
    >>> size, placed = crossing_panes([MapPane("a", "A", "", "a")] * 5, (60, 80))
    >>> size[0], placed[1]["zoom"][0] - placed[0]["zoom"][0]
    (1460, 292.0)
    """
    if not panes:
        raise ValueError("there is no map to lay out")
    pitch = WIDE / len(panes)
    room = pitch - 2 * MARGIN
    scale = min(room / shape[1], MAP_HIGH / shape[0])
    wide, high = shape[1] * scale, shape[0] * scale
    side, more = min(ZOOM, room), ARCS if arcs else 0.0
    placed = []
    for i, pane in enumerate(panes):
        left = i * pitch + MARGIN
        zoom = [left + (room - side) / 2, HEAD + high + SPACE + more, side]
        placed.append(
            {
                "name": pane.name,
                "title": pane.title,
                "sub": pane.sub,
                "scale": pane.scale,
                "palette": pane.palette,
                "head": [left, 2.0],
                "rect": [left + (room - wide) / 2, HEAD, wide, high],
                "zoom": zoom,
            }
        )
    return (round(WIDE), round(HEAD + high + SPACE + side + 2 * more + 4)), placed
