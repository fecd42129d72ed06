"""The program of the lesson on fully convolutional classifiers on random scores."""

import numpy as np
import streamlit as st

from explorer.core.class_map import map_box, top_classes
from explorer.figures.class_map import MAP_COLORS
from explorer.ui.stage import stage

STRIDE, WINDOW, ROWS, COLS, CLASSES = 32, (7, 7), 4, 6, 30
LOGITS = np.random.default_rng(3).normal(0, 3, (CLASSES, ROWS, COLS))
X, W = np.random.default_rng(4).normal(size=(2, 80)).astype(np.float32)
NAMES = [f"class {k}" for k in range(CLASSES)]
top = top_classes(LOGITS, 5)
pick = "pick" in st.query_params
terms = {"x": X, "w": W, "columns": 10, "bias": 0.5, "logit": float(X @ W) + 0.5}
event = stage(
    np.full((STRIDE * (ROWS + 6), STRIDE * (COLS + 6), 3), 90, np.uint8),
    key="classes",
    alt="Random scores",
    mode="click" if pick else "hover",
    cell=(STRIDE, STRIDE),
    selected=(112, 112) if pick else None,
    program={
        "name": "classmap",
        "index": top.index.astype(np.int32),
        "scores": top.logits,
        "values": LOGITS[4],
        "names": NAMES,
        "labels": list(range(CLASSES)),
        "chosen": 4,
        "label": NAMES[4],
        "percent": False,
        "lo": -9.0,
        "hi": 9.0,
        "box": map_box((ROWS, COLS), WINDOW, STRIDE),
        "window": WINDOW,
        "stride": STRIDE,
        "best": [1, 2],
        "colors": MAP_COLORS,
        **({"terms": terms} if pick else {}),
    },
)
st.write(f"sent {(event.program or {}).get('label')}")
