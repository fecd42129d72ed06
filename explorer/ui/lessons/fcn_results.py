"""The last parts of the lesson on FCN: scores, records, the full-size shelf, proofs."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.fusion import STRIDES
from explorer.core.proof import Proof
from explorer.models.proofs import fcn as proofs
from explorer.ui import live
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import fcn_words as words
from explorer.ui.lessons import segmentation as shared
from explorer.ui.lessons.fcn import (
    PHOTO,
    WIDE_PX,
    Net,
    Settings,
    installed,
)
from explorer.ui.lessons.segmentation_stage import Photo, segment_stage
from explorer.ui.lessons.segmentation_truth import score_section

LATTICE_PX = 7  # as the engine's fusion returns it

Array = NDArray[np.float64]


def scores(nets: list[Net], asked: Settings) -> None:
    """Show how right the maps are where the truth is known."""
    score_section([one.map for one in nets], asked.known, "fcn_score")


def measured(net: Net, asked: Settings) -> None:
    """Show strides and receptive fields, and the records' scores beside the paper's."""
    left, right = st.columns(2, gap="large")
    found = net.arrays
    fields = {s: int(found[f"field_{s}"]) for s in STRIDES if f"field_{s}" in found}
    size = found["size"].tolist()
    there = installed(asked.data)
    with left:
        heading("What one score sees")
        st.markdown(words.layers_table(fields, size))
        st.caption(words.fields(fields, size))
    with right:
        heading("What the skips were worth on the test photos")
        st.markdown(words.records_table(there))
        st.caption(f"{words.order(there)} {words.PAPER}".strip())


def full_size(picture: Picture, net: Net) -> None:
    """Show a published full-size network beside the shipped one, if asked."""
    name = shared.full_size_choice()
    other = shared.full_size_map(name, picture) if name else None
    if other is not None:
        segment_stage(
            picture.image,
            [Photo(PHOTO), net.map, other],
            key="fcn_full_stage",
            alt="A photo, the shipped network's classes and a full-size network's",
            columns=3,
            max_height_px=300,
            max_width_px=WIDE_PX,
        )


def prove(net: Net, asked: Settings, loss: Array | None) -> list[Proof]:
    """Compare what this page computes with torch, the network and OpenCV."""
    made = []
    if net.stride < STRIDES[0]:
        coarse = net.arrays[f"fused_{2 * net.stride}"]
        weight = net.arrays[f"weight_{net.stride}"]
        made.append(
            live.compute("proof, doubling", proofs.prove_doubling, coarse, weight)
        )
    made.append(
        live.compute(
            "proof, fusion", proofs.prove_fusion, net.arrays, LATTICE_PX, net.off
        )
    )
    if asked.known is not None:
        labels = net.arrays["labels"]
        known = asked.known.at(labels.shape)
        if loss is not None:
            made.append(
                live.compute("proof, loss", proofs.prove_loss, net.finest, known, loss)
            )
        count = len(asked.classes)
        made.append(live.compute("proof, IoU", proofs.prove_iou, known, labels, count))
    return made


def numbers(net: Net | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if net is None:
        return {}
    names = ("labels", "score", "doubled", "fused")
    return {k: v for k, v in net.arrays.items() if k.startswith(names)}
