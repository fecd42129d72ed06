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
SWITCHED = {"true": "on", "false": "off"}
OPEN = ("true", "open")  # of a fold; Streamlit writes the first
Control = tuple[str, str, bool]  # a pattern of names, the label, whether a fold
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
    told = dict.fromkeys(one for one in said if one)
    return "Starts with " + ", ".join(told) if told else "Starts as usual"


def _said(slug: str, name: str, value: str) -> str:
    """Say one parameter: a control by its label, what was done on a stage by its kind.

    A name that is no control's is the program's own word, and not shown. Returns ""
    of what is as usual.
    """
    short = as_written(value[:SHOWN] + "…" * (len(value) > SHOWN))
    if name == "image":
        return f"the photo “{short}”"
    if name == "terms":
        return "the words explained" if value.lower() in OPEN else ""
    if name == "tabs":
        return f"the tab “{short}” open"
    control = _control(slug, name)
    if control is None:
        return _done(value)
    label, folds = control
    if folds:
        return f"“{as_written(label)}” open" if value.lower() in OPEN else ""
    if name == "part" or label in ("Part", "View"):
        return f"“{short}”"
    if label == "Digit":
        return f"the digit {short}" if value.isdigit() else f"a digit: {short}"
    return f"{as_written(label)} {SWITCHED.get(value.lower(), short)}"


def _done(value: str) -> str:
    """Say by its kind what was done on a stage, or only that something was."""
    if NUMBERS.fullmatch(value):
        count = value.count(",") + 1
        return {2: "a place clicked", 4: "a box drawn"}.get(count, "numbers changed")
    if CHOSEN.fullmatch(value):
        return "choices made in a picture"
    if len(value) > SHOWN and " " not in value:
        return "what was marked in a picture"
    return "a setting changed"


def _control(slug: str, name: str) -> tuple[str, bool] | None:
    """Return the words beside a control, and whether it is a fold; None if no such."""
    for pattern, label, folds in _all_controls(slug):
        if re.fullmatch(pattern, name):
            return label, folds
    return None


@functools.lru_cache(maxsize=64)
def _all_controls(slug: str) -> tuple[Control, ...]:
    """Read from a lesson's own source which name is which control's.

    Returns a pattern of names, the label and whether it is a fold's, of each; whole
    names first.
    """
    todo, seen = [ROOT / BY_SLUG[slug].file], set[Path]()
    found: list[Control] = []
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
def _read(path: Path) -> tuple[list[Path], list[Control]]:
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


def _controls(tree: ast.Module) -> Iterator[Control]:
    """Yield the name, as a pattern, and the label of each control that is called."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "id", "")
        if called == "digit_control":
            yield _digit(node.args)
        if not node.args:
            continue
        label, given = node.args[0], {word.arg: word.value for word in node.keywords}
        if isinstance(label, ast.Constant) and isinstance(label.value, str):
            for word in KEYWORDS:
                pattern = _pattern(given.get(word))
                if pattern is not None:
                    yield pattern, label.value, called == "fold"


def _digit(given: list[ast.expr]) -> Control:
    """Return name and label of a ``digitbar.digit_control``, from its call."""
    said = [one.value for one in given[1:3] if isinstance(one, ast.Constant)]
    key, label = map(str, said) if len(said) == 2 else ("digit", "Digit")
    return re.escape(key), label, False


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
