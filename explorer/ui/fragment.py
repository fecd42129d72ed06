"""A part of a lesson that runs alone when it is used, and leaves its view noted."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import streamlit as st

from explorer.ui import planning

P = ParamSpec("P")
T = TypeVar("T")


def fragment(draw: Callable[P, T]) -> Callable[P, T]:
    """Return what ``st.fragment`` does, and note the link as the lesson's last view.

    A step of a scrubber or a click on a stage runs its own part and no more of the
    page, so each part notes what it wrote; one that fails does so, too.
    """

    @st.fragment
    @wraps(draw)
    def part(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return draw(*args, **kwargs)
        finally:
            slug = st.session_state.get("_lesson")
            if slug is not None:
                planning.saw(slug)

    alone: Callable[P, T] = part
    return alone
