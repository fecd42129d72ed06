"""One piece of work for a model, and all who wait for it."""

import concurrent.futures as futures
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from explorer.models import device, zoo
from explorer.models.answers import Answer, EngineError, Plain, unexpected
from explorer.models.readers import Reader


class Pending(futures.Future[Answer]):
    """An answer to come; who no longer wants it cancels it, at any time.

    Attributes
    ----------
    job : Job
        What is worked on; others may wait for the same.
    """

    def __init__(self, job: "Job") -> None:
        super().__init__()
        self.job = job


@dataclass(eq=False)
class Job:
    """A model's method with its arguments, for one or several readers.

    Attributes
    ----------
    owner : str
        The reader in whose turn it runs: who asked first.
    lane : str
        Where it waits or runs; empty until its weights are there.
    started : float or None
        When it began to run, by ``time.monotonic``.
    tries : int
        How often a thread has died over it.
    """

    name: str
    method: str
    arguments: Mapping[str, Plain]
    owner: str = ""
    lane: str = ""
    born: float = field(default_factory=time.monotonic)
    started: float | None = None
    tries: int = 0
    waiters: list[tuple[Pending, Reader]] = field(default_factory=list)

    def join(self, reader: Reader) -> Pending:
        """Wait for this job too."""
        pending = Pending(self)
        self.waiters.append((pending, reader))
        return pending

    def wanted(self) -> bool:
        """Whether anyone is left who would read the answer."""
        return any(not p.cancelled() and r.here() for p, r in self.waiters)

    def finish(self, answer: Answer) -> None:
        """Give the answer to all who still wait."""
        for pending, _ in self.waiters:
            if pending.set_running_or_notify_cancel():
                pending.set_result(answer)

    def fail(self, error: BaseException) -> None:
        """Give all who still wait the sentence of a failure."""
        told = sentence(self, error)
        for pending, _ in self.waiters:
            if pending.set_running_or_notify_cancel():
                pending.set_exception(told)

    def drop(self) -> None:
        """Free whoever might still hold on to it: all its readers have left."""
        for pending, _ in self.waiters:
            pending.cancel()


def label(name: str) -> str:
    """Return how a model is called on the page: its record's words, else its name."""
    about = zoo.records().get(name)
    return about.label if about else name


def out_of_memory(error: BaseException) -> bool:
    """Whether a device or the machine had no memory left (torch need not be there)."""
    named = type(error).__name__ in ("MemoryError", "OutOfMemoryError")
    return named or "out of memory" in str(error).lower()


def sentence(job: Job, error: BaseException) -> EngineError:
    """Put a failure into words for the reader; one that is no guard's is logged."""
    if isinstance(error, EngineError):
        return error
    if isinstance(error, (zoo.ZooError, device.DeviceError, ValueError)):
        told = EngineError(str(error))
    elif out_of_memory(error):
        told = EngineError(
            f"There is not enough memory to run {label(job.name)} on this image; "
            "use a smaller image or a smaller model."
        )
    else:
        return unexpected(job.name, job.method, error)
    told.__cause__ = error
    return told
