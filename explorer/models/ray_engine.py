"""The engine's face where networks run on other machines, served by Ray Serve.

``EXPLORER_ENGINE=ray`` puts this in the place of the local engine. A job goes to the
family of its model; jobs are pure, so one whose machine was lost is asked again. This
process holds no network and never imports torch.
"""

import concurrent.futures as futures
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from explorer.models import engine, meters, zoo
from explorer.models.engine import MAX_WAITING, TIMEOUT_S, Answer, EngineError, Plain
from explorer.models.families import family
from explorer.models.ray_cluster import Busy, Cluster, Lost

ATTEMPTS = 4  # of a job whose machine was lost
PAUSE_S = 0.1  # before the second attempt; twice as long before each further one


@dataclass
class _Job:
    name: str
    method: str
    arguments: Mapping[str, Plain]
    future: "futures.Future[Answer]" = field(default_factory=futures.Future)


class RayEngine:
    """Sends jobs to a cluster and waits for them, each on a thread of its own.

    A future that is cancelled takes its job back from the cluster.
    """

    def __init__(self, cluster: Cluster | None = None) -> None:
        self.cluster = cluster or Cluster()
        self._room = threading.BoundedSemaphore(MAX_WAITING)
        # Not the caller's thread: its event loop, if it has one, must not be blocked.
        self._pool = ThreadPoolExecutor(MAX_WAITING, thread_name_prefix="ray")

    def submit(
        self, name: str, method: str, /, **arguments: Plain
    ) -> "futures.Future[Answer]":
        """Send a job; its failure is an ``EngineError`` of the future."""
        return self._submit(_Job(name, method, arguments), TIMEOUT_S)

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
        EngineError
            If the model failed, is unknown, has no such method or took longer than
            ``timeout_s`` seconds; if the cluster is busy or cannot be reached.
        """
        future = self._submit(_Job(name, method, arguments), timeout_s)
        try:
            return future.result(timeout_s)
        except futures.TimeoutError:
            future.cancel()
            raise _late(name, timeout_s) from None

    def ready(self) -> tuple[bool, str]:
        """Say whether every family answers, and in a sentence why not."""
        return self.cluster.ready()

    def stop(self) -> None:
        """Let the threads end and leave the cluster."""
        self._pool.shutdown(cancel_futures=True)
        self.cluster.leave()

    def _submit(self, job: _Job, timeout_s: float) -> "futures.Future[Answer]":
        try:
            engine._check(job.name, job.arguments)
            known = zoo.records()
            at = family(zoo.record(job.name), known)
            if not self._room.acquire(blocking=False):
                meters.SHED.labels("ray").inc()
                raise EngineError(Busy.SENTENCE)
        except (EngineError, zoo.ZooError) as error:
            job.future.set_exception(EngineError(str(error)))
        else:
            job.future.add_done_callback(lambda _: self._room.release())
            self._pool.submit(self._work, job, at, time.monotonic() + timeout_s)
        return job.future

    def _work(self, job: _Job, at: str, deadline: float) -> None:
        """Fill the job's future; it stays open to be cancelled until then."""
        if job.future.cancelled():
            return
        answer: Answer | None = None
        try:
            answer = self._asked(job, at, deadline)
            failed = EngineError()
        except EngineError as error:
            failed = error
        except Exception as error:
            failed = EngineError(
                f"{job.name} failed in {job.method}: {type(error).__name__}: {error}"
            )
            failed.__cause__ = error
        _count(job, answer)
        if job.future.set_running_or_notify_cancel():
            if answer is None:
                job.future.set_exception(failed)
            else:
                job.future.set_result(answer)
        if isinstance(failed.__cause__, (Lost, TimeoutError)):
            self.cluster.doubt()

    def _asked(self, job: _Job, at: str, deadline: float) -> Answer:
        pause_s = PAUSE_S
        for attempt in range(1, ATTEMPTS + 1):
            left_s = deadline - time.monotonic()
            try:
                asked = (job.name, job.method, dict(job.arguments))
                told = self.cluster.ask(at, asked, left_s, job.future)
            except Lost as error:
                if attempt == ATTEMPTS or job.future.cancelled():
                    raise EngineError(str(error)) from error
                time.sleep(pause_s)
                pause_s *= 2
            except TimeoutError as error:
                raise _late(job.name, TIMEOUT_S) from error
            except Busy as error:
                meters.SHED.labels("ray").inc()
                raise EngineError(str(error)) from error
            else:
                return _answer(told)
        raise AssertionError("the last attempt returns or raises")


def _late(name: str, timeout_s: float) -> EngineError:
    return EngineError(
        f"{name} did not answer within {timeout_s:g} s. "
        "The machine may be busy: try again, or use a smaller image."
    )


def _answer(told: Mapping[str, Any]) -> Answer:
    if "sentence" in told:
        raise EngineError(told["sentence"])
    arrays = {name: _own(one) for name, one in told["arrays"].items()}
    return Answer(arrays, told["stages"], f"{told['device']}, by Ray")


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
