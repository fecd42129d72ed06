"""The transposed convolution lesson's third part: checkerboards on the photo."""

from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.overlap import (
    Upsampling,
    bilinear_kernel,
    bilinear_size,
    constant_kernel,
    inner_counts,
    overlap_counts,
    upsample,
    upsampling,
)
from explorer.figures.convolution import Image
from explorer.figures.roi import cells_image
from explorer.figures.transposed import (
    DENSE,
    TRANSPOSED_COLORS,
    compose_pictures,
    overlap_panes,
)
from explorer.models.proofs import transposed as proofs
from explorer.ui import live
from explorer.ui.controls import choose, number, select
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import transposed_words as words
from explorer.ui.lessons.transposed_convolution import (
    MOST_HIGH_PX,
    MOST_WIDE_PX,
    Result,
)
from explorer.ui.stage import stage

KERNEL_SIZES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 32, 64)
STRIDES = (2, 3, 4, 8, 16, 32)
SOURCES = ("the photo, made small", "a network's last map")
NETWORK, LAYER, CHANNELS = "efficientnet_lite0", "stage7", 320
FIRST_CHANNEL = 93
LOW_PX, OUT_PX = 40, 320  # longest side of the small photo, and of what it grows to
LEAST_LOW_PX = 2  # interpolation needs two neighbours
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Way:
    """One way to upsample, and what to call it."""

    title: str
    how: Upsampling
    weight: Array
    bilinear: bool


@dataclass(frozen=True)
class Choice:
    """What the toolbar says: kernel size, stride, and the map's channel, if one."""

    kernel_size: int
    stride: int
    channel: int | None


def overlap_controls() -> Choice:
    """Ask for kernel, stride, and what is to grow."""
    k = select("Kernel size", KERNEL_SIZES, 3, key="over_k", width_px=110)
    stride = select("Stride", STRIDES, 2, key="over_s", width_px=110)
    source = choose("Upsample", SOURCES, key="over_of")
    channel = None
    if source == SOURCES[1]:
        channel = number("Channel", 0, CHANNELS - 1, FIRST_CHANNEL, key="over_c")
    return Choice(k, stride, channel)


def overlap_part(picture: Picture, choice: Choice) -> Result | None:
    """Show how stamps overlap, and what that does to a picture."""
    k, stride = choice.kernel_size, choice.stride
    maps = _maps(picture, choice)
    if maps is None:
        return None
    made = ways(k, stride)
    grown = [
        live.compute(
            f"kernel {way.how.kernel_size}", upsample, maps, way.weight, way.how
        )
        for way in made
    ]
    _overlap_stage(maps, made, grown, choice)
    left, right = st.columns(2, gap="medium")
    left.markdown(words.overlap_words(k, stride))
    right.markdown(words.bilinear_words(stride))
    st.caption(words.source_words(maps.shape[1:], choice.channel, stride))
    words.formula(maps.shape[2], k, stride, *_padding(made[0].how))
    proofs.prepare()
    proof = (
        live.compute(
            "proof",
            proofs.prove_upsample,
            grown[0],
            maps,
            made[0].weight,
            made[0].how,
        ),
        live.compute("bilinear proof", proofs.prove_bilinear, maps, stride),
    )
    numbers = {
        "overlap_counts": overlap_counts(drawn(k, stride), k, stride),
        "bilinear_kernel": made[-1].weight,
        "input": maps,
        "output": grown[0],
    }
    return Result(proof, numbers)


def _padding(how: Upsampling) -> tuple[int, int]:
    return how.padding, how.output_padding


def drawn(k: int, stride: int) -> int:
    """Return how many stamps to draw: three more than meet on one place.

    Examples
    --------
    >>> drawn(3, 2), drawn(64, 32)
    (5, 5)
    """
    return inner_counts(k, stride)[-1] + 3


def ways(k: int, stride: int) -> tuple[Way, ...]:
    """Return the chosen kernel, one that overlaps the other way, and the bilinear one.

    Examples
    --------
    >>> [way.how.kernel_size for way in ways(3, 2)]
    [3, 4, 4]
    >>> [way.how.even for way in ways(4, 2)]
    [True, False, True]
    """
    even = k % stride == 0
    other = k + 1 if even else stride * -(-k // stride)
    made = []
    for size in (k, other):
        how = upsampling(size, stride)
        kind = "even" if how.even else "uneven"
        title = f"kernel {size}, equal weights: {kind}"
        made.append(Way(title, how, constant_kernel(size, stride), False))
    size = bilinear_size(stride)
    title = f"kernel {size}, bilinear weights"
    made.append(Way(title, upsampling(size, stride), bilinear_kernel(size), True))
    return tuple(made)


def _maps(picture: Picture, choice: Choice) -> Array | None:
    """Return what is to grow as (C, H, W); None if the network is not there."""
    if choice.channel is None:
        return live.compute("small photo", shrunk, picture.image, choice.stride)
    answer = live.model(NETWORK, "features", image=picture.image, layers=LAYER)
    if answer is None:
        return None
    values = np.asarray(answer.arrays[LAYER][choice.channel], np.float64)
    rows, columns = (max(0, LEAST_LOW_PX - n) for n in values.shape)
    return np.pad(values, ((0, rows), (0, columns)), "edge")[None]


def shrunk(image: Image, stride: int) -> Array:
    """Return the photo as (3, h, w), small enough that its pixels show when grown."""
    longest = min(LOW_PX, OUT_PX // stride)
    scale = longest / max(image.shape[:2])
    high, wide = (max(LEAST_LOW_PX, round(n * scale)) for n in image.shape[:2])
    small = cv2.resize(image, (wide, high), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float64).transpose(2, 0, 1)


def _overlap_stage(
    maps: Array, made: tuple[Way, ...], grown: list[Array], choice: Choice
) -> None:
    low = maps.shape[1:]
    panes = overlap_panes((grown[0].shape[1], grown[0].shape[2]), 1 + len(made))
    ends = (float(maps.min()), float(maps.max()))
    pictures = [shown(one, ends) for one in (maps, *grown)]
    what = "photo" if choice.channel is None else "map"
    rows = [
        {
            "title": way.title,
            "kernel": way.how.kernel_size,
            "stride": way.how.stride,
            "pad": way.how.padding,
            "bilinear": way.bilinear,
            "low": list(low),
        }
        for way in made
    ]
    first = {**rows[0], "title": f"the small {what}: {low[0]} × {low[1]}", "kernel": 0}
    stage(
        live.compute("picture", compose_pictures, panes, pictures),
        key="transposed_overlap",
        alt="How stamps overlap, and a small picture upsampled in three ways",
        program={
            "name": "overlap",
            "kernel": choice.kernel_size,
            "stride": choice.stride,
            "inputs": drawn(choice.kernel_size, choice.stride),
            "panes": panes.data(),
            "dense": DENSE,
            "pictures": [first, *rows],
            "colors": TRANSPOSED_COLORS,
        },
        max_height_px=MOST_HIGH_PX,
        max_width_px=MOST_WIDE_PX,
    )


def shown(maps: Array, ends: tuple[float, float]) -> Image:
    """Return a photo clipped to its range, or a map in colours between two values."""
    if len(maps) == 3:
        return np.clip(np.round(maps.transpose(1, 2, 0)), 0, 255).astype(np.uint8)
    return cells_image(np.clip(maps[0], *ends), 1)
