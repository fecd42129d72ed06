"""Checks every layer shares, and arrays as JSON for the browser."""

import base64
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_TYPES = {"f": "<f4", "u": "<u1", "i": "<i4", "b": "<u1"}


def pack(values: ArrayLike) -> dict[str, Any]:
    """Return an array as JSON: its type (f4, u1 or i4), its shape and base64 bytes.

    Floats are sent as float32, booleans and unsigned bytes as bytes, all other
    integers as int32; the browser's ``unpack`` gives the typed array back.

    Examples
    --------
    >>> pack(np.array([[1, 2]], np.uint8))
    {'dtype': 'u1', 'shape': [1, 2], 'b64': 'AQI='}
    """
    array = np.asarray(values)
    code = _TYPES.get(array.dtype.kind)
    if code is None:
        raise ValueError(f"only numbers can be packed, got dtype {array.dtype}")
    if array.dtype.kind == "u" and array.dtype.itemsize > 1:
        code = "<i4"
    raw = np.ascontiguousarray(array, dtype=code).tobytes()
    return {
        "dtype": code[1:],
        "shape": list(array.shape),
        "b64": base64.b64encode(raw).decode("ascii"),
    }


def check_rows(name: str, values: ArrayLike, width: int) -> NDArray[np.float64]:
    """Return (N, width) finite floats, or say what was wrong with ``values``."""
    array = np.asarray(values, dtype=np.float64)
    if array.size == 0:
        return np.zeros((0, width))
    if array.ndim != 2 or array.shape[1] != width:
        raise ValueError(f"{name} must have shape (N, {width}), got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got nan or infinity")
    return array


def check_colors(color: str | Sequence[str], count: int) -> list[str]:
    """Return one colour for all items or one each, checked to be ``#RRGGBB``.

    Raises
    ------
    ValueError
        If a colour is not written ``#RRGGBB`` or their number is neither 1 nor
        ``count``.

    Examples
    --------
    >>> check_colors("#009E73", 3)
    ['#009E73']
    """
    colors = [color] if isinstance(color, str) else list(color)
    for one in colors:
        if not _HEX.fullmatch(one):
            raise ValueError(f"a colour is written #RRGGBB, got {one!r}")
    if len(colors) not in (1, count):
        raise ValueError(f"{len(colors)} colours for {count} items: give one or all")
    return colors


def check_strings(
    name: str, strings: Sequence[str] | None, count: int
) -> list[str] | None:
    """Return the labels as a list of ``count`` strings, or None."""
    if strings is None:
        return None
    if len(strings) != count:
        raise ValueError(f"{len(strings)} {name} for {count} items: give one each")
    return [str(one) for one in strings]


def check_frames(
    first: ArrayLike | None, last: ArrayLike | None, count: int
) -> dict[str, Any]:
    """Return the frame limits of items that come and go with a scrubber."""
    found: dict[str, Any] = {}
    for name, values in (("first", first), ("last", last)):
        if values is None:
            continue
        array = np.asarray(values, dtype=np.int64)
        if array.shape != (count,):
            raise ValueError(
                f"{name} must have shape ({count},), one frame number an item, "
                f"got {array.shape}"
            )
        found[name] = pack(np.clip(array, -(2**31), 2**31 - 1))
    return found
