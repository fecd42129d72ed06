"""A reader's wait for the engine: its place is said, leaving ends it, being busy heals.

A script that waits looks up every tenth of a second: a reader who has gone, or has
moved a control on meanwhile, no longer wants what was asked.
"""

import contextlib
import dataclasses
import random
import time
from collections.abc import Iterator
from functools import partial
from typing import cast

import streamlit as st
from streamlit import runtime
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import ScriptRunContext, get_script_run_ctx

from explorer.models.answers import before_yours
from explorer.models.readers import UNKNOWN, Reader, present, reading

SILENT_S = 1.0  # a shorter wait is not worth a word
RETRY_S = 3.0  # between two looks for room, and half as much again by chance


@contextlib.contextmanager
def waiting() -> Iterator[Reader]:
    """Work for whose page runs here; outside a page for nobody new.

    Yields
    ------
    Reader
        Its ``wait`` says on the page how the wait goes; the words go with the block.
    """
    ctx = get_script_run_ctx(suppress_warning=True)
    if ctx is None:
        yield present()
        return
    patience = Patience(ctx)
    here = partial(_here, ctx.session_id)
    me = Reader(ctx.session_id, here, patience.wait)
    with reading(me):
        yield me
    patience.end()


def _here(session: str) -> bool:
    """Whether a session's page is still open."""
    if not runtime.exists():
        return True
    return bool(runtime.get_instance().is_active_session(session))


class Patience:
    """One wait of one page's script."""

    def __init__(self, ctx: ScriptRunContext) -> None:
        self.ctx = ctx
        self.since = time.monotonic()
        self.said = 0
        self.note: DeltaGenerator | None = None

    def wait(self, ahead: int) -> None:
        """Look up from the wait: leave if it is in vain, else say how it goes.

        Raises
        ------
        BaseException
            Streamlit's own, that stop or restart a script.
        """
        long = time.monotonic() - self.since > SILENT_S
        if ahead > 0 or (ahead == UNKNOWN and long):  # until then it may be at work
            _let_go(self.ctx)
        look_up = getattr(self.ctx, "yield_check", None)
        if look_up:
            look_up()
        if long and ahead and ahead != self.said:
            self.note = self.note or _place()
            self.note.info(place_text(ahead), icon=":material/hourglass_top:")
            self.said = ahead

    def end(self) -> None:
        """Take back what was said; a run that is broken off leaves nothing either."""
        if self.note is not None:
            self.note.empty()


def _place() -> DeltaGenerator:
    """Return where the place in the queue is said: one a run, lying over the page.

    Inside the part of the page that runs: a fragment may write nowhere else.
    """
    slot = st.session_state.get("_notes_slot") or st.container()
    last, place = st.session_state.get("_patience_place", (None, None))
    if last is not slot:
        place = slot.container(key="patience").empty()
        st.session_state["_patience_place"] = slot, place
    return cast(DeltaGenerator, place)


def place_text(ahead: int) -> str:
    """Say how many requests are before a reader's own, where that is known."""
    if ahead == UNKNOWN:
        return "The networks are busy or starting: the answer comes as soon as it can."
    return f"The machine is at work for others: {before_yours(ahead)}."


def _let_go(ctx: ScriptRunContext) -> None:
    """Have a control that was moved meanwhile end this run of the same fragment.

    Streamlit ends a run for a change outside fragments only; for one inside it waits
    until the run is done. While the queue is long that wait is for nothing. These are
    Streamlit's own fields: where another version has others, the wait goes on.
    """
    with contextlib.suppress(AttributeError, ImportError, TypeError):
        _end_for_a_move(ctx)


def _end_for_a_move(ctx: ScriptRunContext) -> None:
    from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

    asked, now = ctx.script_requests, ctx.fragment_ids_this_run
    if asked is None or not now:
        return
    with asked._lock:
        wish = asked._rerun_data
        moved = asked._state is ScriptRequestType.RERUN and wish.fragment_id_queue
        if moved and set(now) <= set(wish.fragment_id_queue):
            asked._rerun_data = dataclasses.replace(wish, is_fragment_scoped_rerun=True)


def come_again(error: Exception) -> None:
    """Say that the machine is busy, and have the page try again until it is not."""
    if not first_time("busy"):
        return
    st.session_state["_busy_at"] = time.monotonic()
    st.warning(
        f"{error} This page tries again by itself.", icon=":material/hourglass_top:"
    )
    st.fragment(_try_again, run_every=RETRY_S * random.uniform(1, 1.5))()


def first_time(sentence: str) -> bool:
    """Whether this run of the page has not said a sentence yet."""
    ctx = get_script_run_ctx(suppress_warning=True)
    run = getattr(ctx, "cursors", None)  # an object of each run's own
    last, said = st.session_state.get("_said", (None, set()))
    if run is None or last is not run:
        last, said = run, set()
        st.session_state["_said"] = last, said
    new = sentence not in said
    said.add(sentence)
    return new


def _try_again() -> None:
    """Run the whole page anew once the engine has room."""
    from explorer.models import engine

    waited_s = time.monotonic() - st.session_state.get("_busy_at", 0.0)
    if waited_s > RETRY_S / 2 and engine.room():
        st.rerun()
