"""A lesson whose network others keep busy, and buttons that stand for the others."""

import threading

import streamlit as st

from explorer.models import engine, readers, zoo
from explorer.ui import live, patience
from explorer.ui.lesson import body
from explorer.ui.resort import HOME

OTHERS = 100  # levels from here up are asked by the others


class Slow:
    """Runs nothing before ``gate`` is open; ``levels`` is what ran."""

    def __init__(self):
        self.gate, self.levels = threading.Event(), []
        self.at_work = threading.Event()
        self.methods = {"level": self.level}

    def level(self, level):
        self.at_work.set()
        self.gate.wait(60)
        self.at_work.clear()
        if level < OTHERS:
            self.levels.append(level)
        return {}


def slow() -> Slow:
    return zoo._runners.setdefault("slow", Slow())


def others(count: int) -> None:
    for number in range(count):
        with readers.reading(readers.Reader(f"other {number % 8}")):
            engine.submit("slow", "level", level=OTHERS + number)
        slow().at_work.wait(20)  # else the first leaves its place after the last came


def lesson() -> None:
    patience.RETRY_S = 0.4
    state = st.session_state
    state["full"] = state.get("full", 0) + 1
    state["_stages"] = {}
    st.button("Fill", on_click=others, args=(70,))
    st.button("Three", on_click=others, args=(4,))  # one at work, three wait
    st.button("Free", on_click=slow().gate.set)
    st.button("Hold", on_click=slow().gate.clear)

    @body
    def explore() -> None:
        level = st.slider("Level", 0, 9, 0, key="level", bind="query-params")
        if level:
            answer = live.model("slow", "level", level=level)
            st.text("No answer" if answer is None else f"Answer for {level}")
        st.text(f"Below {level}")
        st.checkbox("Kept", key="kept")

    explore()
    st.text(f"page {state['full']}, ran {slow().levels}")


st.navigation(
    [st.Page(lesson, title="Lesson", default=True), st.Page(HOME, title="Road map")]
).run()
