"""One writer for all that the programs print: whole lines, each with time and name."""

import contextlib
import os
import re
import select
import selectors
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

LONGEST = 3500  # bytes of a line: what a pipe takes in one piece, less the stamp
PIECE = 65_536  # bytes read at once
PATIENCE_S = 1.0  # for whoever reads us; then lines are lost, and not the course
TIMED = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d) (.*)", re.DOTALL)


def stamped(name: str, line: bytes, now: str) -> bytes:
    """Return a line with its time and who printed it; nginx names the time itself.

    Examples
    --------
    >>> stamped("front end 8502", b"hello", "2026-01-31T09:00:00+01:00")
    b'2026-01-31T09:00:00+01:00 front end 8502: hello\\n'
    >>> stamped("nginx", b"2026-01-31T08:59:59+01:00 200 GET /", "later")
    b'2026-01-31T08:59:59+01:00 nginx: 200 GET /\\n'
    """
    found = TIMED.match(line)
    when, what = found.groups() if found else (now.encode(), line)
    cut = what if len(what) <= LONGEST else what[:LONGEST] + b"..."
    return b"%s %s: %s\n" % (when, name.encode(), cut)


def present() -> str:
    """Return the time as nginx writes it."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


@dataclass
class _Tail:
    """The end of what a program printed, not yet a whole line."""

    name: str
    rest: bytes = b""

    def whole(self, data: bytes) -> Iterator[bytes]:
        *done, self.rest = (self.rest + data).split(b"\n")
        if len(self.rest) > LONGEST or not data:
            done, self.rest = [*done, self.rest], b""
        return (line.rstrip() for line in done if line.strip())


class Lines:
    """Reads the programs' pipes and writes their lines, one after the other.

    On the thread that watches the programs: it needs no other, which may not be had
    when the machine is at its end.

    Parameters
    ----------
    out : int
        File descriptor to write to: a file, a terminal, a pipe or a socket.
    """

    def __init__(self, out: int = 1) -> None:
        self._out = out
        self._pipes = selectors.DefaultSelector()
        self._lost = 0

    def say(self, name: str, words: str) -> None:
        """Write a line of our own."""
        self._write(stamped(name, words.encode(), present()))

    def follow(self, name: str, pipe: IO[bytes]) -> None:
        """Pass on what comes from a pipe, until its other end is closed."""
        os.set_blocking(pipe.fileno(), False)
        self._pipes.register(pipe, selectors.EVENT_READ, _Tail(name))

    def pump(self, wait_s: float) -> None:
        """Pass on all that is printed within so many seconds, and once at least."""
        end = time.monotonic() + wait_s
        while True:
            for key, _ in self._pipes.select(max(0.0, end - time.monotonic())):
                self._read(key)
            if time.monotonic() >= end:
                return

    def end(self) -> None:
        """Pass on what is left in the pipes of programs that ended, and close them."""
        for key in list(self._pipes.get_map().values()):
            while self._read(key):
                pass
            self._let_go(key)

    def _read(self, key: selectors.SelectorKey) -> bool:
        """Pass on a piece of what waits in a pipe; False where nothing did."""
        try:
            data = os.read(key.fd, PIECE)
        except BlockingIOError:
            return False
        for line in key.data.whole(data):
            self._write(stamped(key.data.name, line, present()))
        if not data:
            self._let_go(key)
        return bool(data)

    def _let_go(self, key: selectors.SelectorKey) -> None:
        if key.fd in self._pipes.get_map():
            self._pipes.unregister(key.fileobj)
            key.fileobj.close()

    def _write(self, line: bytes) -> None:
        """Write a line; lose it where nobody reads, and say later how many."""
        with contextlib.suppress(OSError, ValueError):  # gone, or closed
            wait_s = 0.0 if self._lost else PATIENCE_S
            if select.select([], [self._out], [], wait_s)[1]:
                if self._lost:
                    words = b"%d lines are lost: nobody read them" % self._lost
                    os.write(self._out, stamped("log", words, present()))
                    self._lost = 0
                    if not select.select([], [self._out], [], PATIENCE_S)[1]:
                        raise BlockingIOError
                os.write(self._out, line)
                return
        self._lost += 1
