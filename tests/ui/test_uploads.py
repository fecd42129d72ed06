"""Uploaded files: their bytes go once they are read."""

import re
import tomllib
import types
from pathlib import Path

import pytest
import streamlit
from starlette.formparsers import MultiPartParser
from streamlit.runtime.memory_uploaded_file_manager import (
    MemoryUploadedFileManager as Manager,
)
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFileRec
from streamlit.testing.v1 import AppTest

from explorer.core.detection_rows import MAX_FILES
from explorer.figures.precision_recall import MOST_ON_A_SHEET
from explorer.ui import uploads

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / ".streamlit" / "config.toml"


def page():
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    from explorer.ui import uploads

    def take():
        context = get_script_run_ctx()
        file = st.session_state["file"]
        asked = (context.session_id, [file.file_id])
        before = len(context.uploaded_file_mgr.get_files(*asked))
        uploads.forget(file)
        left = len(context.uploaded_file_mgr.get_files(*asked))
        st.session_state["left"] = f"{left} of {before}"

    if "left" not in st.session_state:
        st.file_uploader("A file", key="file", on_change=take)
        uploads.say_if_refused("file")
    st.text(f"left {st.session_state.get('left')}")


def test_a_files_bytes_are_let_go_when_it_has_been_read():
    app = AppTest.from_function(page, default_timeout=30).run()
    app.file_uploader[0].set_value(("a.png", b"bytes", "image/png")).run()
    assert not app.exception
    assert app.text[0].value == "left 0 of 1"


def test_a_mark_of_a_deleted_file_is_no_file():
    """What Streamlit gives for a file that was let go has neither name nor bytes."""
    from explorer.ui.lessons import judging_files, segmentation_truth

    gone, file = DeletedFile("1"), object()
    assert uploads.arrived(gone) is None
    assert uploads.arrived(None) is None
    assert uploads.arrived(file) is file
    judging_files._take([gone])  # each would fail on the mark's missing bytes
    segmentation_truth._take(gone, [(2, 2)], ["sky"], "street")


def keeping():
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    from explorer.ui import uploads

    def read(file):
        st.session_state["reads"] = st.session_state.get("reads", 0) + 1
        return file.getvalue().decode()

    st.file_uploader("A file", key="file")
    made = uploads.once("file", read)
    context = get_script_run_ctx()
    file = st.session_state["file"]
    ids = [] if file is None else [file.file_id]
    left = context.uploaded_file_mgr.get_files(context.session_id, ids)
    st.text(f"{made}, {st.session_state.get('reads', 0)} read, {len(left)} left")


def test_an_uploader_that_keeps_its_file_has_it_read_once_and_let_go():
    app = AppTest.from_function(keeping, default_timeout=30).run()
    assert app.text[0].value == "None, 0 read, 0 left"
    app.file_uploader[0].set_value(("a.txt", b"one", "text/plain")).run()
    assert app.text[0].value == "one, 1 read, 0 left"


@pytest.fixture
def state(monkeypatch):
    """The session of a reader, and what is let go in it."""
    kept, gone = {}, []
    monkeypatch.setattr(uploads.st, "session_state", kept)
    monkeypatch.setattr(uploads, "forget", gone.append)
    return kept, gone


def test_later_runs_get_what_the_first_one_made_of_a_file(state):
    kept, gone = state
    file = types.SimpleNamespace(file_id="1")
    kept["file"] = file
    assert uploads.once("file", lambda file: 7) == 7
    assert gone == [file]
    kept["file"] = DeletedFile("1")  # what Streamlit gives from then on
    assert uploads.once("file", lambda file: 8) == 7
    kept["file"] = DeletedFile("2")  # of a session before this one
    assert uploads.once("file", lambda file: 8) is None
    kept["file"] = None
    assert uploads.once("file", lambda file: 8) is None
    assert list(kept) == ["file"]


def test_a_set_of_files_of_which_some_were_dropped_is_not_judged(state, monkeypatch):
    from explorer.ui.lessons import judging_files

    kept, gone = state
    file = types.SimpleNamespace(file_id="1")
    kept["_judging_turn"] = 0
    monkeypatch.setattr(judging_files, "_read", lambda files: pytest.fail("judged"))
    judging_files._take([DeletedFile("0"), file])
    assert "1 of the 2 files were dropped" in kept["_judging_error"]
    assert gone == [file]
    assert judging_files.KEPT not in kept


def test_a_session_may_hold_the_largest_set_of_detections():
    assert uploads.MOST_FILES >= MAX_FILES + MOST_ON_A_SHEET


def test_streamlit_still_marks_files_in_the_words_that_are_looked_for():
    static = Path(streamlit.__file__).parent / "static" / "static" / "js"
    scripts = "".join(one.read_text("utf-8") for one in static.glob("*.js"))
    looked_for = re.findall(r": /(.+?)/", uploads.SCRIPT.read_text("utf-8"))
    assert len(looked_for) == 2
    assert [word for word in looked_for if word not in scripts] == []


def test_a_file_that_was_refused_gets_a_sentence_of_why_and_what_to_do():
    said = uploads.sentences()
    limit = tomllib.loads(CONFIG.read_text())["server"]["maxUploadSize"]
    assert "{name}" in said["large"]
    assert f"it has {{size}}, and {limit} MB is the most" in said["large"]
    assert "Save it smaller" in said["large"]
    assert "connection broke" in said["lost"]
    assert said["many"] == "“{name}” was not taken: one file at a time."
    assert "large" not in said["lost"]  # no guess: each fault has its own sentence


def test_without_a_session_there_is_nothing_to_let_go():
    uploads.forget(object())


@pytest.fixture
def manager(monkeypatch):
    monkeypatch.setattr(Manager, "add_file", Manager.add_file)
    monkeypatch.setattr(MultiPartParser, "spool_max_size", 2**20)
    uploads.bound()
    uploads.bound()  # a second time changes nothing
    return Manager("/upload")


def send(manager, name: str, size: int, session: str = "hers") -> list[str]:
    manager.add_file(session, UploadedFileRec(name, "a.png", "image/png", bytes(size)))
    return list(manager.file_storage[session])


def test_a_sessions_files_are_bounded_in_sum_and_the_oldest_go(manager):
    part = uploads.MOST_BYTES // 4
    for name in "abcd":
        assert name in send(manager, name, part)
    assert send(manager, "d", part) == ["a", "b", "c", "d"]  # the same one again
    assert send(manager, "e", 1) == ["b", "c", "d", "e"]
    assert send(manager, "f", part) == ["c", "d", "e", "f"]
    assert send(manager, "a", part, "his") == ["a"]
    assert sum(len(one.data) for one in manager.file_storage["hers"].values()) <= (
        uploads.MOST_BYTES
    )


def test_nor_may_they_be_many(manager):
    for number in range(uploads.MOST_FILES + 1):
        kept = send(manager, str(number), 0)
    assert kept == [str(number) for number in range(1, uploads.MOST_FILES + 1)]


def test_a_photo_that_arrives_is_never_put_on_the_disk(manager):
    config = tomllib.loads(CONFIG.read_text())
    assert MultiPartParser.spool_max_size > config["server"]["maxUploadSize"] * 2**20


def test_the_server_bounds_them():
    start = (ROOT / "streamlit_app.py").read_text()
    assert "\nuploads.bound()\n" in start
