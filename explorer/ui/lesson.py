"""The furniture every lesson shares: header, controls, proof, timing, code, sources."""

import inspect
import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

import numpy as np
import streamlit as st
from streamlit.errors import StreamlitAPIException

from explorer.core.numerals import singular
from explorer.core.proof import Proof
from explorer.ui import imagebar, link, live, plan_home, planning, projector, typed
from explorer.ui.catalogue import BY_SLUG, Lesson, neighbours
from explorer.ui.controls import tabs
from explorer.ui.fragment import fragment
from explorer.ui.link import remember
from explorer.ui.resort import last_resort
from explorer.ui.share import share

__all__ = [
    "Question",
    "again",
    "body",
    "close_lesson",
    "controls",
    "open_lesson",
    "remember",
]

NOTE_SECONDS = 20  # a note about the link stays through the reruns of a first drag
MAX_CSV_ROWS = 20_000
TIMES_HELP = (
    "How long each stage took on this machine. “Kept” means that the same question "
    "was answered before: its answer is shown again, with the time it took then."
)

NOT_TIMED = (
    "Nothing was timed: this view needs no network and no long step, its numbers are "
    "worked out as it is drawn."
)


@dataclass(frozen=True)
class Question:
    """Ask before showing: what the reader should predict, and why it is so."""

    ask: str
    options: tuple[str, ...]
    answer: int
    why: str


def open_lesson(slug: str) -> None:
    """Write the header of a lesson: title, question, image slot, neighbours.

    Raises
    ------
    KeyError
        If the catalogue has no such lesson.
    """
    lesson = BY_SLUG[slug]
    planning.arrive(slug)
    imagebar.arrive(slug)
    st.session_state["_lesson"] = slug
    st.session_state["_stages"] = {}
    with st.container(key="lesson_header"):
        title, image, way = st.columns([4.25, 4.65, 3.1], vertical_alignment="center")
    with title:
        st.title(lesson.title, anchor=False)
        st.markdown(f"**{lesson.question}**")
    st.session_state["_image_slot"] = image.container()
    with way:
        _way(lesson)
    st.session_state["_notes_slot"] = st.container()


def _way(lesson: Lesson) -> None:
    """Links to the lessons beside this one or in the plan, Share, the projector."""
    with st.container(
        key="lesson_way", horizontal=True, horizontal_alignment="right", gap="small"
    ):
        if not planning.way(lesson):
            _beside(lesson)
        share(plan_home.add_this_view, planning.share_query)
        projector.switch()
        planning.line(lesson)


def _beside(lesson: Lesson) -> None:
    before, after = neighbours(lesson.slug)
    for other, icon in (
        (before, ":material/arrow_back:"),
        (after, ":material/arrow_forward:"),
    ):
        word = "Previous" if icon == ":material/arrow_back:" else "Next"
        if other is None:  # at an end the link keeps its place
            st.page_link(lesson.file, label=word, icon=icon, disabled=True)
        else:
            st.page_link(other.file, label=word, icon=icon, help=other.title)


def body(draw: Callable[[], None]) -> Callable[[], None]:
    """Make all below the header one fragment: a control reruns it, and nothing else.

    Without the frame around it a moved control's picture takes two thirds of the time.

    Parameters
    ----------
    draw : function without arguments that shows the controls and what follows.
    """
    header, credit = dict(st.session_state["_stages"]), imagebar.credit()

    @fragment
    @wraps(draw)
    def below() -> None:
        st.session_state["_stages"] = dict(header)
        imagebar.set_credit(credit)  # the body may show a bar of its own, or none now
        st.session_state["_notes_slot"] = st.container()
        typed.count_run()
        with last_resort():
            draw()

    return below


def again() -> None:
    """Run the body once more from its top, for what was drawn before it was known."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:  # the whole page is running, not the body alone
        st.rerun()


@contextmanager
def controls() -> Iterator[None]:
    """Put the widgets of the body into one toolbar above the picture."""
    with st.container(
        horizontal=True, border=True, vertical_alignment="bottom", key="controls"
    ):
        yield


def close_lesson(
    *,
    code: Sequence[Callable[..., Any]],
    proof: Proof | Sequence[Proof],
    predict: Question,
    sources: Sequence[str],
    numbers: Mapping[str, Any] | None = None,
) -> None:
    """Prove, time, ask, show the running code, offer the numbers, cite.

    Parameters
    ----------
    code : functions whose running source is shown.
    proof : what the live comparisons with the reference found.
    predict : the question to answer before looking.
    sources : paper and section, one a line.
    numbers : arrays and plain values to download; 2-D arrays also as CSV.
    """
    with st.container(key="proof_line", gap="small"):
        for one in [proof] if isinstance(proof, Proof) else proof:
            st.markdown(proof_text(one))
        st.caption(timing_text(live.stages()), help=TIMES_HELP)
    _tabs(code, predict, sources, numbers or {})
    imagebar.credit_in_hall()
    _show_notes()


def _tabs(
    code: Sequence[Callable[..., Any]],
    predict: Question,
    sources: Sequence[str],
    numbers: Mapping[str, Any],
) -> None:
    """Show the open tab alone: code in four closed ones would slow each slider."""
    names = ["Predict, then reveal", "The code that ran", "Downloads", "Sources"]
    ask, source, take, cite = tabs("the tab", names, key="tabs")
    if ask.open:
        with ask:
            _ask(predict)
    if source.open:
        with source:
            for function in code:
                st.code(inspect.getsource(function), language="python")
    if take.open:
        with take:
            _downloads(numbers)
    if cite.open:
        with cite:
            st.markdown("\n".join(f"- {line}" for line in sources))


def proof_text(proof: Proof) -> str:
    """Write a proof as one line of markdown; red when it does not hold."""
    unit = f" {proof.unit.strip()}" if proof.unit else ""
    note = f" — {proof.note}" if proof.note else ""
    if proof.holds:
        head = f":green[:material/verified: **matches**] `{proof.reference}`"
    else:
        head = f":red[:material/error: **differs from**] `{proof.reference}`"
    allowed = f" {singular(proof.unit)}" if proof.tolerance == 1 else unit
    return (
        f"{head}, max |Δ| = {_size(proof.delta)}{unit} "
        f"(allowed {_size(proof.tolerance)}{allowed}){note}"
    )


def _size(value: float) -> str:
    """Write a difference with two digits, whole numbers of things in full."""
    whole = value == int(value) if abs(value) < 1e9 else False
    return f"{int(value):,}" if whole else f"{value:.2g}"


def timing_text(stages: Sequence[live.Stage]) -> str:
    """Write the page's times: each stage, those kept from before marked, the device."""
    from explorer.models import device

    if not stages:
        return NOT_TIMED
    parts = [f"{s.name} {_time(s.ms)}{' (kept)' if s.kept else ''}" for s in stages]
    devices = {s.device for s in stages if s.device} or {device.describe()}
    return " · ".join([*parts, "on " + ", ".join(sorted(devices))])


def _time(ms: float) -> str:
    return f"{ms / 1e3:.2f} s" if ms >= 999.5 else f"{ms:.3g} ms"


def _ask(question: Question) -> None:
    slug = st.session_state["_lesson"]
    guess = st.radio(question.ask, question.options, index=None, key=f"{slug}_guess")
    if guess is None:
        st.caption("Choose an answer, and the explanation appears.")
    elif guess == question.options[question.answer]:
        st.success(f"Yes. {question.why}", icon=":material/check:")
    else:
        right = question.options[question.answer]
        st.info(f"It is “{right}”. {question.why}", icon=":material/lightbulb:")


def npz_bytes(numbers: Mapping[str, Any]) -> bytes:
    """Pack arrays and plain values into one NumPy archive."""
    buffer = io.BytesIO()
    arrays: dict[str, Any] = {k: np.asarray(v) for k, v in numbers.items()}
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def csv_bytes(array: Any) -> bytes:
    """Write a one- or two-dimensional array as CSV, at most 20,000 rows."""
    rows = np.atleast_2d(np.asarray(array))[:MAX_CSV_ROWS]
    buffer = io.StringIO()
    np.savetxt(buffer, rows, fmt="%.10g", delimiter=",")
    return buffer.getvalue().encode()


def _downloads(numbers: Mapping[str, Any]) -> None:
    slug = st.session_state["_lesson"]
    st.caption("The picture: “Save PNG” under it. The numbers behind it:")
    with st.container(horizontal=True):
        st.download_button(
            "All numbers (NPZ)",
            partial(npz_bytes, numbers),
            f"{slug}.npz",
            "application/octet-stream",
            key=f"{slug}_npz",
            on_click="ignore",
            icon=":material/download:",
        )
        for name, value in numbers.items():
            array = np.asarray(value)
            if array.ndim in (1, 2) and array.dtype.kind in "biuf":
                st.download_button(
                    f"{name} (CSV)",
                    partial(csv_bytes, array),
                    f"{slug}_{name}.csv",
                    "text/csv",
                    key=f"{slug}_csv_{name}",
                    on_click="ignore",
                    icon=":material/table:",
                )


def _show_notes() -> None:
    """Keep what a bad link made the page say in sight for a while."""
    held = st.session_state.setdefault("_held_notes", [])
    now = time.monotonic()
    slug = st.session_state["_lesson"]
    held.extend((now, slug, sentence) for sentence in link.take_notes())
    held[:] = [n for n in held if now - n[0] < NOTE_SECONDS and n[1] == slug]
    with st.session_state["_notes_slot"]:
        for _, _, sentence in held:
            st.info(sentence, icon=":material/link_off:")
