"""A model of plain functions, and an engine of its own to run it in."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from explorer.models import engine, readers, zoo

Arrays = dict[str, np.ndarray[Any, Any]]
PATIENCE_S = 60.0  # of a test for a thread on a busy machine
HANGS = 7  # a code whose decoding never ends by itself


@dataclass
class Fake:
    """What a job does is what the test gave; ``order`` is what ran."""

    order: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    stuck: threading.Event = field(default_factory=threading.Event)
    at_work: threading.Event = field(default_factory=threading.Event)
    holder: threading.Thread | None = None

    @property
    def methods(self) -> dict[str, Callable[..., Arrays]]:
        return {
            "double": self.double,
            "hold": self.hold,
            "decode": self.decode,
            "fail": self.fail,
        }

    def double(self, x: np.ndarray[Any, Any]) -> Arrays:
        self.order.append(int(x.flat[0]))
        return {"y": 2 * x}

    def hold(self) -> Arrays:
        self.holder = threading.current_thread()
        self.at_work.set()
        assert self.gate.wait(PATIENCE_S)
        return {}

    def decode(self, z: np.ndarray[Any, Any], label: Any = 0) -> Arrays:
        self.rows.append(len(z))
        if (z == HANGS).any():
            self.holder = threading.current_thread()
            self.at_work.set()
            assert self.stuck.wait(PATIENCE_S)
        if (z < 0).any():
            raise ValueError("A code is below 0.")
        return {"images": z + np.reshape(label, (-1, 1))}

    def fail(self, how: str) -> Arrays:
        raise {
            "value": ValueError("side_px is 3; it must be at least 32."),
            "memory": MemoryError(),
            "exit": SystemExit(3),
            "key": KeyError("w"),
        }[how]


def until(holds: Callable[[], Any]) -> None:
    """Wait for what another thread will bring about."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def ask(
    own: engine.Engine,
    reader: str,
    *values: int,
    here: Callable[[], bool] = lambda: True,
) -> list[Any]:
    """Submit a ``double`` for each value, as a reader."""
    with readers.reading(readers.Reader(reader, here)):
        return [own.submit("fake", "double", x=np.array([v])) for v in values]


@contextmanager
def held(own: engine.Engine, fake: Fake, name: str = "fake") -> Iterator[None]:
    """Keep the lane at work on ``name`` while the block fills the queue."""
    busy = own.submit(name, "hold")
    assert fake.at_work.wait(PATIENCE_S)
    try:
        yield
    finally:
        fake.gate.set()
        busy.result(PATIENCE_S)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    made = Fake()
    monkeypatch.setitem(zoo._runners, "fake", made)
    return made


@pytest.fixture
def own(fake: Fake) -> Iterator[engine.Engine]:
    made = engine.Engine()
    yield made
    fake.gate.set()
    fake.stuck.set()
    made.stop()
