"""The view in the URL, for what is not one widget's own value.

Widgets bind themselves (``explorer.ui.controls``). What remains is set here: the
image, the projector switch, boxes dragged and pixels clicked on a stage. Such a
parameter is written by hand, so it also survives a change of page.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.ui.literal import as_written

Plain = str | int | float | tuple[float, ...]


def note(sentence: str) -> None:
    """Say a sentence about the link at the top of the page, once a run.

    It may quote the link: all of it is shown as written, none of it as Markdown.
    """
    sentence = as_written(sentence)
    notes = st.session_state.setdefault("_link_notes", [])
    if sentence not in notes:
        notes.append(sentence)


def take_notes() -> list[str]:
    """Return the sentences said since the last call, and forget them."""
    notes: list[str] = st.session_state.pop("_link_notes", [])
    return notes


def write(name: str, value: Plain, default: Plain) -> None:
    """Put a value into the URL; a default is left out, to keep links short."""
    if value == default:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != as_text(value):
        st.query_params[name] = as_text(value)


def as_text(value: Plain) -> str:
    """Write a value as the URL holds it: tuples joined by commas.

    Examples
    --------
    >>> as_text((12.0, 30.25))
    '12,30.25'
    """
    if isinstance(value, tuple):
        return ",".join(f"{float(v):.6g}" for v in value)
    return str(value)


def from_text(text: str, default: Plain) -> Plain:
    """Read a value of the default's type; a tuple keeps the default's length.

    An empty default tuple admits any length.

    Raises
    ------
    ValueError
        If the text is not of that type, not finite, or of another length.

    Examples
    --------
    >>> from_text("1,2.5", (0.0, 0.0))
    (1.0, 2.5)
    >>> from_text("7", 3)
    7
    """
    if isinstance(default, str):
        return text
    if isinstance(default, tuple):
        numbers = tuple(float(part) for part in text.split(",")) if text else ()
        if default and len(numbers) != len(default):
            raise ValueError(f"{len(default)} numbers are needed, got {text!r}")
        if not all(abs(number) < 1e6 for number in numbers):
            raise ValueError(f"numbers must be finite and below 1e6, got {text!r}")
        return numbers
    return type(default)(text)


class _Remember:
    """A value of the present lesson that lives in the session and in the URL."""

    def __call__(
        self, key: str, default: Any, parse: Callable[[str], Any] | None = None
    ) -> Any:
        """Return the value of this lesson's ``key``: session, else link, else default.

        ``parse`` turns the URL's text into the value and raises ValueError when it
        can't; without it the default's type decides.
        """
        name = _full(key)
        if name not in st.session_state:
            st.session_state[name] = default
            text = st.query_params.get(name)
            if text is not None:
                try:
                    st.session_state[name] = (
                        parse(text) if parse else from_text(text, default)
                    )
                except ValueError:
                    st.query_params.pop(name, None)
                    note(
                        f"The link asked for {key} = “{text[:40]}”, which can't be "
                        "read; the page shows its usual value instead."
                    )
        return st.session_state[name]

    def name(self, key: str) -> str:
        """Return the name of this lesson's ``key`` in session and URL."""
        return _full(key)

    def forget(self, of: str, *keys: str, default: Plain = ()) -> None:
        """Drop this lesson's ``keys`` once they belong to another ``of``.

        ``of`` names what they were chosen on: a picture's digest, mostly. The first
        one named keeps what the link asks for.
        """
        seen = f"_of_{_full(keys[0])}"
        if st.session_state.get(seen, of) != of:
            for key in keys:
                self.set(key, default, default)
        st.session_state[seen] = of

    def set(self, key: str, value: Any, default: Any = None) -> None:
        """Store a value for this lesson's ``key`` and put it into the URL."""
        name = _full(key)
        st.session_state[name] = value
        write(name, value, default)


def _full(key: str) -> str:
    return f"{st.session_state.get('_lesson', 'page')}_{key}"


remember = _Remember()
