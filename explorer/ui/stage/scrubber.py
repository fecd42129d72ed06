"""The scrubber: step through a list of frames; stages that follow it redraw at once."""

from collections.abc import Mapping, Sequence

import streamlit as st

from explorer.ui.link import remember
from explorer.ui.stage.assets import scrubber_component
from explorer.ui.stage.memory import agree

_ICONS = {
    "first": "M3 3h2v10H3zM13 3v10L6 8z",
    "back": "M11 3v10L4 8z",
    "play": "M4 2.5v11L13 8z",
    "next": "M5 3v10l7-5z",
    "last": "M11 3h2v10h-2zM3 3v10l7-5z",
}


def _button(name: str) -> str:
    return (
        f'<button class="{name}" type="button" aria-label="{name.title()}">'
        f'<svg viewBox="0 0 16 16" aria-hidden="true"><path d="{_ICONS[name]}"/></svg>'
        "</button>"
    )


_HTML = f"""<div class="bar" role="group"><span class="label"></span>
{"".join(_button(name) for name in _ICONS)}
<input class="range" type="range" min="0" step="1">
<select class="speed" aria-label="Speed"><option value="0.5">0.5&times;</option>
<option value="1" selected>1&times;</option><option value="2">2&times;</option>
<option value="4">4&times;</option></select>
<span class="now" aria-live="polite"></span></div>"""


def _nothing() -> None:
    """Let Streamlit know the state; the rerun itself is the answer."""


def scrubber(
    label: str,
    n: int,
    *,
    key: str,
    names: Sequence[str] | None = None,
    start: int | None = None,
    linked: str | None = None,
    first: int | None = 0,
) -> int:
    """Return how many of ``n`` steps are shown, 0..n, as the reader has set it.

    Parameters
    ----------
    label : str
        What a step is: "Rounds".
    n : int
        Number of steps; 0 shows an idle bar.
    key : str
        Identity; a stage with ``frames=key`` follows it in the browser.
    names : n or n + 1 strings, optional
        What each step does, said beside the bar: of steps 1..n, or of 0..n.
    start : int, optional
        Frame to start from; n without it.
    linked : str, optional
        Name under which the lesson's link carries the frame; not in it without.
    first : int or None, optional
        The number said of the first frame, "1 of n + 1" for 1, where a frame is a
        thing and not a step done; None says the names alone, which then hold it.

    Raises
    ------
    ValueError
        If ``n`` is negative, the names are neither n nor n + 1, or nothing would be
        said.
    """
    if n < 0:
        raise ValueError(f"a scrubber's number of steps is at least 0, got {n}")
    said = [] if names is None else [str(name) for name in names]
    if names is not None and len(said) not in (n, n + 1):
        raise ValueError(f"{len(said)} names for {n} steps: give {n} or {n + 1}")
    if first is None and len(said) != n + 1:
        raise ValueError("a scrubber without numbers needs a name for each frame")
    said = ["", *said] if names is not None and len(said) == n else said
    usual = n if start is None else start
    if linked is not None and key == remember.name(linked):
        raise ValueError(f"the scrubber's key {key!r} is the link's own name too")
    if linked is not None:
        start = int(remember(linked, usual))
    wish = None if start is None else min(max(int(start), 0), n)
    state = st.session_state.get(key)
    sent = state.get("frame") if isinstance(state, Mapping) else None
    held, rev = agree(key, "frame", wish, sent)
    shown = min(max(int(held), 0), n) if isinstance(held, (int, float)) else n
    if linked is not None:
        remember.set(linked, shown, usual)
    mount = scrubber_component(_HTML)
    mount(
        key=key,
        data={
            "key": key,
            "label": label,
            "n": n,
            "names": said,
            "first": first,
            "frame": shown,
            "rev": rev,
        },
        on_frame_change=_nothing,
    )
    return shown
