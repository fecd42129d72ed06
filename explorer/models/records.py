"""Model records: what each model is, where it comes from and how good it was measured.

One JSON file a model in ``assets/checkpoints``; read without torch.
"""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "checkpoints"

TASKS = ("classification", "segmentation", "detection", "instance", "generative")
REQUIRED: Mapping[str, type | tuple[type, ...]] = {
    "name": str,
    "task": str,
    "architecture": str,
    "arguments": dict,
    "data": str,
    "classes": list,
    "preprocessing": dict,
    "scores": dict,
    "parameters": int,
    "macs": (int, type(None)),
    "bytes": int,
    "sha256": str,
    "licence": str,
    "command": str,
    "seed": (int, type(None)),
    "commit": (str, type(None)),
    "seconds": (int, float, type(None)),
    "machine": str,
}
OPTIONAL: Mapping[str, type | tuple[type, ...]] = {
    "title": str,  # the name a reader sees
    # "package" and "files", "files" alone, or "url"; "sha256_prefix" is true where the
    # publisher gives only the first digits of the digest.
    "weights": dict,
    "label_ids": list,  # the network's own number of each class, where it skips some
    "backbone": str,  # the record whose network this head stands on
    "note": str,
}
FULL_DIGEST = 64  # hex digits of a SHA-256


class RecordError(ValueError):
    """A record is missing, broken or incomplete; the message names file and key."""


@dataclass(frozen=True)
class Record:
    """One model's record; the attributes are the keys of the JSON file."""

    name: str
    task: str
    architecture: str
    arguments: dict[str, Any]
    data: str
    classes: tuple[str, ...]
    preprocessing: dict[str, Any]
    scores: dict[str, dict[str, Any]]
    parameters: int
    macs: int | None
    bytes: int
    sha256: str
    licence: str
    command: str
    seed: int | None
    commit: str | None
    seconds: float | None
    machine: str
    title: str = ""
    weights: dict[str, Any] | None = None
    label_ids: tuple[int, ...] = ()
    backbone: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        """The name to show: ``title``, or ``name`` where there is none."""
        return self.title or self.name

    @property
    def side_px(self) -> int:
        """Side of the network's square, or its longest side; KeyError without one."""
        return int(self.preprocessing["side_px"])

    @property
    def downloadable(self) -> bool:
        """Whether the weights are fetched on request rather than shipped."""
        return bool(self.weights and "url" in self.weights)

    @property
    def digest_note(self) -> str:
        """What the weights are checked against: all of their SHA-256, or its start."""
        if len(self.sha256) == FULL_DIGEST:
            return "their SHA-256"
        digits = len(self.sha256)
        return f"the first {digits} hex digits of their SHA-256, all that is published"


def parse(values: Mapping[str, Any], source: str) -> Record:
    """Check a record's keys and types.

    Parameters
    ----------
    values : mapping
        The decoded JSON object.
    source : str
        File name, quoted in errors.

    Raises
    ------
    RecordError
        Naming the file and the key that is missing, unknown or of a wrong type.
    """
    missing = [key for key in REQUIRED if key not in values]
    if missing:
        raise RecordError(f"{source} lacks the key {missing[0]!r}.")
    allowed = {**REQUIRED, **OPTIONAL}
    for key, value in values.items():
        if key not in allowed:
            raise RecordError(
                f"{source} has the unknown key {key!r}; known: {', '.join(allowed)}."
            )
        if not isinstance(value, allowed[key]) or isinstance(value, bool):
            raise RecordError(f"{source}: {key!r} is a {type(value).__name__}.")
    _check_values(values, source)
    tuples = {"classes": tuple(values["classes"])}
    tuples["label_ids"] = tuple(values.get("label_ids", ()))
    return Record(**{**values, **tuples})


def _check_values(values: Mapping[str, Any], source: str) -> None:
    if values["task"] not in TASKS:
        raise RecordError(
            f"{source}: task is {values['task']!r}; it must be one of "
            f"{', '.join(TASKS)}."
        )
    digest = values["sha256"]
    if not 8 <= len(digest) <= FULL_DIGEST or set(digest) - set("0123456789abcdef"):
        raise RecordError(f"{source}: sha256 {digest!r} is not 8 to 64 hex digits.")
    _check_digest(digest, values.get("weights") or {}, source)
    _check_label_ids(values, source)
    for name, score in values["scores"].items():
        if not isinstance(score, dict) or {"value", "split", "n"} - set(score):
            raise RecordError(f"{source}: score {name!r} needs value, split and n.")
    for key in ("parameters", "bytes"):
        if values[key] < 0:
            raise RecordError(f"{source}: {key} is {values[key]}, below 0.")


def _check_digest(digest: str, where: Mapping[str, Any], source: str) -> None:
    short = len(digest) < FULL_DIGEST
    if short != bool(where.get("sha256_prefix")):
        raise RecordError(
            f"{source}: sha256 has {len(digest)} of {FULL_DIGEST} hex digits; weights "
            f"must {'' if short else 'not '}say sha256_prefix."
        )


def _check_label_ids(values: Mapping[str, Any], source: str) -> None:
    ids = values.get("label_ids")
    if ids is None:
        return
    if len(ids) != len(values["classes"]) or len(set(ids)) != len(ids):
        raise RecordError(
            f"{source}: label_ids needs one number of its own for each of the "
            f"{len(values['classes'])} classes."
        )
    if not all(type(number) is int and number >= 0 for number in ids):
        raise RecordError(f"{source}: label_ids must be whole numbers from 0 up.")


def read(path: Path) -> Record:
    """Read one record; its ``name`` must be the file's name.

    Raises
    ------
    RecordError
        If the file is absent, is not JSON or is not a valid record.
    """
    record = parse(read_object(path, "record"), path.name)
    if record.name != path.stem:
        raise RecordError(f"{path.name} is the record of {record.name!r}.")
    return record


@functools.cache
def read_all(folder: Path = FOLDER) -> Mapping[str, Record]:
    """Read every record of a folder, shipped models first, then by name."""
    found = [read(path) for path in sorted(folder.glob("*.json"))]
    found.sort(key=lambda record: (record.downloadable, record.name))
    return {record.name: record for record in found}


def write(values: Mapping[str, Any], folder: Path = FOLDER) -> Path:
    """Check a record and write it as JSON; returns the file."""
    path = folder / f"{values['name']}.json"
    parse(values, path.name)
    return write_object(values, path)


def read_object(path: Path, what: str) -> dict[str, Any]:
    """Return the JSON object of a file; ``what`` it is goes into the errors.

    Raises
    ------
    RecordError
        If the file is absent, is not JSON or holds something else.
    """
    try:
        values = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise RecordError(f"There is no {what} {path.name}.") from None
    except ValueError as error:
        raise RecordError(f"{path.name} is not JSON: {error}.") from None
    if not isinstance(values, dict):
        raise RecordError(f"{path.name} does not hold a JSON object.")
    return values


def write_object(values: Mapping[str, Any], path: Path) -> Path:
    """Write a mapping as JSON that reads well in a diff; returns the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(values, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", "utf-8")
    return path
