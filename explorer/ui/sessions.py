"""Readers' sessions: how many there are, and what those who left leave behind.

Streamlit keeps a session for two minutes after its connection broke. When that time
is over it drops it only as the next reader leaves, and ends it only when the collector
comes by; and what was freed goes back to the system only when the allocator is told.
"""

import ctypes
import sys
from pathlib import Path
from typing import Any
from weakref import WeakSet

from streamlit.runtime import Runtime

HEAVIER_BYTES = 32 * 2**20  # grown so much since the last time: worth telling
_LIGHT = {"bytes": 0}  # resident memory after the last time
_known: "WeakSet[Any]" = WeakSet()  # sessions in the book at the last look


def _manager() -> Any:
    """Return the runtime's book of sessions; None outside of a server."""
    if not Runtime.exists():
        return None
    return getattr(Runtime.instance(), "_session_mgr", None)


def count() -> tuple[int, int]:
    """Return how many readers are connected, and how many may still come back."""
    manager = _manager()
    if manager is None:
        return 0, 0
    connected = len(manager.list_active_sessions())
    return connected, len(manager.list_sessions()) - connected


def end_expired() -> int:
    """End the sessions whose time is over; return how many. On the event loop only.

    Those too that Streamlit dropped itself since the last call: it ends a session when
    the collector finds it, which may be long after, and its photos stay until then.
    """
    manager = _manager()
    store = getattr(manager, "_session_storage", None)
    kept: Any = getattr(store, "_cache", None)
    if not hasattr(kept, "_data"):
        return 0
    len(kept)  # makes it look at the clock
    here = {one.session for one in manager.list_sessions()}
    over = [session for session in _known if session not in here]
    _known.clear()
    _known.update(here)
    for session in over:
        session.shutdown()
    return len(over)


def resident_bytes() -> int:
    """Return the memory this process takes; 0 where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * 4096


def trim() -> bool:
    """Return freed memory to the system if much came together; whether it was told.

    Each thread frees into a heap of its own, and glibc keeps those: 150 to 350 MB
    after 30 readers. Telling takes up to 0.1 s, without the interpreter's lock.
    """
    if resident_bytes() < _LIGHT["bytes"] + HEAVIER_BYTES or sys.platform != "linux":
        return False
    tell = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if tell is None:  # another C library than glibc
        return False
    tell(0)
    _LIGHT["bytes"] = resident_bytes()
    return True
