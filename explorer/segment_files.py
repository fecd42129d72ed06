"""Run a segmenter over files: one PNG of class numbers for each, in class colours."""

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageColor

from explorer.detect_files import Misuse, each, opened
from explorer.figures.segmentation import palette_of
from explorer.models import engine, zoo

TASK = "segmentation"
CLASSES_FILE = "classes.json"


def check(model: str, out: Path) -> None:
    """Refuse a command that could only fail after the work is done.

    Raises
    ------
    Misuse
        If the model is unknown or labels no pixels, or ``out`` can be no folder.
    """
    usable = [r.name for r in zoo.records().values() if r.task == TASK and r.scores]
    if model not in usable:
        known = model in zoo.records()
        why = "labels no pixels" if known else "is not a model"
        raise Misuse(f"{model!r} {why}; segmenters: {', '.join(usable)}.")
    place = out.expanduser()
    if place.exists() and not place.is_dir():
        raise Misuse(f"--out is a file: {place}; name a folder.")
    if not place.parent.is_dir():
        raise Misuse(f"The folder of --out does not exist: {place.parent}")


def run(
    paths: Sequence[Path], model: str, out: Path
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Write a PNG for every file, and ``classes.json``, into ``out``.

    A PNG has the size of its file, upright; its pixels are class numbers. It is named
    for its file's key; the JSON says which is whose.

    Returns
    -------
    (dict, list of str)
        By key, the share of the pixels of each class found; a sentence for every file
        that was skipped.

    Raises
    ------
    Misuse
        If the model itself cannot be used.
    """
    classes = zoo.record(model).classes
    place = out.expanduser()
    place.mkdir(exist_ok=True)
    files: dict[str, str] = {}

    def segment(key: str, path: Path) -> dict[str, Any]:
        image, (height, width) = opened(path)
        labels = engine.run(model, "segment", image=image).arrays["labels"]
        full = cv2.resize(labels, (width, height), interpolation=cv2.INTER_NEAREST)
        files[key] = _file(key, files.values())
        _save(full.astype(np.uint8), classes, place / files[key])
        share = np.bincount(labels.ravel(), minlength=len(classes)) / labels.size
        found = zip(classes, share.tolist(), strict=True)
        return {name: round(part, 4) for name, part in found if part}

    results, bad = each(paths, model, segment)
    table = {
        "model": model,
        "classes": list(classes),
        "files": files,
        "shares": results,
    }
    text = json.dumps(table, indent=1, ensure_ascii=False)
    (place / CLASSES_FILE).write_text(text + "\n", "utf-8")
    return results, bad


def _file(key: str, taken: Collection[str]) -> str:
    """Name a key's PNG, with a number where two paths would share a name.

    Examples
    --------
    >>> _file("cat", ()), _file("../a/cat.jpg", ["a_cat.jpg.png"])
    ('cat.png', 'a_cat.jpg_2.png')
    """
    name = key.strip("./").replace("/", "_")
    found, number = f"{name}.png", 1
    while found in taken:
        number += 1
        found = f"{name}_{number}.png"
    return found


def _save(labels: np.ndarray[Any, Any], classes: Sequence[str], path: Path) -> None:
    picture = Image.fromarray(labels, "L")
    picture.putpalette(
        [v for color in palette_of(classes) for v in ImageColor.getrgb(color)[:3]]
    )
    picture.save(path)
