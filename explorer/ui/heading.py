"""A heading within a lesson: second in rank, for those who go by headings."""

import streamlit as st


def heading(text: str) -> None:
    """Write a heading of the usual size, in bold; ``text`` is Markdown."""
    with st.container(key=f"heading_{st.session_state.get('_lesson', '')}_{text}"):
        st.markdown(f"## {text}")
