"""Jobs that one forward pass answers: codes that wait for the same decoder."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from explorer.models.answers import Answer, Plain
from explorer.models.jobs import Job

ROWS = {"decode": "z"}  # a method whose jobs may be joined, and what holds their rows
MOST_ROWS = 256  # of one pass: more gains nothing and holds the others up

Array = np.ndarray[Any, Any]


def fellows(job: Job, waiting: Iterable[Job]) -> list[Job]:
    """Return the waiting jobs that fit into one pass with ``job``."""
    if not _rows(job):
        return []
    kind, room, found = _kind(job), MOST_ROWS - _rows(job), list[Job]()
    for other in waiting:
        if other.name != job.name or other.method != job.method:
            continue
        rows = _rows(other)
        if rows and rows <= room and _kind(other) == kind:
            found.append(other)
            room -= rows
    return found


def _rows(job: Job) -> int:
    """Count a job's rows; 0 where it cannot be joined with others."""
    given = dict(job.arguments)
    rows = given.pop(ROWS.get(job.method, ""), None)
    if not isinstance(rows, np.ndarray) or rows.ndim != 2:
        return 0
    return len(rows) if all(isinstance(v, int) for v in given.values()) else 0


def _kind(job: Job) -> tuple[Any, ...]:
    """What two jobs must have in common: their arguments' names, the code's length."""
    return np.shape(job.arguments[ROWS[job.method]])[1], sorted(job.arguments)


def joined(jobs: list[Job]) -> Job:
    """Return one job for all: rows below one another, each number once a row.

    It runs in the turn of the first one's reader.
    """
    rows = ROWS[jobs[0].method]
    given: dict[str, Plain] = {}
    for key in jobs[0].arguments:
        values = [job.arguments[key] for job in jobs]
        if key == rows:
            given[key] = np.concatenate([np.asarray(v) for v in values])
        else:
            given[key] = np.repeat(np.array(values), [_rows(job) for job in jobs])
    return Job(jobs[0].name, jobs[0].method, given, jobs[0].owner)


def parted(answer: Answer, jobs: list[Job]) -> list[Answer]:
    """Give each job its own rows of the answer, in memory of their own."""
    ends = np.cumsum([_rows(job) for job in jobs])
    return [
        replace(answer, arrays=_slice(answer.arrays, end - _rows(job), end))
        for job, end in zip(jobs, ends, strict=True)
    ]


def _slice(arrays: Mapping[str, Array], start: int, end: int) -> dict[str, Array]:
    return {name: array[start:end].copy() for name, array in arrays.items()}
