"""Uploaded files: their bytes let go once read, a word where one did not arrive."""

from typing import Any

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import DeletedFile

LOST = "lost_upload"
STYLE = f"""
<style>
[class*="st-key-{LOST}"] {{display: none;}}
body:has([data-testid="stFileChip"][aria-invalid="true"]) [class*="st-key-{LOST}"] {{
  display: flex;}}
</style>
"""


def forget(file: Any) -> None:
    """Drop an uploaded file's bytes, which have been read, from the server's memory.

    Streamlit itself keeps them until the session ends, though the uploader is gone.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    kept = context.uploaded_file_mgr
    if isinstance(kept, MemoryUploadedFileManager):
        kept.remove_file(context.session_id, file.file_id)


def arrived(file: Any) -> Any:
    """Return an uploader's file, or None where there is none whose bytes are here.

    A run that was asked for before `forget` names the file once more after it, and
    Streamlit then gives a mark of a deleted file, which has neither name nor bytes.
    """
    return None if isinstance(file, DeletedFile) else file


def say_if_lost(key: str) -> None:
    """Below an uploader: a sentence that shows while a file of it is marked in red.

    Streamlit's own word for a broken connection stands in a hint that few will find.
    """
    with st.container(key=f"{LOST}_{key}"):
        st.html(STYLE)
        st.caption(
            ":red[The file in red did not arrive: the connection broke, or the file "
            "is too large. Choose it again.]"
        )
