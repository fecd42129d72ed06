"""Readers' sessions: how many there are, and what those who left leave behind.

Streamlit keeps a session for two minutes after its connection broke. When that time
is over it drops it only as the next reader leaves, and the memory goes back to the
system only when the allocator is told.
"""

import ctypes
import gc
import sys
from typing import Any

from streamlit.runtime import Runtime


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


def drop_expired() -> int:
    """Drop the sessions whose time is over; return how many. On the event loop only.

    Asking the store for its length is what makes it look at the clock.
    """
    store = getattr(_manager(), "_session_storage", None)
    kept: Any = getattr(store, "_cache", None)
    stored: Any = getattr(kept, "_data", None)
    if stored is None:
        return 0
    before = len(stored)
    return before - len(kept)


def give_back() -> bool:
    """Collect what went in circles, return free memory to the system; False if not.

    glibc keeps what each of its threads freed; only ``malloc_trim`` lets it go.
    """
    gc.collect()
    if not sys.platform.startswith("linux"):
        return False
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and bool(trim(0))
