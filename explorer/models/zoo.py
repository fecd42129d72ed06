"""The models by name: their records, their state, and the loaded networks."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from explorer.models import weights
from explorer.models.records import Record, RecordError, read_all


class ZooError(RuntimeError):
    """A model is unknown or cannot be used; the message is a sentence."""


class Runner(Protocol):
    """A loaded model: plain functions by name."""

    @property
    def methods(self) -> Mapping[str, Callable[..., dict[str, np.ndarray[Any, Any]]]]:
        """What the model can do."""
        ...


def records() -> Mapping[str, Record]:
    """Return every model's record by name; no network library is imported."""
    return read_all()


def record(name: str) -> Record:
    """Return one model's record.

    Raises
    ------
    ZooError
        If there is no such model; the message lists those there are.
    """
    found = records()
    if name not in found:
        raise ZooError(f"There is no model {name!r}; there are {', '.join(found)}.")
    return found[name]


def status(name: str) -> str:
    """Say in two words whether a model can be used now.

    Returns
    -------
    str
        ``"ready"``, ``"needs download"`` or ``"missing"`` (a package or file that
        should have come with the installation is not there).
    """
    about = record(name)
    try:
        there = weights.locate(about).is_file()
    except weights.WeightsError:
        there = False
    if there:
        return "ready"
    return "needs download" if about.downloadable else "missing"


_runners: dict[str, Runner] = {}
_load_guard = threading.Lock()


def loaded(name: str) -> bool:
    """Whether a model is in memory already."""
    return name in _runners


def load(name: str) -> Runner:
    """Return a model ready to run, verifying and loading its weights the first time.

    Raises
    ------
    ZooError
        If the model is unknown, not downloaded, or its weights are not the recorded
        ones.
    """
    if name in _runners:
        return _runners[name]
    with _load_guard:
        if name not in _runners:
            _runners[name] = _open(record(name))
        return _runners[name]


def _open(about: Record) -> Runner:
    try:
        if status(about.name) == "needs download":
            megabytes = about.bytes / 1e6
            raise ZooError(
                f"{about.label} is not on this machine yet: "
                f"its weights ({megabytes:.0f} MB) have to be downloaded first."
            )
        path = weights.locate(about)
        weights.verify(path, about)
        return LOADERS[about.architecture](about, path)
    except (weights.WeightsError, RecordError) as error:
        raise ZooError(str(error)) from error


def _classifier(about: Record, path: Path) -> Runner:
    from explorer.models import classifier

    return classifier.load(about, path)


LOADERS: dict[str, Callable[[Record, Path], Runner]] = {
    "efficientnet_lite0": _classifier,
}
