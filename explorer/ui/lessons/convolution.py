"""The convolution lesson's three parts: a small grid, the photo, a live layer."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.convolution import conv2d
from explorer.core.kernels import INTEGER_KERNELS, KERNELS, integer_kernel, kernel
from explorer.figures.convolution import (
    compose,
    grey_image,
    grid_panes,
    pair_panes,
    signed_image,
)
from explorer.models.proofs import convolution as proofs
from explorer.ui import live
from explorer.ui.controls import choose, number, select
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.lessons.convolution_shared import (
    Array,
    Result,
    Setting,
    guard,
    program,
    shape_text,
    sizes_proof,
    stage_height,
)
from explorer.ui.lessons.convolution_words import (
    OWN_NUMBERS,
    formula,
    layer_label,
    say,
)
from explorer.ui.stage.stage import stage

NETWORK = "efficientnet_lite0"
START_LAYER = "stem.conv"  # 3x3, stride 2: the lesson's own first example
PHOTO_SIDE_PX = 480  # of the photo part: its pixels travel to the browser
GRID = (7, 7)
GRID_START = (
    *(1, 1, 1, 2, 8, 9, 9),
    *(1, 1, 2, 7, 8, 9, 9),
    *(1, 1, 3, 8, 9, 8, 9),
    *(0, 1, 7, 8, 8, 9, 8),
    *(1, 2, 7, 9, 8, 8, 9),
    *(0, 5, 8, 8, 9, 8, 8),
    *(1, 7, 8, 9, 8, 9, 9),
)


def setting_controls(prefix: str, sizes: Sequence[int]) -> Setting:
    """Show the choice of kernel size, stride, padding and dilation."""
    k = choose("Kernel size", sizes, default=3, key=f"{prefix}k")
    s = choose("Stride", (1, 2, 3), default=2, key=f"{prefix}s")
    p = choose("Padding", (0, 1, 2, 3), default=1, key=f"{prefix}p")
    d = choose("Dilation", (1, 2, 3), default=1, key=f"{prefix}d")
    return Setting(k, s, (p, p, p, p), d)


def grid_controls() -> tuple[str, Setting]:
    """Show the small grid's controls."""
    first = INTEGER_KERNELS[0]
    name = select("Kernel", INTEGER_KERNELS, first, key="grid_kernel", width_px=170)
    return name, setting_controls("grid_", (1, 2, 3, 4, 5))


def photo_controls() -> tuple[str, Setting]:
    """Show the photo's controls."""
    name = select("Kernel", KERNELS, "vertical edges", key="kernel", width_px=170)
    return name, setting_controls("", (3, 5, 7, 9, 11))


def layer_controls() -> tuple[str, int] | None:
    """Show the choice of layer and channel; None where the network is not there."""
    answer = live.model(NETWORK, "layers")
    if answer is None:
        return None
    shapes = dict(
        zip(
            (str(name) for name in answer.arrays["name"]),
            answer.arrays["shape"].tolist(),
            strict=True,
        )
    )
    layer = select(
        "Layer of EfficientNet-Lite0",
        list(shapes),
        START_LAYER,
        key="layer",
        format_func=lambda name: layer_label(name, shapes[name]),
        width_px=380,
    )
    count = shapes[layer][0]
    channel = number(
        "Channel",
        0,
        count - 1,
        0,
        key=f"channel{count}",
        help=f"Which of the layer's {count} output maps: 0 to {count - 1}.",
    )
    return layer, channel


def grid_part(name: str, setting: Setting) -> Result | None:
    """Show the grid whose numbers and kernel the reader edits in the picture."""
    st.caption(OWN_NUMBERS)
    if not guard(setting, GRID):
        return None
    k, padding = setting.kernel_size, setting.padding[0]
    x, weight = _edited(name, k)
    if _take(_grid_stage(x, weight, setting), k):
        again()
    formula(GRID[0], k, setting.stride, padding, setting.dilation)
    how = (setting.stride, setting.padding, setting.dilation)
    output = live.compute("convolution", conv2d, x, weight, 0.0, *how)
    proofs.prepare()
    proof = live.compute("proof", proofs.prove_conv2d, x, weight, 0.0, *how)
    return Result(x[None], weight[None], output, (proof, sizes_proof()))


def _grid_stage(x: Array, weight: Array, setting: Setting) -> dict[str, Any] | None:
    """Show the three grids; return what the reader edited in them."""
    k, padding, out = setting.kernel_size, setting.padding[0], setting.out(GRID)
    panes = grid_panes(GRID, padding, k, out)
    titles = {
        "input": f"input {shape_text(*GRID)}, padding {padding}",
        "kernel": f"kernel {shape_text(k, k)}",
        "output": f"output {shape_text(*out)}",
    }
    shown = program(
        x[None],
        weight[None],
        setting,
        panes,
        titles=titles,
        numbers=True,
        editable=True,
        start=[0, min(1, out[1] - 1)],
    )
    wide, high = panes.size
    event = stage(
        np.full((high, wide, 3), 255, np.uint8),
        key="conv_grid",
        alt="A grid of numbers, the kernel, and the output of the convolution",
        program=shown,
        max_height_px=stage_height(panes),
        pixelated=True,
    )
    return event.program


def _edited(name: str, k: int) -> tuple[Array, Array]:
    """Return the grid and the kernel, with what the reader changed."""
    chosen = f"{name} {k}"
    if st.session_state.setdefault("_conv_kernel", chosen) != chosen:
        st.session_state["_conv_kernel"] = chosen
        remember.set("weights", (), ())
    grid = np.array(remember("numbers", tuple(map(float, GRID_START))), float)
    weights = remember("weights", ())
    if len(weights) == k * k:
        return grid.reshape(GRID), np.array(weights, float).reshape(k, k)
    return grid.reshape(GRID), integer_kernel(name, k)


def _take(edit: Any, k: int) -> bool:
    """Keep a new edit from the browser in session and link; whether there was one."""
    if not isinstance(edit, dict) or st.session_state.get("_conv_edit") == edit:
        return False
    st.session_state["_conv_edit"] = edit
    grid = _row(edit.get("input"), GRID[0] * GRID[1])
    weights = _row(edit.get("kernel"), k * k)
    if not grid or not weights:
        return False
    remember.set("numbers", grid, tuple(map(float, GRID_START)))
    remember.set("weights", weights, ())
    return True


def _row(values: Any, count: int) -> tuple[float, ...]:
    """Return what came from the browser as ``count`` numbers, or nothing."""
    if not isinstance(values, list) or len(values) != count:
        return ()
    good = all(isinstance(v, (int, float)) and abs(v) < 1000 for v in values)
    return tuple(map(float, values)) if good else ()


def shrunk_grey(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the photo as grey values, longest side at most 480 px."""
    scale = min(1.0, PHOTO_SIDE_PX / max(image.shape[:2]))
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    size = (
        max(1, round(image.shape[1] * scale)),
        max(1, round(image.shape[0] * scale)),
    )
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def photo_part(picture: Picture, name: str, setting: Setting) -> Result | None:
    """Show the photo, what the kernel makes of it, and any window in between."""
    grey = live.compute("grey", shrunk_grey, picture.image)
    if not guard(setting, grey.shape[:2]):
        return None
    weight = kernel(name, setting.kernel_size)
    how = (setting.stride, setting.padding, setting.dilation)
    output = live.compute("convolution", conv2d, grey, weight, 0.0, *how)
    signed = abs(weight.sum()) < 1e-9
    panes = pair_panes(grey.shape, setting.padding, output.shape)
    left = grey_image(grey.astype(float))
    right = signed_image(output) if signed else grey_image(output)
    titles = {
        "input": f"grey photo {shape_text(*grey.shape)}",
        "output": f"output {shape_text(*output.shape)}",
    }
    stage(
        compose(panes, left, right),
        key="conv_photo",
        alt=f"The photo, and what a {name} kernel makes of it",
        program=program(grey[None], weight[None], setting, panes, titles=titles),
        max_height_px=stage_height(panes),
    )
    say(name, signed, setting.padding[0])
    formula(
        grey.shape[1],
        setting.kernel_size,
        setting.stride,
        setting.padding[2],
        setting.dilation,
    )
    proofs.prepare()
    proof = live.compute("proof", proofs.prove_conv2d, grey, weight, 0.0, *how)
    return Result(grey[None].astype(float), weight[None], output, (proof,))
