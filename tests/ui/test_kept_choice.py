"""A choice made in a stage's panel: the reader's last, the link's, or the usual one."""

import pytest
from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from explorer.ui import kept_choice, link

    kept_choice.committed_program = lambda _: st.session_state.get("sent", {})
    options = st.session_state.get("options", ["sum4", "map3"])
    st.write("chosen:" + kept_choice.kept_choice("a stage", "view", options, ""))
    st.write(" ".join(link.take_notes()))


@pytest.fixture
def app(monkeypatch) -> AppTest:
    from explorer.ui import kept_choice

    monkeypatch.setattr(kept_choice, "committed_program", kept_choice.committed_program)
    return AppTest.from_function(page, default_timeout=60)


def said(app: AppTest) -> list[str]:
    assert not app.exception
    return [one.value for one in app.markdown]


def test_nothing_chosen_is_the_usual_one(app):
    assert said(app.run())[0] == "chosen:"
    assert "page_view" not in app.query_params


def test_the_link_is_followed_until_a_reader_chooses(app):
    app.query_params["page_view"] = "map3"
    assert said(app.run())[0] == "chosen:map3"
    app.session_state["sent"] = {"view": "sum4"}
    assert said(app.run())[0] == "chosen:sum4"
    assert app.query_params["page_view"] == "sum4"
    app.session_state["sent"] = {"view": ""}
    assert said(app.run())[0] == "chosen:"
    assert "page_view" not in app.query_params


def test_a_link_that_cannot_be_read_says_so(app):
    app.query_params["page_view"] = "sum9"
    chosen, note = said(app.run())
    assert chosen == "chosen:"
    assert "“sum9”, which can't be read" in note


@pytest.mark.parametrize("sent", [{"view": "sum9"}, {"view": 3}, {"view": ["sum4"]}])
def test_nonsense_from_a_browser_is_no_choice(app, sent):
    app.session_state["sent"] = sent
    assert said(app.run())[0] == "chosen:"


def test_what_is_not_there_any_more_leaves_the_link(app):
    app.query_params["page_view"] = "map3"
    app.run()
    app.session_state["options"] = ["sum4"]
    assert said(app.run())[0] == "chosen:"
    assert "page_view" not in app.query_params
