"""The lesson on running a CNN on every crop: every crop, against one pass."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.class_map import class_prob, probability_shift
from explorer.core.proof import Proof
from explorer.core.window_grid import (
    COURSE_PICTURE_PX,
    COURSE_WINDOW_PX,
    square_windows,
    window_grid,
)
from explorer.figures.cnn_windows import CROP_COLORS, done_heats, extrapolated_figure
from explorer.figures.layers import Heat
from explorer.figures.ledger import Bar, ledger_html
from explorer.models import device
from explorer.ui import live
from explorer.ui.controls import select, slider
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import cnn_windows_words as words
from explorer.ui.lessons.crop_runs import CropRun, run_crops
from explorer.ui.lessons.fully_convolutional import class_control
from explorer.ui.lessons.fully_convolutional_cost import input_size
from explorer.ui.lessons.fully_convolutional_scores import (
    NETWORK,
    STRIDE,
    WINDOW,
    Scored,
    ends,
    label_of,
    names,
    readout,
    scored,
)
from explorer.ui.stage import Hover, stage

SIDES = (320, 448, 640)
BATCHES = (1, 2, 4, 8, 16, 32)
FIRST = 24  # crops run when the part opens: all of a photo at 448 px
JOB = 8  # crops between two steps of the bar
REPEATS = 3
BATCHES_RUN = 3  # of each size, where all sizes are measured; the median counts
ALONE = 4  # crops run one at a time for the proof
HIGH_PX = 215
CLASS_WIDE_PX = 190
PLAIN = {"displayModeBar": False}

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """What the toolbar says."""

    side_px: int
    option: int
    count: int
    batch: int


@dataclass(frozen=True, eq=False)
class Compared:
    """Crops and one pass over the same windows.

    Attributes
    ----------
    scored : Scored
        The one pass.
    run : CropRun
        The crops, the first ``n`` of them.
    probs : (n,) float64
        The chosen class's probability in each crop.
    pass_s : float
        Seconds of one pass.
    boxes, around : (m, 4), (m, classes)
        The middle window's crop with more and more around it, and its logits.
    """

    scored: Scored
    run: CropRun
    probs: Array
    pass_s: float
    boxes: NDArray[np.int64]
    around: NDArray[np.float32]

    @property
    def of_map(self) -> NDArray[np.float32]:
        """The map's logits at the places of the crops, (n, classes)."""
        flat = self.scored.logits.reshape(len(self.scored.logits), -1).T
        return flat[: len(self.probs)]


def every_controls(picture: Picture) -> Asked:
    """Ask for the size, the class, how many crops and how many at once."""
    side_px = select(
        "Longest side",
        SIDES,
        448,
        key="size",
        help=words.SIZE_HELP,
        format_func=lambda n: f"{n:d} px",
        width_px=110,
    )
    option = class_control(CLASS_WIDE_PX)
    height, width = (side // STRIDE for side in input_size(picture.image, side_px))
    outputs = max(1, height - WINDOW + 1) * max(1, width - WINDOW + 1)
    count = 1
    if outputs > 1:
        usual = min(FIRST, outputs)
        key = f"crops_{outputs}"
        count = slider("Crops", 1, outputs, usual, 1, key=key, help=words.COUNT_HELP)
    batch = select("Batch", BATCHES, 2, key="batch", help=words.BATCH_HELP, width_px=85)
    return Asked(side_px, option, count, batch)


def every_part(picture: Picture, asked: Asked) -> Compared | None:
    """Run the crops and one pass; show both maps, their difference and the times."""
    found = _compared(picture, asked)
    if found is None:
        return None
    _maps(found)
    outputs = found.scored.shape[0] * found.scored.shape[1]
    same = int((found.of_map.argmax(1) == found.run.logits.argmax(1)).sum())
    count = len(found.probs)
    said = words.timed_said(count, outputs, found.run.ms[-1] / 1e3, found.pass_s, same)
    st.markdown(said)
    st.caption(_padding(found))
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**And all the other windows?** Both axes are logarithmic.")
        _times(picture, found, outputs)
    with right:
        _batches(picture, asked, found)
    return found


def _compared(picture: Picture, asked: Asked) -> Compared | None:
    label = label_of(picture, asked.option)
    one = None if label is None else scored(picture, asked.side_px, WINDOW, label)
    if one is None:
        return None
    timed = live.model(
        NETWORK,
        "pass_run",
        image=picture.image,
        side_px=asked.side_px,
        repeats=REPEATS,
    )
    row, col = middle(one)
    around = live.model(
        NETWORK,
        "crop_scores",
        image=picture.image,
        side_px=asked.side_px,
        row=row,
        col=col,
    )
    run = run_crops(picture, asked.side_px, asked.count, asked.batch, JOB)
    if timed is None or around is None or not run.done:
        return None
    return Compared(
        one,
        run,
        class_prob(run.logits.T, one.label),
        float(np.median(timed.arrays["ms"])) / 1e3,
        around.arrays["boxes"],
        around.arrays["logits"],
    )


def _maps(found: Compared) -> None:
    """Show the crops' map, the one pass's, and their difference, side by side."""
    one, cols = found.scored, found.scored.shape[1]
    mine, theirs = ends(found.probs, True), ends(one.probs, True)
    apart = found.probs - one.probs.ravel()[: len(found.probs)]
    most = max(float(np.abs(apart).max()), 0.01)
    name, count = names()[one.label], len(found.probs)
    panes = (
        (
            f"**{count} of {one.probs.size} crops**: {name} {_scale(mine)}",
            "crops",
            done_heats(found.probs, cols, one.box, STRIDE, mine),
            _hover(found.probs, cols, one),
        ),
        (
            f"**One pass**: {name} {_scale(theirs)}",
            "pass",
            [Heat(one.probs, one.box, 0.6, "sequential", *theirs)],
            readout(one, True),
        ),
        (
            f"**Crop − pass**: ± {100 * np.abs(apart).max():.0f} points",
            "apart",
            done_heats(apart, cols, one.box, STRIDE, (-most, most), diverging=True),
            _hover(apart, cols, one),
        ),
    )
    for column, (title, key, layers, hover) in zip(
        st.columns(3, gap="small"), panes, strict=True
    ):
        with column:
            st.markdown(title)
            stage(
                one.image,
                key=f"crops_{key}",
                alt=title.replace("*", ""),
                layers=layers,
                hover=hover,
                max_height_px=HIGH_PX,
            )


def _scale(ends_: tuple[float, float]) -> str:
    """Write the palette's ends."""
    return f"0 to {100 * ends_[1]:.0f} %"


def _hover(values: Array, cols: int, one: Scored) -> Hover:
    """Return the values under the pointer; crops that were not run read as 0."""
    full = np.zeros(one.probs.size)
    full[: len(values)] = values
    rows = -(-len(values) // cols)
    return Hover(
        full.reshape(-1, cols)[:rows],
        (names()[one.label],),
        (STRIDE, STRIDE),
        (one.box[0], one.box[1]),
        digits=1,
        unit=" %",
        scale=100.0,
    )


def _padding(found: Compared) -> str:
    """Compare the levels of both maps, and say what a margin around a crop mends."""
    of_map = found.scored.probs.ravel()[: len(found.probs)]
    both = np.stack([found.probs, of_map])
    alike = float(np.corrcoef(both)[0, 1]) if both.std(axis=1).all() else 1.0
    return words.padding_said(
        names()[found.scored.label],
        float(found.probs.mean()),
        float(of_map.mean()),
        alike,
        moved_by_margin(found),
    )


def moved_by_margin(found: Compared) -> dict[int, float]:
    """Return the share of probability that moves, by px of picture around the crop."""
    row, col = middle(found.scored)
    of_map = found.scored.logits[:, row, col]
    margins = np.abs(found.boxes - found.boxes[0]).max(axis=1)
    moved = probability_shift(np.broadcast_to(of_map, found.around.shape), found.around)
    return dict(zip(margins.astype(int).tolist(), moved.tolist(), strict=True))


def middle(one: Scored) -> tuple[int, int]:
    """Return the map's middle place: row, column."""
    return one.shape[0] // 2, one.shape[1] // 2


def _times(picture: Picture, found: Compared, outputs: int) -> None:
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
    seconds = [ms / 1e3 for ms in found.run.ms]
    st.plotly_chart(
        extrapolated_figure(found.run.done, seconds, marks, (outputs, found.pass_s)),
        width="stretch",
        config=PLAIN,
        key="cnn_windows_time",
    )


def _batches(picture: Picture, asked: Asked, found: Compared) -> None:
    """Draw the time a crop of the batch sizes measured: this one, or all if asked."""
    st.markdown("**Batch: how many crops at once?** Time a crop, measured here.")
    wanted = f"_cnn_windows_batches_{picture.digest}_{asked.side_px}"
    times = {asked.batch: found.run.each_ms / 1e3}
    if st.session_state.get(wanted):
        times = _batch_times(picture, asked.side_px, found.scored.probs.size)
    bars = [Bar(f"{size} at once", (("a crop", 1e3 * s),)) for size, s in times.items()]
    st.html(ledger_html(bars, {"a crop": CROP_COLORS["crops"]}))
    if len(times) == 1 and asked.batch < found.scored.probs.size:
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


def prove_every(picture: Picture, asked: Asked, found: Compared | None) -> list[Proof]:
    """Compare a batch with crops alone, and crop with map where no border is left."""
    from explorer.models.proofs import cnn_windows as prove
    from explorer.models.proofs.fully_convolutional import prove_windows

    if found is None:
        return []
    one = found.scored
    proofs = [live.compute("proof", prove_windows, one.logits, one.fc_logits)]
    count = min(ALONE, len(found.probs))
    given = {"image": picture.image, "side_px": asked.side_px}
    alone = live.model(NETWORK, "crop_run", **given, first=0, count=count, batch=1)
    row, col = middle(one)
    if alone is not None:
        logits = alone.arrays["logits"]
        proofs.append(prove.prove_batch(found.run.logits[:count], logits, asked.batch))
    proofs.append(prove.prove_context(one.logits[:, row, col], found.around[-1]))
    return proofs


def numbers(found: Compared | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if found is None:
        return {}
    return {
        "crop_probability": found.probs,
        "map_probability": found.scored.probs,
        "crops_done": np.array(found.run.done),
        "crops_ms": np.array(found.run.ms),
        "pass_ms": 1e3 * found.pass_s,
    }
