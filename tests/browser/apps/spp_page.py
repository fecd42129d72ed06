"""The program of the lesson on pyramid pooling on a random map."""

import numpy as np
import streamlit as st

from explorer.core.spp import spp_steps
from explorer.figures.spp import LEVEL_COLORS
from explorer.ui.stage import stage

CELL, CHANNEL, LEVELS = 16, 2, (1, 3, 4)
FEATURES = np.random.default_rng(8).normal(size=(5, 11, 14)).astype(np.float32)
mean = "mean" in st.query_params
steps = spp_steps(FEATURES, LEVELS, "mean" if mean else "max")
stage(
    np.full((11 * CELL, 14 * CELL, 3), 90, np.uint8),
    key="spp",
    alt="A random map",
    program={
        "name": "spp",
        "levels": [
            {
                "bins": step.bins,
                "rows": step.rows.ravel(),
                "cols": step.cols.ravel(),
                "values": step.values[CHANNEL].ravel(),
                "at": step.argmax[CHANNEL].ravel(),
            }
            for step in steps
        ],
        "width": 14,
        "cell": (CELL, CELL),
        "channel": CHANNEL,
        "channels": 5,
        "lo": -3.0,
        "hi": 3.0,
        "mean": mean,
        "colors": LEVEL_COLORS,
    },
)
