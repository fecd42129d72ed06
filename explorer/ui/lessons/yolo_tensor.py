"""The lesson on YOLO, first part: one cell's numbers opened, in the browser."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.letterbox import letterbox
from explorer.core.proof import BROWSER, Proof
from explorer.figures.theme import class_color
from explorer.figures.yolo import YOLO_COLORS
from explorer.ui import live
from explorer.ui.controls import select
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons import yolo_words as words
from explorer.ui.lessons.yolo_runs import (
    VERSIONS,
    About,
    Opened,
    about,
    prove_opened,
)
from explorer.ui.stage import StageEvent, sent_once, stage

STAGE = "yolo_tensor"
UNIT = 2  # the square is shown twice as fine as the network sees it
BEST = "most confident"
MOST_WIDE_PX, MOST_HIGH_PX = 500, 500
SELECT_PX = 160  # version 3 has two of them on the toolbar's one line
TOLERANCE = 1e-3  # the browser gets float32, and adds up as Python does

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """Which map, None for the most confident one, and what lies over the picture."""

    level: int | None
    layer: str


def controls(known: About) -> Asked:
    """Ask for the map, where there are several, and for the layer."""
    level = None
    if len(known.cells) > 1:
        names = [BEST, *(f"{n} × {n}" for n in known.cells)]
        name = select(
            "Map", names, BEST, key="map", help=words.MAP_HELP, width_px=SELECT_PX
        )
        level = None if name == BEST else names.index(name) - 1
    layer = select(
        "Over the picture",
        tuple(words.LAYERS),
        "cell",
        key="layer",
        format_func=words.LAYERS.__getitem__,
        help=words.LAYER_HELP,
        width_px=SELECT_PX,
    )
    return Asked(level, layer)


@dataclass(frozen=True, eq=False)
class Shown:
    """What the stage showed: the map, the chosen cell, what the browser sent."""

    seen: Opened
    level: int
    col: int
    row: int
    event: StageEvent
    tag: str

    def rows(self) -> NDArray[np.int64]:
        """Return the places of the cell's boxes among all."""
        read = self.seen.read
        here = (read.level == self.level) & (read.row == self.row)
        return np.flatnonzero(here & (read.col == self.col))


def show(picture: Picture, seen: Opened, asked: Asked) -> Shown:
    """Show the square under its grid; the panel opens the chosen cell."""
    known = seen.about
    level = int(seen.read.level[seen.best()]) if asked.level is None else asked.level
    st.html(words.shape_html(known, level))
    side = known.cells[level]
    shown_px = UNIT * known.side
    step = shown_px / side
    tag = live.digest(picture.digest, known.version, level)
    event = stage(
        letterbox(picture.image, shown_px).image,
        key=STAGE,
        alt="The photo in its square under a grid of cells; one of them is opened",
        mode="click",
        cell=(step, step),
        selected=_start(picture, seen, level),
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
        program=_program(seen, level, asked.layer, tag) | _map(seen, level, tag),
    )
    assert event.click is not None  # selected
    _keep(event.click.x, event.click.y, seen, level)
    return Shown(seen, level, event.click.col, event.click.row, event, tag)


def _program(seen: Opened, level: int, layer: str, tag: str) -> dict[str, Any]:
    known = seen.about
    anchors = known.of_map(level)
    told: dict[str, Any] = {
        "name": "yolo",
        "view": "tensor",
        "version": known.version,
        "each": known.each,
        "side": known.side,
        "unit": UNIT,
        "classes": list(known.classes),
        "anchors": anchors.tolist() if len(anchors) else None,
        "cells": known.cells[level],
        "layer": layer,
        "colors": YOLO_COLORS,
        "classColors": [class_color(k) for k in range(len(known.classes))],
        "tag": tag,
    }
    return told | ({"opacity": 0.55} if layer in ("classes", "confidence") else {})


def _map(seen: Opened, level: int, tag: str) -> dict[str, Any]:
    """Return the tensor, sent once: version 3's finest map is half a megabyte."""
    return sent_once(STAGE, tag, lambda: {"map": seen.arrays[f"map{level}"]})


def _best_cell(seen: Opened, level: int) -> tuple[float, float]:
    """Return the middle of the cell of the map's best box, in pixels of the square."""
    about = seen.about
    at, step = seen.best(level), about.side / about.cells[level]
    return (
        (float(seen.read.col[at]) + 0.5) * step,
        (float(seen.read.row[at]) + 0.5) * step,
    )


def _start(picture: Picture, seen: Opened, level: int) -> tuple[float, float]:
    """Return where the link or the reader pointed, else the best cell; shown px."""
    remember.forget(picture.digest, "cell", default=())
    kept: tuple[float, ...] = remember("cell", ())
    good = len(kept) == 2 and all(0 <= v <= seen.about.side for v in kept)
    x, y = kept if good else _best_cell(seen, level)
    return x * UNIT, y * UNIT


def _keep(x: float, y: float, seen: Opened, level: int) -> None:
    """Put a place that the reader has chosen into the link."""
    usual = np.array(_best_cell(seen, level)) * UNIT
    moved = np.abs(usual - [x, y]).max() > 1
    remember.set("cell", (x / UNIT, y / UNIT) if moved else (), ())


def explain(picture: Picture, shown: Shown) -> None:
    """Say what was seen, and count the boxes of all versions."""
    known = shown.seen.about
    rows = shown.rows()
    read = shown.seen.read
    scores = read.scores[rows]
    slot, label = np.unravel_index(int(scores.argmax()), scores.shape)
    name = known.classes[int(label)]
    st.markdown(
        f"This cell's best guess: box {slot + 1}, **{name}**, class confidence "
        f"{read.confidence[rows[slot]]:.2f} × {read.classes[rows[slot], label]:.2f} = "
        f"**{scores[slot, label]:.2f}**. One pass of the network gives this for all "
        f"**{len(read.boxes):,}** boxes at once: detection is reading a tensor."
    )
    st.markdown(words.counts_table([about(v) for v in VERSIONS]))
    if known.version == 1:
        st.caption(words.V1_CELLS)
    height, width = picture.image.shape[:2]
    st.caption(words.square_said(shown.seen.scale, known.side, (height, width)))


def prove(shown: Shown) -> list[Proof]:
    """Compare the tensor read three times: by the network, NumPy and the browser."""
    proofs = prove_opened(shown.seen)
    sent = shown.event.program or {}
    if sent.get("tag") == shown.tag:
        delta = browser_delta(sent, shown)
        if delta is not None:
            note = "the chosen cell's boxes and probabilities, as shown"
            proofs.append(Proof(BROWSER, delta, TOLERANCE, note=note))
    return proofs


def browser_delta(sent: dict[str, Any], shown: Shown) -> float | None:
    """Return how far the browser's boxes are off, None for another cell's."""
    rows, read = shown.rows(), shown.seen.read
    ours = (read.boxes[rows], read.confidence[rows], read.classes[rows])
    try:
        cell = [int(v) for v in sent["cell"]]
        theirs = [
            np.asarray(sent[name], np.float64)
            for name in ("boxes", "confidence", "classes")
        ]
    except (KeyError, TypeError, ValueError):
        return None
    if cell != [shown.col, shown.row]:
        return None
    if any(a.shape != b.shape for a, b in zip(ours, theirs, strict=True)):
        return float("inf")
    return max(float(np.abs(a - b).max()) for a, b in zip(ours, theirs, strict=True))


def numbers(shown: Shown) -> dict[str, Any]:
    """Return what can be downloaded."""
    read, rows = shown.seen.read, shown.rows()
    maps = len(shown.seen.about.cells)
    tensors = {f"tensor_{k}": shown.seen.arrays[f"map{k}"] for k in range(maps)}
    return tensors | {
        "cell_raw": read.raw[rows],
        "cell_boxes": read.boxes[rows],
        "cell_confidence": read.confidence[rows],
        "cell_classes": read.classes[rows],
    }
