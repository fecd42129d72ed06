"""The lesson on R-CNN, third part: how often each pixel is run through the network."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.proof import Proof
from explorer.core.proofs.rcnn import prove_coverage
from explorer.core.warp import SIDE_PX, with_context
from explorer.core.window_grid import coverage
from explorer.figures.theme import COLORS
from explorer.ui import live
from explorer.ui.fragment import fragment
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import rcnn_words as words
from explorer.ui.stage import stage
from explorer.ui.stage.scrubber import scrubber

SCRUB = "rcnn_covered_scrub"
MOST_WIDE_PX, MOST_HIGH_PX = 560, 420

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Covered:
    """The crops (N, 4) with their context, and how many cover each pixel (H, W)."""

    boxes: Array
    counts: NDArray[np.int64]


def again_part(picture: Picture, proposals: Array) -> Covered:
    """Show the map for the first N crops, N scrubbed in the browser."""
    height, width = picture.image.shape[:2]
    boxes = np.rint(with_context(proposals))
    counts = live.compute("coverage", coverage, boxes, height, width)
    _scrub(len(boxes))
    stage(
        picture.image,
        key="rcnn_covered",
        alt="The photo under a map of how many crops cover each pixel",
        program={
            "name": "covered",
            "boxes": boxes.astype(np.int32),
            "opacity": 0.6,
            "side": SIDE_PX,
            "colors": {"line": COLORS["second"]},
        },
        frames=SCRUB,
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
    )
    st.markdown(words.again_said(counts, len(boxes)))
    return Covered(boxes, counts)


@fragment
def _scrub(total: int) -> None:
    """Show the scrubber alone: a step sends nothing of the picture again."""
    scrubber("Crops run", total, key=SCRUB, start=total, linked="covered")


def prove_again(found: Covered) -> list[Proof]:
    """Compare the map with adding 1 crop by crop."""
    return [live.compute("proof", prove_coverage, found.boxes, found.counts)]


def again_numbers(found: Covered) -> dict[str, Any]:
    """Return what can be downloaded."""
    return {"crops": found.boxes, "times_run": found.counts}
