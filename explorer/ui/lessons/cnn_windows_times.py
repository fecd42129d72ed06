"""The times of the lesson on running a CNN on every crop: drawn on, and by batch."""

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
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import cnn_windows_words as words
from explorer.ui.lessons.crop_runs import CropRun
from explorer.ui.lessons.fully_convolutional_scores import NETWORK

BATCHES = (1, 2, 4, 8, 16, 32)
BATCHES_RUN = 3  # of each size, where all sizes are measured; the median counts
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
    st.plotly_chart(
        extrapolated_figure(run.done, seconds, marks, (outputs, pass_s)),
        width="stretch",
        config=PLAIN,
        key="cnn_windows_time",
    )


def draw_batches(
    picture: Picture, side_px: int, batch: int, run: CropRun, outputs: int
) -> None:
    """Draw the time a crop of the batch sizes measured: this one, or all if asked."""
    st.markdown("**Batch: how many crops at once?** Time a crop, measured here.")
    wanted = f"_cnn_windows_batches_{picture.digest}_{side_px}"
    times = {batch: run.each_ms / 1e3}
    if st.session_state.get(wanted):
        times = _batch_times(picture, side_px, outputs)
    bars = [Bar(f"{size} at once", (("a crop", 1e3 * s),)) for size, s in times.items()]
    st.html(ledger_html(bars, {"a crop": CROP_COLORS["crops"]}))
    if len(times) == 1 and batch < outputs:
        st.button(
            "Measure every batch size",
            key="cnn_windows_batches",
            on_click=lambda: st.session_state.update({wanted: True}),
            icon=":material/timer:",
        )
    elif len(times) > 1:
        st.caption(words.batch_said(times, device.describe()))


def _batch_times(picture: Picture, side_px: int, outputs: int) -> dict[int, float]:
    """Return the median seconds a crop of each batch size that the grid can fill."""
    sizes = [size for size in BATCHES if size <= outputs]
    bar, times = st.progress(0.0, "Measuring …"), dict[int, float]()
    for k, size in enumerate(sizes):
        bar.progress(k / len(sizes), f"Batches of {size} …")
        count = size * min(BATCHES_RUN, outputs // size, 64 // size)
        answer = live.model(
            NETWORK,
            "crop_run",
            image=picture.image,
            side_px=side_px,
            first=0,
            count=count,
            batch=size,
        )
        if answer is None:
            break
        each = np.diff(answer.arrays["ms"], prepend=0) / size
        times[size] = float(np.median(each)) / 1e3
    bar.empty()
    return times
