"""The program of the lesson on YOLO on tensors of random numbers."""

import numpy as np
import streamlit as st

from explorer.core.yolo_read import read_anchored, read_v1
from explorer.core.yolo_terms import COORD, NO_OBJECT, OBJECT_V2, class_costs
from explorer.figures.theme import class_color
from explorer.figures.yolo import TERM_COLORS, YOLO_COLORS
from explorer.ui.stage import stage

SIDE, CLASSES = 320, ["cat", "dog", "cup"]
ANCHORS = [[40.0 * k, 30.0 * k] for k in range(9, 0, -1)]
asked = st.query_params
version, view = int(asked.get("version", "3")), asked.get("view", "tensor")
sides = [10, 20, 40] if version == 3 else [10]
each = {1: 2, 2: 5, 3: 3}[version]
depth = each * 5 + 3 if version == 1 else each * 8
rng = np.random.default_rng(version)
maps = [rng.normal(size=(depth, n, n)).astype(np.float32) for n in sides]
anchors = None if version == 1 else ANCHORS[: each * len(sides)]
read = (
    read_v1(maps[0], SIDE)
    if version == 1
    else read_anchored(maps, anchors, version == 3, SIDE)
)
level = len(sides) - 1
told = {
    "name": "yolo",
    "view": view,
    "version": version,
    "each": each,
    "side": SIDE,
    "unit": 2,
    "classes": CLASSES,
    "colors": YOLO_COLORS,
    "classColors": [class_color(k) for k in range(3)],
    "tag": "random",
}
common = {"key": "yolo", "alt": "Random", "max_width_px": 500}
if view == "tensor":
    told |= {
        "kept": f"map of version {version}",
        "arrays": {"map": maps[level]},
        "cells": sides[level],
        "layer": asked.get("layer", "cell"),
        "anchors": anchors and anchors[level * each : (level + 1) * each],
        "opacity": 0.5,
    }
    step = 2 * SIDE / sides[level]
    common |= {"mode": "click", "cell": (step, step), "selected": (100, 300)}
else:
    told |= {
        "anchors": anchors,
        "kept": f"numbers of version {version}",
        "arrays": {"numbers": read.raw}
        | {
            f"class{k}": class_costs(version, read.said, np.full(len(read.said), k))
            for k in range(len(CLASSES))
        },
        "costed": CLASSES,
        "termColors": TERM_COLORS,
        "weights": {"place": COORD, "object": OBJECT_V2, "empty": NO_OBJECT},
        "maps": sides,
        "labels": ["cat", "dog"],
        "label": "cat",
        "ignore": {1: 0.0, 2: 0.6, 3: 0.5}[version],
    }
    common |= {
        "mode": "boxes",
        "boxes": [[100, 120, 300, 330], [400, 200, 500, 420]],
        "max_boxes": 6,
    }
event = stage(np.full((2 * SIDE, 2 * SIDE, 3), 90, np.uint8), program=told, **common)
st.write("sent " + str((event.program or {}).get("tag")))
