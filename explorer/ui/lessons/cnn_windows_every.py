"""The lesson on running a CNN on every crop: every crop, against one pass."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.class_map import class_prob, probability_shift
from explorer.core.proof import Proof
from explorer.figures.cnn_windows import done_heats
from explorer.figures.layers import Heat
from explorer.ui import live
from explorer.ui.controls import select, slider
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import cnn_windows_times as times
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
FIRST = 24  # crops run when the part opens: all of a photo at 448 px
JOB = 8  # crops between two steps of the bar
REPEATS = 3
ALONE = 4  # crops run one at a time for the proof
HIGH_PX = 215
CLASS_WIDE_PX = 190
LEAST_SPREAD = 1e-4  # of a probability: below it a correlation compares rounding

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
    batch = select(
        "Batch", times.BATCHES, 2, key="batch", help=words.BATCH_HELP, width_px=85
    )
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
        times.draw_times(picture, found.run, outputs, found.pass_s)
    with right:
        size = (asked.side_px, asked.batch)
        times.draw_batches(picture, size, found.run, outputs, found.pass_s)
    return found


def _compared(picture: Picture, asked: Asked) -> Compared | None:
    label = label_of(picture, asked.option)
    one = None if label is None else scored(picture, asked.side_px, WINDOW, label)
    if one is None:
        return None
    again = times.again(picture, asked.side_px)
    timed = live.model(
        NETWORK,
        "pass_run",
        again=again,
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
    run = run_crops(picture, asked.side_px, asked.count, asked.batch, JOB, again)
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
    of = words.many(one.probs.size, "crop")
    panes = (
        (
            f"**{count} of {of}**: {name} {_scale(mine)}",
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
    return words.padding_said(
        names()[found.scored.label],
        float(found.probs.mean()),
        float(of_map.mean()),
        alike(found.probs, of_map),
        moved_by_margin(found),
    )


def alike(crops: Array, of_map: Array) -> float | None:
    """Return the correlation over windows; None for few, or where one hardly varies."""
    enough = len(crops) >= words.LEAST_WINDOWS
    if not enough or min(crops.std(), of_map.std()) < LEAST_SPREAD:
        return None
    return float(np.corrcoef(crops, of_map)[0, 1])


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
