"""Uploaded files: their bytes go once they are read."""

import tomllib
from pathlib import Path

import pytest
from starlette.formparsers import MultiPartParser
from streamlit.runtime.memory_uploaded_file_manager import (
    MemoryUploadedFileManager as Manager,
)
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFileRec
from streamlit.testing.v1 import AppTest

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
        uploads.say_if_lost("file")
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


def test_a_file_that_was_refused_gets_a_sentence_of_why_and_what_to_do():
    said = uploads.sentences()
    limit = tomllib.loads(CONFIG.read_text())["server"]["maxUploadSize"]
    assert "{name}" in said["large"]
    assert f"it has {{size}}, and {limit} MB is the most" in said["large"]
    assert "Save it smaller" in said["large"]
    assert "connection broke" in said["lost"]
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
