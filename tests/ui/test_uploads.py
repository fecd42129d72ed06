"""Uploaded files: their bytes go once they are read."""

import tomllib
from pathlib import Path

from streamlit.runtime.uploaded_file_manager import DeletedFile
from streamlit.testing.v1 import AppTest

CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"


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
    from explorer.ui import uploads
    from explorer.ui.lessons import judging_files, segmentation_truth

    gone, file = DeletedFile("1"), object()
    assert uploads.arrived(gone) is None
    assert uploads.arrived(None) is None
    assert uploads.arrived(file) is file
    judging_files._take([gone])  # each would fail on the mark's missing bytes
    segmentation_truth._take(gone, [(2, 2)], ["sky"], "street")


def test_a_file_that_was_refused_gets_a_sentence_of_why_and_what_to_do():
    from explorer.ui import uploads

    said = uploads.sentences()
    limit = tomllib.loads(CONFIG.read_text())["server"]["maxUploadSize"]
    assert "{name}" in said["large"]
    assert f"it has {{size}}, and {limit} MB is the most" in said["large"]
    assert "Save it smaller" in said["large"]
    assert "connection broke" in said["lost"]
    assert "large" not in said["lost"]  # no guess: each fault has its own sentence


def test_without_a_session_there_is_nothing_to_let_go():
    from explorer.ui import uploads

    uploads.forget(object())
