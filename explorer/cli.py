"""The command line: the zoo as a table, detections and class maps of files."""

import argparse
import json
import math
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from explorer import detect_files, segment_files
from explorer.models import zoo
from explorer.models.records import Record, RecordError

DONE, FAILED, MISUSED = 0, 1, 2  # exit statuses
SCORE_THRESHOLD = 0.05
FEW = 1000  # examples; a score on fewer is told to two places only
LICENCE_CHARS = 60  # of the table; longer ones are told in full as JSON
BACKGROUND = "__background__"  # torchvision's name in its segmenters
COLUMNS = (
    "name",
    "task",
    "classes",
    "parameters",
    "size",
    "score",
    "data",
    "state",
    "licence",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows ``python -m explorer``; read from the command line without it.

    Returns
    -------
    int
        0 done; 1 some file could not be used; 2 the command itself was wrong.
    """
    parsed = _parser().parse_args(arguments)
    try:
        status: int = parsed.run(parsed)
    except (zoo.ZooError, RecordError, detect_files.Misuse) as error:
        print(error, file=sys.stderr)
        return MISUSED
    except KeyboardInterrupt:
        print("Stopped; nothing was written.", file=sys.stderr)
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m explorer",
        description="Models of the visual explorer, run on your own files.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    models = commands.add_parser("models", help="list the models")
    models.add_argument("--json", action="store_true", help="print the records")
    models.set_defaults(run=_models)
    detect = commands.add_parser("detect", help="find objects in image files")
    _files(detect, "JSON file to write")
    detect.add_argument(
        "--score-threshold",
        type=_finite,
        default=SCORE_THRESHOLD,
        help="leave out detections below this (default %(default)s)",
    )
    detect.add_argument(
        "--iou-threshold",
        type=_fraction,
        help="overlap above which NMS drops the weaker box (default: the model's own)",
    )
    detect.set_defaults(run=_detect)
    segment = commands.add_parser("segment", help="name every pixel of image files")
    _files(segment, "folder for the PNGs of class numbers")
    segment.set_defaults(run=_segment)
    return parser


def _files(command: argparse.ArgumentParser, out: str) -> None:
    """Add what every command that runs a model over files takes."""
    command.add_argument(
        "images", nargs="+", help="image files, folders, or patterns such as '*.jpg'"
    )
    command.add_argument("--model", required=True, help="a name from `models`")
    command.add_argument("--out", required=True, type=Path, help=out)
    command.add_argument(
        "--download", action="store_true", help="fetch the model's weights if needed"
    )


def _finite(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a finite number")
    return value


def _fraction(text: str) -> float:
    value = _finite(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return value


def _models(parsed: argparse.Namespace) -> int:
    found = zoo.records().values()
    if parsed.json:
        print(json.dumps([asdict(record) for record in found], indent=1))
        return DONE
    print(table([COLUMNS, *(_row(record) for record in found)]))
    print("\nThe first score of each; --json tells all, and licences in full.")
    for told in dict.fromkeys(r.digest_note for r in found if r.downloadable):
        print(f"\nDownloaded weights are checked against {told}.")
    return DONE


def score_text(name: str, score: Mapping[str, Any]) -> str:
    """Write a score with the number of examples it was counted on.

    Examples
    --------
    >>> score_text("accuracy", {"value": 0.8, "n": 5})
    'accuracy 0.80 (n = 5)'
    >>> score_text("box_ap", {"value": 0.37, "n": 5000})
    'box_ap 0.370 (n = 5000)'
    >>> score_text("miou", {"value": 0.605, "n": None})
    'miou 0.605 (n not published)'
    >>> score_text("auc", {"value": 0.99951, "n": 4000})  # not 1.000
    'auc 0.9995 (n = 4000)'
    >>> score_text("active_units", {"value": 11, "of": 20, "n": 5000})
    'active_units 11 of 20 (n = 5000)'
    """
    n, value = score["n"], score["value"]
    told = "n not published" if n is None else f"n = {n}"
    if "of" in score:
        return f"{name} {value} of {score['of']} ({told})"
    digits = 2 if n is not None and n < FEW else 3
    while value < 1 and round(value, digits) == 1:
        digits += 1
    return f"{name} {value:.{digits}f} ({told})"


def classes_text(classes: Sequence[str]) -> str:
    """Name one or two classes, count more; a background is told apart.

    Examples
    --------
    >>> classes_text(["person"]), classes_text(["__background__", "cat", "dog", "cow"])
    ('person', '3 + background')
    """
    real = [name for name in classes if name != BACKGROUND]
    if len(real) <= 2:
        return ", ".join(real)
    return str(len(real)) + " + background" * (len(real) < len(classes))


def _row(record: Record) -> tuple[str, ...]:
    first, *others = [score_text(*one) for one in record.scores.items()] or ["-"]
    score = first + f", {len(others)} more" * bool(others)
    return (
        record.name,
        record.task,
        classes_text(record.classes),
        f"{record.parameters:,}",
        size(record.bytes),
        score,
        record.data,
        zoo.status(record.name),
        textwrap.shorten(record.licence, LICENCE_CHARS, placeholder=" …"),
    )


def size(count: int) -> str:
    """Write a number of bytes as people say it.

    Examples
    --------
    >>> size(15_124), size(18_826_032)
    ('15 kB', '18.8 MB')
    """
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def count(number: int, thing: str) -> str:
    """Write a number of things.

    Examples
    --------
    >>> count(1, "file"), count(0, "detection")
    ('1 file', '0 detections')
    """
    return f"{number:,} {thing}" + "s" * (number != 1)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Set rows in columns, the first row underlined.

    Examples
    --------
    >>> print(table([("a", "b"), ("ccc", "d")]))
    a    b
    ---  -
    ccc  d
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in (rows[0], ["-" * width for width in widths], *rows[1:])
    ]
    return "\n".join(line.rstrip() for line in lines)


def _detect(parsed: argparse.Namespace) -> int:
    detect_files.check(parsed.model, parsed.out)
    paths, absent = _start(parsed)
    results, bad = detect_files.run(
        paths, parsed.model, parsed.score_threshold, parsed.iou_threshold
    )
    _write(parsed.out.expanduser(), results)
    boxes = count(sum(map(len, results.values())), "detection")
    return _told(f"{count(len(results), 'file')}, {boxes}", parsed, [*absent, *bad])


def _segment(parsed: argparse.Namespace) -> int:
    segment_files.check(parsed.model, parsed.out)
    paths, absent = _start(parsed)
    results, bad = segment_files.run(paths, parsed.model, parsed.out)
    return _told(count(len(results), "class map"), parsed, [*absent, *bad])


def _start(parsed: argparse.Namespace) -> tuple[list[Path], list[str]]:
    """Fetch the weights if asked to; return the files, and what stands for none."""
    if parsed.download:
        detect_files.fetch(parsed.model)
    paths, absent = detect_files.expand(parsed.images)
    for sentence in absent:
        print(f"skipped: {sentence}", file=sys.stderr)
    return paths, absent


def _told(done: str, parsed: argparse.Namespace, skipped: Sequence[str]) -> int:
    """Say what was written and return the exit status."""
    left_out = f"; {len(skipped)} skipped" * bool(skipped)
    print(f"{done} -> {parsed.out}{left_out}", file=sys.stderr)
    return FAILED if skipped else DONE


def _write(out: Path, results: dict[str, Any]) -> None:
    part = out.with_name(out.name + ".part")
    part.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    part.replace(out)
