"""A wait's words, and what of Streamlit's own it stands on."""

import dataclasses
from types import SimpleNamespace

import pytest
from streamlit.runtime.scriptrunner import ScriptRunContext
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
)

from explorer.models.readers import UNKNOWN
from explorer.ui import patience


@pytest.fixture
def said(monkeypatch):
    """What a wait writes on the page."""
    words = []
    note = SimpleNamespace(info=lambda text, icon: words.append(text))
    monkeypatch.setattr(patience, "_place", lambda: note)
    return words


@pytest.mark.parametrize(
    ("ahead", "silent_s", "words"),
    [
        (0, -1, []),
        (1, -1, ["The machine is at work for others: 1 request is before yours."]),
        (UNKNOWN, -1, [patience.place_text(UNKNOWN)]),
        (UNKNOWN, 60, []),
    ],
)
def test_a_long_wait_is_said_once_even_where_the_place_is_unknown(
    monkeypatch, said, ahead, silent_s, words
):
    monkeypatch.setattr(patience, "SILENT_S", silent_s)
    wait = patience.Patience(SimpleNamespace())
    for _ in range(3):
        wait.wait(ahead)
    assert said == words
    assert "busy or starting" in patience.place_text(UNKNOWN)


def asked_for(*fragments):
    """A run's context whose reader has moved a control of these fragments meanwhile."""
    requests = ScriptRequests()
    for one in fragments:
        requests.request_rerun(RerunData(fragment_id=one))
    return SimpleNamespace(script_requests=requests, fragment_ids_this_run=["one"])


def test_streamlit_has_the_fields_that_end_a_wait_for_a_move():
    """Another version may not: then mend ``_let_go``, pages do without meanwhile."""
    fields = {field.name for field in dataclasses.fields(ScriptRunContext)}
    assert {"script_requests", "fragment_ids_this_run", "cursors"} <= fields
    assert callable(ScriptRunContext.yield_check)
    for fragments, ended in ((["one"], True), (["other"], False), ([], False)):
        ctx = asked_for(*fragments)
        patience._end_for_a_move(ctx)
        assert ctx.script_requests._rerun_data.is_fragment_scoped_rerun is ended


@pytest.mark.parametrize(
    "changed",
    [
        {"fragment_ids_this_run": ["one"]},
        {"script_requests": object(), "fragment_ids_this_run": ["one"]},
    ],
)
def test_a_changed_streamlit_breaks_no_wait(said, changed):
    patience.Patience(SimpleNamespace(**changed)).wait(3)
    assert said == []
