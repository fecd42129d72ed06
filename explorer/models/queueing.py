"""Waiting jobs, taken in turn over their readers, and the models at work."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator

from explorer.models import meters
from explorer.models.answers import BusyError, same
from explorer.models.batching import fellows
from explorer.models.costs import LANES
from explorer.models.jobs import Job
from explorer.models.readers import Reader

MAX_WAITING = 64  # jobs in all; beyond this a reader is told rather than kept waiting
MAX_EACH = 24  # jobs of one reader; others must not be turned away for these


class Turns:
    """One lane's jobs: each reader's in order, the readers one after another.

    Whoever calls holds the hall's lock.
    """

    def __init__(self) -> None:
        self._of: OrderedDict[str, deque[Job]] = OrderedDict()

    def __iter__(self) -> Iterator[Job]:
        """Go over all jobs, a reader at a time."""
        return (job for jobs in self._of.values() for job in jobs)

    def __len__(self) -> int:
        """Count the jobs."""
        return sum(map(len, self._of.values()))

    def add(self, job: Job, first: bool = False) -> None:
        """Put a job behind its reader's others, or before all jobs of all readers."""
        jobs = self._of.setdefault(job.owner, deque())
        if first:
            jobs.appendleft(job)
            self._of.move_to_end(job.owner, last=False)
        else:
            jobs.append(job)

    def remove(self, job: Job) -> None:
        """Take one job out; its reader keeps the place."""
        jobs = self._of[job.owner]
        jobs.remove(job)
        if not jobs:
            del self._of[job.owner]

    def take(self, free: Callable[[Job], bool]) -> Job | None:
        """Take the next job that is free to run; its reader goes to the end."""
        for job in self:
            if free(job):
                self.remove(job)
                if job.owner in self._of:
                    self._of.move_to_end(job.owner)
                return job
        return None

    def ahead(self, job: Job) -> int:
        """Count the jobs that will be run before one of these."""
        live = {owner: [*map(Job.wanted, jobs)] for owner, jobs in self._of.items()}
        own = sum(live[job.owner][: self._of[job.owner].index(job)])
        count, before = own, True
        for owner, wanted in live.items():
            if owner == job.owner:
                before = False
            else:
                count += min(sum(wanted), own + before)
        return count


class Hall:
    """Where jobs wait for the lanes' threads; ``changed`` guards all of it.

    Attributes
    ----------
    changed : Condition
        Held by whoever reads or changes anything here.
    running : dict of str to Job
        The job that each model is at work on: no model runs twice at a time.
    """

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.turns = {lane: Turns() for lane in LANES}
        self.running: dict[str, Job] = {}
        self.closed = False
        self._open: dict[tuple[str, str], list[Job]] = {}

    def admit(self, job: Job, reader: Reader) -> Job:
        """Register a job, or return the same one if it is here already.

        Raises
        ------
        BusyError
            If too many wait.
        """
        alike = self._open.get((job.name, job.method), [])
        for other in alike:
            if same(other.arguments, job.arguments):
                return other
        if len(self._waiting()) >= MAX_WAITING:
            self.sweep()  # not before: who asks the same in a moment keeps the place
        if not self.room(reader):
            raise BusyError(len(self._wanted()))
        self._open.setdefault((job.name, job.method), []).append(job)
        return job

    def room(self, reader: Reader, share: float = 1.0) -> bool:
        """Whether a reader's job may be added where a share of the places is filled."""
        waiting = self._wanted()
        own = sum(job.owner == reader.name for job in waiting)
        return len(waiting) < share * MAX_WAITING and own < share * MAX_EACH

    def _waiting(self) -> list[Job]:
        every = (job for alike in self._open.values() for job in alike)
        return [job for job in every if job.started is None]

    def _wanted(self) -> list[Job]:
        """Return the waiting jobs that will run: those that somebody waits for."""
        return [job for job in self._waiting() if job.wanted()]

    def unloaded(self, name: str) -> list[Job]:
        """Return a model's jobs that wait for its weights, in no lane yet."""
        return [job for job in self._waiting() if job.name == name and not job.lane]

    def enter(self, job: Job, lane: str) -> None:
        """Let a registered job wait in a lane, unless it does or was dropped."""
        if job.lane or job not in self._open.get((job.name, job.method), []):
            return
        job.lane = lane
        self.turns[lane].add(job)
        self._told(lane)
        self.changed.notify_all()

    def retry(self, job: Job) -> None:
        """Put a job that did not end before all that wait in its lane."""
        job.started = None
        if self.running.get(job.name) is job:
            del self.running[job.name]
        self.turns[job.lane].add(job, first=True)
        self._told(job.lane)
        self.changed.notify_all()

    def take(self, lane: str) -> list[Job]:
        """Wait for the next job of a lane, with those that share its forward pass.

        Jobs that nobody wants any more are dropped on the way. Empty when the hall is
        closed and the lane has no more.
        """
        turns = self.turns[lane]
        while True:
            self.sweep()
            job = turns.take(lambda job: job.name not in self.running)
            if job is not None:
                jobs = [job, *fellows(job, turns)]
                for other in jobs[1:]:
                    turns.remove(other)
                for other in jobs:
                    other.started = time.monotonic()
                self.running[job.name] = job
                self._told(lane)
                return jobs
            if self.closed and not turns:
                return []
            self.changed.wait()

    def leave(self, jobs: list[Job]) -> None:
        """Forget jobs that have ended or will not run; their model's next one may."""
        for job in jobs:
            key = (job.name, job.method)
            left = [other for other in self._open.pop(key, []) if other is not job]
            if left:
                self._open[key] = left
            if self.running.get(job.name) is job:
                del self.running[job.name]
            if job.lane and job.started is None and job in self.turns[job.lane]:
                self.turns[job.lane].remove(job)
                self._told(job.lane)
        self.changed.notify_all()

    def ahead(self, job: Job) -> int:
        """Count the jobs before this one; those at work in its lane or model too."""
        if job.started is not None:
            return 0
        waiting = job.lane and job in self.turns[job.lane]
        before = self.turns[job.lane].ahead(job) if waiting else 0
        return before + len(self.before(job))

    def before(self, job: Job) -> list[Job]:
        """Return what is at work in a waiting job's lane or model."""
        return [
            other
            for name, other in self.running.items()
            if job.lane == other.lane or job.name == name
        ]

    def sweep(self) -> None:
        """Drop the waiting jobs that nobody wants any more."""
        for job in self._waiting():
            if not job.wanted():
                self.leave([job])
                job.drop()
                # Before its weights are there its name may be anything: no label.
                known = (job.name, job.method) if job.lane else ("none", "none")
                meters.RUNS.labels(*known, "cancelled").inc()

    def _told(self, lane: str) -> None:
        """Have the gauge say how many wait; called whenever a lane's jobs change."""
        meters.WAITING.labels(lane).set(sum(map(Job.wanted, self.turns[lane])))
