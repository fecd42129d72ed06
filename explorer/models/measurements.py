"""Measurements that ship: what an algorithm without weights was measured to do.

One JSON file each in ``assets/measurements``, written by a script in
``explorer.training``; read without torch.
"""

import functools
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from explorer.models.records import RecordError, read_object, write_object

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "measurements"

REQUIRED: Mapping[str, type | tuple[type, ...]] = {
    "name": str,
    "title": str,
    "data": str,
    "split": str,
    "n": int,
    "settings": dict,
    "counts": list,
    "curves": dict,
    "licence": str,
    "command": str,
    "seed": (int, type(None)),
    "commit": (str, type(None)),
    "seconds": (int, float),
    "machine": str,
    "note": str,
}


def check(values: Mapping[str, Any], source: str) -> None:
    """Check a measurement's keys, types, and that each curve has a value a count.

    Raises
    ------
    RecordError
        Naming the file and what is wrong.
    """
    for key, kind in REQUIRED.items():
        if key not in values:
            raise RecordError(f"{source} lacks the key {key!r}.")
        if not isinstance(values[key], kind) or isinstance(values[key], bool):
            name = type(values[key]).__name__
            raise RecordError(f"{source}: {key!r} is a {name}.")
    for name, curve in values["curves"].items():
        for key, numbers in curve.items():
            if isinstance(numbers, list) and len(numbers) != len(values["counts"]):
                raise RecordError(
                    f"{source}: {key} of {name!r} has {len(numbers)} values for "
                    f"{len(values['counts'])} counts."
                )


@functools.cache
def read(name: str, folder: Path = FOLDER) -> Mapping[str, Any]:
    """Return one measurement.

    Raises
    ------
    RecordError
        If the file is absent, is not JSON or is not a valid measurement.
    """
    path = folder / f"{name}.json"
    values = read_object(path, "measurement")
    check(values, path.name)
    return MappingProxyType(values)


def write(values: Mapping[str, Any], folder: Path = FOLDER) -> Path:
    """Check a measurement and write it as JSON; returns the file."""
    path = folder / f"{values['name']}.json"
    check(values, path.name)
    return write_object(values, path)
