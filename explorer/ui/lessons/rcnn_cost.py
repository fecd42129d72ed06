"""The lesson on R-CNN, second part: what it cost, beside Fast and Faster R-CNN."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.proof import Proof
from explorer.core.rcnn import PAPER_PROPOSALS
from explorer.core.rcnn_cost import Ledger, Measured, ledgers
from explorer.core.rcnn_published import FASTER_PROPOSALS
from explorer.figures.ledger import ledger_html
from explorer.figures.rcnn import COST_COLORS, bar, published_bars
from explorer.ui import live
from explorer.ui.controls import select
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import rcnn_runs as runs
from explorer.ui.lessons import rcnn_words as words
from explorer.ui.lessons.fully_convolutional_scores import NETWORK

COUNTS = (100, 300, 1000, PAPER_PROPOSALS)
CROPS = 3 * runs.JOB  # measured, the first proposals: the median of three jobs
ROIS = 512

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Costs:
    """What was measured, and the three ledgers made of it."""

    run: runs.Run
    shared: Mapping[str, NDArray[Any]]
    measured: Measured
    input_size: tuple[int, int]
    ledgers: list[Ledger]


def cost_controls() -> int:
    """Ask for how many boxes the times are put together."""
    return select(
        "Boxes a photo",
        COUNTS,
        PAPER_PROPOSALS,
        key="boxes",
        help=words.BOXES_HELP,
        format_func=lambda n: f"{n:,}",
        width_px=130,
    )


def cost_part(picture: Picture, proposals: Array, count: int) -> Costs | None:
    """Measure on this picture, and draw the ledgers and the papers' own."""
    found = measure(picture, proposals, count)
    if found is None:
        return None
    bars = [
        bar(one.name, one.steps[-1].times, [(step.name, step.ms) for step in one.steps])
        for one in found.ledgers
    ]
    st.markdown(words.cost_said(found.ledgers, found.measured, len(proposals)))
    left, right = st.columns(2, gap="large")
    with left:
        heading("Measured on this photo, on this machine")
        st.html(ledger_html(bars, COST_COLORS))
        st.markdown("The same without R-CNN, enlarged:")
        st.html(ledger_html(bars[1:], COST_COLORS))
    with right:
        st.markdown("**In the papers**: VGG16 on one Nvidia K40, PASCAL VOC")
        papers = published_bars()
        st.html(ledger_html(papers, COST_COLORS))
        st.markdown("The same without R-CNN, enlarged:")
        st.html(ledger_html(papers[1:], COST_COLORS))
    st.caption(words.published_said())
    st.markdown(words.cost_table(found.ledgers, found.measured))
    st.caption(words.what_was_run(found.measured, found.input_size, runs.JOB))
    return found


def measure(picture: Picture, proposals: Array, count: int) -> Costs | None:
    """Time the parts (kept); None and a sentence if the network gives up."""
    run = runs.run_crops(picture, proposals[:CROPS])
    rois = proposals[:ROIS]
    shared = live.model(NETWORK, "shared_run", image=picture.image, boxes=rois)
    if run is None or shared is None:
        return None
    times = {name: float(shared.arrays[name]) for name in ("backbone", "rpn")}
    found = Measured(
        runs.search_ms(),
        len(run.boxes),
        run.warp_each_ms * len(run.boxes),
        run.network_each_ms * len(run.boxes),
        times["backbone"],
        times["rpn"],
        len(rois),
        float(shared.arrays["pool"]),
        float(shared.arrays["head"]),
    )
    height, width = (int(v) for v in shared.arrays["input_size"])
    made = ledgers(found, count, min(count, FASTER_PROPOSALS))
    return Costs(run, shared.arrays, found, (height, width), made)


def prove_cost(picture: Picture, found: Costs | None) -> list[Proof]:
    """Compare what was timed: the crops, the network in parts, the RoI pooling."""
    from explorer.models.proofs.rcnn import prove_shared
    from explorer.ui.lessons.rcnn import prove_crops

    if found is None:
        return []
    return [*prove_crops(picture, found.run), *prove_shared(found.shared)]


def cost_numbers(found: Costs | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if found is None:
        return {}
    return {
        f"{one.name}_{step.name}_ms".replace(" ", "_").replace(",", ""): step.ms
        for one in found.ledgers
        for step in one.steps
    }
