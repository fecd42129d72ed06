"""A lesson plan on the road map: made, shown as numbered cards, started, shared."""

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from explorer.ui import planning, thumbs
from explorer.ui.catalogue import BY_SLUG, LESSONS
from explorer.ui.literal import as_written
from explorer.ui.plan import LONGEST_TITLE, Plan, Step, pack_plan
from explorer.ui.plan_words import view_text
from explorer.ui.resort import HOME
from explorer.ui.share import code_and_link

EDITING = "_plan_editing"
COLUMNS = 4
TITLES = {lesson.slug: lesson.title for lesson in LESSONS}


def show_plan() -> None:
    """Show the reader's plan, its editor, or the button that begins one."""
    st.session_state[planning.AT] = None  # a card starts its lesson from its own view

    @st.fragment
    def block() -> None:
        plan = planning.current()
        if st.session_state.get(EDITING):
            _editor(plan or Plan())
        elif plan is not None and plan.steps:
            _cards(plan)
        else:
            st.button(
                "Plan a lesson",
                icon=":material/playlist_add:",
                key="_plan_begin",
                on_click=_edit,
                args=(True,),
                help="Choose lessons, their order and their starting views; "
                "share them as one link.",
            )

    block()


def _edit(editing: bool) -> None:
    st.session_state[EDITING] = editing


def _cards(plan: Plan) -> None:
    with st.container(border=True, key="plan_shown"):
        with st.container(horizontal=True, vertical_alignment="center"):
            title = as_written(plan.title) or "Lesson plan"
            st.header(title, anchor=False, width="stretch")
            _ways(plan)
        slots = []
        for place in range(len(plan.steps)):
            if place % COLUMNS == 0:
                columns = st.columns(COLUMNS)
            with columns[place % COLUMNS], st.container(border=True, height="stretch"):
                slots.append(st.empty())
                _card(plan, place)
    # The words come first; pictures not yet made must not hold them up.
    for slot, step in zip(slots, plan.steps, strict=True):
        thumb = thumbs.thumbnail(step.slug)
        if thumb is not None:
            slot.image(thumb.jpeg, width="stretch", alt=thumb.alt)


def _ways(plan: Plan) -> None:
    """Offer to start, share, change and leave the plan."""
    first = BY_SLUG[plan.steps[0].slug]
    if st.button("Start", type="primary", icon=":material/play_arrow:", key="_plan_go"):
        st.switch_page(first.file, query_params=planning.query_of(plan, 0))
    door = st.popover(
        "Share the plan",
        icon=":material/qr_code_2:",
        key="_plan_door",
        on_change="rerun",
    )
    if door.open:
        with door:
            code_and_link("_plan_share", query=f"plan={pack_plan(plan)}")
    st.button(
        "Change", icon=":material/edit:", key="_plan_edit", on_click=_edit, args=(True,)
    )
    st.button(
        "Leave", icon=":material/close:", key="_plan_leave", on_click=planning.leave
    )


def _card(plan: Plan, place: int) -> None:
    lesson = BY_SLUG[plan.steps[place].slug]
    st.page_link(
        lesson.file,
        label=f"**{place + 1}. {lesson.title}**",
        query_params=planning.query_of(plan, place),
    )
    st.markdown(lesson.question)
    st.caption(view_text(plan.steps[place]))


def _editor(plan: Plan) -> None:
    with st.container(border=True, key="plan_editor"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                "Title of the plan",
                plan.title,
                key="_plan_title",
                max_chars=LONGEST_TITLE,
                on_change=lambda: planning.change(
                    lambda now: now.named(st.session_state["_plan_title"])
                ),
            )
            st.button(
                "Done",
                type="primary",
                icon=":material/check:",
                key="_plan_done",
                on_click=_edit,
                args=(False,),
            )
        for place in range(len(plan.steps)):
            _row(plan, place)
        if planning.ERROR in st.session_state:
            said = as_written(st.session_state[planning.ERROR])
            st.error(said, icon=":material/playlist_remove:")
        _adding()
        _measure(plan)


def _row(plan: Plan, place: int) -> None:
    """Show a lesson of the plan with what can be done with it."""
    step = plan.steps[place]
    title = TITLES[step.slug]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{place + 1}. {title}**  \n{view_text(step)}", width="stretch")
        seen = planning.last_view(step.slug)
        if seen and seen != step.view:  # the usual start has a button of its own
            own = partial(Plan.seen_from, place=place, view=seen)
            _button("Use my last view", f"_plan_seen_{place}", own)
        if step.view:
            usual = partial(Plan.seen_from, place=place, view="")
            _button("Start as usual", f"_plan_usual_{place}", usual)
        for name, by in (("up", -1), ("down", 1)):
            _button(
                f"Move {title} {name}",
                f"_plan_{name}_{place}",
                partial(Plan.moved, place=place, by=by),
                icon=f":material/arrow_{name}ward:",
                off=not 0 <= place + by < len(plan.steps),
            )
        out = partial(Plan.without, place=place)
        _button(f"Take {title} out", f"_plan_out_{place}", out, ":material/close:")


def _button(
    label: str,
    key: str,
    make: Callable[[Plan], Plan],
    icon: str | None = None,
    off: bool = False,
) -> None:
    """Show a button that changes the plan; one with an icon shows it alone."""
    st.button(
        label,
        key=key,
        icon=icon,
        disabled=off,
        help=label if icon else None,
        on_click=planning.change,
        args=(make,),
    )


def _adding() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        slug = st.selectbox(
            "Add a lesson",
            list(TITLES),
            format_func=TITLES.__getitem__,
            key="_plan_new",
            width=300,
        )
        _button("Add", "_plan_add", lambda plan: plan.added(Step(slug)))
        st.text_input(
            "Or paste a lesson's link: it brings its view along",
            key="_plan_pasted",
            on_change=_paste,
            width="stretch",
        )


def _paste() -> None:
    text = st.session_state["_plan_pasted"]
    if text.strip():
        planning.add_view(text)
        if planning.ERROR not in st.session_state:
            st.session_state["_plan_pasted"] = ""


def _measure(plan: Plan) -> None:
    if plan.steps:
        st.caption(
            f"{len(plan.steps)} lessons; the link's plan has {len(pack_plan(plan)):,} "
            "characters. It is in the address, too: a bookmark keeps it."
        )
    else:
        st.caption(
            "Add lessons here, or open one, set it up, and press “Add this view to my "
            "plan” behind its Share button."
        )


def add_this_view() -> None:
    """Offer a lesson's present view for the plan; it stands in the Share panel."""
    state = st.session_state.get("_share")
    address = state.get("link") if isinstance(state, Mapping) else None
    plan = planning.current()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Add this view to my plan",
            icon=":material/playlist_add:",
            key="_plan_add_view",
            disabled=address is None,
            on_click=planning.add_view,
            args=(address,),
        )
        if plan is not None and plan.steps:
            count = len(plan.steps)
            st.page_link(HOME, label=f"My plan: {count} lesson{'s' * (count > 1)}")
        if st.session_state.get(planning.AT) is not None:
            leaving = st.button(
                "Leave the plan", icon=":material/close:", key="_plan_leave_step"
            )
            if leaving:
                planning.leave()
                st.rerun()
    if planning.ERROR in st.session_state:
        st.error(as_written(st.session_state.pop(planning.ERROR)))
