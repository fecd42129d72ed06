"""One set of weights at three output strides: the same map, denser."""

import numpy as np
import streamlit as st

from explorer.figures.deeplab import lattice_figure
from explorer.models.records import Record
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import deeplab_words as words
from explorer.ui.lessons.deeplab import Part, channel_control
from explorer.ui.lessons.segmentation_stage import HeatMap, Photo, segment_stage

STRIDES = (32, 16, 8)
MOST_WIDE_PX, MOST_HIGH_PX = 660, 560
LATTICE_CELLS = 12
OPACITY = 0.8


def controls(about: Record, picture: Picture) -> int:
    """Ask for the channel."""
    return channel_control("channel", about)


def part(about: Record, picture: Picture, channel: int) -> Part:
    """Show one channel of the last map at three strides, and what they share."""
    from explorer.models.proofs.deeplab import prove_dense
    from explorer.models.trunk import first_shared

    answer = live.model(about.name, "strides", image=picture.image)
    if answer is None:
        return Part()
    arrays = answer.arrays
    maps = {s: arrays[f"stride{s}"][channel] for s in STRIDES}
    least, most = (float(np.quantile(maps[8], q)) for q in (0.005, 0.995))
    tiles = [
        HeatMap(f"stride {stride}: {words.size(grid.shape)}", grid, lo=least, hi=most)
        for stride, grid in maps.items()
    ]
    segment_stage(
        picture.image,
        [Photo(), *tiles],
        key="deeplab_strides",
        alt=f"Channel {channel} of the last map at output stride 32, 16 and 8",
        opacity=OPACITY,
        max_height_px=MOST_HIGH_PX,
        max_width_px=MOST_WIDE_PX,
    )
    times = {f"stride {s}": answer.stages[f"stride {s}"] for s in STRIDES}
    st.caption(words.taken(times, int(arrays["parameters"])))
    left, right = st.columns([1.3, 1], gap="medium")
    with left:
        st.markdown(words.OFFSET)
        words.link_to(
            "dilated_convolution", "Gridding and its cure: Dilated convolution"
        )
    with right:
        shared = {f"also at stride {s}": (first_shared(s, 8), s // 8) for s in (16, 32)}
        chart(
            lattice_figure(LATTICE_CELLS, shared),
            config={"displayModeBar": False},
            key="deeplab_lattice",
        )
    numbers = {f"stride{stride}": grid for stride, grid in maps.items()}
    return Part(live.compute("comparing maps", prove_dense, arrays), numbers)
