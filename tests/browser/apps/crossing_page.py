"""The programs of the encoder-decoder lesson on maps of random numbers."""

import numpy as np
import streamlit as st

from explorer.core.unpooling import max_pool
from explorer.figures.crossing_panes import crossing_panes
from explorer.ui.lessons.encoder_decoder_inside import SHADES, WINDOW, segnet_panes
from explorer.ui.stage import stage

rng = np.random.default_rng(7)
encoded = np.maximum(rng.normal(size=(24, 32)), 0).astype(np.float32)
incoming = rng.normal(size=(12, 16)).astype(np.float32)
arrays = {
    "encoded": encoded,
    "indices": max_pool(encoded).indices,
    "incoming": incoming,
    "decoded": rng.normal(size=(24, 32)).astype(np.float32),
}
names = {"channel": 0, "channels": 1, "decoded_channel": 0, "decoded_channels": 1}
about = {name: np.array(value) for name, value in names.items()}
size, panes = crossing_panes(segnet_panes(about), (24, 32), arcs=True)
stage(
    np.full((size[1], size[0], 3), 255, np.uint8),
    key="level",
    alt="Random maps",
    program={
        "name": "crossing",
        "kind": "indices",
        "arrays": arrays,
        "panes": panes,
        "window": WINDOW,
        "colors": SHADES,
        "text": 17.0,
        "hint": "Point.",
    },
)
rows = [
    {"net": net, "level": level, "rect": rect, "told": f"net {net} level {level}"}
    for net, level, rect in (
        (0, 1, [10, 10, 180, 80]),
        (0, 2, [10, 110, 180, 80]),
        (1, 1, [210, 10, 180, 80]),
    )
]
event = stage(
    np.full((200, 400, 3), 255, np.uint8),
    key="rows",
    alt="Three rows",
    program={
        "name": "diagram",
        "holes": [],
        "blocks": [],
        "bars": [],
        "arrows": [],
        "texts": [],
        "rows": rows,
        "chosen": 0,
        "text": 12.0,
        "hint": "Click.",
    },
)
sent = event.program or {}
st.write(f"sent {sent.get('net')} {sent.get('level')}")
