"""A part of a lesson that runs alone leaves its view noted, as no whole run follows."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from explorer.ui import lessons


def part_page() -> None:
    import streamlit as st

    from explorer.ui.fragment import fragment

    st.session_state["_lesson"] = "nms"

    @fragment
    def step() -> None:
        st.query_params["nms_round"] = "3"

    step()


def test_the_view_that_a_part_wrote_is_noted():
    app = AppTest.from_function(part_page).run()
    assert not app.exception
    assert app.session_state["_plan_views"] == {"nms": "nms_round=3"}


def test_no_lesson_has_a_part_that_notes_nothing():
    files = list(Path(lessons.__file__).parent.glob("*.py"))
    assert len(files) > 30
    assert [f.name for f in files if "@st.fragment" in f.read_text("utf-8")] == []
