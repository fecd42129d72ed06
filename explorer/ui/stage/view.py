"""What a reader chose in a stage's panel, kept in the address: a few numbers a name.

Places, boxes and ink have slots of their own, and pages write those into the link. A
choice that only the stage's script knows (a pinned cell, a level, a slider of the
panel) goes through here: the script calls ``s.keep(name, numbers)``, and on another
screen ``s.kept(name, count)`` gives them back. Both ends treat it as a guess of a
stranger: here it is bounded, and a program checks that the numbers fit what it shows.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from explorer.ui.link import remember
from explorer.ui.stage.memory import committed

SLOT = "view"
MOST_NAMES, MOST_NUMBERS, MOST = 8, 4, 1e6
_NAME = re.compile(r"[a-z]{1,12}")
View = dict[str, list[float]]


def from_text(text: str) -> View:
    """Return the choices that an address holds.

    Raises
    ------
    ValueError
        If the text is not a few names with a few finite numbers each.

    Examples
    --------
    >>> from_text("cell:3,4;split:0.25")
    {'cell': [3.0, 4.0], 'split': [0.25]}
    """
    parts = (part.partition(":") for part in text.split(";") if part)
    view = read({name: numbers.split(",") for name, _, numbers in parts})
    if view is None:
        raise ValueError(f"no choices of a stage: {text[:40]!r}")
    return view


def as_text(view: View) -> str:
    """Write choices as an address holds them; ``from_text`` reads them back.

    Examples
    --------
    >>> as_text({"cell": [3.0, 4.0]})
    'cell:3,4'
    """
    return ";".join(
        f"{name}:{','.join(f'{v:.6g}' for v in numbers)}"
        for name, numbers in view.items()
    )


def read(value: object) -> View | None:
    """Return choices as a browser or an address gives them, None if they are not.

    Examples
    --------
    >>> read({"level": [2]}), read({"level": ["x"]}), read("nonsense")
    ({'level': [2.0]}, None, None)
    """
    if not isinstance(value, Mapping) or len(value) > MOST_NAMES:
        return None
    view = {name: _numbers(numbers) for name, numbers in value.items()}
    if not all(isinstance(name, str) and _NAME.fullmatch(name) for name in view):
        return None
    return {k: v for k, v in view.items() if v} if all(view.values()) else None


def _numbers(value: object) -> list[float]:
    """Return one to four finite numbers, nothing if they are anything else."""
    if not isinstance(value, list) or len(value) > MOST_NUMBERS:
        return []
    try:
        numbers = [float(one) for one in value]
    except (TypeError, ValueError):
        return []
    good = all(math.isfinite(one) and abs(one) < MOST for one in numbers)
    return numbers if good else []


def hold(key: str, state: Mapping[str, Any]) -> View:
    """Return the choices on the stage ``key``, kept in session and address."""
    name = f"{key}_view"
    sent = read(committed(state.get(SLOT))[0])
    if sent is None:
        sent = from_text(remember(name, "", _checked))
    remember.set(name, as_text(sent), "")
    return sent


def _checked(text: str) -> str:
    return as_text(from_text(text))
