"""Fetch full-size weights: checked while they come, in place only when whole."""

import contextlib
import errno
import hashlib
import http.client
import os
import shutil
import tempfile
import threading
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import IO

from explorer.models import weights
from explorer.models.records import Record
from explorer.models.weights import CHUNK_BYTES, WeightsError

Progress = Callable[[int, int], None]
TIMEOUT_S = 20.0  # without a byte
SPARE_BYTES = 50_000_000  # left free on the reader's disk
OFFLINE = "The shipped models work without a network."

_turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def fetch(record: Record, progress: Progress | None = None) -> Path:
    """Download a record's file into the cache folder, unless it is there.

    The bytes go to a temporary file beside the place; only a whole file with the right
    digest is renamed into it, so another process never sees a part.

    Raises
    ------
    WeightsError
        A sentence: no network, the server's refusal, no room, or a wrong file.
    """
    assert record.weights is not None
    (place,) = weights.locate(record)
    with _turns[record.name]:
        if place.is_file():
            return place
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            _into(place, record, progress)
        except urllib.error.HTTPError as error:
            error.close()
            raise WeightsError(
                f"{_host(record)} answered {error.code} {error.reason} for "
                f"{record.label}. {OFFLINE}"
            ) from error
        except (urllib.error.URLError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise WeightsError(
                f"{record.label} could not be downloaded: {_host(record)} cannot be "
                f"reached ({reason}). {OFFLINE}"
            ) from error
        except OSError as error:
            raise WeightsError(_disk_or_network(record, place, error)) from error
    return place


def _into(place: Path, record: Record, progress: Progress | None) -> None:
    assert record.weights is not None
    with urllib.request.urlopen(record.weights["url"], timeout=TIMEOUT_S) as answer:
        total = int(answer.headers.get("Content-Length") or 0)
        _room(place.parent, total or record.bytes, record)
        handle, name = tempfile.mkstemp(suffix=".part", dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                found, size = _copy(answer, file, total, progress)
            if size < total:
                raise WeightsError(
                    f"The download of {record.label} broke off after {size:,} of "
                    f"{total:,} bytes; try again."
                )
            if not found.startswith(record.sha256):
                raise WeightsError(weights.mismatch(record, place.name, found))
            os.replace(name, place)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)


def _copy(
    source: IO[bytes], file: IO[bytes], total: int, progress: Progress | None
) -> tuple[str, int]:
    made, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK_BYTES):
        file.write(chunk)
        made.update(chunk)
        size += len(chunk)
        if progress is not None:
            progress(size, total)
    return made.hexdigest(), size


def _room(folder: Path, need: int, record: Record) -> None:
    free = shutil.disk_usage(folder).free
    if free < need + SPARE_BYTES:
        raise WeightsError(
            f"{record.label} needs {need / 1e6:.0f} MB and the disk of the cache "
            f"folder has {free / 1e6:.0f} MB free. Make room, or set "
            f"{weights.CACHE_VARIABLE} to a folder on another disk."
        )


def _disk_or_network(record: Record, place: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk of the cache folder is full: {record.label} was not saved. "
            f"Make room, or set {weights.CACHE_VARIABLE} to a folder on another disk."
        )
    if isinstance(error, PermissionError):
        return (
            f"The cache folder {place.parent.name} cannot be written to. "
            f"Set {weights.CACHE_VARIABLE} to a folder that can."
        )
    return f"The download of {record.label} stopped ({error}); try again. {OFFLINE}"


def _host(record: Record) -> str:
    assert record.weights is not None
    return str(record.weights["url"]).split("/")[2]
