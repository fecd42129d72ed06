"""How often one reader, or one address, may ask a route that has no session."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

from starlette.requests import Request

READER_COOKIES = ("explorer_reader", "_streamlit_xsrf")  # nginx's, else Streamlit's;
# how they begin: nginx's carries the course's name
READER_RATE = 90.0  # pictures a second: a drag asks for 60 at most, one at a time
ADDRESS_RATE = 1000.0  # a lecture hall may stand behind one address
BURST_S = 1.0  # of a rate, saved up by who was still
MOST_KNOWN = 10_000  # of either kind; the longest silent is forgotten, and full again


class Rate:
    """A bucket of tokens for each who asks, filled steadily, emptied by asking.

    Parameters
    ----------
    rate : float
        Tokens a second.
    burst_s : float
        A bucket holds what flows in that many seconds.
    most_known : int
        Buckets kept at once.
    clock : callable
        Seconds that never go back.
    """

    def __init__(
        self,
        rate: float,
        burst_s: float = BURST_S,
        most_known: int = MOST_KNOWN,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.rate = rate
        self.full = max(1.0, rate * burst_s)
        self.most_known = most_known
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, who: str) -> bool:
        """Take a token of ``who``'s; False where the bucket is empty."""
        with self._lock:
            now = self._clock()
            level, then = self._buckets.pop(who, (self.full, now))
            level = min(self.full, level + (now - then) * self.rate)
            allowed = level >= 1.0
            self._buckets[who] = (level - allowed, now)
            if len(self._buckets) > self.most_known:
                self._buckets.popitem(last=False)
            return allowed


class Bounds:
    """Both bounds of one route: tight for a reader, wide for an address.

    A reader is told by a cookie that she could forge: then her address's bound holds.
    """

    def __init__(self, reader: Rate | None = None, address: Rate | None = None) -> None:
        self.reader = reader or Rate(READER_RATE)
        self.address = address or Rate(ADDRESS_RATE)

    def allow(self, request: Request) -> bool:
        """Count a request; False if it is one too many."""
        who = reader(request.cookies)
        if who and not self.reader.take(who[:128]):
            return False
        return self.address.take(request.client.host if request.client else "")


def reader(cookies: Mapping[str, str]) -> str:
    """Return what tells a reader from others; empty where she has no cookie of ours.

    Examples
    --------
    >>> reader({"_streamlit_xsrf": "b", "explorer_reader_8501": "a"})
    'a'
    """
    for begins in READER_COOKIES:
        for name, value in cookies.items():
            if name.startswith(begins) and value:
                return value
    return ""


LIVE = Bounds()
