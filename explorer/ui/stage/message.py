"""What the browser is told of a picture and of what lies over it, as plain JSON."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.figures.layers import Layer
from explorer.figures.packing import pack
from explorer.ui.stage.encode import SMALL_PX, data_url
from explorer.ui.stage.event import Hover

_SCALARS = frozenset((str, int, float, bool, type(None)))
SCREEN_PX = (40, 2000)  # least and most a picture may be allowed on a side


def _plain(value: Any) -> Any:
    """Return parameters with every numpy array packed and every scalar plain.

    Most values are numbers in long lists: those are let through whole, by their exact
    types, before anything is asked of each.
    """
    if type(value) in _SCALARS:
        return value
    if isinstance(value, (list, tuple)):
        if set(map(type, value)) <= _SCALARS:
            return value
        return [_plain(one) for one in value]
    if isinstance(value, (dict, Mapping)):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, np.ndarray):
        return pack(value)
    if isinstance(value, np.generic):
        return value.item()
    return value


def as_json(what: str, value: Any) -> str:
    """Return a value as JSON text; ``what`` it is stands in the complaint.

    Examples
    --------
    >>> as_json("the parameters", {"size": np.int64(3)})
    '{"size":3}'
    """
    try:
        return json.dumps(_plain(value), allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as reason:
        raise ValueError(
            f"{what} of a stage must be finite JSON values: {reason}"
        ) from None


def picture(
    array: NDArray[np.uint8],
    alt: str,
    pixelated: bool,
    most: tuple[int | None, int],
    least: int | None = None,
) -> dict[str, Any]:
    """Return the picture and how large it may be, in px.

    ``most`` is (width, height); ``least``, a width, or none.
    """
    if not alt.strip():
        raise ValueError("a stage needs alt: what the picture shows, in a few words")
    names = ("max_width_px", "max_height_px", "min_width_px")
    for name, value in zip(names, (*most, least), strict=True):
        if value is not None and not SCREEN_PX[0] <= value <= SCREEN_PX[1]:
            low, high = SCREEN_PX
            raise ValueError(f"{name} must lie in {low}..{high}, got {value}")
    height, width = array.shape[:2]
    return {
        "src": data_url(array, pixelated),
        "w": width,
        "h": height,
        "alt": alt,
        "pixelated": pixelated or max(width, height) <= SMALL_PX,
        "maxWidth": most[0],
        "maxHeight": most[1],
        "minWidth": least,
    }


def overlay(layers: Sequence[Layer], hover: Hover | None) -> dict[str, str]:
    """Return what lies over the picture and what is read out of it."""
    return {
        "layers": as_json("layers", [layer.data() for layer in layers]),
        "hover": "null" if hover is None else as_json("hover", hover.data()),
    }
