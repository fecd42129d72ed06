"""What the lesson on RoI pooling says."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.numerals import percent, signed
from explorer.core.roi import MASK_RCNN_TABLE_2, RoiPool
from explorer.ui.glossary import glossary_box

SAME_SHAPE = 0.05  # of width to height: less is not seen
RATIO_HELP = (
    "RoIAlign reads this many points along each side of a bin. Adaptive: as many as "
    "the bin has cells."
)
ALIGNED_HELP = (
    "A feature stands in the middle of its cell. Aligned moves the points by that half "
    "cell; the first release did not, and read half a cell too far right and down."
)
STRIDE_HELP = "Image pixels in one cell of the feature map, on a side."
GRADIENT_HELP = (
    "On: how much each cell is told to change when every output (or the bin "
    "under the pointer) asks for 1."
)
QUESTION = (
    "At stride 16 you drag the box 3 px to the right. What changes in the outputs?",
    (
        "RoIPool's and RoIAlign's both change a little",
        "RoIAlign's change; RoIPool's usually stay as they are",
        "Neither changes: 3 px are less than a cell",
    ),
    1,
    "RoIPool rounds each edge to a whole cell, so its outputs stay the same until an "
    "edge passes half a cell, and then jump. RoIAlign reads between the cells, so "
    "every pixel counts: masks and tight boxes need that.",
)
SOURCES = (
    "Girshick 2015, Fast R-CNN, arXiv:1504.08083, section 2.1 (the RoI pooling layer)",
    "He et al. 2017, Mask R-CNN, arXiv:1703.06870, section 3 (RoIAlign) and table 2",
    "Wu et al. 2019, Detectron2 (the half-cell shift, `aligned`)",
    "Tan and Le 2019, EfficientNet, arXiv:1905.11946 (the network whose maps are used)",
)
FAR_EDGE = "The last cell belongs to the region, so its far edge is one cell further."
SLIDING = (
    "How far the outputs are from those of the box where it is now, mean over all "
    "bins. RoIPool and crop + resize wait, then jump when an edge rounds to another "
    "cell; RoIAlign follows every pixel."
)
OWN_NUMBERS = (
    "This part uses its own 16 numbers, not a photo: the image bar above changes "
    "nothing here."
)
TERMS = """
- **RoI**, region of interest: a box in the image whose features a detector's head
  reads.
- **Feature map**: a network's layer of numbers, laid out like the image but coarser.
- **Stride**: image pixels to one cell of the feature map, on a side.
- **Channel**: one of the maps of a layer; each answers to another pattern. RoI pooling
  treats each channel alike, so one is enough to see.
- **Bin**: one of the equal parts a RoI is cut into; each gives one output.
- **Quantisation**: rounding an edge to a whole cell. RoIPool does it twice, for the box
  and for its bins.
- **Bilinear**: a value between four cells, their mean weighted by nearness.
- **Sampling ratio**: how many points RoIAlign reads along each side of a bin.
- **Aligned**: a cell's number stands in the cell's middle, so points are moved by half
  a cell.
"""
EDGES = ("left", "top", "right", "bottom")


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def keeps_shape(size: tuple[int, int], now: tuple[int, int]) -> bool:
    """Tell whether two sizes, (width, height), are of the same shape to the eye.

    Examples
    --------
    >>> keeps_shape((40, 30), (80, 61)), keeps_shape((40, 30), (32, 32))
    (True, False)
    """
    (width, height), (wide, high) = size, now
    return abs(wide * height / (high * width) - 1) <= SAME_SHAPE


def resized(size: tuple[int, int], now: tuple[int, int], least: int) -> str:
    """Say what was done to a photo's sides, (width, height), for the network.

    ``least`` is the side of its coarsest cell, in pixels.

    Examples
    --------
    >>> resized((40, 30), (32, 32), 32)[-72:]
    'The pixels, boxes and cells of this page are those of the resized photo.'
    """
    (width, height), (wide, high) = size, now
    shape, to = width / height, wide / high
    proportion = (
        "so it keeps its proportions"
        if keeps_shape(size, now)
        else f"so width to height, {shape:.2f} before, is {to:.2f} now: what is round "
        f"looks {'wider' if to > shape else 'narrower'}"
    )
    return (
        f"The network takes sides of whole cells, multiples of {least} px. The photo "
        f"of {width} × {height} px was resized to {wide} × {high}: its width to "
        f"{percent(wide / width)}, its height to {percent(high / height)}, "
        f"{proportion}. The pixels, boxes and cells of this page are those "
        "of the resized photo."
    )


def leaving(room_px: float) -> str:
    """Say what happens to the curves once the box leaves the picture."""
    return (
        f"After {room_px:.0f} px the box leaves the picture on the right, and the map "
        "ends there: a RoIPool bin beyond it has no cells and gives 0, and RoIAlign's "
        "points count as 0 from one cell beyond. So the curves there are about the "
        "border, not about rounding."
    )


def reading(
    box: NDArray[np.float64],
    pool: RoiPool,
    stride: int,
    size: tuple[int, int],
    whose: str = "image",
) -> str:
    """Write the rounding of this box as a table in markdown, edge by edge.

    ``size`` is the map's, height and width; ``whose`` pixels the box is in.
    """
    lines = [
        f"| edge | {whose} px | ÷ stride | rounded | cells | moved |",
        "|---|---:|---:|---:|---|---:|",
    ]
    first, last = pool.cells[:2], np.maximum(pool.cells[2:], pool.cells[:2])
    edges = np.concatenate([first, last + 1])
    for k, name in enumerate(EDGES):
        word = "from" if k < 2 else "to"
        number = pool.cells[k] if k < 2 else last[k - 2]
        moved = edges[k] * stride - box[k]
        lines.append(
            f"| {name} | {box[k]:.1f} | {pool.box[k]:.2f} | {pool.cells[k]} "
            f"| {word} {number} | {signed(moved, 1, '+')} px |"
        )
    return "\n".join(lines) + _beyond(first, last, size)


def _beyond(first: NDArray[Any], last: NDArray[Any], size: tuple[int, int]) -> str:
    """Say which of a region's cells the map does not have; "" without such."""
    said = []
    for k, name in enumerate(("columns", "rows")):
        ends, most = (int(first[k]), int(last[k])), size[1 - k] - 1
        out = [f"{end}" for end in ends if not 0 <= end <= most]
        if out:
            said.append(f"{name} are 0 to {most}, without {' and '.join(out)}")
    if not said:
        return ""
    return (
        f"\n\nThe map's {', its '.join(said)}: the rounded region goes beyond its "
        "edge. RoIPool divides it as if cells were there; each bin takes the maximum "
        "of the cells that exist, and 0 where none does."
    )


def gain() -> str:
    """Say what the paper measured, from the constants of its table."""
    parts = [
        f"stride {stride}: {pool} → **{align}** (+{align - pool:.1f})"
        for stride, (pool, align) in MASK_RCNN_TABLE_2.items()
    ]
    return (
        "What it is worth, mask AP on COCO, RoIPool → RoIAlign (Mask R-CNN, table 2): "
        + "; ".join(parts)
        + ". The larger the stride, the more rounding costs."
    )
