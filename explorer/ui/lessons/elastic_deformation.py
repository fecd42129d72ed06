"""The lesson on elastic deformation: settings, the stage, what the reader slid."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.elastic import (
    Field,
    coarse_displacement,
    elastic_steps,
    warp,
)
from explorer.core.elastic_fields import noise_levels, white_noise
from explorer.core.elastic_mask import MixedMask, mix_labels
from explorer.core.topology import Topology, label_topology
from explorer.figures.elastic import ELASTIC_COLORS, Pair, pair_image
from explorer.ui import live, projector
from explorer.ui.controls import choose, number, select
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons import elastic_words as words
from explorer.ui.lessons.elastic_masks import (
    AUTOMATIC,
    Masked,
    choices,
    keep_drawing,
)
from explorer.ui.stage import StageEvent, committed_program, stage

MESH_PX = 24  # between two lines
BRUSH_PX = 14
MOST_HIGH_PX = {False: 330, True: 416}  # on the screen; on a projector
NODES = (2, 9, 3)  # least, most, first
# Of each slider: least, most, step, first. At first alpha / sigma is 0.3: no folds.
SLIDERS = {
    "alpha": (0.0, 40.0, 0.5, 6.0),
    "sigma": (2.0, 40.0, 0.5, 20.0),
    "sd": (0.0, 40.0, 0.5, 10.0),
}
SWITCHES = {"mixed": 0, "meshed": 1}  # mask bilinear, mesh drawn: as they are first


@dataclass(frozen=True)
class Settings:
    """What decides the field.

    Attributes
    ----------
    smooth : bool
        Simard's field; otherwise U-Net's.
    alpha_px, sigma_px : float
        Size (U-Net's standard deviation) and, of Simard's, smoothness.
    nodes : int
        Of U-Net's grid, along each side.
    seed : int
    """

    smooth: bool
    alpha_px: float
    sigma_px: float
    nodes: int
    seed: int


@dataclass(frozen=True, eq=False)
class Bent:
    """One deformation and what it did to the mask.

    Attributes
    ----------
    field : (2, H, W) float32 array
    smooth : (2, H, W) float32 array
        The field before it was scaled.
    gain : float
        What it was scaled with.
    image, mask : arrays
        Warped.
    mixed : MixedMask
        The mask warped bilinear.
    before, after : dict of int to Topology
    """

    field: Field
    smooth: Field
    gain: float
    image: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    mixed: MixedMask
    before: dict[int, Topology]
    after: dict[int, Topology]


def mask_choice(picture: Picture) -> str:
    """Ask where the mask comes from; keep what the reader drew on this picture."""
    keep_drawing(picture, committed_program(stage_key(picture)).get("drawn"))
    titles = choices()
    return select(
        "Mask",
        list(titles),
        AUTOMATIC,
        key="mask",
        help=words.MASK_HELP,
        format_func=titles.__getitem__,
        width_px=230,
    )


def settings(picture: Picture) -> Settings:
    """Ask for the kind of field; size and smoothness are sliders under the picture."""
    kinds = words.KINDS
    smooth = choose("Field", kinds, key="kind", help=words.KIND_HELP) == kinds[0]
    low, high, first = NODES
    nodes = first
    if not smooth:
        nodes = number("Nodes", low, high, first, key="nodes", help=words.NODES_HELP)
    seed = kept_seed()
    st.button(
        f"Next seed (now {seed})",
        key="elastic_next",
        icon=":material/casino:",
        help=words.SEED_HELP,
        on_click=lambda: keep_seed(seed + 1),
    )
    take(committed_program(stage_key(picture)), smooth)
    size = kept("alpha" if smooth else "sd")
    return Settings(smooth, size, kept("sigma"), nodes, seed)


def take(sent: Mapping[str, Any], smooth: bool) -> None:
    """Keep what the reader slid under the picture, in session and link."""
    if sent.get("smooth") != smooth:
        return
    for name, part in (("alpha" if smooth else "sd", "alpha"), ("sigma", "sigma")):
        value = sent.get(part)
        if isinstance(value, (int, float)) and math.isfinite(value):
            low, high, _, first = SLIDERS[name]
            remember.set(name, min(max(float(value), low), high), first)
    for name, first in SWITCHES.items():
        if isinstance(sent.get(name), bool):
            remember.set(name, int(sent[name]), first)


def kept_seed() -> int:
    """Return the seed of the link or of before; 0 for one that is out of bounds."""
    seed = int(remember("seed", 0))
    return seed if 0 <= seed < 2**31 else 0


def keep_seed(seed: int) -> None:
    """Keep a seed in session and link."""
    remember.set("seed", seed, 0)


def kept(name: str) -> float:
    """Return a slider's value of the link or of before, within its bounds."""
    low, high, _, first = SLIDERS[name]
    value = float(remember(name, first))
    return min(max(value, low), high) if math.isfinite(value) else first


def stage_key(picture: Picture) -> str:
    """Return the name of the stage that shows a picture."""
    return f"elastic_stage_{picture.digest[:8]}"


def show(picture: Picture, scene: Masked, asked: Settings) -> StageEvent:
    """Show photo and result side by side, with the sliders under them."""
    pair = pair_image(scene.image)
    return stage(
        pair.image,
        key=stage_key(picture),
        alt="A photo with its mask, and both after a random elastic deformation",
        program=_program(scene, asked, pair),
        max_height_px=MOST_HIGH_PX[projector.on()],
    )


def _program(scene: Masked, asked: Settings, pair: Pair) -> dict[str, Any]:
    size = "alpha" if asked.smooth else "sd"
    shape = scene.mask.shape
    low, high, step = (
        {"alpha": SLIDERS[size][k], "sigma": SLIDERS["sigma"][k]} for k in range(3)
    )
    return {
        "name": "elastic",
        "noise": noise_levels(noise_of(shape, asked.seed)) if asked.smooth else None,
        "vectors": None if asked.smooth else vectors(asked),
        "nodes": asked.nodes,
        "alpha": asked.alpha_px,
        "sigma": asked.sigma_px,
        "least": low,
        "most": high,
        "steps": step,
        "mask": scene.mask,
        "labels": [
            {"label": label, "name": name, "color": scene.colors[label]}
            for label, name in scene.names.items()
        ],
        "panes": {"photo": pair.photo, "result": pair.result},
        "titles": words.titles(scene.drawn),
        "size": words.SIZE[asked.smooth],
        "mesh": MESH_PX,
        **{name: bool(remember(name, first)) for name, first in SWITCHES.items()},
        "brush": BRUSH_PX if scene.drawn else 0,
        "empty": words.EMPTY[scene.drawn],
        "colors": ELASTIC_COLORS,
        "tag": tag(scene, asked),
    }


def noise_of(shape: tuple[int, ...], seed: int) -> Field:
    """Return the smooth field's noise."""
    return white_noise((shape[0], shape[1]), np.random.default_rng(seed))


def vectors(asked: Settings) -> NDArray[np.float64]:
    """Return the coarse grid's random vectors for a size of 1 px, (2, n, n)."""
    rng = np.random.default_rng(asked.seed)
    return rng.standard_normal((2, asked.nodes, asked.nodes))


def tag(scene: Masked, asked: Settings) -> str:
    """Return a name for what the browser was given to compute with."""
    return live.digest(scene.mask, asked.smooth, asked.nodes, asked.seed)


def bend(scene: Masked, asked: Settings) -> Bent:
    """Compute here what the browser has drawn."""
    labels = tuple(scene.names)
    if asked.smooth:
        size = (asked.alpha_px, asked.sigma_px, asked.seed)
        steps = live.compute(
            "field, photo, mask", elastic_steps, scene.image, scene.mask, *size
        )
        smooth, gain, field = steps.smooth, steps.gain, steps.field
        image, mask = steps.image, steps.mask
    else:
        field = live.compute("field", coarse_field, scene.mask.shape, asked)
        unit = replace(asked, alpha_px=1.0)  # there is one to show at size 0 as well
        smooth, gain = coarse_field(scene.mask.shape, unit), asked.alpha_px
        image = live.compute("photo", warp, scene.image, field)
        mask = live.compute("mask", warp, scene.mask, field, True)
    mixed = live.compute("mask, bilinear", mix_labels, scene.mask, field)
    before = live.compute("parts before", label_topology, scene.mask, labels)
    after = live.compute("parts after", label_topology, mask, labels)
    return Bent(field, smooth, gain, image, mask, mixed, before, after)


def coarse_field(shape: tuple[int, ...], asked: Settings) -> Field:
    """Return U-Net's field of these settings."""
    rng = np.random.default_rng(asked.seed)
    return coarse_displacement((shape[0], shape[1]), asked.alpha_px, asked.nodes, rng)
