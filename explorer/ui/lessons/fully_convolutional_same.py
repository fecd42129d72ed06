"""The lesson on fully convolutional classifiers: the same numbers."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.class_map import top_classes, window_box
from explorer.core.numerals import signed
from explorer.figures.class_map import margin_figure
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.lessons import fully_convolutional_words as words
from explorer.ui.lessons.fully_convolutional import take_wish
from explorer.ui.lessons.fully_convolutional_scores import (
    NETWORK,
    STRIDE,
    TOP,
    WINDOW,
    Scored,
    Settings,
    label_of,
    map_program,
    names,
    readout,
    scored,
)
from explorer.ui.stage import stage

COLUMNS = 40  # of the panes: 1,280 channels in 32 rows
MOST_WIDE_PX = 520

Place = tuple[int, int]


def same_part(picture: Picture, asked: Settings) -> Scored | None:
    """Show one window's score taken apart, and the crop run by itself beside it."""
    label = label_of(picture, asked.option)
    if label is None:
        return None
    found = scored(picture, asked.side_px, WINDOW, label)
    row_of = live.model(NETWORK, "class_weights", label=label)
    if found is None or row_of is None:
        return None
    classes, channels = (int(v) for v in row_of.arrays["shape"])
    st.markdown(
        words.RESHAPED.format(classes=classes, channels=channels, name=names()[label])
    )
    start = _start(found)
    event = stage(
        found.image,
        key="class_pick",
        alt="The image with the window whose score is taken apart",
        mode="click",
        cell=(STRIDE, STRIDE),
        hover=readout(found, False),
        selected=_middle_of(found, start),
        program=map_program(found, False, terms=_terms(found, start, row_of.arrays)),
        max_height_px=400,
        max_width_px=MOST_WIDE_PX,
    )
    take_wish(event.program)
    st.caption(words.CLICK)
    place = start
    if event.click is not None:
        place = _cell(found, event.click.x, event.click.y)
    if place != start:
        remember.set("place", tuple(float(v) for v in place), ())
        again()  # the panes are to be those of the window now chosen
    _crop(picture, asked, found, place)
    return found


def _start(found: Scored) -> Place:
    """Return the window of the link or of before, the class's best without one."""
    kept = remember("place", ())
    if len(kept) != 2:
        return found.best(percent=True)
    rows, cols = found.shape
    row, col = (int(v) for v in kept)
    return min(max(row, 0), rows - 1), min(max(col, 0), cols - 1)


def _middle_of(found: Scored, place: Place) -> tuple[float, float]:
    left, top, right, bottom = window_box(*place, found.window, STRIDE)
    return (left + right) / 2, (top + bottom) / 2


def _cell(found: Scored, x: float, y: float) -> Place:
    """Return the map's cell at an image position, the nearest beyond the map."""
    rows, cols = found.shape
    col, row = (
        int((v - at) // STRIDE) for v, at in zip((x, y), found.box, strict=False)
    )
    return min(max(row, 0), rows - 1), min(max(col, 0), cols - 1)


def _terms(
    found: Scored, place: Place, row_of: dict[str, NDArray[Any]]
) -> dict[str, Any]:
    """Return the window's mean features and the class's weights."""
    (row, col), (high, wide) = place, found.window
    mean = found.head[:, row : row + high, col : col + wide].mean((1, 2))
    return {
        "x": mean,
        "w": row_of["weight"],
        "columns": COLUMNS,
        "bias": float(row_of["bias"]),
        "logit": float(found.logits[found.label, row, col]),
    }


def _crop(picture: Picture, asked: Settings, found: Scored, place: Place) -> None:
    """Compare the window's scores with those of the crop run by itself."""
    answer = live.model(
        NETWORK,
        "crop_scores",
        image=picture.image,
        side_px=asked.side_px,
        row=place[0],
        col=place[1],
    )
    if answer is None:
        return
    of_map = found.logits[:, place[0], place[1]]
    logits, boxes = answer.arrays["logits"], answer.arrays["boxes"]
    deltas = np.abs(logits - of_map).max(axis=1)
    same = bool(logits[0].argmax() == of_map.argmax())
    left, right = st.columns(2, gap="medium")
    with left:
        heading("The same window, cut out and run by itself")
        st.markdown(_table(of_map, logits[0]))
        st.markdown(words.apart_said(deltas.tolist(), same))
    with right:
        heading("The crop with more of the picture around it")
        around = np.abs(boxes - boxes[0]).max(axis=1)
        chart(
            margin_figure(around, deltas),
            config={"displayModeBar": False},
            key="class_margin",
        )
    st.caption(words.WHY_APART)


def _table(of_map: NDArray[np.float32], of_crop: NDArray[np.float32]) -> str:
    """Write the best classes' logits as a table in markdown: map, crop, difference."""
    best = top_classes(of_map[:, None, None], TOP).index.ravel().tolist()
    lines = ["| class | map | crop alone | Δ |", "|---|---:|---:|---:|"]
    for label in best:
        one, other = float(of_map[label]), float(of_crop[label])
        lines.append(
            f"| {names()[label]} | {signed(one, 3)} | {signed(other, 3)} "
            f"| {signed(other - one, 3, '+')} |"
        )
    return "\n".join(lines)
