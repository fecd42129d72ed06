"""The inference threads: one persistent thread a lane, replaced when it dies or hangs.

A thread that stays keeps torch's worker pool warm.
"""

import contextlib
import logging
import os
import sys
import threading
import time

from explorer.models import batching, meters, running, zoo
from explorer.models.answers import Answer, EngineError
from explorer.models.costs import HEAVY, Costs
from explorer.models.jobs import Job
from explorer.models.queueing import Hall

HEAVY_NICE = 5  # steps behind the light lane, for the thread and torch's workers of it


class Lane:
    """One lane's thread.

    It is started at the first job, and again whenever it is found dead. What it worked
    on when it died is tried once more. A job that hangs cannot be killed: its thread is
    left to finish alone, with the copy of the model it holds, and a new one goes on.

    Attributes
    ----------
    thread : Thread or None
        The present one.
    """

    def __init__(self, name: str, hall: Hall, costs: Costs) -> None:
        self.name = name
        self.thread: threading.Thread | None = None
        self._hall = hall
        self._costs = costs
        self._present: list[Job] = []

    def wake(self) -> None:
        """Start the thread if there is none alive; the caller holds the hall's lock."""
        if self.thread is None or not self.thread.is_alive():
            self._start()

    def abandon(self, job: Job) -> None:
        """Go on without the thread that hangs in a job; the lock is held.

        What shares the job's batch hangs with it, and bars the model no longer either.
        """
        if job in self._present:
            hung, self._present = self._present, []
            zoo.forget(job.name)
            self._hall.leave(hung)
            self._start()

    def _start(self) -> None:
        self.thread = threading.Thread(
            target=self._live, name=f"inference, {self.name}", daemon=True
        )
        self.thread.start()

    def _live(self) -> None:
        if self.name == HEAVY:
            _step_back()
        try:
            self._work()
        except BaseException:
            logging.getLogger("explorer").exception("an inference thread died")
            self._die()

    def _work(self) -> None:
        while self._mine():
            with self._hall.changed:
                jobs = self._hall.take(self.name)
                self._present = jobs
                if not jobs:
                    self.thread = None  # the next job must not count on this one
                    return
            _count_waits(jobs)
            self._end(jobs, running.answers(jobs))

    def _mine(self) -> bool:
        return threading.current_thread() is self.thread

    def _end(self, jobs: list[Job], found: list[Answer | BaseException]) -> None:
        """Let the next ones in, then hand the answers out."""
        started = jobs[0].started
        spent_s = time.monotonic() - started if started else 0.0
        with self._hall.changed:
            if self._mine():
                self._present = []
            if isinstance(found[0], Answer) and not found[0].note:
                self._costs.note(jobs[0].name, jobs[0].method, spent_s)
            self._hall.leave(jobs)
        for job, one in zip(jobs, found, strict=True):
            if isinstance(one, Answer):
                _count_run(job, "ok", spent_s)
                job.finish(one)
            else:
                _count_run(job, "error", spent_s)
                job.fail(one)

    def _die(self) -> None:
        """Put another thread in this one's place, and what it worked on before it."""
        with self._hall.changed:
            if not self._mine():
                return
            jobs, self._present = self._present, []
            again = [job for job in jobs if not job.tries]
            self._hall.leave([job for job in jobs if job.tries])
            for job in again:
                job.tries += 1
                self._hall.retry(job)
            self._start()
        for job in jobs:
            if job not in again:
                job.fail(EngineError(_TWICE.format(job=job)))


_TWICE = (
    "{job.name} stopped its thread twice in {job.method}; "
    "other models and other methods go on."
)


def _step_back() -> None:
    """Leave the processor to light jobs first, where threads have a priority."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # a sandbox may forbid it; it is no need
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), HEAVY_NICE)


def _count_waits(jobs: list[Job]) -> None:
    for job in jobs:
        if job.started is not None:
            meters.WAIT_SECONDS.labels(job.lane).observe(job.started - job.born)
    if jobs[0].method in batching.ROWS:
        meters.BATCH_JOBS.labels(jobs[0].name).observe(len(jobs))


def _count_run(job: Job, outcome: str, spent_s: float) -> None:
    meters.RUNS.labels(job.name, job.method, outcome).inc()
    if outcome == "ok":
        meters.RUN_SECONDS.labels(job.name, job.method).observe(spent_s)
