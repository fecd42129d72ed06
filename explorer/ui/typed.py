"""A field for a short text, bound to the URL, that gives up what cannot be read."""

from collections.abc import Callable

import streamlit as st

from explorer.ui import link
from explorer.ui.controls import BIND, CONTROL_WIDTH_PX
from explorer.ui.literal import as_written

MOST_CHARS = 40
RUNS = "_page_runs"  # in the session


def count_run() -> None:
    """Count a run of a page or of a lesson's body: what one left out was gone."""
    st.session_state[RUNS] = st.session_state.get(RUNS, 0) + 1


def _was_gone(name: str) -> bool:
    """Whether the page ran without this field since it was last shown.

    Streamlit can't tell: it keeps a bound field's value while the field is away.
    """
    runs, last = st.session_state.get(RUNS, 0), f"_{name}_shown_in"
    before = st.session_state.get(last, runs)
    st.session_state[last] = runs
    return bool(runs - before > 1)


def _too_long(label: str, asked: str) -> str:
    if len(asked) <= MOST_CHARS:
        return ""
    return (
        f"The link asked for {label} = “{asked[:MOST_CHARS]}…”, longer than "
        f"the {MOST_CHARS} characters of this field."
    )


def text(
    label: str,
    default: str,
    *,
    key: str,
    help: str | None = None,
    width_px: int = CONTROL_WIDTH_PX,
    why_not: Callable[[str], str],
) -> str:
    """Return what a reader typed, or what held before if it cannot be read.

    ``why_not`` returns a sentence about a text that cannot be read, "" for others. It
    stands below the field until another text is taken; neither field nor link keep
    what was refused.
    """
    name = link.remember.name(key)
    told, held = f"_{name}_refused", f"_{name}_held"
    if _was_gone(name):
        st.session_state.pop(told, None)
    if name not in st.session_state:
        st.session_state[held] = default
        asked = st.query_params.get(name, default)
        if refused := _too_long(label, asked) or why_not(asked):
            st.session_state[told] = refused
            del st.query_params[name]
            st.rerun()

    def take() -> None:
        typed = st.session_state[name]
        st.session_state[told] = why_not(typed)
        if st.session_state[told]:
            st.session_state[name] = st.session_state[held]

    typed = st.text_input(
        label,
        default,
        key=name,
        bind=BIND,
        help=help,
        width=width_px,
        max_chars=MOST_CHARS,
        on_change=take,
    )
    st.session_state[held] = typed
    if st.session_state.get(told):
        st.info(
            f"{as_written(st.session_state[told])} The page goes on with {typed}.",
            icon=":material/edit_off:",
        )
    return typed
