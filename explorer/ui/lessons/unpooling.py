"""The lesson on unpooling: a small grid whose arrows can be read, and a live map."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.proof import Proof
from explorer.core.unpooling import lost_share
from explorer.core.unpooling_fit import Unpooled, unpool_steps
from explorer.figures.unpooling import (
    TITLE_PX,
    UNPOOL_COLORS,
    WINDOW_COLORS,
    Layout,
    backdrop,
    grid_layout,
    limits,
    lost_figure,
    map_layout,
)
from explorer.ui import live, projector
from explorer.ui.chart import chart
from explorer.ui.controls import choose, number, toggle
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons import unpool_words as words
from explorer.ui.stage import committed_program, stage

NETWORK = "efficientnet_lite0"
SIDE_PX = 224  # the size the network was trained at
# The channel first shown of each layer: one with edges in it.
LAYERS = {"stem": 0, "stage2": 18, "stage3": 0, "stage5": 0}
START_LAYER = "stage2"
LINEAR = ("stage2", "stage3", "stage5")  # no ReLU at their end
GRID = (6, 6)
GRID_START = (
    *(1, 3, 2, 1, 0, 5),
    *(2, 9, 1, 6, 4, 5),
    *(7, 2, 3, 2, 1, 0),
    *(1, 4, 8, 0, 2, 1),
    *(0, 1, 2, 2, 6, 3),
    *(5, 2, 2, 1, 3, 7),
)
GRID_KEY, MAP_KEY = "unpool_grid", "unpool_map"
# On the screen, and on a projector: the panel stands to the right.
MOST_WIDE_PX = 660
MOST_HIGH_PX = {False: 415, True: 480}  # on the screen; on a projector

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Settings:
    """What the toolbar says.

    Attributes
    ----------
    kernel_size, stride : int
        Of the pooling.
    errors : bool
        Whether errors are shown in the maps' place.
    layer : str
        Of the network; empty for the small grid.
    channel : int
    relu, fitted : bool
    """

    kernel_size: int
    stride: int
    errors: bool
    layer: str = ""
    channel: int = 0
    relu: bool = False
    fitted: bool = False


@dataclass(frozen=True, eq=False)
class Result:
    """What a part showed: every step, the channel in sight, the comparisons."""

    steps: Unpooled
    channel: int
    proof: tuple[Proof, ...]

    def numbers(self) -> dict[str, Any]:
        """Return what can be downloaded, of the channel in sight."""
        one = self.channel
        found = {"input": self.steps.x[one], "pooled": self.steps.pool.values[one]}
        found |= {"indices": self.steps.pool.indices[one]}
        return found | {way: maps[one] for way, maps in self.steps.rebuilt.items()}


def pooling(prefix: str) -> tuple[int, int, bool]:
    """Ask for the window, its step and what to show."""
    help_, step = words.KERNEL_HELP, words.STRIDE_HELP
    kernel = choose("Window", (2, 3), default=2, key=f"{prefix}k", help=help_)
    stride = choose("Stride", (1, 2, 3), default=2, key=f"{prefix}s", help=step)
    show = choose("Show", words.SHOW, key=f"{prefix}show", help=words.SHOW_HELP)
    return kernel, stride, show == words.SHOW[1]


def grid_settings() -> Settings:
    """Show the small grid's controls."""
    return Settings(*pooling("grid_"))


def map_settings() -> Settings:
    """Show the controls of a layer's map."""
    from explorer.models.efficientnet_lite0 import layer_shapes

    shapes = layer_shapes()
    layer = choose(
        "Layer",
        tuple(LAYERS),
        default=START_LAYER,
        key="layer",
        format_func=lambda name: words.layer_title(name, shapes[name][0]),
    )
    last = shapes[layer][1] - 1
    channel = number("Channel", 0, last, LAYERS[layer], key=f"channel_{layer}")
    kernel, stride, errors = pooling("")
    relu = layer in LINEAR and toggle("ReLU", True, key="relu", help=words.RELU_HELP)
    fitted = toggle("Fitted", True, key="fitted", help=words.FITTED_HELP)
    return Settings(kernel, stride, errors, layer, channel, relu, fitted)


def grid_part(asked: Settings) -> Result:
    """Show the grid whose numbers the reader edits in the picture."""
    _take(committed_program(GRID_KEY))
    start = tuple(map(float, GRID_START))
    grid = np.array(remember("numbers", start))
    grid = grid.reshape(GRID) if grid.size == GRID[0] * GRID[1] else np.array(start)
    size = (asked.kernel_size, asked.stride)
    steps = live.compute("pooling and back", unpool_steps, grid.reshape(GRID), *size)
    layout = grid_layout(GRID, _pooled(steps))
    st.caption(words.OWN_NUMBERS)
    alt = "A grid of numbers, pooled and enlarged"
    _show(GRID_KEY, alt, steps, 0, asked, layout, backdrop(layout))
    st.markdown(words.kept(asked.kernel_size, GRID, _pooled(steps)))
    st.markdown(words.TIES)
    return Result(steps, 0, _prove(steps))


def map_part(picture: Picture, asked: Settings) -> Result | None:
    """Show one of the live network's maps of the photo, pooled and brought back."""
    answer = live.model(
        NETWORK, "features", image=picture.image, layers=asked.layer, side_px=SIDE_PX
    )
    if answer is None:
        return None
    maps = np.asarray(answer.arrays[asked.layer], np.float64)
    maps = np.maximum(maps, 0) if asked.relu else maps
    size = (asked.kernel_size, asked.stride)
    if asked.kernel_size > min(maps.shape[1:]):
        st.warning(words.too_small(maps.shape, asked.kernel_size))
        return None
    steps = live.compute("pooling and back", unpool_steps, maps, *size, asked.fitted)
    layout = map_layout(steps.pool.shape, _pooled(steps), tuple(steps.rebuilt))
    alt = f"A photo's map in the layer {asked.layer}, pooled and enlarged in many ways"
    behind = backdrop(layout, picture.image)
    _show(MAP_KEY, alt, steps, asked.channel, asked, layout, behind)
    _losses(steps, asked)
    return Result(steps, asked.channel, _prove(steps))


def _losses(steps: Unpooled, asked: Settings) -> None:
    """Draw what each way loses, and say what each must be handed."""
    lost = {
        way: live.compute(f"lost by {way}", lost_share, steps.x, made)
        for way, made in steps.rebuilt.items()
    }
    here = {way: float(all_[asked.channel]) for way, all_ in lost.items()}
    median = {
        way: float(np.median(all_[~np.isnan(all_)])) if (~np.isnan(all_)).any() else 0.0
        for way, all_ in lost.items()
    }
    left, right = st.columns([3, 2], gap="medium")
    with left:
        heading("How much of the map each way loses")
        chart(
            lost_figure(here, median, words.NAMES),
            config={"displayModeBar": False},
            key="unpooling_lost",
        )
    with right:
        heading("What the decoder must be handed")
        channels, height, width = steps.x.shape
        shape = (channels, height, width)
        st.markdown(words.carried(asked.kernel_size, shape, _pooled(steps)))
        zeros_frac = float(np.mean(steps.x[asked.channel] == 0))
        st.caption(words.no_one_wins(zeros_frac, here))


def _show(
    key: str,
    alt: str,
    steps: Unpooled,
    one: int,
    asked: Settings,
    layout: Layout,
    behind: NDArray[np.uint8],
) -> None:
    """Show the stage with every pane; it answers the pointer by itself."""
    stage(
        behind,
        key=key,
        alt=alt,
        program=_program(steps, one, asked, layout),
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX[projector.on()],
        pixelated=True,
    )


def _program(
    steps: Unpooled, one: int, asked: Settings, layout: Layout
) -> dict[str, Any]:
    values = steps.x[one]
    rows, columns = _pooled(steps)
    return {
        "name": "unpool",
        "map": values,
        "kernel": asked.kernel_size,
        "stride": asked.stride,
        "stamp": steps.stamps[one],
        "dense": None if steps.dense is None else steps.dense[one],
        "panes": layout.panes,
        "photo": layout.photo,
        "wide": layout.wide,
        "room": TITLE_PX,
        "titles": words.titles(steps.pool.shape, (rows, columns), asked.fitted),
        "names": words.PANE_NAMES,
        "numbers": not asked.layer,
        "errors": asked.errors,
        "signed": bool(values.min() < 0),
        "limits": limits(values),
        "windows": WINDOW_COLORS,
        "start": ["pooled", rows // 2, columns // 2],
        "colors": UNPOOL_COLORS,
        "lost": words.foot(asked.errors, not asked.layer, bool(values.min() < 0)),
        "flat": words.FLAT,
    }


def _pooled(steps: Unpooled) -> tuple[int, int]:
    return steps.pool.values.shape[1], steps.pool.values.shape[2]


def _prove(steps: Unpooled) -> tuple[Proof, ...]:
    from explorer.models.proofs.unpooling import prepare, prove_unpooling

    prepare()
    return live.compute("proofs", prove_unpooling, steps)


def _take(edit: Mapping[str, Any]) -> None:
    """Keep what the reader edited in the grid, in session and link."""
    values = edit.get("input")
    count = GRID[0] * GRID[1]
    if not isinstance(values, list) or len(values) != count:
        return
    if all(isinstance(v, (int, float)) and abs(v) < 1000 for v in values):
        start = tuple(map(float, GRID_START))
        remember.set("numbers", tuple(map(float, values)), start)
