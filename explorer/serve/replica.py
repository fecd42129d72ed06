"""One replica: a process of its own with a family's models and the local engine.

What answers is the engine that a single machine runs, so results and error sentences
are the same. A job's failure comes back as words, not as an exception: nothing but
plain arrays, numbers and strings crosses in either direction.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from ray import serve

from explorer.models import batching, zoo
from explorer.models.answers import Answer, BusyError, EngineError
from explorer.models.engine import Engine
from explorer.models.jobs import Job
from explorer.models.readers import Reader, reading
from explorer.serve.probes import probe

Told = dict[str, Any]  # an Answer's parts; or how many are before it; or a sentence


class Replica:
    """Answers jobs of the models of one family.

    Parameters
    ----------
    names : sequence of str
        The family's models.
    max_batch_size : int
        Codes' jobs decoded in one forward pass, at most.
    """

    def __init__(self, names: Sequence[str], max_batch_size: int) -> None:
        self.names = tuple(names)
        self.engine = Engine()
        self.batch_sizes: Counter[int] = Counter()
        decorated: Any = self._decode  # what the decorator adds isn't in its type
        decorated.set_max_batch_size(max_batch_size)
        if os.environ.get("EXPLORER_WARM", "1") != "0":
            self._warm()

    def _warm(self) -> None:
        """Load what ships; what is downloaded waits until somebody asks for it."""
        for name in self.names:
            if not zoo.record(name).downloadable:
                zoo.load(name)

    async def answer(
        self, name: str, method: str, arguments: Mapping[str, Any], reader: str
    ) -> Told:
        """Run one job, with others of its kind where the method allows it.

        Parameters
        ----------
        reader : str
            Whose it is: readers take turns, whichever front end they are at.

        Returns
        -------
        dict
            ``arrays``, ``stages``, ``device``, ``note`` as of an ``Answer``; or
            ``ahead``, of a ``BusyError``; or ``sentence``, of any other failure.
        """
        own = {key: _writable(one) for key, one in arguments.items()}
        job = Job(name, method, own, reader)
        if method in batching.ROWS:
            told: Told = await self._decode(job)
            return told
        return await self._alone(job)

    async def state(self) -> dict[str, Any]:
        """Say which process this is, what it holds and what it batched so far."""
        held = [name for name in self.names if zoo.loaded(name)]
        return {"pid": os.getpid(), "held": held, "batch_sizes": self.batch_sizes}

    async def check_health(self) -> None:
        """Run a network, as a reader would; Ray replaces a replica that can't."""
        there = [zoo.record(n) for n in self.names if zoo.status(n) == "ready"]
        job = probe(there)
        if job is not None:
            await self._run(job)

    @serve.batch(max_batch_size=1, batch_wait_timeout_s=0.0)
    async def _decode(self, jobs: list[Job]) -> list[Told]:
        """Answer what waits now: nobody is kept waiting for company."""
        told: dict[int, Told] = {}
        left = list(jobs)
        while left:
            together = [left[0], *batching.fellows(left[0], left[1:])]
            for job, one in zip(together, await self._together(together), strict=True):
                told[id(job)] = one
            left = [job for job in left if id(job) not in told]
        return [told[id(job)] for job in jobs]

    async def _together(self, jobs: list[Job]) -> list[Told]:
        self.batch_sizes[len(jobs)] += 1
        if len(jobs) > 1:
            try:
                answer = await self._run(batching.joined(jobs))
            except EngineError:
                pass  # one of them is at fault: each for itself tells which
            else:
                return [vars(one) for one in batching.parted(answer, jobs)]
        return [await self._alone(job) for job in jobs]

    async def _alone(self, job: Job) -> Told:
        try:
            await self._fetched(job.name)
            return vars(await self._run(job))
        except BusyError as error:
            return {"ahead": error.ahead}
        except EngineError as error:
            return {"sentence": str(error)}

    async def _fetched(self, name: str) -> None:
        """Fetch a full-size model's weights onto this machine if they aren't here.

        The reader has agreed to the download at the front end, which may be another
        machine with another cache folder.
        """
        if name in self.names and zoo.status(name) == "needs download":
            try:
                await asyncio.to_thread(zoo.fetch, name)
            except zoo.ZooError as error:
                raise EngineError(str(error)) from error

    async def _run(self, job: Job) -> Answer:
        with reading(Reader(job.owner)):
            future = self.engine.submit(job.name, job.method, **job.arguments)
        return await asyncio.wrap_future(future)


def _writable(value: Any) -> Any:
    """Return an array of this process's own: one in Ray's store is read-only."""
    shared = isinstance(value, np.ndarray) and not value.flags.writeable
    return value.copy() if shared else value
