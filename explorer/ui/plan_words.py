"""A lesson's starting view in words: its controls by the names that the page gives."""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

from explorer.ui.catalogue import BY_SLUG
from explorer.ui.literal import as_written
from explorer.ui.plan import Step

ROOT = Path(__file__).parents[2]
LESSONS = "explorer.ui.lessons"
KEYWORDS = ("key", "linked")  # of a control, of a scrubber
NUMBERS = re.compile(r"-?[\d.]+(,-?[\d.]+)+")
CHOSEN = re.compile(r"[a-z]{1,12}:-?[\d.,;:a-z-]*")  # on a stage, see stage/view.py
SWITCHED = {"true": "on", "false": "off", "open": "open", "closed": "closed"}
SHOWN = 24  # letters of a view's value; a drawing has hundreds


def view_text(step: Step) -> str:
    r"""Say a starting view in words, as Markdown that shows what a link holds as text.

    Examples
    --------
    >>> view_text(Step("nms", "nms_iou=0.3&nms_part=A+detector"))
    'Starts with IoU threshold 0.3, “A detector”'
    """
    said = [
        _said(step.slug, name.removeprefix(f"{step.slug}_"), value)
        for name, value in step.parameters.items()
    ]
    return (
        "Starts with " + ", ".join(dict.fromkeys(said)) if said else "Starts as usual"
    )


def _said(slug: str, name: str, value: str) -> str:
    """Say one parameter: a control by its label, what was done on a stage by its kind.

    A name that is no control's is the program's own word, and not shown.
    """
    if NUMBERS.fullmatch(value):
        count = value.count(",") + 1
        return {2: "a place clicked", 4: "a box drawn"}.get(count, "numbers changed")
    short = as_written(value[:SHOWN] + "…" * (len(value) > SHOWN))
    if name == "image":
        return f"the photo “{short}”"
    if name == "terms":
        return "the words explained"
    if name == "tabs":
        return f"the tab “{short}” open"
    if CHOSEN.fullmatch(value):
        return "choices made in a picture"
    if len(value) > SHOWN and " " not in value:
        return "what was marked in a picture"
    label = _label(slug, name)
    if label is None:
        return "a setting changed"
    if name == "part" or label in ("Part", "View"):
        return f"“{short}”"
    return f"{as_written(label)} {SWITCHED.get(value.lower(), short)}"


def _label(slug: str, name: str) -> str | None:
    """Return the words beside a control, None where the name is no control's."""
    for pattern, label in _labels(slug):
        if re.fullmatch(pattern, name):
            return label
    return None


@functools.lru_cache(maxsize=64)
def _labels(slug: str) -> tuple[tuple[str, str], ...]:
    """Read from a lesson's own source which name is which control's.

    Returns pairs of a pattern of names and the label, whole names first.
    """
    todo, seen = [ROOT / BY_SLUG[slug].file], set[Path]()
    found: list[tuple[str, str]] = []
    while todo:
        path = todo.pop()
        if path in seen or not path.exists():
            continue
        seen.add(path)
        imported, controls = _read(path)
        todo += imported
        found += controls
    return tuple(sorted(found, key=lambda one: r"\w" in one[0]))


@functools.lru_cache(maxsize=256)
def _read(path: Path) -> tuple[list[Path], list[tuple[str, str]]]:
    tree = ast.parse(path.read_text("utf-8"))
    return list(_imported(tree)), list(_controls(tree))


def _imported(tree: ast.Module) -> Iterator[Path]:
    """Yield the files of the lessons' parts that a source takes names from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module == LESSONS:
                names = [f"{LESSONS}.{alias.name}" for alias in node.names]
            else:
                names = [node.module] if node.module.startswith(LESSONS) else []
            for name in names:
                yield ROOT / (name.replace(".", "/") + ".py")


def _controls(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the name, as a pattern, and the label of each control that is called."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        label, given = node.args[0], {word.arg: word.value for word in node.keywords}
        if isinstance(label, ast.Constant) and isinstance(label.value, str):
            for word in KEYWORDS:
                pattern = _pattern(given.get(word))
                if pattern is not None:
                    yield pattern, label.value


def _pattern(node: ast.expr | None) -> str | None:
    """Return the names that a key may be; what it is put together from is open."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = [one.value if isinstance(one, ast.Constant) else "" for one in node.values]
    if not any(parts):
        return None
    names = [re.escape(str(one)) if one else r"\w+?" for one in parts]
    if not parts[0] and not str(parts[1]).startswith("_"):
        names[0] = r"(?:\w+_)?"  # what stands before a whole word
    return "".join(names)
