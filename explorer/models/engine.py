"""One inference thread a process, behind a narrow face.

A model's name, a method's name, plain arrays and numbers go in; an ``Answer`` of
plain arrays comes out. Nothing else crosses, so that a served engine can be put in
this place later. One persistent thread keeps torch's worker pool warm and keeps
readers' requests from meeting inside a shared model. Weights are read on a second
thread, so a large model being opened never holds up somebody's small job.
"""

import concurrent.futures as futures
import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from explorer.models import device, zoo
from explorer.models.stages import recording, stage

TIMEOUT_S = 120.0  # a Mask R-CNN on a slow laptop takes a quarter of this
MAX_WAITING = 64  # jobs; beyond this a reader is told rather than kept waiting

Plain = np.ndarray[Any, Any] | int | float | str | bool


class EngineError(RuntimeError):
    """A job failed; the message is a sentence fit for the reader."""


@dataclass(frozen=True)
class Answer:
    """What a model returned.

    Attributes
    ----------
    arrays : dict of str to ndarray
        The method's results by name.
    stages : dict of str to float
        Milliseconds spent in each stage.
    device : str
        Where it ran, in words.
    """

    arrays: dict[str, np.ndarray[Any, Any]]
    stages: dict[str, float]
    device: str


@dataclass
class _Job:
    name: str
    method: str
    arguments: Mapping[str, Plain]
    future: "futures.Future[Answer]" = field(default_factory=futures.Future)


class Engine:
    """The inference thread and its queue.

    The thread is started at the first job, and again whenever it is found dead. A job
    that outlives its timeout cannot be killed: its thread is left to finish alone and
    a new one takes the queue over.
    """

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._running: _Job | None = None
        self._loader = futures.ThreadPoolExecutor(1, thread_name_prefix="weights")

    def submit(
        self, name: str, method: str, /, **arguments: Plain
    ) -> "futures.Future[Answer]":
        """Queue a job; its failure is an ``EngineError`` of the future."""
        job = _Job(name, method, arguments)
        try:
            _check(name, arguments)
            if self._jobs.qsize() >= MAX_WAITING:
                raise EngineError("The machine is busy with other readers; try again.")
            if zoo.loaded(name):
                self._enqueue(job)
            else:
                self._loader.submit(self._load_then_enqueue, job)
        except BaseException as error:
            job.future.set_exception(_sentence(job, error))
        return job.future

    def run(
        self,
        name: str,
        method: str,
        /,
        timeout_s: float = TIMEOUT_S,
        **arguments: Plain,
    ) -> Answer:
        """Queue a job and wait for its answer.

        Raises
        ------
        EngineError
            If the model failed, is unknown, has no such method or took longer than
            ``timeout_s`` seconds.
        """
        future = self.submit(name, method, **arguments)
        try:
            return future.result(timeout_s)
        except futures.TimeoutError:
            future.cancel()
            self._abandon(future)
            raise EngineError(
                f"{name} did not answer within {timeout_s:g} s. "
                "The machine may be busy: try again, or use a smaller image."
            ) from None

    def _load_then_enqueue(self, job: _Job) -> None:
        try:
            zoo.load(job.name)
        except BaseException as error:
            _fail(job, error)
        else:
            self._enqueue(job)

    def _enqueue(self, job: _Job) -> None:
        self._jobs.put(job)
        with self._guard:
            if self._thread is None or not self._thread.is_alive():
                self._start()

    def _start(self) -> None:
        self._thread = threading.Thread(
            target=self._work, name="inference", daemon=True
        )
        self._thread.start()

    def _abandon(self, future: "futures.Future[Answer]") -> None:
        with self._guard:
            if self._running is not None and self._running.future is future:
                self._running = None
                self._start()

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            if job is None:
                return
            if not job.future.set_running_or_notify_cancel():
                continue
            self._running = job
            try:
                job.future.set_result(_answer(job))
            except BaseException as error:
                job.future.set_exception(_sentence(job, error))
            if threading.current_thread() is not self._thread:
                return
            self._running = None

    def stop(self) -> None:
        """Let the thread end after the jobs queued so far."""
        self._jobs.put(None)


def _check(name: str, arguments: Mapping[str, object]) -> None:
    for key, value in arguments.items():
        if not isinstance(value, (np.ndarray, np.number, int, float, str)):
            raise EngineError(
                f"{name}: {key} is a {type(value).__name__}; "
                "only arrays, numbers and strings cross the engine's face."
            )


def _answer(job: _Job) -> Answer:
    with recording() as times:
        with stage("model"):
            runner = zoo.load(job.name)
            method = runner.methods.get(job.method)
            if method is None:
                options = ", ".join(sorted(runner.methods))
                raise EngineError(
                    f"{job.name} cannot {job.method!r}; it can: {options}."
                )
        arrays = method(**job.arguments)
    times.pop("model")
    return Answer(arrays, times, device.describe())


def _fail(job: _Job, error: BaseException) -> None:
    if job.future.set_running_or_notify_cancel():
        job.future.set_exception(_sentence(job, error))


def _sentence(job: _Job, error: BaseException) -> EngineError:
    if isinstance(error, EngineError):
        return error
    if isinstance(error, (zoo.ZooError, device.DeviceError, ValueError)):
        told = EngineError(str(error))
    elif isinstance(error, MemoryError) or "out of memory" in str(error).lower():
        told = EngineError(
            f"There is not enough memory to run {job.name} on this image; "
            "use a smaller image or a smaller model."
        )
    else:
        told = EngineError(
            f"{job.name} failed in {job.method}: {type(error).__name__}: {error}"
        )
    told.__cause__ = error
    return told


class Face(Protocol):
    """What every engine offers, whichever machine it runs on."""

    def submit(
        self, name: str, method: str, /, **arguments: Plain
    ) -> "futures.Future[Answer]":
        """Queue a job; its failure is an ``EngineError`` of the future."""
        ...

    def run(
        self,
        name: str,
        method: str,
        /,
        timeout_s: float = TIMEOUT_S,
        **arguments: Plain,
    ) -> Answer:
        """Queue a job and wait for its answer."""
        ...


def chosen() -> Face:
    """Make the engine of this process; the one place where another may be put."""
    return Engine()


_engine = chosen()
submit = _engine.submit
run = _engine.run
