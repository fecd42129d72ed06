"""The times of the lesson on running a CNN on every crop: drawn on, and by batch."""

import time

import numpy as np
import streamlit as st

from explorer.core.window_grid import (
    COURSE_PICTURE_PX,
    COURSE_WINDOW_PX,
    square_windows,
    window_grid,
)
from explorer.figures.cnn_windows import CROP_COLORS, extrapolated_figure
from explorer.figures.ledger import Bar, ledger_html
from explorer.models import device
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import cnn_windows_words as words
from explorer.ui.lessons.crop_runs import CropRun
from explorer.ui.lessons.fully_convolutional_scores import NETWORK

BATCHES = (1, 2, 4, 8, 16, 32)
BATCHES_RUN = 3  # of each size, where all are measured; the median is drawn
PLAIN = {"displayModeBar": False}


def draw_times(picture: Picture, run: CropRun, outputs: int, pass_s: float) -> None:
    """Draw the measured times and what the same rate comes to."""
    height, width = picture.image.shape[:2]
    side, window = COURSE_PICTURE_PX, COURSE_WINDOW_PX
    marks = (
        (outputs, "this grid"),
        (
            window_grid(side, side, window).count,
            f"{window} × {window} in {side} × {side}",
        ),
        (square_windows(height, width), "all squares of this photo"),
    )
    seconds = [ms / 1e3 for ms in run.ms]
    chart(
        extrapolated_figure(run.done, seconds, marks, (outputs, pass_s)),
        config=PLAIN,
        key="cnn_windows_time",
    )


def again(picture: Picture, side_px: int) -> int:
    """Return which measuring this reader wants, 0 for the one that is kept."""
    return int(st.session_state.get(_key("again", picture, side_px), 0))


def _key(what: str, picture: Picture, side_px: int) -> str:
    return f"_cnn_windows_{what}_{picture.digest}_{side_px}"


def draw_batches(
    picture: Picture, asked: tuple[int, int], run: CropRun, outputs: int, pass_s: float
) -> None:
    """Draw the time a crop of the batch sizes measured: this one, or all if asked.

    ``asked`` is the longest side in px and the batch.
    """
    side_px, batch = asked
    st.markdown("**Batch: how many crops at once?** Time a crop, measured here.")
    wanted = _key("batches", picture, side_px)
    times = {batch: run.each_ms / 1e3}
    if st.session_state.get(wanted):
        found = _batch_times(picture, side_px, outputs)
        times = {size: float(np.median(s)) for size, s in found.items()}
    bars = [Bar(f"{size} at once", (("a crop", 1e3 * s),)) for size, s in times.items()]
    st.html(ledger_html(bars, {"a crop": CROP_COLORS["crops"]}))
    if st.session_state.get(wanted) and len(times) > 1:
        st.caption(words.batch_said(found, device.describe(), outputs, pass_s))
    elif batch < outputs:
        st.button(
            "Measure every batch size",
            key="cnn_windows_batches",
            on_click=lambda: st.session_state.update({wanted: True}),
            icon=":material/timer:",
        )
    st.button(
        "Measure again",
        key="cnn_windows_again",
        on_click=lambda: st.session_state.update(
            {_key("again", picture, side_px): time.time_ns()}
        ),
        icon=":material/refresh:",
        help=words.AGAIN_HELP,
    )


def _batch_times(
    picture: Picture, side_px: int, outputs: int
) -> dict[int, list[float]]:
    """Return the seconds a crop of each batch size that the grid can fill.

    One batch a job: other readers come in between, and the bar moves.
    """
    sizes = [size for size in BATCHES if size <= outputs]
    jobs = [(size, k) for size in sizes for k in range(BATCHES_RUN)]
    bar, found = st.progress(0.0, "Measuring …"), dict[int, list[float]]()
    measuring = again(picture, side_px)
    for number, (size, k) in enumerate(jobs):
        bar.progress(number / len(jobs), f"Batches of {size} …")
        answer = live.model(
            NETWORK,
            "crop_run",
            again=measuring + k,
            image=picture.image,
            side_px=side_px,
            first=0,
            count=size,
            batch=size,
        )
        if answer is None:
            break
        found.setdefault(size, []).append(float(answer.arrays["ms"][-1]) / size / 1e3)
    bar.empty()
    return found
