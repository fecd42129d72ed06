"""How many replicas of a family, how large, and how much may wait: a plain file."""

import dataclasses
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VARIABLE = "EXPLORER_RAY_CONFIG"
GPU = "EXPLORER_RAY_GPU"
SHIPPED = Path(__file__).with_name("families.toml")
DEFAULT = "default"
FROM_ZERO = ("num_cpus", "num_gpus", "min_replicas")  # the others start above it


class SettingsError(ValueError):
    """The settings cannot be used; the message names file, table and key."""


@dataclass(frozen=True)
class Settings:
    """What one family gets; the attributes are the keys of the file."""

    min_replicas: int
    max_replicas: int
    target_ongoing_requests: float
    max_ongoing_requests: int
    max_queued_requests: int
    num_cpus: float
    num_gpus: float
    max_batch_size: int


def read(families: Iterable[str], path: Path | None = None) -> dict[str, Settings]:
    """Return every family's settings.

    Parameters
    ----------
    families : iterable of str
    path : Path, optional
        A TOML file; without it ``EXPLORER_RAY_CONFIG``, or the one that ships. What
        it leaves out is as shipped.

    Raises
    ------
    SettingsError
        If the file cannot be read, or a table, key or value is not one of these.
    """
    names = tuple(families)
    shipped = _tables(SHIPPED)
    path = path or Path(os.environ.get(VARIABLE) or SHIPPED).expanduser()
    own = _tables(path)
    for table, values in own.items():
        if table not in (DEFAULT, *names) or not isinstance(values, dict):
            raise SettingsError(
                f"{path.name} has {table!r}; its tables may be "
                f"{', '.join((DEFAULT, *names))}."
            )
    return {
        name: _checked(
            {
                **shipped[DEFAULT],
                **shipped.get(name, {}),
                **own.get(DEFAULT, {}),
                **own.get(name, {}),
            },
            f"{path.name} [{name}]",
        )
        for name in names
    }


def gpus() -> bool | None:
    """Return whether the cluster is to have GPUs; None where nobody said.

    A machine with one may join after the models are deployed, and a deployment keeps
    the share it asked for then.

    Raises
    ------
    SettingsError
        If ``EXPLORER_RAY_GPU`` is neither 0 nor 1.
    """
    said = os.environ.get(GPU, "").strip()
    if said not in ("", "0", "1"):
        raise SettingsError(f"{GPU} is {said!r}; it may be 0 or 1.")
    return bool(int(said)) if said else None


def _tables(path: Path) -> Mapping[str, Mapping[str, Any]]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path.name} is not TOML: {error}.") from None


def _checked(values: Mapping[str, Any], where: str) -> Settings:
    kinds = {field.name: field.type for field in dataclasses.fields(Settings)}
    for key, value in values.items():
        if key not in kinds:
            raise SettingsError(
                f"{where}: there is no {key!r}; there are {', '.join(kinds)}."
            )
        whole = kinds[key] is int
        if type(value) not in ((int,) if whole else (int, float)):
            wanted = "whole number" if whole else "number"
            raise SettingsError(f"{where}: {key} is {value!r}, not a {wanted}.")
        if value < 0 or (value == 0 and key not in FROM_ZERO):
            raise SettingsError(f"{where}: {key} is {value}, too small.")
    made = Settings(**values)
    if made.min_replicas > made.max_replicas:
        raise SettingsError(
            f"{where}: min_replicas is {made.min_replicas}, "
            f"above max_replicas, {made.max_replicas}."
        )
    return made
