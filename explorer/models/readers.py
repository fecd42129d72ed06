"""Who asks the engine: known to whoever calls it, read where a job is made.

The engine's face stays narrow: a page or a route says once for whom it works, and
every job made inside is that reader's.
"""

import concurrent.futures as futures
import contextlib
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TypeVar

from explorer.models.answers import EngineError

UNKNOWN = -1  # jobs before one's own, where the engine cannot say
SLICE_S = 0.1  # between two looks at whether the reader still waits

R = TypeVar("R")


def _always() -> bool:
    return True


def _patient(ahead: int) -> None:
    """Wait without a word."""


@dataclass(frozen=True)
class Reader:
    """One who asks.

    Attributes
    ----------
    name : str
        Who it is: jobs of different names take turns.
    here : callable
        Whether the answer would still be read; asked when a job's turn comes.
    wait : callable
        Told again and again, while an answer is awaited, how many jobs are before it;
        ``UNKNOWN`` where nobody can say.
        What it raises ends the wait, and the job is dropped if nobody else wants it.
    """

    name: str = ""
    here: Callable[[], bool] = _always
    wait: Callable[[int], None] = _patient


NOBODY = Reader()
_present: ContextVar[Reader] = ContextVar("reader", default=NOBODY)


def present() -> Reader:
    """Return for whom this thread works now."""
    return _present.get()


@contextlib.contextmanager
def reading(reader: Reader) -> Iterator[None]:
    """Work for a reader while the block runs.

    Examples
    --------
    >>> with reading(Reader("ada")):
    ...     present().name
    'ada'
    """
    token = _present.set(reader)
    try:
        yield
    finally:
        _present.reset(token)


def overheard(reader: Reader, hear: Callable[[int], None]) -> Reader:
    """Return the same reader; how her wait goes is told to ``hear`` as well.

    Examples
    --------
    >>> places = []
    >>> overheard(NOBODY, places.append).wait(3)
    >>> places
    [3]
    """

    def wait(ahead: int) -> None:
        hear(ahead)
        reader.wait(ahead)

    return replace(reader, wait=wait)


def waited(
    future: "futures.Future[R]", timeout_s: float, ahead: Callable[[], int]
) -> R:
    """Return a future's result, telling the present reader how the wait goes.

    Raises
    ------
    TimeoutError
        If there is none after ``timeout_s`` seconds; the future is cancelled.
    EngineError
        If the future was cancelled meanwhile.
    BaseException
        What the job or the reader's ``wait`` raised; the future is cancelled then.
    """
    reader, end = present(), time.monotonic() + timeout_s
    try:
        while True:
            left = end - time.monotonic()
            with contextlib.suppress(TimeoutError):
                return future.result(max(0.0, min(SLICE_S, left)))
            if left <= 0:
                raise TimeoutError
            reader.wait(ahead())
    except futures.CancelledError:
        raise EngineError("This request was dropped: nobody waited for it.") from None
    except BaseException:
        future.cancel()
        raise
