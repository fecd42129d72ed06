"""Streamlit's widgets, bound to the URL, with a note when a link asks too much.

Each takes a short ``key``; the lesson's slug is put before it, so that two lessons
never share a parameter.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import streamlit as st
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer
from streamlit.elements.lib.mutable_tab_container import TabContainer

from explorer.ui import link

T = TypeVar("T")
BIND: Final = "query-params"
CONTROL_WIDTH_PX = 210


def _same(asked: str, value: object) -> bool:
    if asked.strip().lower() == str(value).strip().lower():
        return True
    try:
        return float(asked) == float(str(value))
    except ValueError:
        return False


def _refuse_endless(label: str, name: str) -> None:
    """Take a number without end out of the link: Streamlit falls over it."""
    asked = st.query_params.get(name, "")
    try:
        endless = not math.isfinite(float(asked))
    except ValueError:
        return
    if endless:
        link.note(
            f"The link asked for {label} = “{asked[:40]}”, which has no end; the page "
            "shows its usual value instead."
        )
        del st.query_params[name]
        st.rerun()


def _checked(
    label: str,
    name: str,
    draw: Callable[[], T],
    written: Callable[[T], str] = str,
) -> T:
    """Draw a bound widget; say so when Streamlit refused what the link asked for.

    ``written`` is how a value stands in the URL: an option by its label. What the
    reader chose herself, and another control then ruled out, is not the link's.
    """
    chosen = name in st.session_state
    asked = None if chosen else st.query_params.get(name)
    value = draw()
    refused = asked is not None and name not in st.query_params
    if asked is not None and refused and not _same(asked, written(value)):
        link.note(
            f"The link asked for {label} = “{asked[:40]}”, which this page does "
            f"not offer; it shows {written(value)} instead."
        )
    return value


def _hold_inside(name: str, low: Any, high: Any) -> None:
    """Bring a kept value to the nearest end, where another control moved the ends.

    Streamlit keeps what a hidden slider had and refuses it, in red, when it is back.
    """
    kept = st.session_state.get(name)
    if kept is not None and not low <= kept <= high:
        st.session_state[name] = type(kept)(min(max(kept, low), high))


def _hold_among(name: str, options: Sequence[T], default: T) -> None:
    """Give up a kept option that another control took off the list, link and all."""
    if name in st.session_state and st.session_state[name] not in options:
        st.session_state[name] = default


def slider(
    label: str,
    low: Any,
    high: Any,
    default: Any,
    step: Any,
    *,
    key: str,
    help: str | None = None,
    disabled: bool = False,
    format: str | None = None,
    width_px: int = CONTROL_WIDTH_PX,
) -> Any:
    """Return a number between low and high, of the default's type."""
    name = link.remember.name(key)
    _refuse_endless(label, name)
    _hold_inside(name, low, high)
    return _checked(
        label,
        name,
        lambda: st.slider(
            label,
            low,
            high,
            default,
            step,
            key=name,
            bind=BIND,
            help=help,
            disabled=disabled,
            format=format,
            width=width_px,
        ),
    )


def number(
    label: str,
    low: Any,
    high: Any,
    default: Any,
    *,
    key: str,
    step: Any = 1,
    help: str | None = None,
    width_px: int = CONTROL_WIDTH_PX // 2 + 35,
) -> Any:
    """Return a number typed or stepped, of the default's type."""
    name = link.remember.name(key)
    _refuse_endless(label, name)
    _hold_inside(name, low, high)
    return _checked(
        label,
        name,
        lambda: st.number_input(
            label,
            low,
            high,
            default,
            step,
            key=name,
            bind=BIND,
            help=help,
            width=width_px,
        ),
    )


def select(
    label: str,
    options: Sequence[T],
    default: T,
    *,
    key: str,
    format_func: Callable[[T], str] = str,
    help: str | None = None,
    width_px: int = CONTROL_WIDTH_PX,
) -> T:
    """Return one of many options, from a drop-down list."""
    name = link.remember.name(key)
    _hold_among(name, options, default)
    return _checked(
        label,
        name,
        lambda: st.selectbox(
            label,
            options,
            index=list(options).index(default),
            format_func=format_func,
            key=name,
            bind=BIND,
            help=help,
            width=width_px,
        ),
        format_func,
    )


def choose(
    label: str,
    options: Sequence[T],
    *,
    key: str,
    default: T | None = None,
    format_func: Callable[[T], str] = str,
    help: str | None = None,
) -> T:
    """Return one of a few options, all of them in sight; the first by default."""
    name = link.remember.name(key)
    first = options[0] if default is None else default
    _hold_among(name, options, first)
    value = _checked(
        label,
        name,
        lambda: st.segmented_control(
            label,
            options,
            default=first,
            required=True,
            format_func=format_func,
            key=name,
            bind=BIND,
            help=help,
        ),
        format_func,
    )
    return first if value is None else value  # a link may leave it empty


def toggle(label: str, default: bool, *, key: str, help: str | None = None) -> bool:
    """Return a switch's position."""
    name = link.remember.name(key)
    return _checked(
        label,
        name,
        lambda: st.toggle(label, default, key=name, bind=BIND, help=help),
    )


def _spell_fold(name: str) -> None:
    """Have what a link says of a fold in Streamlit's spelling; closed is left out."""
    asked = st.query_params.get(name, "").strip().lower()
    if name in st.session_state:
        return
    if asked in ("false", "closed"):
        del st.query_params[name]
    elif asked == "open":
        st.query_params[name] = "true"
        st.rerun()


def fold(label: str, *, key: str, icon: str | None = None) -> ExpanderContainer:
    """Return what is closed until a reader or the link opens it, as ``.open`` says.

    A link may spell it "true" or "open", "false" or "closed".
    """
    name = link.remember.name(key)
    _spell_fold(name)
    return _checked(
        label,
        name,
        lambda: st.expander(label, key=name, bind=BIND, icon=icon),
        lambda shown: "open" if shown.open else "closed",
    )


def tabs(label: str, names: Sequence[str], *, key: str) -> Sequence[TabContainer]:
    """Return tabs, the first one open until a reader or the link opens another.

    ``label`` is what a note about the link calls them.
    """
    name = link.remember.name(key)
    return _checked(
        label,
        name,
        lambda: st.tabs(names, key=name, bind=BIND),
        lambda shown: next(n for n, one in zip(names, shown, strict=True) if one.open),
    )
