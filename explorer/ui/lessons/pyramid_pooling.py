"""The lesson on pyramid pooling: bins over a live feature map of any size."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.proof import Proof
from explorer.core.resizing import resize
from explorer.core.spp import (
    SppLevel,
    parse_levels,
    shared_cells,
    spp_steps,
    spp_vector,
)
from explorer.figures.layers import Heat
from explorer.figures.spp import LEVEL_COLORS, bins_image, strip_image
from explorer.ui import live
from explorer.ui.controls import choose, number, select
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import pyramid_words as words
from explorer.ui.lessons.roi_scene import CHANNELS, FIRST_CHANNEL, LEVELS
from explorer.ui.stage import stage
from explorer.ui.stage.encode import data_url
from explorer.ui.typed import text

NETWORK = "efficientnet_lite0"
SHAPES: dict[str, float | None] = {
    "Whole": None,
    "Square": 1.0,
    "Wide": 2.0,
    "Tall": 0.5,
}
SIZES = (160, 224, 320, 448, 640)
STRIDES = (16, 32)
OTHER_PX = 224  # of the input that differs in size alone
MOST_WIDE_PX = 600
LEAST_PERCENTILE = 1  # the palette's dark end; its bright one is the largest value

CARDS = """<style>
.spp-cards {display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
gap: 14px;}
.spp-cards .bins {height: 120px; max-width: 100%; display: block; object-fit: contain;
object-position: left;}
.spp-cards .row {width: 100%; height: 16px; display: block; margin: 8px 0 6px;
image-rendering: pixelated;}
.spp-cards p {margin: 0; font-size: 0.85rem; opacity: 0.85;}
</style>"""

Array = NDArray[np.float64]
Image = NDArray[np.uint8]


@dataclass(frozen=True)
class Settings:
    """What the toolbar says."""

    shape: str
    side_px: int
    stride: int
    channel: int
    levels: tuple[int, ...]
    pool: Literal["max", "mean"]


@dataclass(frozen=True, eq=False)
class Pooled:
    """One input, its map and its vector.

    Attributes
    ----------
    image : (H, W, 3) uint8
        As large as the network's input.
    features : (C, h, w) float32
    steps : tuple of SppLevel
    vector : (C * bins,) float64
    """

    image: Image
    features: NDArray[np.float32]
    steps: tuple[SppLevel, ...]
    vector: Array

    @property
    def map_size(self) -> tuple[int, int]:
        """Return the map's rows and columns."""
        return self.features.shape[1], self.features.shape[2]

    def channel(self, number: int) -> Array:
        """Return a channel's outputs, level after level."""
        rows = [step.values[number].ravel() for step in self.steps]
        return np.asarray(np.concatenate(rows))


def settings() -> Settings:
    """Show the controls."""
    shape = choose("Input", tuple(SHAPES), key="shape", help=words.SHAPE_HELP)
    side_px = select(
        "Size",
        SIZES,
        448,
        key="size",
        help=words.SIZE_HELP,
        format_func=lambda n: f"{n:d} px",
        width_px=125,
    )
    stride = choose("Stride", STRIDES, key="stride", help=words.STRIDE_HELP)
    channel = number(
        "Channel",
        0,
        CHANNELS[stride] - 1,
        FIRST_CHANNEL[stride],
        key=f"channel_{stride}",
    )
    typed = text(
        "Levels",
        "1, 2, 4",
        key="levels",
        help=words.LEVELS_HELP,
        width_px=120,
        why_not=_why_not,
    )
    pool: Literal["max", "mean"] = choose(
        "Pool", ("max", "mean"), key="pool", help=words.POOL_HELP
    )
    return Settings(shape, side_px, stride, channel, parse_levels(typed), pool)


def _why_not(typed: str) -> str:
    """Return why the levels can't be read, "" if they can."""
    try:
        parse_levels(typed)
    except ValueError as error:
        return str(error)
    return ""


def cut(image: Image, ratio: float | None) -> Image:
    """Return the largest middle part of a shape, width / height; all without one.

    Examples
    --------
    >>> cut(np.zeros((100, 300, 3), np.uint8), 2.0).shape
    (100, 200, 3)
    """
    if ratio is None:
        return image
    height, width = image.shape[:2]
    wide = max(1, min(width, round(height * ratio)))
    high = max(1, min(height, round(width / ratio)))
    top, left = (height - high) // 2, (width - wide) // 2
    return np.ascontiguousarray(image[top : top + high, left : left + wide])


def pooled(
    picture: Picture, shape: str, side_px: int, asked: Settings
) -> Pooled | None:
    """Run the network on one input and pool; None and a sentence if it can't."""
    image = cut(picture.image, SHAPES[shape])
    layer = LEVELS[asked.stride]
    answer = live.model(NETWORK, "features", image=image, layers=layer, side_px=side_px)
    if answer is None:
        return None
    features = answer.arrays[layer]
    image = resize(image, *answer.arrays["input_size"].tolist())
    steps = live.compute("pooling", spp_steps, features, asked.levels, asked.pool)
    return Pooled(image, features, steps, spp_vector(steps))


def spp_part(picture: Picture, asked: Settings) -> Pooled | None:
    """Show the bins over one channel, and the vector they give."""
    found = pooled(picture, asked.shape, asked.side_px, asked)
    if found is None:
        return None
    values = found.features[asked.channel]
    ends = float(np.percentile(values, LEAST_PERCENTILE)), float(values.max())
    heat = Heat(values, None, 0.5, "sequential", *ends)
    stage(
        found.image,
        key="spp",
        alt="The image, one channel of its features, and the bins of a level",
        layers=[heat],
        program=program(found, asked, heat.limits()),
        max_height_px=400,
        max_width_px=MOST_WIDE_PX,
    )
    rows, cols = found.map_size
    shared = [(shared_cells(rows, n), shared_cells(cols, n)) for n in asked.levels]
    st.markdown(words.edges_said((rows, cols), asked.levels, shared))
    _others(picture, asked, found, heat.limits())
    return found


def program(
    found: Pooled, asked: Settings, limits: tuple[float, float]
) -> dict[str, Any]:
    """Return the parameters of the stage's program ``spp.js``."""
    rows, cols = found.map_size
    height, width = found.image.shape[:2]
    return {
        "name": "spp",
        "levels": [
            {
                "bins": step.bins,
                "rows": step.rows.ravel(),
                "cols": step.cols.ravel(),
                "values": step.values[asked.channel].ravel(),
                "at": step.argmax[asked.channel].ravel(),
            }
            for step in found.steps
        ],
        "width": cols,
        "cell": (width / cols, height / rows),
        "channel": asked.channel,
        "channels": len(found.features),
        "lo": limits[0],
        "hi": limits[1],
        "mean": asked.pool == "mean",
        "colors": LEVEL_COLORS,
    }


def _others(
    picture: Picture, asked: Settings, found: Pooled, ends: tuple[float, float]
) -> None:
    """Show other inputs from the same image: other maps, a vector of one length."""
    inputs = [(shape, asked.side_px) for shape in SHAPES] + [("Whole", OTHER_PX)]
    seen = [found]
    for shape, side_px in inputs:
        one = pooled(picture, shape, side_px, asked)
        # A square photo's whole is its square too: no input is shown twice.
        if one and not any(np.array_equal(one.image, other.image) for other in seen):
            seen.append(one)
    st.markdown(words.fixed_said([len(one.vector) for one in seen[1:]]))
    cards = [_card(one, found, asked, ends) for one in seen[1:]]
    # One element: ten pictures of their own would each be fetched after a control.
    st.html(f"{CARDS}<div class='spp-cards'>{''.join(cards)}</div>")


def _card(
    one: Pooled, found: Pooled, asked: Settings, ends: tuple[float, float]
) -> str:
    """Write an input's bins, its channel's outputs and its vector's length as HTML."""
    finest = one.steps[int(np.argmax(asked.levels))]
    bins = data_url(bins_image(one.image, finest, one.map_size), False)
    sizes = [n * n for n in asked.levels]
    row = data_url(strip_image(one.channel(asked.channel), sizes, *ends), True)
    said = words.card_said(
        (one.image.shape[0], one.image.shape[1]),
        one.map_size,
        cosine(one.vector, found.vector),
    )
    return (
        f"<div><img class='bins' alt='The bins on this input' src='{bins}'>"
        f"<img class='row' alt='The outputs in a row' src='{row}'><p>{said}</p></div>"
    )


def cosine(one: Array, other: Array) -> float:
    """Return the cosine of the angle between two vectors, 0 if one is all zeros.

    Examples
    --------
    >>> cosine(np.array([1.0, 0.0]), np.array([2.0, 0.0]))
    1.0
    """
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / lengths if lengths else 0.0


def proofs(found: Pooled | None, asked: Settings) -> list[Proof]:
    """Compare the whole vector with torch's adaptive pooling."""
    from explorer.models.proofs.spp import prove_spp

    if found is None:
        return []
    return [live.compute("proof", prove_spp, found.features, asked.levels, asked.pool)]


def numbers(found: Pooled | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if found is None:
        return {}
    levels = {f"level_{step.bins}": step.values for step in found.steps}
    return {"vector": found.vector, "features": found.features, **levels}
