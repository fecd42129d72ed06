"""The program of the lesson on deformable parts on random responses."""

import numpy as np
import streamlit as st

from explorer.ui.stage import stage

PARTS, REACH = 3, 5
rng = np.random.default_rng(2)
LOOKS = rng.normal(size=(PARTS, 2 * REACH + 1, 2 * REACH + 1)).astype(np.float32)
LOOKS[2, :3] = np.nan  # beyond the photo
COSTS = np.column_stack(
    [rng.normal(0, 0.05, (PARTS, 2)), rng.uniform(0.02, 0.2, (PARTS, 2))]
)
PROGRAM = {
    "name": "star",
    "looks": LOOKS,
    "costs": COSTS,
    "rest": np.array([[2, 4], [10, 1], [12, 8]]),
    "root": 0.75,
    "bias": -0.5,
    "block": 16,
    "side": 96,
    "origin": [96, 96],
    "window": [256, 512],
    "colors": ["#56B4E9", "#E69F00", "#009E73"],
    "active": 0,
    "tag": "random",
}

if __name__ == "__main__":
    stage(
        np.full((704, 448, 3), 128, np.uint8),
        key="star",
        alt="Three parts on grey",
        program=PROGRAM,
        max_height_px=460,
        max_width_px=300,
    )
    st.write("shown")
