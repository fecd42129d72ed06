"""Who is right when Python and the browser each hold a value: one rule, kept here.

The browser owns what a reader drags. Python's argument is only a start value, until
it changes to something that is neither what it was nor what the last run returned:
then a page asks for it (a reset button, another picture) and it wins. Each such
change raises a revision number; what the browser committed under an older one is
late and does not count.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

_CLOSE = 1.0
_PREFIX = "_stage_memory:"


def _same(one: object, other: object) -> bool:
    """Whether two values are equal, numbers to within a rounding of the address."""
    if one is None or other is None:
        return one is other
    if isinstance(one, (str, dict)) or isinstance(other, (str, dict)):
        return bool(one == other)
    a, b = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    return a.shape == b.shape and bool(np.all(np.abs(a - b) < _CLOSE))


def committed(value: object) -> tuple[Any, int | None]:
    """Return what a browser committed and under which revision, None if unknown.

    Examples
    --------
    >>> committed({"v": 3, "rev": 1}), committed(3), committed(None)
    ((3, 1), (3, None), (None, None))
    """
    if isinstance(value, Mapping) and "rev" in value:
        rev = value["rev"]
        return value.get("v"), rev if isinstance(rev, int) else None
    return value, None


def peek(key: str, slot: str) -> Any:
    """Return what a browser last committed for a stage that is not yet mounted again.

    For pages whose picture depends on what was just done on it.
    """
    state = st.session_state.get(key)
    return committed(state.get(slot) if isinstance(state, Mapping) else None)[0]


def agree(key: str, slot: str, argument: Any, value: object) -> tuple[Any, int]:
    """Return the value that holds and its revision.

    Parameters
    ----------
    key, slot : str
        The component and which of its values.
    argument : JSON value or None
        What the page asks for; None when it has no wish.
    value : object
        The component's state as the browser last committed it, or None.
    """
    memory: dict[str, dict[str, Any]] = st.session_state.setdefault(_PREFIX + key, {})
    found, rev = committed(value)
    known = memory.get(slot)
    if known is None:
        known = memory[slot] = {"argument": argument, "returned": None, "rev": 0}
    elif argument is not None and not (
        _same(argument, known["argument"])
        or _same(argument, known["returned"])
        or _same(argument, found)  # taken up from the browser: not the page's wish
    ):
        known["rev"] += 1
        found = None
    known["argument"] = argument
    if rev is not None and rev != known["rev"]:
        found = None
    holds = argument if found is None else found
    known["returned"] = holds
    return holds, known["rev"]
