"""What the scripts that train people detectors share: options, times, the record."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from explorer.models import records, weights
from explorer.training.pennfudan import Photo, read_photos, split_photos

T = TypeVar("T")
Write = Callable[[T, int, int, float], Path]


def parser_of(name: str) -> argparse.ArgumentParser:
    """Return the options that every one of these scripts takes."""
    parser = argparse.ArgumentParser(prog=f"python -m explorer.training.{name}")
    parser.add_argument("folder", type=Path, help="holds pennfudan.zip")
    parser.add_argument("--seed", type=int, default=0, help="of the split and training")
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    return parser


def run(
    options: argparse.Namespace,
    train: Callable[[list[Photo], int], T],
    write: Write[T],
    scores: Callable[[T], tuple[Any, ...]],
) -> tuple[T, list[Photo]]:
    """Train, print the scores and the time, write; return outcome and held photos."""
    start = time.perf_counter()
    photos = read_photos(options.folder)
    outcome = train(photos, options.seed)
    seconds = time.perf_counter() - start
    print(*scores(outcome), f"{seconds:.0f} s")
    held = split_photos(photos, options.seed)[1]
    if not options.dry_run:
        print(write(outcome, len(held), options.seed, seconds))
    return outcome, held


def write_record(path: Path, values: dict[str, Any]) -> Path:
    """Write the record of the weights at ``path``, with their size and digest."""
    size, digest = path.stat().st_size, weights.digest(path)
    return records.write({**values, "bytes": size, "sha256": digest})
