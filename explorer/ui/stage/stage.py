"""The picture: one component that shows, reads out, and is clicked, dragged, drawn on.

A program (``program={"name": "iou", ...}``) is ``programs/iou.js``, which draws while
a reader drags, without the server; its hooks are documented at the top of
``stage.js``. Its parameters are JSON; numpy arrays among them are packed.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.figures.layers import Layer
from explorer.figures.packing import check_colors, pack
from explorer.figures.theme import COLORS
from explorer.ui.stage.assets import program_names, stage_component
from explorer.ui.stage.encode import SMALL_PX, check_image, data_url
from explorer.ui.stage.event import (
    Hover,
    StageEvent,
    as_click,
    read_boxes,
    read_ink,
    read_point,
)
from explorer.ui.stage.memory import agree

Mode = Literal["hover", "click", "boxes", "brush", "drag"]
_SLOTS = ("click", "boxes", "ink", "point", "program")


def _nothing() -> None:
    """Let Streamlit know a state of this name; the rerun itself is the answer."""


def _plain(value: Any) -> Any:
    """Return parameters with every numpy array packed and every scalar plain."""
    if isinstance(value, np.ndarray):
        return pack(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value


def _json(what: str, value: Any) -> str:
    try:
        return json.dumps(_plain(value), allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as reason:
        raise ValueError(
            f"{what} of a stage must be finite JSON values: {reason}"
        ) from None


def _check(
    mode: str, alt: str, max_boxes: int, ink_size: int, max_height_px: int
) -> None:
    if mode not in get_args(Mode):
        options = ", ".join(get_args(Mode))
        raise ValueError(f"mode {mode!r} of a stage is not one of {options}")
    if not alt.strip():
        raise ValueError("a stage needs alt: what the picture shows, in a few words")
    for name, value, least, most in (
        ("max_boxes", max_boxes, 1, 50),
        ("ink_size", ink_size, 2, 256),
        ("max_height_px", max_height_px, 40, 2000),
    ):
        if not least <= value <= most:
            raise ValueError(f"{name} must lie in {least}..{most}, got {value}")


def _program(program: Mapping[str, Any] | None) -> tuple[str | None, str]:
    """Return the program's name and its parameters as JSON text."""
    if program is None:
        return None, "null"
    name = program.get("name")
    if name not in program_names():
        options = ", ".join(program_names())
        raise ValueError(f"program {name!r} of a stage is not one of {options}")
    return str(name), _json("the parameters", program)


def _edit_style(
    count: int, labels: Sequence[str] | None, colors: Sequence[str] | None
) -> dict[str, Any]:
    """Return the labels and colours of the boxes a reader moves."""
    shades = list(colors or (COLORS["first"], COLORS["second"]))
    return {
        "labels": [] if labels is None else [str(one) for one in labels],
        "colors": check_colors(shades, len(shades)),
        "most": count,
    }


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
    max_boxes: int = 1,
    selected: tuple[float, float] | None = None,
    brush_px: float | None = None,
    ink_size: int = 28,
    live_url: str | None = None,
    program: Mapping[str, Any] | None = None,
    frames: str | None = None,
    max_height_px: int = 520,
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
    max_boxes : int
        A reader draws a new box on empty ground while there are fewer; where one
        alone is allowed, the new one takes its place.
    selected : (x, y), optional
        Chosen place to start from in the modes "click" and "drag".
    live_url : str, optional
        Route asked while dragging (``?x=..&y=..``, ``?boxes=..`` or ``?ink=..``), one
        request at a time; it answers a picture or JSON.
    frames : str, optional
        Key of the scrubber whose frame number the layers' first/last follow.
    pixelated : bool
        Show the pixels as squares and send the picture without loss.

    Raises
    ------
    ValueError
        A sentence about the first argument that does not fit.
    """
    array = check_image(image)
    height, width = array.shape[:2]
    _check(mode, alt, max_boxes, ink_size, max_height_px)
    name, params = _program(program)
    if live_url is not None and not live_url.startswith("/"):
        raise ValueError(f"live_url is a path of this server, got {live_url!r}")
    start = None if boxes is None else read_boxes(boxes, width, height, max_boxes)
    if boxes is not None and start is None:
        raise ValueError("boxes of a stage must be finite with shape (N, 4)")
    mount = stage_component(name)
    state = _state(key)
    wishes: dict[str, Any] = {
        "boxes": None if start is None else start.tolist(),
        "click": None if selected is None else list(selected),
        "point": None if selected is None else list(selected),
    }
    held = {
        slot: agree(key, slot, wishes.get(slot), state.get(slot)) for slot in _SLOTS
    }
    event = _event(held, width, height, mode, cell or (1, 1), max_boxes, ink_size)
    mount(
        key=key,
        data={
            "key": key,
            "src": data_url(array, pixelated),
            "w": width,
            "h": height,
            "alt": alt,
            "mode": mode,
            "cell": list(cell or (1, 1)),
            "cells": cell is not None,
            "pixelated": pixelated or max(width, height) <= SMALL_PX,
            "maxHeight": max_height_px,
            "layers": _json("layers", [layer.data() for layer in layers]),
            "hover": "null" if hover is None else _json("hover", hover.data()),
            "program": params,
            "edit": _edit_style(max_boxes, box_labels, box_colors),
            "brush": {"px": brush_px or max(width, height) / 14, "size": ink_size},
            "live": live_url,
            "frames": frames,
            "held": {slot: {"v": v, "rev": rev} for slot, (v, rev) in held.items()},
        },
        on_click_change=_nothing,
        on_boxes_change=_nothing,
        on_ink_change=_nothing,
        on_point_change=_nothing,
        on_program_change=_nothing,
    )
    return event


def _state(key: str) -> Mapping[str, Any]:
    """Return the component's state as last committed, before it is mounted again."""
    import streamlit as st

    state = st.session_state.get(key)
    return state if isinstance(state, Mapping) else {}


def _event(
    held: Mapping[str, tuple[Any, int]],
    width: int,
    height: int,
    mode: str,
    cell: tuple[float, float],
    max_boxes: int,
    ink_size: int,
) -> StageEvent:
    value = {slot: v for slot, (v, _) in held.items()}
    place = read_point(value["click"], width, height)
    program = value["program"]
    return StageEvent(
        click=as_click(place, cell, width, height) if mode == "click" else None,
        boxes=read_boxes(value["boxes"], width, height, max_boxes)
        if mode == "boxes"
        else None,
        ink=read_ink(value["ink"], ink_size) if mode == "brush" else None,
        point=read_point(value["point"], width, height) if mode == "drag" else None,
        program=dict(program) if isinstance(program, Mapping) else None,
    )
