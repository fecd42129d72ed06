"""The program of the lesson on RoI pooling on a map of random numbers."""

import numpy as np
import streamlit as st

from explorer.figures.roi import ROI_COLORS, cells_image
from explorer.ui.stage import stage

STRIDE = 16
VALUES = np.random.default_rng(5).normal(size=(12, 16)).astype(np.float32)
asked = st.query_params
event = stage(
    cells_image(VALUES, STRIDE),
    key="roi",
    alt="Random cells",
    mode="boxes",
    boxes=[[40, 30, 150, 120]],
    program={
        "name": "roi",
        "map": VALUES,
        "stride": STRIDE,
        "size": int(asked.get("size", "7")),
        "ratio": int(asked.get("ratio", "2")),
        "aligned": asked.get("aligned", "1") == "1",
        "show": asked.get("show", "values"),
        "lo": -3.0,
        "hi": 3.0,
        "numbers": False,
        "colors": ROI_COLORS,
        "tag": "random",
    },
)
sent = event.program or {}
st.write("sent " + str(sent.get("tag")) + " " + str(len(sent.get("align", []))))
