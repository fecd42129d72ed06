"""What readers who left leave behind: the book of sessions, and freed memory."""

import sys
from types import SimpleNamespace

import pytest
from streamlit.runtime.memory_session_storage import MemorySessionStorage

from explorer.ui import sessions


@pytest.fixture
def book(monkeypatch):
    """A store of Streamlit's own with a clock that is turned by hand."""
    store = MemorySessionStorage(ttl_seconds=120)
    clock = SimpleNamespace(now=0.0)
    store._cache._timer = lambda: clock.now

    def left(name):
        store.save(SimpleNamespace(session=SimpleNamespace(id=name)))

    manager = SimpleNamespace(
        _session_storage=store,
        list_active_sessions=lambda: ["here"],
        list_sessions=lambda: ["here", *store.list()],
    )
    monkeypatch.setattr(sessions, "_manager", lambda: manager)
    return SimpleNamespace(left=left, clock=clock, store=store)


def test_a_session_is_dropped_when_its_time_is_over_and_not_before(book):
    book.left("a")
    book.clock.now = 60
    book.left("b")
    assert sessions.count() == (1, 2)
    book.clock.now = 119.9
    assert sessions.drop_expired() == 0
    book.clock.now = 120
    assert sessions.drop_expired() == 1
    assert list(book.store._cache._data) == ["b"]
    book.clock.now = 500
    assert sessions.drop_expired() == 1
    assert sessions.count() == (1, 0)


def test_without_a_server_nobody_reads():
    assert sessions.count() == (0, 0)
    assert sessions.drop_expired() == 0


def test_a_store_that_has_moved_is_left_alone(monkeypatch):
    moved = SimpleNamespace(_session_storage=object())
    monkeypatch.setattr(sessions, "_manager", lambda: moved)
    assert sessions.drop_expired() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's own")
def test_memory_is_given_back_once_it_has_grown(monkeypatch):
    monkeypatch.setitem(sessions._LIGHT, "bytes", 0)
    assert sessions.trim()
    light = sessions._LIGHT["bytes"]
    assert light > sessions.HEAVIER_BYTES
    monkeypatch.setattr(sessions, "resident_bytes", lambda: light + 1)
    assert not sessions.trim()
