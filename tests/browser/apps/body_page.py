"""A lesson's body by itself: what its controls rerun, and what a fault in it costs."""

import streamlit as st

from explorer.ui.lesson import body
from explorer.ui.resort import HOME


def lesson() -> None:
    state = st.session_state
    state["full"] = state.get("full", 0) + 1
    state["_stages"] = {}
    st.title("Header")

    @body
    def explore() -> None:
        state["alone"] = state.get("alone", 0) + 1
        if st.button("A bad value"):
            raise ValueError("k is 9, but at most 5; lower it.")
        if st.button("A fault"):
            raise RuntimeError("not for the reader")
        st.button("Once more")
        st.text(f"page {state['full']}, body {state['alone']}")

    explore()


st.navigation(
    [st.Page(lesson, title="Lesson", default=True), st.Page(HOME, title="Road map")]
).run()
