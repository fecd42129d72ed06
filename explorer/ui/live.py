"""Results on the page: computed once, bounded in memory, timed as they are made."""

import dataclasses
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import numpy as np
import streamlit as st

from explorer.models import meters
from explorer.models.readers import SLICE_S, UNKNOWN, overheard, present, reading
from explorer.ui import patience

if TYPE_CHECKING:
    from explorer.models.engine import Answer

P = ParamSpec("P")
R = TypeVar("R")

CACHE_BYTES = 192 * 2**20  # of all readers together: a lecture hall shares samples
ENTRY_OVERHEAD_BYTES = 2_000  # keys and small objects; keeps tiny entries bounded too


@dataclass(frozen=True)
class Stage:
    """One line of the page's timing: what, how long, and whether it was kept."""

    name: str
    ms: float
    kept: bool
    device: str = ""


@dataclass
class _Turn:
    """Whose it is computes, the others wait; its place in the queue is theirs too."""

    lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)
    users: int = 0
    ahead: int = UNKNOWN

    def hear(self, ahead: int) -> None:
        """Keep the place of whose turn it is."""
        self.ahead = ahead


def _wait(ahead: int) -> None:
    """Wait without a word."""


class ResultCache:
    """Least recently used results of pure functions, bounded by their bytes.

    The same call from two readers is computed once: the second waits for the first.
    """

    def __init__(self, max_bytes: int = CACHE_BYTES) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._entries: OrderedDict[str, tuple[Any, float, int]] = OrderedDict()
        self._lock = threading.Lock()
        self._running: dict[str, _Turn] = {}

    def get(
        self, key: str, make: Callable[[], R], wait: Callable[[int], None] | None = None
    ) -> tuple[R, float, bool]:
        """Return the value, its milliseconds when it was made, and whether kept.

        Parameters
        ----------
        make : function that computes the value; what it raises is not kept.
        wait : called again and again while another reader computes the same, with her
            place in the engine's queue or ``UNKNOWN``; what it raises ends the wait.
        """
        with self._turn(key, wait or _wait) as turn:
            with self._lock:
                if key in self._entries:
                    self._entries.move_to_end(key)
                    value, ms, _ = self._entries[key]
                    return cast(R, value), ms, True
            start = time.perf_counter()
            with reading(overheard(present(), turn.hear)):
                value = make()
            ms = (time.perf_counter() - start) * 1e3
            self._store(key, value, ms)
        return value, ms, False

    @contextmanager
    def _turn(self, key: str, wait: Callable[[int], None]) -> Iterator[_Turn]:
        """Let one reader in at a time; a turn goes when the last who waits has left."""
        with self._lock:
            turn = self._running.setdefault(key, _Turn())
            turn.users += 1
        try:
            while not turn.lock.acquire(timeout=SLICE_S):
                wait(turn.ahead)
            turn.ahead = UNKNOWN  # of who was before
            try:
                yield turn
            finally:
                turn.lock.release()
        finally:
            with self._lock:
                turn.users -= 1
                if not turn.users:
                    del self._running[key]

    def _store(self, key: str, value: Any, ms: float) -> None:
        size = size_bytes(value) + ENTRY_OVERHEAD_BYTES
        if size > self.max_bytes:
            return
        with self._lock:
            if key in self._entries:
                return
            self._entries[key] = (value, ms, size)
            self.bytes += size
            while self.bytes > self.max_bytes:
                _, (_, _, freed) = self._entries.popitem(last=False)
                self.bytes -= freed


CACHE = ResultCache()


def size_bytes(value: Any) -> int:
    """Return the bytes of all arrays in a result, through dataclasses and lists.

    A view counts as all of the array it looks into, once: that is what it keeps. A
    figure's bytes are those that it is sent as.

    Examples
    --------
    >>> size_bytes([np.zeros(10), {"a": np.zeros(2, np.uint8)}])
    82
    """
    return _size(value, set())


def _size(value: Any, counted: set[int]) -> int:
    if isinstance(value, np.ndarray):
        while isinstance(value.base, np.ndarray):
            value = value.base
        new = id(value) not in counted
        counted.add(id(value))
        return value.nbytes if new else 0
    if isinstance(value, (bytes, str)):
        return len(value)
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return sum(_size(getattr(value, f.name), counted) for f in fields)
    if isinstance(value, Mapping):
        return sum(_size(v, counted) for v in value.values())
    if isinstance(value, Sequence):
        return sum(_size(v, counted) for v in value)
    if hasattr(value, "to_json"):  # a plotly figure, which this layer never imports
        return len(value.to_json())
    return 0


def digest(*values: Any) -> str:
    """Return a fingerprint of arrays, dataclasses, containers and plain values.

    Every byte of an array counts: Streamlit's own cache samples large arrays.

    Examples
    --------
    >>> digest(np.zeros(2)) == digest(np.zeros(2))
    True
    >>> digest(np.zeros(2)) == digest(np.zeros((2, 1)))
    False
    """
    state = hashlib.blake2b(digest_size=16)
    _feed(state, values)
    return state.hexdigest()


def _feed(state: "hashlib.blake2b", value: Any) -> None:
    if isinstance(value, np.ndarray):
        state.update(f"{value.dtype}{value.shape}".encode())
        state.update(np.ascontiguousarray(value).data)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        state.update(type(value).__qualname__.encode())
        for field in dataclasses.fields(value):
            _feed(state, getattr(value, field.name))
    elif isinstance(value, Mapping):
        state.update(b"{")
        for key in sorted(value, key=str):
            _feed(state, key)
            _feed(state, value[key])
    elif isinstance(value, (list, tuple)):
        state.update(f"({len(value)}".encode())
        for item in value:
            _feed(state, item)
    elif isinstance(value, (str, int, float, bool, type(None), bytes, np.generic)):
        state.update(f"{type(value).__name__}:{value!r};".encode())
    else:
        raise TypeError(f"can't fingerprint a {type(value).__name__}")


def compute(
    stage: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Return ``function(*args, **kwargs)``, kept by the digest of its arguments.

    The time it took when it was computed appears in the page's timing line under
    ``stage``. The function must be pure, and its result must not be changed.
    """
    value, ms, kept = _get(function, *args, **kwargs)
    log(Stage(stage, ms, kept))
    return value


def anew(stage: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Return ``function(*args, **kwargs)`` as ``compute`` does, but keep nothing.

    For arguments that hardly come again, such as measured times.
    """
    start = time.perf_counter()
    value = function(*args, **kwargs)
    log(Stage(stage, (time.perf_counter() - start) * 1e3, False))
    return value


def ahead(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Compute what ``compute`` will be asked for, from a thread that has no page."""
    return _get(function, *args, **kwargs)[0]


def _get(
    function: Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> tuple[R, float, bool]:
    """Return a kept result, its milliseconds, and whether it was there already."""
    name = f"{function.__module__}.{function.__qualname__}"
    key = digest(name, args, kwargs)
    return CACHE.get(key, lambda: function(*args, **kwargs))


def model(name: str, method: str, **inputs: Any) -> "Answer | None":
    """Ask the engine, once an input; None and a sentence on the page if it can't.

    The stages that the engine reports enter the page's timing line with its device.
    An input ``again`` never reaches the engine: another number than 0 measures anew.
    """
    from explorer.models import engine

    again = inputs.pop("again", 0)
    key = digest("model", name, method, inputs, *([again] if again else []))
    try:
        with patience.waiting() as me:
            answer, _, kept = CACHE.get(
                key, lambda: engine.run(name, method, **inputs), me.wait
            )
    except engine.BusyError as error:
        patience.come_again(error)
        return None
    except engine.EngineError as error:
        if patience.first_time(str(error)):
            st.warning(str(error), icon=":material/cloud_off:")
        return None
    if answer.note and patience.first_time(answer.note):
        st.info(answer.note, icon=":material/memory:")
    for stage, ms in answer.stages.items():
        log(Stage(f"{name}: {stage}", ms, kept, answer.device))
    return answer


def log(stage: Stage) -> None:
    """Enter a stage in the present page's timing line; a later one replaces it."""
    st.session_state.setdefault("_stages", {})[stage.name] = stage
    if not stage.kept:
        lesson = str(st.session_state.get("_lesson", ""))
        name = "part" if stage.name.isdecimal() else stage.name
        meters.STAGE_SECONDS.labels(lesson, name).observe(stage.ms / 1e3)


@contextmanager
def one_line(label: str) -> Iterator[None]:
    """Enter all that is asked inside as one stage of the timing line: their sum."""
    before: dict[str, Stage] = st.session_state.get("_stages", {})
    inside: dict[str, Stage] = {}
    st.session_state["_stages"] = inside
    try:
        yield
    finally:
        st.session_state["_stages"] = before
    if inside:
        found = list(inside.values())
        ms, kept = sum(one.ms for one in found), all(one.kept for one in found)
        log(Stage(label, ms, kept, next((s.device for s in found if s.device), "")))


def stages() -> list[Stage]:
    """Return what the present page computed, in order."""
    return list(st.session_state.get("_stages", {}).values())
