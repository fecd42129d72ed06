"""Whether a process still answers: one that hangs does not die, and looks alive."""

import http.client
import threading
import time
from collections.abc import Callable

PATIENCE_S = 60.0  # without an answer; under load an answer may take many seconds
STARTING_S = 300.0  # until the first one: a machine may start many at once
MISSES = 3  # in a row at least: who asks may have been held up, too


def answers(port: int, timeout_s: float) -> bool:
    """Ask a process of this machine whether its loop turns."""
    way = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        way.request("GET", "/healthz")
        return way.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        way.close()


class Pulse:
    """Asks one port again and again, in a thread of its own.

    Parameters
    ----------
    port : int
    patience_s : float
        Seconds of silence after which a process is lost; it is asked some twelve times
        within them, and each time may take a sixth.
    ask : callable
        Called with the port and a timeout in seconds; whether there was an answer.

    Attributes
    ----------
    answered : bool
        Whether the present process has answered.
    ever : bool
        Whether any process at this port has.
    """

    def __init__(
        self,
        port: int,
        patience_s: float = PATIENCE_S,
        ask: Callable[[int, float], bool] = answers,
    ) -> None:
        self.ever = False
        self._port, self._patience_s, self._ask = port, patience_s, ask
        self._lock = threading.Lock()
        self._life = 0
        self.begin()
        threading.Thread(target=self._turn, name=f"pulse {port}", daemon=True).start()

    def begin(self) -> None:
        """A process was started: what the one before it did is forgotten."""
        with self._lock:
            self._life += 1
            self._since, self._misses, self.answered = time.monotonic(), 0, False

    def silent_s(self) -> float:
        """Return for how long a process that is lost was silent, 0 for any other."""
        with self._lock:
            most = self._patience_s
            if not self.answered:
                most = max(most, STARTING_S)
            silent = time.monotonic() - self._since
            return silent if silent > most and self._misses >= MISSES else 0.0

    def beat(self) -> None:
        """Ask once, and note what came of it."""
        life = self._life
        well = self._ask(self._port, self._patience_s / 6)
        with self._lock:
            if life != self._life:
                return  # it was another process that was asked
            if well:
                self._since, self._misses = time.monotonic(), 0
                self.answered = self.ever = True
            else:
                self._misses += 1

    def _turn(self) -> None:
        while True:
            time.sleep(self._patience_s / 12)
            self.beat()
