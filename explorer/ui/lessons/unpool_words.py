"""What the lesson on unpooling says."""

import math
from collections.abc import Mapping

import streamlit as st

from explorer.ui.glossary import glossary_box

PARTS = ("My photo", "Small grid")
SHOW = ("Maps", "Errors")
NAMES = {
    "nails": "bed of nails",
    "nearest": "nearest",
    "bilinear": "bilinear",
    "transposed": "transposed conv",
    "unpool": "max-unpooling",
    "dense": "max-unpooling + conv",
}
KERNEL_HELP = "Side of the window whose largest number pooling keeps, in cells."
STRIDE_HELP = (
    "How far the window moves on. As far as it is wide: the windows tile the map. "
    "Less: they overlap. More: some cells are never read."
)
SHOW_HELP = "Errors: what each way wrote minus what was there before pooling."
RELU_HELP = (
    "What is below 0 becomes 0, as SegNet and VGG have it before they pool. This "
    "network leaves it out at the end of its stages."
)
FITTED_HELP = (
    "Kernels chosen by least squares to rebuild the layer's other maps, as training "
    "would. Off: the transposed convolution just interpolates, as FCN's starts out."
)
QUESTION = (
    "The largest number of a 2 × 2 window stood in its lower right corner. Where is it "
    "after pooling and enlarging again?",
    (
        "Bed of nails puts it into the lower right, max-unpooling too",
        "Bed of nails puts it into the upper left, max-unpooling into the lower right",
        "Both spread it over all four cells",
    ),
    1,
    "A pooled number does not know where it stood. Bed of nails always takes the "
    "window's first cell. Max-unpooling has kept the place, two bits for a 2 × 2 "
    "window, and an edge comes back where it was. Nearest is the one that spreads it.",
)
SOURCES = (
    "Zeiler and Fergus 2014, *Visualizing and understanding convolutional networks*, "
    "arXiv:1311.2901, section 2.1 (unpooling by “switches”)",
    "Noh, Hong and Han 2015, *Learning deconvolution network for semantic "
    "segmentation*, arXiv:1505.04366, section 3.2",
    "Badrinarayanan, Kendall and Cipolla 2017, *SegNet*, arXiv:1511.00561, section 3 "
    "(pooling indices, two bits a 2 × 2 window)",
    "Long, Shelhamer and Darrell 2015, *Fully convolutional networks*, "
    "arXiv:1411.4038, section 3.3 (bilinear start of the transposed convolution)",
    "Tan and Le 2019, *EfficientNet*, arXiv:1905.11946 (the network whose maps are "
    "used)",
)
TERMS = """
- **Max pooling**: each window of a map is replaced by its largest number: a smaller
  map that still says what is there, less exactly where.
- **Switch**, **index**, **argmax**: the place of that largest number in the map.
- **Max-unpooling**: each pooled number goes back to its switch; all else is 0. SegNet
  then fills the zeros by convolutions.
- **Bed of nails**: each pooled number goes into the first cell of its window; all else
  is 0.
- **Nearest**: each cell copies the pooled number whose window is nearest. **Bilinear**:
  it mixes the nearest four, each standing in the middle of its window.
- **Transposed convolution**: each pooled number stamps a small kernel, multiplied by
  itself, into the large map; stamps that overlap add up. Its weights can be learnt.
- **ReLU**: what is below 0 becomes 0.
- **Feature map**, **channel**: one of the maps of a layer; each answers to another
  pattern.
- **Lost**: the mean squared error, divided by the map's variance: 0 % is a perfect
  copy, 100 % is no better than writing the map's mean everywhere, and more is worse.
"""
LOST = (
    "Lost: mean squared error, in % of the map's variance. 100 % is no better than "
    "its mean everywhere."
)
FLAT = "This map is the same everywhere, so there is no detail to lose."
OWN_NUMBERS = (
    "This part uses its own numbers: the picture chosen above shows in the other part. "
    "Arrows carry each window's largest number to the pooled map, and from there back "
    "to the place it had."
)
TIES = (
    "**Ties**: of equal numbers in a window the first, row by row, counts, as in "
    "torch. **Overlapping windows** can name one cell twice; both bring the same "
    "number, so nothing is added up. **Leftover cells** that no window covers stay 0 "
    "in bed of nails and max-unpooling; nearest and bilinear go on with the number of "
    "the nearest window."
)


def no_one_wins(zeros_frac: float, lost: Mapping[str, float]) -> str:
    """Say how much of the map is 0, and which way came closest on it.

    ``lost`` is nan for all ways where the map is 0 everywhere.

    Examples
    --------
    >>> no_one_wins(0.5, {"nearest": 0.2, "nails": 0.4}).split(", ")[-1]
    'and here **nearest** loses least. It differs from map to map.'
    """
    told = (
        "Max-unpooling brings back *where*, not *how much*: every cell that was not a "
        f"largest one becomes 0. Of this map, {zeros_frac:.0%} were 0 before"
    )
    if any(math.isnan(share) for share in lost.values()):
        return told + "."
    best = min(lost, key=lambda way: lost[way])
    return (
        f"{told}, and here **{NAMES[best]}** loses least. It differs from map to map."
    )


def words() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def layer_title(layer: str, stride: int) -> str:
    """Name a layer by its stride.

    Examples
    --------
    >>> layer_title("stage2", 4)
    'stage 2, ÷4'
    """
    name = layer.replace("stage", "stage ")
    return f"{name}, ÷{stride}"


def foot(errors: bool, by_hand: bool, signed: bool) -> str:
    """Say what "lost" means, and what the colours of the maps mean."""
    if errors:
        shade = "Orange" if not by_hand else "Above 0"
        low = "blue" if not by_hand else "below"
        return f"{LOST} Errors: {shade.lower()} is too much, {low} too little."
    if by_hand:
        return LOST
    colours = "Orange is above 0, blue below." if signed else "Bright is large, dark 0."
    return f"{LOST} {colours}"


def kept(kernel_size: int, shape: tuple[int, int], pooled: tuple[int, int]) -> str:
    """Say how many numbers pooling keeps, and what the switches cost.

    Examples
    --------
    >>> kept(2, (6, 6), (3, 3))[:41]
    'Pooling keeps **9 of 36** numbers, 25%. A'
    """
    before, after = shape[0] * shape[1], pooled[0] * pooled[1]
    bits = math.ceil(math.log2(kernel_size**2)) if kernel_size > 1 else 0
    return (
        f"Pooling keeps **{after} of {before}** numbers, {after / before:.0%}. A "
        f"switch says which of {kernel_size} × {kernel_size} cells it was: {bits} "
        f"bits, so {after * bits} bits for all, against {before * 32:,} bits for the "
        "whole map as 32-bit numbers."
    )


def carried(
    kernel_size: int, shape: tuple[int, int, int], pooled: tuple[int, int]
) -> str:
    """Write what a decoder must be handed for one layer, as a table in markdown."""
    channels, before, after = shape[0], shape[1] * shape[2], pooled[0] * pooled[1]
    bits = math.ceil(math.log2(kernel_size**2)) if kernel_size > 1 else 0
    rows = (
        ("pooled maps alone", "nearest, bilinear, transposed", 0.0),
        ("and the switches", "SegNet", channels * after * bits / 8),
        ("and the maps before pooling", "U-Net", channels * before * 4.0),
    )
    lines = ["| the decoder gets | as in | more to keep |", "|---|---|---:|"]
    lines += [f"| {what} | {who} | {_size(extra)} |" for what, who, extra in rows]
    return "\n".join(lines)


def _size(count: float) -> str:
    if count < 1:
        return "nothing"
    return f"{count / 1024:.1f} kB" if count >= 1024 else f"{count:.0f} bytes"


PANE_NAMES = NAMES | {"input": "The map", "pooled": "Pooled"}


def titles(
    shape: tuple[int, int], pooled: tuple[int, int], fitted: bool
) -> dict[str, str]:
    """Return the title of every pane."""
    learnt = " (fitted)" if fitted else " (bilinear)"
    return {
        "photo": "photo",
        "input": f"map {shape[0]} × {shape[1]}",
        "pooled": f"max-pooled {pooled[0]} × {pooled[1]}",
        "unpool": NAMES["unpool"],
        "dense": "unpooling + conv (fitted)",
        "nails": NAMES["nails"],
        "nearest": NAMES["nearest"],
        "bilinear": NAMES["bilinear"],
        "transposed": NAMES["transposed"] + learnt,
    }


def too_small(shape: tuple[int, ...], kernel_size: int) -> str:
    """Say that a photo's map has no room for a window."""
    return (
        f"This photo's map has only {shape[1]} × {shape[2]} cells, so a window of "
        f"{kernel_size} × {kernel_size} does not fit: choose an earlier layer."
    )
