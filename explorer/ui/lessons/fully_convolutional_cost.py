"""The lesson on fully convolutional classifiers: one pass against all crops."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.class_map import class_window
from explorer.figures.class_map import macs_figure, time_figure
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import fully_convolutional_words as words
from explorer.ui.lessons.crop_runs import FIRST_CROPS, run_crops
from explorer.ui.lessons.fully_convolutional import SIZES
from explorer.ui.lessons.fully_convolutional_scores import (
    GUESS,
    NETWORK,
    STRIDE,
    WINDOW,
    Scored,
    label_of,
    scored,
)

REPEATS = 3


def cost_part(picture: Picture, side_px: int) -> Scored | None:
    """Count and time all crops against one pass."""
    label = label_of(picture, GUESS)
    found = None if label is None else scored(picture, side_px, WINDOW, label)
    if found is None:
        return None
    outputs = found.shape[0] * found.shape[1]
    left, right = st.columns(2, gap="medium")
    with left:
        heading("Multiply-adds, counted layer by layer")
        ratio = _counted(picture, side_px)
    with right:
        heading(f"Time on this machine, input {side_px} px")
        _timed(picture, side_px, found)
    st.markdown(words.cost_said(outputs, ratio))
    return found


def input_size(image: NDArray[np.uint8], side_px: int) -> tuple[int, int]:
    """Return the network's input (height, width) for a longest side."""
    from explorer.models.classifier import fit

    return fit(image, side_px)


def _counted(picture: Picture, side_px: int) -> float:
    """Draw the counts of every size; return how many times one pass the crops cost."""
    from explorer.models.fully_convolutional import dense_macs

    sizes = [input_size(picture.image, side) for side in SIZES]
    counts, crops, passes = [], [], []
    for height, width in sizes:
        rows, cols = height // STRIDE, width // STRIDE
        high, wide = class_window(rows, cols, WINDOW)
        count = (rows - high + 1) * (cols - wide + 1)
        one = live.compute("counting", dense_macs, high * STRIDE, wide * STRIDE)
        counts.append(count)
        crops.append(count * one)
        passes.append(live.compute("counting", dense_macs, height, width))
    chart(
        macs_figure([f"{w} × {h}" for h, w in sizes], crops, passes, counts),
        config={"displayModeBar": False},
        key="class_macs",
    )
    here = SIZES.index(side_px)
    return crops[here] / passes[here]


def _timed(picture: Picture, side_px: int, found: Scored) -> None:
    """Time one pass and the first crops; all of them where the reader asks."""
    one = live.model(
        NETWORK, "pass_run", image=picture.image, side_px=side_px, repeats=REPEATS
    )
    if one is None:
        return
    pass_ms = float(np.median(one.arrays["ms"]))
    outputs = found.shape[0] * found.shape[1]
    wanted = f"_class_crops_{picture.digest}_{side_px}"
    count = outputs if st.session_state.get(wanted) else min(outputs, FIRST_CROPS)
    run = run_crops(picture, side_px, count)
    if not run.done:
        return
    chart(
        time_figure(run.done, run.ms, pass_ms, outputs),
        config={"displayModeBar": False},
        key="class_time",
    )
    if count < outputs:
        seconds = run.ms[-1] / run.done[-1] * outputs / 1e3
        st.button(
            f"Run all {outputs:,} crops (about {seconds:.1f} s)",
            key="fully_convolutional_run",
            on_click=lambda: st.session_state.update({wanted: True}),
            icon=":material/timer:",
        )
        return
    st.markdown(words.timed_said(outputs, run.ms[-1], pass_ms))
    of_map = found.logits.reshape(len(found.logits), -1).T  # (crops, classes)
    same = int((of_map.argmax(1) == run.logits.argmax(1)).sum())
    apart = float(np.median(np.abs(of_map - run.logits).max(1)))
    st.caption(words.agree_said(same, outputs, apart))
