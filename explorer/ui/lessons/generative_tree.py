"""The tree of models: what each can compute, and where the course runs one."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.model_tree import KINDS
from explorer.figures.model_tree import TEXT, tree_diagram
from explorer.ui import live
from explorer.ui.catalogue import BY_SLUG
from explorer.ui.lesson import remember
from explorer.ui.lessons import generative_kinds_words as words
from explorer.ui.stage.stage import committed_program, stage

KEY = "kinds_tree"
LEAST_PX = 760  # or its letters were below 11 px, on a phone
NAMES = tuple(kind.name for kind in KINDS)
FIRST = "VAE"


def parse_name(text: str) -> str:
    """Read a kind from a link.

    Raises
    ------
    ValueError
        If there is none of that name.

    Examples
    --------
    >>> parse_name("GAN")
    'GAN'
    """
    if text not in NAMES:
        raise ValueError(f"{text!r} is none of {NAMES}")
    return text


def _drawn() -> tuple[NDArray[np.uint8], dict[str, Any]]:
    return tree_diagram(KINDS).drawn()


def tree() -> None:
    """Show the tree; a click says what a kind is and where it runs here."""
    chosen = NAMES.index(remember("kind", FIRST, parse_name))
    sent = committed_program(KEY)
    if sent.get("tick") != st.session_state.get("_kind_tick"):
        st.session_state["_kind_tick"] = sent.get("tick")
        row = sent.get("level")
        if isinstance(row, int) and 0 <= row < len(KINDS):
            chosen = row
            remember.set("kind", NAMES[row], FIRST)
    base, data = live.compute("diagram", _drawn)
    stage(
        base,
        key=KEY,
        alt=words.TREE_ALT,
        program={
            "name": "diagram",
            **data,
            "chosen": chosen,
            "text": TEXT,
            "hint": words.TREE_HINT,
        },
        max_height_px=430,
        min_width_px=LEAST_PX,
    )
    kind = KINDS[chosen]
    st.markdown(words.kind(kind))
    with st.container(horizontal=True, gap="small"):
        for slug in kind.here:
            if slug != st.session_state["_lesson"]:
                lesson = BY_SLUG[slug]
                st.page_link(lesson.file, label=lesson.title, icon=lesson.icon)
    st.caption(words.TREE_SAID)
