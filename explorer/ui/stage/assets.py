"""The stage's script: its parts and one page's program, joined into one module."""

import functools
import time
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

FOLDER = Path(__file__).parent
_PARTS = (
    *("stage.js", "state.js", "history.js", "draw.js"),
    *("boxes.js", "input.js", "keys.js", "words.js", "paint.js"),
)
# Parts of one program that a second one needs too.
_SHARED = {
    "pyramid": ("programs/roi.math.js",),
    "arith": ("programs/latent.ask.js",),
    "sliders": ("programs/latent.ask.js",),
}

HTML = """<div class="wrap"><div class="main">
<div class="frame" tabindex="0" role="application"><img class="base" alt="" draggable="false">
<canvas class="under"></canvas><canvas class="over"></canvas></div>
<div class="foot"><div class="read" aria-hidden="true"></div>
<label class="opacity" hidden>Map <input type="range" min="0" max="100" aria-label="Opacity of the map"></label>
<button class="erase" type="button" hidden>Eraser</button>
<button class="clear" type="button" hidden>Clear</button>
<button class="save" type="button">Save PNG</button></div>
<div class="said" aria-live="polite"></div></div><div class="panel" hidden></div></div>"""  # noqa: E501


def shorten(script: str) -> str:
    """Return a script without comment lines and indentation.

    Examples
    --------
    >>> shorten("// why\\n  f();\\n\\n")
    'f();'
    """
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def program_names() -> tuple[str, ...]:
    """Return the names of the programs under ``programs/``: NAME.js.

    A long one keeps parts in NAME.PART.js beside it, joined after it.
    """
    return tuple(name for name in _scripts() if "." not in name)


def _now() -> int:
    """Return the second: files are looked at once in it, not for every picture."""
    return int(time.monotonic())


def _scripts() -> tuple[str, ...]:
    """Return all scripts under ``programs/`` without their ``.js``."""
    return _listed(_now())


@functools.lru_cache(maxsize=1)
def _listed(second: int) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("programs/*.js")))


def _program_files(name: str) -> tuple[str, ...]:
    parts = (one for one in _scripts() if one.startswith(f"{name}."))
    own = (f"programs/{name}.js", *(f"programs/{part}.js" for part in parts))
    return (*own, *_SHARED.get(name, ()))


def _files(names: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    """Return the files with their times of change, so that an edit is picked up."""
    return _dated(names, _now())


@functools.lru_cache(maxsize=64)
def _dated(names: tuple[str, ...], second: int) -> tuple[tuple[str, float], ...]:
    return tuple((name, (FOLDER / name).stat().st_mtime) for name in names)


@functools.lru_cache(maxsize=64)
def _text(files: tuple[tuple[str, float], ...]) -> str:
    return "\n".join(shorten((FOLDER / name).read_text("utf-8")) for name, _ in files)


@functools.lru_cache(maxsize=64)
def _component(name: str, html: str, css: str, script: str) -> ComponentRenderer:
    return st.components.v2.component(name, html=html, css=css, js=script)


def stage_component(program: str | None) -> ComponentRenderer:
    """Return the stage with one program in its module, so that it stays small."""
    extra = () if program is None else _program_files(program)
    return _component(
        "explorer_stage" + ("" if program is None else f"_{program}"),
        HTML,
        _text(_files(("stage.css",))),
        _text(_files((*_PARTS, *extra))),
    )


def scrubber_component(html: str) -> ComponentRenderer:
    """Return the scrubber."""
    return _component(
        "explorer_scrubber",
        html,
        _text(_files(("scrubber.css",))),
        _text(_files(("scrubber.js",))),
    )
