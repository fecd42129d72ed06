"""The program of the pyramid on maps of random numbers."""

import numpy as np
import streamlit as st

from explorer.figures.faster_rcnn import LEVEL_COLORS, ends
from explorer.figures.packing import pack
from explorer.ui.stage import stage

SIDE, SCALE, USUAL, BINS, SAMPLES = 320, 0.5, 5, 7, 2
RNG = np.random.default_rng(5)
SIDES = {3: 40, 4: 20, 5: 10, 6: 5, 7: 3}
LEVELS = {"lateral": (3, 4, 5), "sum": (3, 4, 5), "map": (3, 4, 5, 6, 7)}
MAPS = {
    kind: {k: RNG.normal(size=(SIDES[k], SIDES[k])).astype(np.float32) for k in levels}
    for kind, levels in LEVELS.items()
}
for k in (4, 3):
    doubled = MAPS["sum"][k + 1].repeat(2, 0).repeat(2, 1)
    MAPS["sum"][k] = MAPS["lateral"][k] + doubled
PHOTO = RNG.integers(0, 255, (480, 640, 3), np.uint8)

if __name__ == "__main__":
    event = stage(
        PHOTO,
        key="pyramid",
        alt="Random cells",
        mode="boxes",
        boxes=[[40, 30, 250, 320]],
        min_boxes=1,
        program={
            "name": "pyramid",
            "scale": SCALE,
            "side": SIDE,
            "channel": 7,
            "kinds": {
                kind: {str(k): pack(v) for k, v in maps.items()}
                for kind, maps in MAPS.items()
            },
            "ends": {
                kind: {str(k): ends(v, True) for k, v in maps.items()}
                for kind, maps in MAPS.items()
            },
            "energy": None,
            "energyEnds": None,
            "usual": USUAL,
            "lowest": 3,
            "highest": 5,
            "bins": BINS,
            "samples": SAMPLES,
            "levelColors": {str(k): color for k, color in LEVEL_COLORS.items()},
            "opacity": 0.5,
            "tag": "random",
        },
    )
    sent = event.program or {}
    st.write(f"sent {sent.get('tag')} level {sent.get('level')}")
