"""Run a detector over files: one list of plain dictionaries for each."""

import glob
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from explorer.core.door import BadImage, open_image
from explorer.models import engine, zoo

T = TypeVar("T")
TASKS = ("detection", "instance")
ENDINGS = ".jpg .jpeg .png .webp .heic .heif .avif .gif .tif .tiff .bmp".split()
WORKING_SIDE_PX = 1600  # a larger photo is searched at this size; boxes are scaled back
DIGITS = 2  # of a pixel, in the file


class Misuse(ValueError):
    """The command asks for what cannot be; the message says what can."""


def check(model: str, out: Path) -> None:
    """Refuse a command that could only fail after the work is done.

    Raises
    ------
    Misuse
        If the model is unknown or finds no boxes, or the output's folder is absent.
    """
    detectors = [r.name for r in zoo.records().values() if r.task in TASKS]
    if model not in detectors:
        known = model in zoo.records()
        why = "finds no boxes" if known else "is not a model"
        raise Misuse(f"{model!r} {why}; detectors: {', '.join(detectors)}.")
    place = out.expanduser()
    if not place.parent.is_dir():
        raise Misuse(f"The folder of --out does not exist: {place.parent}")
    if place.is_dir():
        raise Misuse(f"--out is a folder: {place}; name a file, such as results.json.")


def fetch(model: str) -> None:
    """Download a model's weights with a progress bar, if they are not there."""
    with tqdm(unit="B", unit_scale=True, desc=f"download {model}") as bar:

        def progress(size: int, total: int) -> None:
            bar.total = total or None
            bar.update(size - bar.n)

        zoo.fetch(model, progress)
    about = zoo.record(model)
    if about.downloadable:
        told = f"{about.label}: weights are checked against {about.digest_note}."
        print(told, file=sys.stderr)


def expand(images: Iterable[str]) -> tuple[list[Path], list[str]]:
    """Turn what was typed into files.

    A file stands for itself; a folder for the image files directly in it; a pattern
    for what it matches; ``~`` for the home folder. A file named twice counts once.

    Returns
    -------
    (list of Path, list of str)
        The files, in the order given (sorted within a folder or pattern); a sentence
        for everything that stands for no file.
    """
    found: dict[str, Path] = {}
    absent: list[str] = []
    for text in images:
        path = Path(text).expanduser()
        if path.is_dir():
            here = sorted(p for p in path.iterdir() if p.suffix.lower() in ENDINGS)
            problem = f"{text}: no image files in this folder."
        elif path.exists():
            here, problem = [path], ""
        else:
            here = sorted(Path(p) for p in glob.glob(str(path), recursive=True))
            here = [p for p in here if p.is_file()]
            problem = f"{text}: no such file."
        if not here:
            absent.append(problem)
        for path in here:
            found.setdefault(os.path.abspath(path), path)
    return list(found.values()), absent


def keys(paths: Sequence[Path]) -> list[str]:
    """Name each file's result: its stem; only where two would clash, its path.

    Examples
    --------
    >>> keys([Path("a/cat.jpg"), Path("a/dog.jpg"), Path("b/dog.png")])
    ['cat', 'a/dog.jpg', 'b/dog.png']
    """
    stems = [path.stem for path in paths]
    taken = Counter([*stems, *(path.as_posix() for path in paths)])
    return [
        stem if taken[stem] == 1 else path.as_posix()
        for stem, path in zip(stems, paths, strict=True)
    ]


def run(
    paths: Sequence[Path],
    model: str,
    score_threshold: float,
    iou_threshold: float | None,
) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """Detect in every file, with a progress bar.

    Returns
    -------
    (dict, list of str)
        The detections by key; a sentence for every file that was skipped.

    Raises
    ------
    Misuse
        If the model itself cannot be used.
    """

    def detect(_: str, path: Path) -> list[dict[str, Any]]:
        return _one(path, model, score_threshold, iou_threshold)

    return each(paths, model, detect)


def each(
    paths: Sequence[Path], model: str, work: Callable[[str, Path], T]
) -> tuple[dict[str, T], list[str]]:
    """Do ``work(key, file)`` on every file, with a progress bar.

    Returns
    -------
    (dict, list of str)
        The results by key; a sentence for every file that was skipped.

    Raises
    ------
    Misuse
        If the model itself cannot be used.
    """
    try:
        if paths:
            zoo.load(model)
    except zoo.ZooError as error:
        hint = " Add --download." if zoo.status(model) == "needs download" else ""
        raise Misuse(f"{error}{hint}") from error
    results: dict[str, T] = {}
    bad: list[str] = []
    names = keys(paths)
    shared = [
        name for name, path in zip(names, paths, strict=True) if name != path.stem
    ]
    if shared:
        note = f"{len(shared)} files share a stem: their keys are their paths"
        print(f"{note} ({', '.join(shared)}).", file=sys.stderr)
    for name, path in zip(tqdm(names, unit="image", desc=model), paths, strict=True):
        try:
            results[name] = work(name, path)
        except (BadImage, OSError, engine.EngineError) as error:
            bad.append(f"{path}: {getattr(error, 'strerror', None) or error}")
            tqdm.write(f"skipped: {bad[-1]}", file=sys.stderr)
    return results, bad


def opened(path: Path) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """Read a file as the models see it, and its own upright height and width."""
    full = open_image(path.read_bytes(), path.name, max_side_px=None).image
    height, width = full.shape[:2]
    scale = min(1.0, WORKING_SIDE_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    image = cv2.resize(full, size, interpolation=cv2.INTER_AREA) if scale < 1 else full
    return np.asarray(image, np.uint8), (height, width)


def _one(
    path: Path, model: str, score: float, iou: float | None
) -> list[dict[str, Any]]:
    image, (height, width) = opened(path)
    more = {} if iou is None else {"iou_threshold": iou}
    found = engine.run(
        model, "detect", image=image, score_threshold=score, **more
    ).arrays
    back = np.array([width / image.shape[1], height / image.shape[0]] * 2)
    return [
        {"label": str(label), "score": float(s), "box": np.round(box, DIGITS).tolist()}
        for label, s, box in zip(
            found["labels"], found["scores"], found["boxes"] * back, strict=True
        )
    ]
