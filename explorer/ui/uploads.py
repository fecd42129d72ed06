"""Uploaded files: their bytes let go once read, a word where one did not arrive."""

import functools
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import DeletedFile

SCRIPT = Path(__file__).with_name("uploads.js")
HTML = '<div class="told" role="status" hidden></div>'
CSS = """.told {color: var(--st-red-text-color, #b3261e); font-size: .9rem;
line-height: 1.4; white-space: pre-line;}"""


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


def sentences() -> dict[str, str]:
    """Return what is said of a file that is too large, and of one that was lost."""
    most = int(st.get_option("server.maxUploadSize"))
    return {
        "large": f"“{{name}}” was not taken: it has {{size}}, and {most} MB is the "
        "most. Save it smaller (a photo with fewer pixels, or as JPEG) and choose that "
        "file, or choose another.",
        "lost": "“{name}” did not arrive: the connection broke on the way. Choose it "
        "again.",
    }


def say_if_lost(key: str) -> None:
    """Below an uploader: a sentence for each file of it that is marked in red.

    Streamlit's own word for it stands in a hint that few will find.
    """
    _component(SCRIPT.stat().st_mtime)(key=f"_lost_{key}", data=sentences())


@functools.lru_cache(maxsize=4)
def _component(changed: float) -> ComponentRenderer:
    """Return what reads Streamlit's marks, anew when the script has changed."""
    return st.components.v2.component(
        "explorer_uploads", html=HTML, css=CSS, js=SCRIPT.read_text("utf-8")
    )
