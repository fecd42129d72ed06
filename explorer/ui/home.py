"""The home page: the course as a road map of cards with live-made thumbnails."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.ui import link, projector, thumbs
from explorer.ui.catalogue import LESSONS, Lesson, parts, search
from explorer.ui.literal import as_written
from explorer.ui.plan_home import show_plan

COLUMNS = 4


def show_home() -> None:
    """Write the road map: every lesson that exists, found by word or by part."""
    st.session_state["_lesson"] = "home"
    with st.container(key="lesson_header"):
        head, way = st.columns([9.6, 2.4], vertical_alignment="center")
    with head:
        st.title("How machines see, opened up", anchor=False)
        st.markdown(
            "Each lesson runs the real algorithm or a live network on **your own "
            "image**, shows its working step by step, and proves itself against a "
            "reference library while you watch."
        )
    with way, st.container(horizontal=True, horizontal_alignment="right"):
        projector.switch()
    for sentence in link.take_notes():
        st.warning(sentence, icon=":material/link_off:")
    show_plan()
    query = st.text_input(
        "Find a lesson",
        placeholder="for example: gradient, overlap, RoIAlign",
        key="_home_search",
        icon=":material/search:",
        max_chars=80,
        width=420,
    )
    found = search(query)
    if not found:
        st.info(
            f"No lesson has “{as_written(query)}” in its title, question or terms. "
            f"Try a shorter word; there are {len(LESSONS)} lessons below once the box "
            "is empty."
        )
    slots: dict[str, DeltaGenerator] = {}
    for part, lessons in parts().items():
        shown = [lesson for lesson in lessons if lesson in found]
        if shown:
            st.header(part, anchor=False)
            slots |= _cards(shown)
    # The words come first; pictures not yet made must not hold them up.
    for slug, slot in slots.items():
        thumb = thumbs.thumbnail(slug)
        if thumb is not None:
            slot.image(thumb.jpeg, width="stretch", alt=thumb.alt)


def _cards(lessons: list[Lesson]) -> dict[str, DeltaGenerator]:
    """Write the cards of a part; return where each one's picture goes."""
    slots = {}
    columns = list[DeltaGenerator]()
    for place, lesson in enumerate(lessons):
        if place % COLUMNS == 0:  # a row of its own: cards side by side end alike
            columns = st.columns(COLUMNS)
        with columns[place % COLUMNS], st.container(border=True, height="stretch"):
            slots[lesson.slug] = st.empty()
            st.page_link(lesson.file, label=f"**{lesson.title}**", icon=lesson.icon)
            st.markdown(lesson.question)
            st.caption(f":material/image: Best with {lesson.needs}")
    return slots
