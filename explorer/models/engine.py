"""Two inference threads a process, behind a narrow face.

A model's name, a method's name, plain arrays and numbers go in; an ``Answer`` of
plain arrays comes out. Nothing else crosses, so that a served engine can be put in
this place. Jobs that take long wait in a lane of their own, so that one reader's
Mask R-CNN never stops another's slider; in each lane the readers take turns. Weights
are read on a third thread, so a large model being opened holds nobody up.
"""

import concurrent.futures as futures
import os
import time
from typing import Protocol

from explorer.models import meters, readers, zoo
from explorer.models.answers import Answer, BusyError, EngineError, Plain, check, late
from explorer.models.costs import LANES, Costs
from explorer.models.jobs import Job, Pending, out_of_memory
from explorer.models.lanes import Lane
from explorer.models.queueing import Hall

__all__ = [
    "Answer",
    "BusyError",
    "Engine",
    "EngineError",
    "Face",
    "ready",
    "room",
    "run",
    "submit",
]

TIMEOUT_S = 120.0  # a Mask R-CNN on a slow laptop takes a quarter of this
ROOM_FRAC = 0.75  # of the places taken; fuller, whoever was turned away stays away
HUNG_FRAC = 0.5  # of a timeout spent running, not waiting: such a job hangs


class Engine:
    """The lanes, the hall where jobs wait for them, and the loader of weights."""

    def __init__(self) -> None:
        self._hall = Hall()
        self._costs = Costs()
        self.lanes = {name: Lane(name, self._hall, self._costs) for name in LANES}
        self._loader = futures.ThreadPoolExecutor(1, thread_name_prefix="weights")

    def submit(
        self, name: str, method: str, /, **arguments: Plain
    ) -> "futures.Future[Answer]":
        """Queue a job; its failure is an ``EngineError`` of the future.

        The same job asked twice is run once. Whoever no longer waits cancels the
        future: a job that nobody waits for is dropped before it runs.
        """
        reader = readers.present()
        job = Job(name, method, arguments, reader.name)
        pending = job.join(reader)
        try:
            check(name, arguments)
            with self._hall.changed:
                here = self._hall.admit(job, reader)
                if here is not job:
                    return here.join(reader)
            if zoo.loaded(name):
                self._enter(job)
            else:
                self._loader.submit(self._load, name)
        except BaseException as error:
            self._refuse(job, error)
        return pending

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
        BusyError
            If too many jobs wait.
        EngineError
            If the model failed, is unknown, has no such method or took longer than
            ``timeout_s`` seconds.
        """
        future = self.submit(name, method, **arguments)
        try:
            return readers.waited(future, timeout_s, lambda: self.ahead(future))
        except TimeoutError:
            self._abandon(future, timeout_s)
            raise late(name, timeout_s) from None

    def ahead(self, future: "futures.Future[Answer]") -> int:
        """Count the jobs that run before a submitted one; 0 while it runs itself."""
        if not isinstance(future, Pending):
            return 0
        with self._hall.changed:
            return self._hall.ahead(future.job)

    def room(self) -> bool:
        """Whether the present reader's next job would be taken now, with some spare."""
        with self._hall.changed:
            return self._hall.room(readers.present(), ROOM_FRAC)

    def _load(self, name: str) -> None:
        """Read a model's weights, and let in whoever waits for them.

        Asked once a job: what the first call has let in, the others find gone.
        """
        try:
            if any(job.wanted() for job in self._unloaded(name)):
                zoo.load(name)
        except BaseException as error:
            if not out_of_memory(error):  # the lane knows where else it may run
                for job in self._unloaded(name):
                    self._refuse(job, error)
                return
        for job in self._unloaded(name):
            self._enter(job)

    def _unloaded(self, name: str) -> list[Job]:
        with self._hall.changed:
            return self._hall.unloaded(name)

    def _enter(self, job: Job) -> None:
        try:
            with self._hall.changed:
                self._hall.closed = False
                lane = self._costs.lane(job.name, job.method)
                self._hall.enter(job, lane)
                self.lanes[lane].wake()
        except BaseException as error:  # the machine may have no thread left
            self._refuse(job, error)

    def _refuse(self, job: Job, error: BaseException) -> None:
        with self._hall.changed:
            self._hall.leave([job])
        if isinstance(error, BusyError):
            meters.SHED.labels("engine").inc()
        else:  # the name may be anything: only what is known becomes a label
            meters.RUNS.labels("none", "none", "error").inc()
        job.fail(error)

    def _abandon(self, future: "futures.Future[Answer]", timeout_s: float) -> None:
        """Give up what hangs: the job itself, or those at work that kept it waiting."""
        if not isinstance(future, Pending):
            return
        job = future.job
        with self._hall.changed:
            if job.started is not None:
                suspects, limit_s = [job], timeout_s
            else:  # others' jobs have the time that others give them
                suspects, limit_s = self._hall.before(job), max(timeout_s, TIMEOUT_S)
            since = time.monotonic() - HUNG_FRAC * limit_s
            for one in suspects:
                if one.started is not None and one.started < since:
                    self.lanes[one.lane].abandon(one)

    def ready(self) -> tuple[bool, str]:
        """Say whether jobs are taken, and in a sentence why not."""
        return True, "The networks run in this process."

    def stop(self) -> None:
        """Let the threads end after the jobs queued so far."""
        with self._hall.changed:
            self._hall.closed = True
            self._hall.changed.notify_all()


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

    def room(self) -> bool:
        """Whether the present reader's next job would be taken, as far as is known."""
        ...

    def ready(self) -> tuple[bool, str]:
        """Say whether jobs are taken, and in a sentence why not."""
        ...


def elsewhere() -> bool:
    """Whether the networks run on a cluster, not in this process."""
    return os.environ.get("EXPLORER_ENGINE", "").strip().lower() == "ray"


def chosen() -> Face:
    """Make the engine of this process; the one place where another may be put."""
    if elsewhere():
        from explorer.models.ray_engine import RayEngine

        return RayEngine()
    return Engine()


_engine = chosen()
submit = _engine.submit
run = _engine.run
ready = _engine.ready
room = _engine.room
