"""A line between browser and server that a test can cut: for all, or half-way."""

import contextlib
import socket
import threading
from dataclasses import dataclass, field

CHUNK_BYTES = 16_384
PATIENCE_S = 0.2  # how soon a thread notices that its relay has closed


@dataclass
class Cut:
    """Break the one connection that asks for ``path``, after so many bytes of it.

    Attributes
    ----------
    path : bytes
        Stands in the request's first line.
    after : int
        Bytes let through, of the answer, or of the request if ``upwards``.
    upwards : bool
    wholly : bool
        The whole line breaks with it, or a browser asks again at once.
    done : threading.Event
        Set once the connection is broken; later ones live.
    """

    path: bytes
    after: int
    upwards: bool = False
    wholly: bool = False
    done: threading.Event = field(default_factory=threading.Event)


@dataclass
class _Said:
    """What one connection was asked that is to be cut, and the bytes of it so far."""

    cut: Cut | None = None
    passed: int = 0


class Relay:
    """Pass bytes between its own port and another one of this machine."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.cuts: list[Cut] = []
        self.down = False
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._door = socket.create_server(("127.0.0.1", 0))
        self._door.settimeout(PATIENCE_S)
        self.port = int(self._door.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._start(self._accept)

    def cut(self) -> None:
        """Break every connection, and each new one at once, until ``mend``."""
        self.down = True
        for one in list(self._open):
            _shut(one)

    def mend(self) -> None:
        """Let connections through again."""
        self.down = False

    def close(self) -> None:
        """Break all, and end every thread."""
        self._closed = True
        for thread in self._threads:
            while thread.is_alive():
                self.cut()
                thread.join(PATIENCE_S)
        self._door.close()

    def _start(self, work, *told) -> None:
        thread = threading.Thread(target=work, args=told, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closed:
            with contextlib.suppress(TimeoutError):
                self._start(self._serve, self._door.accept()[0])

    def _serve(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError):
            if self.down:
                return
            with socket.create_connection(("127.0.0.1", self.target)) as far:
                near.settimeout(None)
                self._open |= {near, far}
                said = _Said()
                up = threading.Thread(target=self._pump, args=(near, far, said, True))
                up.start()
                self._pump(far, near, said, False)
                up.join()
                self._open -= {near, far}

    def _pump(
        self, source: socket.socket, sink: socket.socket, said: _Said, up: bool
    ) -> None:
        """Pass what one side says on to the other, until it stops or is cut."""
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK_BYTES):
                if up and (found := self._asked(data)):
                    said.cut, said.passed = found, 0
                if said.cut and said.cut.upwards == up:
                    said.passed += len(data)
                    if said.passed > said.cut.after:
                        self._break(said.cut)
                        break
                sink.sendall(data)
        _shut(source)
        _shut(sink)

    def _break(self, one: Cut) -> None:
        if one.wholly:
            self.cut()
        one.done.set()

    def _asked(self, data: bytes) -> Cut | None:
        line = data.split(b"\r\n", 1)[0]
        for one in self.cuts:
            if one.path in line and not one.done.is_set():
                return one
        return None


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
