"""Codes that wait for the same decoder, decoded in one forward pass."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.models.records import Record

METHOD = "decode"


@dataclass(frozen=True)
class Asked:
    """One job as it crossed: model, method and plain arguments."""

    name: str
    method: str
    arguments: Mapping[str, Any]


def batches(record: Record, method: str) -> bool:
    """Whether a method may be answered for several jobs at once."""
    return record.task == "generative" and method == METHOD


def groups(asked: Sequence[Asked]) -> list[list[int]]:
    """Return the rows of ``asked`` that one forward pass may answer together.

    Together are codes (N, Z) of the same width for the same model and the same other
    arguments; whatever is not such a code stays alone.

    Examples
    --------
    >>> z = np.zeros((1, 2))
    >>> rows = [("a", z), ("b", z), ("a", z), ("a", np.zeros(2))]
    >>> groups([Asked(name, "decode", {"z": z}) for name, z in rows])
    [[0, 2], [1], [3]]
    """
    found: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for row, job in enumerate(asked):
        z = job.arguments.get("z")
        if isinstance(z, np.ndarray) and z.ndim == 2:
            others = sorted((k, v) for k, v in job.arguments.items() if k != "z")
            plain = repr(others)
            found[job.name, job.method, z.shape[1], plain].append(row)
        else:
            found[(row,)].append(row)
    return list(found.values())


def joined(asked: Sequence[Asked]) -> Asked:
    """Return one job with the codes of all, one after another."""
    first = asked[0]
    z = np.concatenate([job.arguments["z"] for job in asked])
    return Asked(first.name, first.method, {**first.arguments, "z": z})


def split(
    arrays: Mapping[str, np.ndarray[Any, Any]], counts: Sequence[int]
) -> list[dict[str, np.ndarray[Any, Any]]]:
    """Return each job's rows of a joined job's arrays.

    Parameters
    ----------
    arrays : mapping of str to (N, ...) array
    counts : sequence of int
        Rows of each job; their sum is N.

    Examples
    --------
    >>> [one["a"].tolist() for one in split({"a": np.arange(3)}, [1, 2])]
    [[0], [1, 2]]
    """
    ends = np.cumsum(counts)
    return [
        {name: rows[end - n : end] for name, rows in arrays.items()}
        for n, end in zip(counts, ends, strict=True)
    ]
