"""The program of the lesson on unpooling on a map of random numbers."""

import numpy as np
import streamlit as st

from explorer.core.unpooling_fit import unpool_steps
from explorer.figures.unpooling import grid_layout, map_layout
from explorer.ui.lessons.unpooling import Settings, _program
from explorer.ui.stage import stage

asked = st.query_params
SIZE, STRIDE = int(asked.get("k", "2")), int(asked.get("s", "2"))
BY_HAND = asked.get("hand", "0") == "1"
SIDES = (12, 9) if asked.get("up") == "1" else (9, 12)  # upright, or not
MAPS = np.random.default_rng(3).integers(-4, 9, (3, *SIDES)).astype(float)
steps = unpool_steps(MAPS, SIZE, STRIDE, fitted=not BY_HAND)
pooled = steps.pool.values.shape[1:]
layout = (
    grid_layout(SIDES, pooled)
    if BY_HAND
    else map_layout(SIDES, pooled, tuple(steps.rebuilt))
)
settings = Settings(SIZE, STRIDE, False, "" if BY_HAND else "stage2")
event = stage(
    np.full((layout.size[1], layout.size[0], 3), 255, np.uint8),
    key="unpool",
    alt="Random numbers",
    program=_program(steps, 1, settings, layout),
    max_width_px=660,
)
st.write("sent " + str((event.program or {}).get("input", ["nothing"])[0]))
