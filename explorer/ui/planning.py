"""The plan of the present reader: in her session and in the address, step by step."""

from collections.abc import Callable

import streamlit as st

from explorer.ui import link
from explorer.ui.catalogue import BY_SLUG, Lesson
from explorer.ui.plan import Plan, Step, pack_plan, step_of_link, unpack_plan, view_of
from explorer.ui.resort import HOME
from explorer.ui.share import jump_component

PLAN, AT, VIEWS = "_plan", "_plan_at", "_plan_views"
ERROR = "_plan_error"


def current() -> Plan | None:
    """Return the plan that is followed or made: the session's, else the link's."""
    if PLAN not in st.session_state:
        st.session_state[PLAN] = None
        text = st.query_params.get("plan")
        if text is not None:
            try:
                plan, dropped = unpack_plan(text)
            except ValueError as error:
                link.note(str(error))
                return None
            for sentence in dropped:
                link.note(sentence)
            st.session_state[PLAN] = plan
    found: Plan | None = st.session_state[PLAN]
    return found


def keep() -> None:
    """Put the plan into the address: a change of lesson clears it."""
    plan = current()
    link.write("plan", pack_plan(plan) if plan and plan.steps else "", "")
    if plan is None:
        st.query_params.pop("at", None)


def leave() -> None:
    """Forget the plan."""
    st.session_state[PLAN] = st.session_state[AT] = None
    keep()


def change(make: Callable[[Plan], Plan]) -> None:
    """Replace the plan by what is made of it; a refusal is kept as a sentence."""
    st.session_state.pop(ERROR, None)
    try:
        st.session_state[PLAN] = make(current() or Plan())
    except ValueError as error:
        st.session_state[ERROR] = str(error)
    keep()


def add_view(address: str) -> None:
    """Add the lesson and the view of a link to the plan."""
    change(lambda plan: plan.added(step_of_link(address)))


def saw(slug: str) -> None:
    """Remember what the reader sees of a lesson now as her last view of it."""
    views = st.session_state.setdefault(VIEWS, {})
    views[slug] = view_of(slug, st.query_params.to_dict())


def last_view(slug: str) -> str | None:
    """Return the reader's last view of a lesson, None if she has not been there."""
    seen: str | None = st.session_state.get(VIEWS, {}).get(slug)
    return seen


def query_of(plan: Plan, place: int) -> dict[str, str]:
    """Return the parameters of a step's address."""
    own = {"plan": pack_plan(plan), "at": str(place + 1)}
    return own | plan.steps[place].parameters


def arrive(slug: str) -> None:
    """Find the plan's step that a lesson is opened for, and start from its view.

    What the reader changed in this lesson before gives way to the step's own view.
    """
    plan, before = current(), st.session_state.get(AT)
    asked = _asked(plan, slug)
    if plan is None:
        return
    if asked is not None and asked != before:
        same = st.session_state.get("_lesson") == slug
        _forget(slug, plan.steps[asked])
        st.session_state[AT] = asked
        if same:
            _jump(plan, asked)
    slugs = [step.slug for step in plan.steps]
    if asked is None and before is not None and slug in slugs:
        here = before < len(slugs) and slugs[before] == slug
        asked = before if here else slugs.index(slug)
    st.session_state[AT] = asked if asked is not None else before
    link.write("at", "" if asked is None else str(asked + 1), "")


def _asked(plan: Plan | None, slug: str) -> int | None:
    """Return the step that the address names, if it is one of this lesson."""
    text = st.query_params.get("at", "")
    if plan is None or not (text.isdecimal() and len(text) < 4):
        return None
    place = int(text) - 1
    here = 0 <= place < len(plan.steps) and plan.steps[place].slug == slug
    return place if here else None


def _forget(slug: str, step: Step) -> None:
    """Drop what the session holds of a lesson's controls, so that the link decides."""
    for key in list(st.session_state.keys()):
        if str(key).startswith((f"{slug}_", f"_of_{slug}_")):
            del st.session_state[key]
    if step.view:
        st.session_state.pop("_image", None)


def _jump(plan: Plan, place: int) -> None:
    """Open the lesson that is open already anew, from another view.

    The browser takes everything away that this run leaves out, and then goes to the
    address as if by its own history, where every control follows the address.
    """
    jump_component()(key=f"_plan_jump_{place}", data={"query": query_of(plan, place)})
    st.stop()


def way(lesson: Lesson) -> bool:
    """Show the plan's steps before and after this one; False if none is followed."""
    plan, place = current(), _place(lesson)
    if plan is None or st.session_state.get(AT) is None:
        return False
    if place is None:
        st.page_link(HOME, label="Back to the plan", icon=":material/list:")
        return True
    _link(plan, place - 1, "Previous", ":material/arrow_back:")
    _link(plan, place + 1, "Next", ":material/arrow_forward:")
    return True


def line(lesson: Lesson) -> None:
    """Say where in the plan the reader is and what comes next; it leads to the plan."""
    plan, place = current(), _place(lesson)
    if plan is None or place is None:
        return
    count = len(plan.steps)
    rest = [BY_SLUG[step.slug].short for step in plan.steps[place + 1 : place + 2]]
    after = f"next: {rest[0]}" if rest else "end: back to the plan"
    with st.container(key="plan_line"):
        label = f"{place + 1} of {count} · {after}"
        st.page_link(HOME, label=label, icon=":material/list:")


def share_query() -> str | None:
    """Return the query of the plan that is followed, None beside one."""
    plan = current()
    followed = plan is not None and st.session_state.get(AT) is not None
    return f"plan={pack_plan(plan)}" if plan is not None and followed else None


def _place(lesson: Lesson) -> int | None:
    """Return the step that is shown, None beside the plan."""
    plan, place = current(), st.session_state.get(AT)
    if plan is None or place is None or place >= len(plan.steps):
        return None
    return int(place) if plan.steps[place].slug == lesson.slug else None


def _link(plan: Plan, place: int, word: str, icon: str) -> None:
    """Link to a step; beyond an end the link keeps its place and leads nowhere."""
    if not 0 <= place < len(plan.steps):
        st.page_link(HOME, label=word, icon=icon, disabled=True)
        return
    other = BY_SLUG[plan.steps[place].slug]
    # No tooltip: it would stay over the lesson it led to; the line below names it.
    st.page_link(other.file, label=word, icon=icon, query_params=query_of(plan, place))
