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

from ray import serve

from explorer.models import zoo
from explorer.models.engine import Answer, Engine, EngineError
from explorer.serve.batching import Asked, batches, groups, joined, split
from explorer.serve.probes import probe

Told = dict[str, Any]  # arrays, stages and device; or the sentence of a failure


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
        batching: Any = self._decode  # what the decorator adds isn't in its type
        batching.set_max_batch_size(max_batch_size)
        if os.environ.get("EXPLORER_WARM", "1") != "0":
            self._warm()

    def _warm(self) -> None:
        """Load what ships; what is downloaded waits until somebody asks for it."""
        for name in self.names:
            if not zoo.record(name).downloadable:
                zoo.load(name)

    async def answer(
        self, name: str, method: str, arguments: Mapping[str, Any]
    ) -> Told:
        """Run one job, with others of its kind where the method allows it.

        Returns
        -------
        dict
            ``arrays``, ``stages``, ``device`` as of an ``Answer``; or ``sentence``.
        """
        job = Asked(name, method, arguments)
        if name in self.names and batches(zoo.record(name), method):
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
    async def _decode(self, asked: list[Asked]) -> list[Told]:
        """Answer what waits now: nobody is kept waiting for company."""
        told: list[Told] = [{} for _ in asked]
        for rows in groups(asked):
            for row, one in zip(
                rows, await self._together([asked[row] for row in rows]), strict=True
            ):
                told[row] = one
        return told

    async def _together(self, asked: Sequence[Asked]) -> list[Told]:
        self.batch_sizes[len(asked)] += 1
        if len(asked) > 1:
            try:
                answer = await self._run(joined(asked))
            except EngineError:
                pass  # one of them is at fault: each for itself tells which
            else:
                counts = [len(job.arguments["z"]) for job in asked]
                parts = split(answer.arrays, counts)
                return [_told(answer, arrays) for arrays in parts]
        return [await self._alone(job) for job in asked]

    async def _alone(self, job: Asked) -> Told:
        try:
            await self._fetched(job.name)
            answer = await self._run(job)
        except EngineError as error:
            return {"sentence": str(error)}
        return _told(answer, answer.arrays)

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

    async def _run(self, job: Asked) -> Answer:
        future = self.engine.submit(job.name, job.method, **job.arguments)
        return await asyncio.wrap_future(future)


def _told(answer: Answer, arrays: Mapping[str, Any]) -> Told:
    return {"arrays": dict(arrays), "stages": answer.stages, "device": answer.device}
