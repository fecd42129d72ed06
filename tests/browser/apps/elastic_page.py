"""The program of the lesson on elastic deformation on random blocks."""

import numpy as np
import streamlit as st

from explorer.core.elastic_fields import noise_levels, white_noise
from explorer.figures.elastic import ELASTIC_COLORS, pair_image
from explorer.ui.stage import stage

SHAPE = (54, 77)
RNG = np.random.default_rng(7)
MASK = RNG.choice(np.array([0, 0, 1, 2, 5], np.uint8), (9, 11))
MASK = MASK.repeat(6, axis=0).repeat(7, axis=1)
asked = st.query_params
nodes = int(asked.get("nodes", "0"))
seed = int(asked.get("seed", "0"))
rng = np.random.default_rng(seed)
pair = pair_image(np.repeat(MASK[..., None] * 50, 3, axis=2))
event = stage(
    pair.image,
    key="elastic",
    alt="Random blocks",
    program={
        "name": "elastic",
        "noise": None if nodes else noise_levels(white_noise(SHAPE, rng)),
        "vectors": rng.standard_normal((2, nodes, nodes)) if nodes else None,
        "nodes": nodes,
        "alpha": 3.0,
        "sigma": 6.0,
        "least": {"alpha": 0.0, "sigma": 1.0},
        "most": {"alpha": 40.0, "sigma": 40.0},
        "steps": {"alpha": 0.5, "sigma": 0.5},
        "mask": MASK,
        "labels": [
            {"label": label, "name": "block", "color": "#0072B2"} for label in (1, 2, 5)
        ],
        "panes": {"photo": pair.photo, "result": pair.result},
        "titles": {"photo": ("Photo", ""), "result": ("Result", "")},
        "size": "α, size",
        "mesh": 12,
        "meshed": True,
        "mixed": False,
        "brush": int(asked.get("brush", "0")),
        "empty": "Nothing is drawn.",
        "colors": ELASTIC_COLORS,
        "tag": "blocks",
    },
)
sent = event.program or {}
drawn = len(str(sent.get("drawn", "")))
st.write(f"sent {sent.get('alpha')} {sent.get('sigma')} drawn {drawn}")
st.write(f"mixed {sent.get('mixed')} meshed {sent.get('meshed')}")
