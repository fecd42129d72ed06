"""The picture: one component that shows, reads out, and is clicked, dragged, drawn on.

A program (``program={"name": "iou", ...}``) is ``programs/iou.js``, which draws while
a reader drags, without the server; its hooks are documented at the top of
``stage.js``. Its parameters are JSON; numpy arrays among them are packed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.figures.layers import Layer
from explorer.figures.packing import check_colors
from explorer.figures.theme import COLORS
from explorer.ui.stage import view
from explorer.ui.stage.assets import program_names, stage_component
from explorer.ui.stage.encode import check_image
from explorer.ui.stage.event import Hover, StageEvent
from explorer.ui.stage.memory import agree, committed
from explorer.ui.stage.message import as_json, overlay, picture
from explorer.ui.stage.tools import SLOTS, Mode, Tools


def _nothing() -> None:
    """Let Streamlit know a state of this name; the rerun itself is the answer."""


_CALLBACKS: dict[str, Any] = {
    f"on_{slot}_change": _nothing for slot in (*SLOTS, view.SLOT)
}


def _program(program: Mapping[str, Any] | None) -> tuple[str | None, str]:
    """Return the program's name and its parameters as JSON text."""
    if program is None:
        return None, "null"
    name = program.get("name")
    if name not in program_names():
        options = ", ".join(program_names())
        raise ValueError(f"program {name!r} of a stage is not one of {options}")
    return str(name), as_json("the parameters", program)


def _style(
    labels: Sequence[str] | None, colors: Sequence[str] | None
) -> dict[str, Any]:
    """Return the labels and colours of the boxes a reader moves."""
    shades = list(colors or (COLORS["first"], COLORS["second"]))
    return {
        "labels": [] if labels is None else [str(one) for one in labels],
        "colors": check_colors(shades, len(shades)),
    }


def _live(url: str | None) -> str | None:
    if url is not None and not url.startswith("/"):
        raise ValueError(f"live_url is a path of this server, got {url!r}")
    return url


def stage(
    image: NDArray[np.uint8],
    *,
    key: str,
    alt: str,
    layers: Sequence[Layer] = (),
    mode: Mode = "hover",
    cell: tuple[float, float] | None = None,
    hover: Hover | None = None,
    boxes: ArrayLike | None = None,
    box_labels: Sequence[str] | None = None,
    box_colors: Sequence[str] | None = None,
    min_boxes: int = 0,
    max_boxes: int = 1,
    selected: tuple[float, float] | None = None,
    brush_px: float | None = None,
    ink_size: int = 28,
    ink_opacity: float = 1.0,
    live_url: str | None = None,
    program: Mapping[str, Any] | None = None,
    frames: str | None = None,
    max_height_px: int = 520,
    max_width_px: int | None = None,
    min_width_px: int | None = None,
    pixelated: bool = False,
) -> StageEvent:
    """Show ``image`` with ``layers`` and return what a reader has chosen on it.

    Parameters
    ----------
    image : (H, W) or (H, W, 3) uint8
        The picture; its pixels are the unit of all positions.
    key : str
        Identity of the stage; its state is kept under it from run to run.
    alt : str
        What the picture shows, for those who cannot see it.
    mode : {"hover", "click", "boxes", "brush", "drag"}
        What a pointer (or the arrow keys) does.
    cell : (w, h), optional
        Size of a clicked cell in image pixels; one pixel without it.
    boxes : (N, 4), optional
        Boxes to start from in mode "boxes". See ``memory.agree`` for who wins later.
    min_boxes : int
        So many always stay: with no more than that, none can be deleted.
    max_boxes : int
        A reader draws a new box on empty ground while there are fewer; where one
        alone is allowed, the new one takes its place.
    selected : (x, y), optional
        Chosen place to start from in the modes "click" and "drag".
    ink_opacity : float
        Of what is brushed, above 0; below 1 the picture shines through.
    live_url : str, optional
        Route asked while dragging (``?x=..&y=..``, ``?boxes=..`` or ``?ink=..``), one
        request at a time; it answers a picture or JSON.
    frames : str, optional
        Key of the scrubber whose frame number the layers' first/last follow.
    max_height_px, max_width_px : int
        The most the picture takes on the screen. A panel beside it needs 300 px: a
        limit of the width keeps it there on a narrow screen.
    min_width_px : int, optional
        The least the picture takes: on a narrower screen it is pushed sideways, so
        that the letters in it stay large enough.
    pixelated : bool
        Show the pixels as squares and send the picture without loss.

    Raises
    ------
    ValueError
        A sentence about the first argument that does not fit.
    """
    array = check_image(image)
    shape = (array.shape[0], array.shape[1])
    tools = Tools(
        mode, shape, cell, min_boxes, max_boxes, brush_px, ink_size, ink_opacity
    )
    start = tools.start(boxes)
    name, params = _program(program)
    most = (max_width_px, max_height_px)
    data = picture(array, alt, pixelated, most, min_width_px)
    data |= overlay(layers, hover) | tools.data(_style(box_labels, box_colors))
    data |= {"key": key, "live": _live(live_url), "frames": frames, "program": params}
    mount = stage_component(name)
    held = _held(key, tools, start, selected)
    data["held"] = {slot: {"v": v, "rev": rev} for slot, (v, rev) in held.items()}
    data["held"][view.SLOT] = {"v": view.hold(key, _state(key)), "rev": 0}
    mount(key=key, data=data, **_CALLBACKS)
    return tools.event({slot: value for slot, (value, _) in held.items()})


def _held(
    key: str,
    tools: Tools,
    start: NDArray[np.float64] | None,
    selected: tuple[float, float] | None,
) -> dict[str, tuple[Any, int]]:
    """Return each value that holds, with its revision: the page's or the reader's."""
    state = dict(_state(key))
    if not tools.enough(committed(state.get("boxes"))[0]):
        state.pop("boxes", None)
    place = None if selected is None else list(selected)
    wishes: dict[str, Any] = {
        "boxes": None if start is None else start.tolist(),
        "click": place,
        "point": place,
    }
    return {slot: agree(key, slot, wishes.get(slot), state.get(slot)) for slot in SLOTS}


def committed_program(key: str) -> dict[str, Any]:
    """Return what a stage's program committed last, before the stage is shown again.

    For pages whose program's parameters depend on it; empty if there is nothing yet.
    """
    value = committed(_state(key).get("program"))[0]
    return dict(value) if isinstance(value, Mapping) else {}


def sent_once(
    key: str, name: str, make: Callable[[], Mapping[str, NDArray[Any]]]
) -> dict[str, Any]:
    """Return arrays for a program's parameters, left out where the browser has them.

    The program reads them with ``keptArrays`` and commits ``has: keptName(s)``; where
    the browser has lost them it says so, and they are sent again.

    Parameters
    ----------
    key : str
        The stage's.
    name : str
        Changes when the arrays do.
    make : callable
        Makes the arrays; called only if they are sent.
    """
    known = committed_program(key).get("has") == name
    return {"kept": name, "arrays": None if known else dict(make())}


def _state(key: str) -> Mapping[str, Any]:
    """Return the component's state as last committed, before it is mounted again."""
    import streamlit as st

    state = st.session_state.get(key)
    return state if isinstance(state, Mapping) else {}
