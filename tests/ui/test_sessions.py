"""What readers who left leave behind: the book of sessions, and freed memory."""

import gc
import sys
import weakref
from types import SimpleNamespace

import pytest
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from explorer.ui import sessions


class Session:
    """Stands for Streamlit's, with a knot that only the collector undoes."""

    def __init__(self, name):
        self.id, self.ended, self.knot = name, 0, self

    def shutdown(self):
        self.ended += 1


@pytest.fixture
def book(monkeypatch):
    """A store of Streamlit's own with a clock that is turned by hand."""
    store = MemorySessionStorage(ttl_seconds=120)
    clock = SimpleNamespace(now=0.0)
    store._cache._timer = lambda: clock.now

    def left(name):
        one = Session(name)
        store.save(SimpleNamespace(session=one))
        return one

    here = [SimpleNamespace(session=Session("here"))]
    manager = SimpleNamespace(
        _session_storage=store,
        list_active_sessions=lambda: here,
        list_sessions=lambda: here + store.list(),
    )
    monkeypatch.setattr(sessions, "_manager", lambda: manager)
    monkeypatch.setattr(sessions, "_known", weakref.WeakSet())
    return SimpleNamespace(left=left, clock=clock, store=store, here=here)


def test_a_session_is_ended_when_its_time_is_over_and_not_before(book):
    first = book.left("a")
    book.clock.now = 60
    book.left("b")
    assert sessions.count() == (1, 2)
    book.clock.now = 119.9
    assert (sessions.end_expired(), first.ended) == (0, 0)
    book.clock.now = 120
    assert (sessions.end_expired(), first.ended) == (1, 1)
    assert list(book.store._cache._data) == ["b"]
    book.clock.now = 500
    assert (sessions.end_expired(), first.ended) == (1, 1)
    assert sessions.count() == (1, 0)


def test_a_session_that_was_dropped_without_us_is_ended_and_counted(book):
    """As the next reader leaves, Streamlit drops what is over and ends nothing."""
    first = book.left("a")
    assert sessions.end_expired() == 0
    book.clock.now = 130
    book.left("b")
    assert list(book.store._cache._data) == ["b"]
    assert (sessions.end_expired(), first.ended) == (1, 1)
    assert book.here[0].session.ended == 0


def test_a_reader_who_comes_back_keeps_her_session(book):
    back = book.left("a")
    assert sessions.end_expired() == 0
    book.store.delete("a")
    book.here.append(SimpleNamespace(session=back))
    book.clock.now = 500
    assert (sessions.end_expired(), back.ended) == (0, 0)


def test_knowing_a_session_does_not_keep_it(book):
    gone = weakref.ref(book.left("a"))
    assert sessions.end_expired() == 0
    book.store.delete("a")
    gc.collect()
    assert gone() is None
    assert sessions.end_expired() == 0


VISITS = 20


def test_visits_leave_nothing_behind(monkeypatch, awaited):
    """Streamlit's own sessions: ended with their files and loops, then collected."""
    store, files = MemorySessionStorage(), MemoryUploadedFileManager("/upload")
    clock = SimpleNamespace(now=0.0)
    store._cache._timer = lambda: clock.now
    manager = WebsocketSessionManager(store, files, ScriptCache(), lambda: None)
    monkeypatch.setattr(sessions, "_manager", lambda: manager)
    monkeypatch.setattr(sessions, "_known", weakref.WeakSet())
    monkeypatch.setattr(AppSession, "register_file_watchers", lambda self: None)

    def visit():
        name = manager.connect_session(None, ScriptData("explorer/app.py", False), {})
        session = manager.get_active_session_info(name).session
        session.knot = session  # frames and figures of a run make such ones
        files.add_file(name, UploadedFileRec("1", "a.jpg", "image/jpeg", b"photo"))
        manager.disconnect_session(name)
        return weakref.ref(session), session._script_event_loop

    async def all_of_them():
        seen = [visit() for _ in range(VISITS)]
        assert sessions.end_expired() == 0
        assert len(files.file_storage) == VISITS
        clock.now = 121
        assert sessions.end_expired() == VISITS
        return seen

    seen = awaited(all_of_them())
    assert files.file_storage == {}
    assert all(loop.is_closed() for _, loop in seen)
    gc.collect()
    assert [session() for session, _ in seen] == [None] * VISITS


def test_without_a_server_nobody_reads():
    assert sessions.count() == (0, 0)
    assert sessions.end_expired() == 0


def test_a_store_that_has_moved_is_left_alone(monkeypatch):
    moved = SimpleNamespace(_session_storage=object())
    monkeypatch.setattr(sessions, "_manager", lambda: moved)
    assert sessions.end_expired() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's own")
def test_memory_is_given_back_once_it_has_grown(monkeypatch):
    monkeypatch.setitem(sessions._LIGHT, "bytes", 0)
    assert sessions.trim()
    light = sessions._LIGHT["bytes"]
    assert light > sessions.HEAVIER_BYTES
    monkeypatch.setattr(sessions, "resident_bytes", lambda: light + 1)
    assert not sessions.trim()
