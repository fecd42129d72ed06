"""Uploaded files: bounded in sum, let go once read, a word where one is lost."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st
from starlette.formparsers import MultiPartParser
from streamlit.components.v2.types import ComponentRenderer
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFileRec

MOST_BYTES = 64 * 2**20  # of a session's files that no page has read yet: three large
MOST_FILES = 600  # more than a set of detections may have, with its photos
IN_MEMORY_BYTES = 22 * 2**20  # a photo that arrives: beyond it, a file on the disk
SCRIPT = Path(__file__).with_name("uploads.js")
T = TypeVar("T")
HTML = '<div class="told" role="status" hidden></div>'
CSS = """.told {color: var(--st-red-text-color, #b3261e); font-size: .9rem;
line-height: 1.4; white-space: pre-line;}"""


def bound() -> None:
    """Have Streamlit drop a session's oldest files when its sum grows too large.

    Streamlit bounds each file, and a session may send any number of them. Photos are
    also kept off the disk while they arrive, where Starlette puts what is above 1 MB.
    Once a process; a second time changes nothing.
    """
    MultiPartParser.spool_max_size = IN_MEMORY_BYTES
    add = MemoryUploadedFileManager.add_file
    if hasattr(add, "__wrapped__"):
        return

    @functools.wraps(add)
    def add_bounded(
        self: MemoryUploadedFileManager, session_id: str, file: UploadedFileRec
    ) -> None:
        for old in _too_many(self, session_id, file):
            self.remove_file(session_id, old)
        add(self, session_id, file)

    MemoryUploadedFileManager.add_file = add_bounded  # type: ignore[method-assign]


def _too_many(
    kept: MemoryUploadedFileManager, session_id: str, new: UploadedFileRec
) -> list[str]:
    """Return the oldest files' ids that must go before another one comes."""
    with kept._lock:
        files = list(kept.file_storage.get(session_id, {}).items())
    sizes = {name: len(one.data) for name, one in files if name != new.file_id}
    names = list(sizes)
    gone = 0
    while gone < len(names) and (
        sum(sizes[name] for name in names[gone:]) + len(new.data) > MOST_BYTES
        or len(names) - gone >= MOST_FILES
    ):
        gone += 1
    return names[:gone]


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


def once(key: str, open_it: Callable[[Any], T]) -> T | None:
    """Return what was made of an uploader's file, whose bytes are read once and let go.

    For an uploader that stays in sight with its file: later runs get what the first
    one made. None where there is no file.
    """
    file, name = st.session_state.get(key), f"_once_{key}"
    if file is None:
        st.session_state.pop(name, None)
        return None
    if arrived(file) is not None:
        st.session_state[name] = (file.file_id, open_it(file))
        forget(file)
    number, made = st.session_state.get(name, (None, None))
    return made if number == file.file_id else None


def sentences() -> dict[str, str]:
    """Return what is said of a file: too large, one of many, or lost on the way."""
    most = int(st.get_option("server.maxUploadSize"))
    return {
        "large": f"“{{name}}” was not taken: it has {{size}}, and {most} MB is the "
        "most. Save it smaller (a photo with fewer pixels, or as JPEG) and choose that "
        "file, or choose another.",
        "many": "“{name}” was not taken: one file at a time.",
        "lost": "“{name}” did not arrive: the connection broke on the way. Choose it "
        "again.",
    }


def say_if_refused(key: str) -> None:
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
