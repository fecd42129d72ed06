"""The engine's face where networks run on other machines, served by Ray Serve.

``EXPLORER_ENGINE=ray`` puts this in the place of the local engine. A job goes to the
family of its model; jobs are pure, so one whose machine was lost is asked again. This
process holds no network, and nothing here imports torch: a page's proof may.
"""

import concurrent.futures as futures
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from explorer.models import meters, readers, zoo
from explorer.models.answers import (
    Answer,
    BusyError,
    EngineError,
    Plain,
    check,
    late,
    unexpected,
)
from explorer.models.families import family
from explorer.models.ray_cluster import Cluster, Full, Lost

TIMEOUT_S = 120.0  # as of the local engine
MAX_OPEN = 64  # jobs whose thread has not ended, cancelled ones among them
ATTEMPTS = 4  # of a job whose machine was lost
PAUSE_S = 0.1  # before the second attempt; twice as long before each further one


@dataclass
class _Job:
    name: str
    method: str
    arguments: Mapping[str, Plain]
    reader: str
    future: "futures.Future[Answer]" = field(default_factory=futures.Future)


class RayEngine:
    """Sends jobs to a cluster and waits for them, each on a thread of its own.

    A future that is cancelled takes its job back from the cluster.
    """

    def __init__(self, cluster: Cluster | None = None) -> None:
        self.cluster = cluster or Cluster()
        self._guard = threading.Lock()
        self._open = 0

    def submit(
        self, name: str, method: str, /, **arguments: Plain
    ) -> "futures.Future[Answer]":
        """Send a job; its failure is an ``EngineError`` of the future."""
        return self._submit(name, method, arguments, TIMEOUT_S)

    def run(
        self,
        name: str,
        method: str,
        /,
        timeout_s: float = TIMEOUT_S,
        **arguments: Plain,
    ) -> Answer:
        """Send a job and wait for its answer.

        Raises
        ------
        BusyError
            If too many jobs wait.
        EngineError
            If the model failed, is unknown, has no such method or took longer than
            ``timeout_s`` seconds; if the cluster cannot be reached.
        """
        future = self._submit(name, method, arguments, timeout_s)
        try:
            return readers.waited(future, timeout_s, lambda: readers.UNKNOWN)
        except TimeoutError:
            # The job's own thread may hang in a call to a cluster that is gone.
            threading.Thread(target=self.cluster.doubt, daemon=True).start()
            raise late(name, timeout_s) from None

    def ready(self) -> tuple[bool, str]:
        """Say whether every family answers, and in a sentence why not."""
        return self.cluster.ready()

    def stop(self) -> None:
        """Leave the cluster."""
        self.cluster.leave()

    def room(self) -> bool:
        """Whether another job would be taken here now."""
        return self._open < MAX_OPEN

    def _submit(
        self, name: str, method: str, arguments: Mapping[str, Plain], timeout_s: float
    ) -> "futures.Future[Answer]":
        job = _Job(name, method, arguments, readers.present().name)
        try:
            check(name, arguments)
            at = family(zoo.record(name), zoo.records())
            self._enter()
        except (EngineError, zoo.ZooError) as error:
            known = isinstance(error, EngineError)
            job.future.set_exception(error if known else EngineError(str(error)))
        else:
            self._start(job, at, timeout_s)
        return job.future

    def _start(self, job: _Job, at: str, timeout_s: float) -> None:
        """Work on a thread of the job's: Ray refuses one that has an event loop."""
        given = (job, at, timeout_s)
        try:
            threading.Thread(target=self._work, args=given, daemon=True).start()
        except RuntimeError as error:  # the machine has no thread left
            self._leave()
            job.future.set_exception(unexpected(job.name, job.method, error))

    def _enter(self) -> None:
        with self._guard:
            if self._open >= MAX_OPEN:
                raise _busy(self._open)
            self._open += 1

    def _leave(self) -> None:
        with self._guard:
            self._open -= 1

    def _work(self, job: _Job, at: str, timeout_s: float) -> None:
        """Fill the job's future; it stays open to be cancelled until then."""
        answer, failed = None, EngineError()
        try:
            answer = self._asked(job, at, timeout_s)
        except futures.CancelledError:
            pass  # nobody reads what became of it
        except EngineError as error:
            failed = error
        except Exception as error:
            failed = unexpected(job.name, job.method, error)
        finally:
            self._leave()
        _count(job, answer)
        if job.future.set_running_or_notify_cancel():
            if answer is None:
                job.future.set_exception(failed)
            else:
                job.future.set_result(answer)
        if isinstance(failed.__cause__, (Lost, TimeoutError)):
            self.cluster.doubt()

    def _asked(self, job: _Job, at: str, timeout_s: float) -> Answer:
        pause_s, deadline = PAUSE_S, time.monotonic() + timeout_s
        for attempt in range(1, ATTEMPTS + 1):
            if job.future.cancelled():
                raise futures.CancelledError
            left_s = deadline - time.monotonic()
            try:
                asked = (job.name, job.method, dict(job.arguments), job.reader)
                told = self.cluster.ask(at, asked, left_s, job.future)
            except Lost as error:
                if attempt == ATTEMPTS:
                    raise EngineError(str(error)) from error
                time.sleep(pause_s)
                pause_s *= 2
            except TimeoutError as error:
                raise late(job.name, timeout_s) from error
            except Full:
                raise _busy(self._open) from None
            else:
                return _answer(told)
        raise AssertionError("the last attempt returns or raises")


def _busy(ahead: int) -> BusyError:
    """Count a job turned away, here or by the replica, whose counts nobody reads."""
    meters.SHED.labels("engine").inc()
    return BusyError(ahead)


def _answer(told: Mapping[str, Any]) -> Answer:
    if "ahead" in told:
        raise _busy(told["ahead"])
    if "sentence" in told:
        raise EngineError(told["sentence"])
    arrays = {name: _own(one) for name, one in told["arrays"].items()}
    where = f"{told['device']}, by Ray"
    return Answer(arrays, told["stages"], where, told["note"])


def _own(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return an array of this process's own: one in Ray's store is read-only there."""
    return array if array.flags.writeable else array.copy()


def _count(job: _Job, answer: Answer | None) -> None:
    outcome = "error" if answer is None else "ok"
    if job.future.cancelled():
        outcome = "cancelled"
    meters.RUNS.labels(job.name, job.method, outcome).inc()
    if answer is not None:
        spent_s = sum(answer.stages.values()) / 1e3
        meters.RUN_SECONDS.labels(job.name, job.method).observe(spent_s)
