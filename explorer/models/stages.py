"""How long each stage of a piece of work took, noted by the work itself."""

import contextlib
import threading
import time
from collections.abc import Iterator

_local = threading.local()


@contextlib.contextmanager
def recording() -> Iterator[dict[str, float]]:
    """Collect the stages noted by this thread while the block runs.

    Yields
    ------
    dict of str to float
        Milliseconds by stage name, filled as the stages end.

    Examples
    --------
    >>> with recording() as times:
    ...     with stage("resize"):
    ...         pass
    >>> list(times)
    ['resize']
    """
    outer = getattr(_local, "times", None)
    times: dict[str, float] = {}
    _local.times = times
    try:
        yield times
    finally:
        _local.times = outer


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
    """Time the block under ``name``; a name used twice adds up."""
    times: dict[str, float] | None = getattr(_local, "times", None)
    start = time.perf_counter()
    try:
        yield
    finally:
        if times is not None:
            spent_ms = 1e3 * (time.perf_counter() - start)
            times[name] = times.get(name, 0.0) + spent_ms
