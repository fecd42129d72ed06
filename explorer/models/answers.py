"""What crosses the engine's face: plain things in, an answer or a sentence out."""

import hashlib
import logging
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Plain = np.ndarray[Any, Any] | int | float | str | bool


class EngineError(RuntimeError):
    """A job failed; the message is a sentence fit for the reader."""


class BusyError(EngineError):
    """A job was turned away because too many wait; asking again later helps.

    Attributes
    ----------
    ahead : int
        How many jobs were before it.
    """

    def __init__(self, ahead: int) -> None:
        self.ahead = ahead
        super().__init__(f"The machine is busy: {before_yours(ahead)}.")


def before_yours(ahead: int) -> str:
    """Say how many requests are before a reader's own.

    Examples
    --------
    >>> before_yours(1)
    '1 request is before yours'
    """
    many = "1 request is" if ahead == 1 else f"{ahead} requests are"
    return f"{many} before yours"


def late(name: str, timeout_s: float) -> EngineError:
    """Return the error of a model that did not answer in time."""
    return EngineError(
        f"{name} did not answer within {timeout_s:g} s. "
        "The machine may be busy: try again, or use a smaller image."
    )


def unexpected(name: str, method: str, error: BaseException) -> EngineError:
    """Log a failure that no guard foresaw; return its sentence for the reader.

    Both carry a reference made of the place in the code, not of anything a reader
    gave: the same fault has the same one, so that a page says it once.
    """
    frames = traceback.extract_tb(error.__traceback__)
    fault = [
        name,
        method,
        type(error).__name__,
        *(f"{f.name} {f.lineno}" for f in frames),
    ]
    code = hashlib.blake2b("\n".join(fault).encode(), digest_size=4).hexdigest()
    logging.getLogger("explorer").error(
        "%s failed in %s, reference %s", name, method, code, exc_info=error
    )
    told = EngineError(
        f"{name} failed in {method} ({type(error).__name__}). If it happens again, "
        f"report the reference {code} with the page's link."
    )
    told.__cause__ = error
    return told


@dataclass(frozen=True)
class Answer:
    """What a model returned.

    Attributes
    ----------
    arrays : dict of str to ndarray
        The method's results by name.
    stages : dict of str to float
        Milliseconds spent in each stage.
    device : str
        Where it ran, in words.
    note : str
        A sentence for the reader when it did not run where it should have.
    """

    arrays: dict[str, np.ndarray[Any, Any]]
    stages: dict[str, float]
    device: str
    note: str = ""


def check(name: str, arguments: Mapping[str, object]) -> None:
    """Refuse arguments that are no arrays, numbers or strings.

    Raises
    ------
    EngineError
        Naming the argument and its type.
    """
    for key, value in arguments.items():
        if not isinstance(value, (np.ndarray, np.number, int, float, str)):
            raise EngineError(
                f"{name}: {key} is a {type(value).__name__}; "
                "only arrays, numbers and strings cross the engine's face."
            )


def same(one: Mapping[str, Plain], two: Mapping[str, Plain]) -> bool:
    """Whether two jobs' arguments are equal to the last bit.

    Examples
    --------
    >>> same({"x": np.zeros(2)}, {"x": np.zeros(2)})
    True
    >>> same({"x": 1}, {"x": 1.0})
    False
    """
    return one.keys() == two.keys() and all(_equal(one[k], two[k]) for k in one)


def _equal(one: Plain, two: Plain) -> bool:
    if type(one) is not type(two):
        return False
    if not isinstance(one, np.ndarray) or not isinstance(two, np.ndarray):
        return bool(one == two)
    if one.dtype != two.dtype or one.shape != two.shape:
        return False
    return bool(np.array_equal(_bits(one), _bits(two)))


def _bits(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Bytes compare as they are: -0 is not 0 here, and NaN is NaN."""
    if array.dtype.kind not in "biufc":
        return array
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8)
