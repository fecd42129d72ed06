"""What can be shared beside a lesson plan: this view, or the whole plan."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

PLAN = "plan=1abc"


def page():
    import streamlit as st

    from explorer.ui.share import share

    share(lambda: st.text("below"), lambda: st.session_state.get("plan"))


@pytest.fixture
def opened():
    app = AppTest.from_function(page, default_timeout=120)
    app.session_state["_share_door"] = True  # as a press on the button does
    app.session_state["plan"] = PLAN
    app.run()
    assert not app.exception
    return app


def told(app: AppTest) -> dict[str, Any]:
    """Return what the panel in the browser is told."""
    [panel] = app.get("bidi_component")
    return json.loads(panel.proto.json)


def test_in_a_plan_the_view_is_shared_until_the_plan_is_chosen(opened):
    [choice] = opened.button_group
    assert list(choice.options) == ["This view", "The plan"]
    assert choice.value == "This view"
    assert told(opened)["query"] is None
    assert told(opened)["exports"] is True
    assert [x.value for x in opened.text] == ["below"]
    choice.set_value("The plan").run()
    assert told(opened)["query"] == PLAN
    assert told(opened)["exports"] is False  # a plan is no page to save
    assert not opened.text
    opened.button_group[0].set_value("This view").run()
    assert told(opened)["query"] is None


def test_one_of_the_two_is_always_chosen(opened):
    assert opened.button_group[0].proto.required


def test_beside_a_plan_there_is_nothing_to_choose(opened):
    opened.button_group[0].set_value("The plan").run()
    opened.session_state["plan"] = None  # the plan is left
    opened.run()
    assert not opened.button_group
    assert told(opened)["query"] is None
    assert told(opened)["exports"] is True


def test_a_panel_that_is_shut_is_not_made(opened):
    opened.session_state["_share_door"] = False
    opened.run()
    assert not opened.get("bidi_component")
