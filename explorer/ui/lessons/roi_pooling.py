"""The lesson on RoI pooling, part by part."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.proof import BROWSER, Proof
from explorer.core.roi import RoiPool, roi_pool_steps
from explorer.core.roi_align import RoiSamples, roi_align_steps, roi_resize_steps
from explorer.core.roi_shift import WAYS, mean_change_shifted
from explorer.figures.layers import Heat
from explorer.figures.roi import ROI_COLORS, shift_figure
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.controls import select, toggle
from explorer.ui.heading import heading
from explorer.ui.lessons import roi_words as words
from explorer.ui.lessons.roi_scene import (
    HAND,
    HAND_BOX,
    HAND_CELL_PX,
    Scene,
    first_box,
    hand_scene,
    keep_box,
    level,
    photo_scene,
)
from explorer.ui.stage import StageEvent, stage

PARTS = ("Photo", "4 × 4")
SIZES = (2, 3, 5, 7, 14)
RATIOS = (0, 1, 2, 3, 4)
BROWSER_TOLERANCE = 1e-6
SHIFTS = 33
MOST_WIDE_PX = 570  # on the screen: the three panes stand beside it
PALETTE_PERCENTILES = (1, 99)  # a few strong cells would leave the rest one colour

# Two columns that stand below each other where a column could not hold the table.
STACKED = """<style>
.st-key-roi_pooling_pair [data-testid="stHorizontalBlock"] {flex-wrap: wrap;}
.st-key-roi_pooling_pair [data-testid="stColumn"] {min-width: min(100%, 27rem);}
.st-key-roi_pooling_pair [data-testid="stMarkdownContainer"] {overflow-x: auto;}
.st-key-roi_pooling_pair :is(th, td) {white-space: nowrap; padding: .3rem .55rem;}
@media (max-width: 640px) {.st-key-roi_pooling_pair :is(th, td) {
  font-size: .78rem; padding: .25rem .3rem;}
  .st-key-roi_pooling_pair th {white-space: normal;}}
</style>"""

Array = NDArray[np.float64]

__all__ = [
    "HAND",
    "HAND_BOX",
    "HAND_CELL_PX",
    "PARTS",
    "browser_delta",
    "explain",
    "hand_scene",
    "level",
    "numbers",
    "photo_scene",
    "pooled",
    "prove",
    "settings",
    "show",
]


@dataclass(frozen=True)
class Settings:
    """What the toolbar says about the output."""

    size: int
    ratio: int
    aligned: bool
    gradient: bool


@dataclass(frozen=True, eq=False)
class Pooled:
    """The three ways' working for one box."""

    box: Array
    pool: RoiPool
    align: RoiSamples
    resize: RoiSamples


def settings(by_hand: bool) -> Settings:
    """Ask for the output: its size, RoIAlign's points, what to show."""
    size = select(
        "Output",
        SIZES,
        2 if by_hand else 7,
        key="hand_size" if by_hand else "size",
        format_func=lambda n: f"{n:d} × {n:d}",
        width_px=95,
    )
    ratio = select(
        "Sampling ratio",
        RATIOS,
        2,
        key="ratio",
        help=words.RATIO_HELP,
        format_func=lambda n: f"{n:d} × {n:d}" if n else "adaptive",
        width_px=125,
    )
    aligned = toggle("Aligned", True, key="aligned", help=words.ALIGNED_HELP)
    gradient = toggle("Gradient", False, key="gradient", help=words.GRADIENT_HELP)
    return Settings(size, ratio, aligned, gradient)


def _tag(scene: Scene, asked: Settings) -> str:
    """Return a name for what the browser was given to compute with."""
    return live.digest(
        scene.values, scene.stride, asked.size, asked.ratio, asked.aligned
    )


def show(scene: Scene, asked: Settings) -> tuple[Array, StageEvent]:
    """Show the stage; return the box as it was dropped."""
    key = "hand" if scene.by_hand else "roi"
    ends = (0, 100) if scene.by_hand else PALETTE_PERCENTILES
    heat = Heat(
        scene.values, None, 0.45, "sequential", *np.percentile(scene.values, ends)
    )
    limits, layers = heat.limits(), [] if scene.by_hand else [heat]
    event = stage(
        scene.image,
        key=f"{key}_stage",
        alt="A picture with a region of interest and the feature cells it covers",
        layers=layers,
        mode="boxes",
        boxes=[first_box(key, scene)],
        box_labels=["RoI"],
        box_colors=[ROI_COLORS["exact"]],
        pixelated=scene.by_hand,
        min_boxes=1,
        max_height_px=320 if scene.by_hand else 380,
        max_width_px=MOST_WIDE_PX,
        program={
            "name": "roi",
            "map": scene.values,
            "stride": scene.stride,
            "size": asked.size,
            "ratio": asked.ratio,
            "aligned": asked.aligned,
            "show": "gradient" if asked.gradient else "values",
            "lo": limits[0],
            "hi": limits[1],
            "numbers": scene.by_hand,
            "colors": ROI_COLORS,
            "tag": _tag(scene, asked),
        },
    )
    assert event.boxes is not None  # min_boxes
    box = event.boxes[0]
    keep_box(key, scene, box)
    return box, event


def pooled(scene: Scene, box: Array, asked: Settings) -> Pooled:
    """Compute the three ways for the box where it was dropped."""
    given = (scene.values[None], box, asked.size, 1 / scene.stride)
    ratio, aligned = asked.ratio, asked.aligned
    return Pooled(
        box,
        live.compute("RoIPool", roi_pool_steps, *given),
        live.compute("RoIAlign", roi_align_steps, *given, ratio, aligned),
        live.compute("crop + resize", roi_resize_steps, *given),
    )


def explain(scene: Scene, found: Pooled, asked: Settings) -> None:
    """Write the rounding with this box's numbers, and draw what sliding does."""
    st.html(STACKED)
    with st.container(key="roi_pooling_pair"):
        left, right = st.columns(2, gap="medium")
    with left:
        heading("RoIPool rounds each edge to a whole cell")
        height, width = scene.values.shape
        size = height, width
        st.markdown(words.reading(found.box, found.pool, scene.stride, size))
        st.caption(words.FAR_EDGE)
        st.caption(words.gain())
    with right:
        _slide(scene, found, asked)


def _slide(scene: Scene, found: Pooled, asked: Settings) -> None:
    """Draw how far the outputs follow a box that slides to the right."""
    shifts = np.linspace(0, 2 * scene.stride, SHIFTS)
    changes = live.compute(
        "sliding the box",
        mean_change_shifted,
        scene.values[None],
        found.box,
        asked.size,
        1 / scene.stride,
        shifts,
        asked.ratio,
        asked.aligned,
    )
    heading("Slide the box to the right: do the outputs follow?")
    chart(
        shift_figure(shifts, changes, WAYS, scene.stride),
        config={"displayModeBar": False},
        key="roi_pooling_shift",
    )
    st.caption(words.SLIDING)
    room_px = scene.image.shape[1] - found.box[2]
    if room_px < shifts[-1]:
        st.caption(words.leaving(room_px))


def prove(
    scene: Scene, found: Pooled, asked: Settings, event: StageEvent
) -> list[Proof]:
    """Compare with torchvision, and the browser's arithmetic with the core's."""
    from explorer.models.proofs.roi import prove_roi_align, prove_roi_pool

    given = (scene.values[None], found.box, asked.size, 1 / scene.stride)
    proofs = [
        prove_roi_pool(*given),
        prove_roi_align(*given, asked.ratio, asked.aligned),
    ]
    sent = event.program or {}
    if sent.get("tag") == _tag(scene, asked):
        delta = browser_delta(sent, found)
        if delta is not None:
            note = "all three ways, as drawn while dragging"
            proofs.append(Proof(BROWSER, delta, BROWSER_TOLERANCE, note=note))
    return proofs


def browser_delta(sent: dict[str, Any], found: Pooled) -> float | None:
    """Return how far the browser's outputs are off, None for another box's."""
    try:
        box = np.asarray(sent["box"], np.float64)
        theirs = [np.asarray(sent[way], np.float64) for way in _WAYS]
    except (KeyError, TypeError, ValueError):
        return None
    ours = [getattr(found, way).values.ravel() for way in _WAYS]
    same = all(a.shape == b.shape for a, b in zip(theirs, ours, strict=True))
    if not same or box.shape != (4,) or np.abs(box - found.box).max() > 1e-9:
        return None
    return max(float(np.abs(a - b).max()) for a, b in zip(theirs, ours, strict=True))


_WAYS = ("pool", "align", "resize")


def numbers(scene: Scene | None, found: Pooled | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if scene is None or found is None:
        return {}
    return {
        "features": scene.values,
        "box": found.box,
        "roi_pool": found.pool.values[0],
        "roi_align": found.align.values[0],
        "crop_resize": found.resize.values[0],
        "argmax": found.pool.argmax[0],
    }
