"""The stage's programs of the lesson on DeepLab, on numbers of the test's own."""

import numpy as np
import streamlit as st

from explorer.figures.deeplab import AB_COLORS, BRANCH_COLORS, CHANGED
from explorer.ui.lessons.segmentation_stage import png_url
from explorer.ui.stage import stage

rng = np.random.default_rng(2)
photo = rng.integers(0, 255, (96, 128, 3), np.uint8)
a = np.zeros((96, 128), np.uint8)
a[:, 60:] = 1
a[50:, 20:40] = 2
b = a.copy()
b[:, 60:66] = 0
b[5, 5] = 2
# Each run is counted: what a reader does in the browser alone makes none.
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.write(f"runs {st.session_state['runs']}")
maps = [
    {"name": name, "title": f"setting {name}", "url": png_url(labels), "cell": [4, 4]}
    for name, labels in (("A", a), ("B", b))
]
curtain = {
    "name": "curtain",
    "maps": maps,
    "truth": png_url(a) if "truth" in st.query_params else None,
    "names": ["left", "right", "square"],
    "colors": ["#0072B2", "#E69F00", "#009E73"],
    "marks": AB_COLORS,
    "changed": CHANGED,
    "start": [63, 40],
    "opacity": 0.6,
    "tag": "one",
}
event = stage(photo, key="curtain", alt="Two maps", program=curtain)
st.write("counted", event.program)
taps = {
    "name": "taps",
    "map": rng.normal(size=(6, 8)).astype(np.float32),
    "kernels": rng.normal(size=(3, 3, 3)).astype(np.float32),
    "sums": np.zeros((3, 6, 8), np.float32),
    "rates": [1, 3, 9],
    "stride": 16,
    "colors": BRANCH_COLORS,
    "start": [3, 4],
    "tag": "two",
}
stage(photo, key="taps", alt="Taps", program=taps)
