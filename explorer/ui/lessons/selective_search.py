"""The lesson on selective search, first part: settings, the start, the merge tree."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.graph_segmentation import pixel_graph, segment_graph
from explorer.core.merge_tree import MEASURES, MergeTree, group_regions
from explorer.core.proof import Proof
from explorer.core.proofs.selective_search import prove_boxes, prove_start
from explorer.core.regions import Regions, measure_regions
from explorer.core.selective_search import (
    COLOR_SPACES,
    MIN_SIZE,
    SIGMA_PX,
    Strategy,
    in_color_space,
    working_image,
)
from explorer.figures.proposals import MERGE_COLORS, label_runs, mean_colors
from explorer.ui import live
from explorer.ui.controls import choose, select, slider
from explorer.ui.fragment import fragment
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons import selective_words as words
from explorer.ui.stage import stage
from explorer.ui.stage.scrubber import scrubber

CHOICES = (0.0, 0.25, 0.5, 1.0, 2.0)  # of a weight
TREE_SIDE_PX = 300  # working size: a new k or weight shows at once
MOST_WIDE_PX = 620  # on the screen: the tree stands beside it
MOST_HIGH_PX = 400
SCRUB = "selective_scrub"
SHOWN_FRAC = 0.8  # of the merges done when the page opens: tens of regions


@dataclass(frozen=True, eq=False)
class Grouped:
    """One grouping with all it was made from.

    ``small`` (h, w, 3) is the picture at the working size, ``planes`` the same in the
    colour space, ``labels`` (h, w) its start.
    """

    strategy: Strategy
    small: NDArray[np.uint8]
    planes: NDArray[np.uint8]
    labels: NDArray[np.int32]
    regions: Regions
    tree: MergeTree


def all_eight() -> bool:
    """Ask whether the boxes of eight groupings are wanted or those of one."""
    return (
        choose("Groupings", words.GROUPINGS, key="set", help=words.GROUPINGS_HELP)
        == words.GROUPINGS[0]
    )


def settings() -> Strategy | None:
    """Ask for the colour space, k and the four weights; None if all weights are 0."""
    space = select(
        "Colour space",
        tuple(COLOR_SPACES),
        "HSV",
        key="space",
        help=words.SPACE_HELP,
        width_px=112,
    )
    k = slider("k of the start", 20, 500, 100, 10, key="k", help=words.K_HELP)
    weights = [
        select(
            name.capitalize(),
            CHOICES,
            1.0,
            key=name,
            help=words.WEIGHT_HELP[name],
            format_func=lambda value: f"{value:g}",
            width_px=90,
        )
        for name in MEASURES
    ]
    if not any(weights):
        st.warning("Give at least one of the four a weight above 0.")
        return None
    return Strategy(space, float(k), (weights[0], weights[1], weights[2], weights[3]))


def grouped(picture: Picture, strategy: Strategy) -> Grouped:
    """Segment, measure and group the picture."""
    small = working_image(picture.image, TREE_SIDE_PX)
    planes = in_color_space(small, strategy.space)
    graph = live.compute("graph", pixel_graph, planes, SIGMA_PX)  # the same for any k
    labels = live.compute("start", segment_graph, graph, strategy.k, MIN_SIZE)
    regions = live.compute("histograms", measure_regions, planes, labels)
    tree = live.compute("grouping", group_regions, regions, strategy.weights)
    return Grouped(strategy, small, planes, labels, regions, tree)


def show_tree(picture: Picture, found: Grouped) -> None:
    """Show the merges, to be scrubbed and pointed at, and the rule in numbers."""
    # Another start has other merges: a number kept from before would mean nothing.
    start = f"{picture.digest} {found.strategy.space} {found.strategy.k}"
    remember.forget(start, "merges", default=_start(len(found.tree.merges)))
    _scrub(len(found.tree.merges))
    stage(
        picture.image,
        key="selective_tree",
        alt="The picture's regions, joined step by step, and the tree of all merges",
        program=_program(picture, found),
        frames=SCRUB,
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
    )
    st.markdown(words.rule(found.tree, found.strategy.weights))
    note = words.working_size(picture.image.shape, found.small.shape)
    if note:
        st.caption(note)


@fragment
def _scrub(merges: int) -> None:
    """Show the scrubber alone: a step sends nothing of the picture again."""
    scrubber("Merges", merges, key=SCRUB, start=_start(merges), linked="merges")


def _start(merges: int) -> int:
    """Return how many of the merges are done when a picture is opened."""
    return round(SHOWN_FRAC * merges)


def _program(picture: Picture, found: Grouped) -> dict[str, Any]:
    """Return what ``programs/merges.js`` needs, arrays of every region and pair."""
    tree, (height, width) = found.tree, found.labels.shape
    ends, names = label_runs(found.labels)
    scale = np.array([picture.image.shape[1] / width, picture.image.shape[0] / height])
    return {
        "name": "merges",
        "size": [width, height],
        "ends": ends,
        "names": names,
        "merges": tree.merges,
        "sizes": tree.sizes,
        "boxes": tree.boxes * np.tile(scale, 2),
        "means": mean_colors(found.small, found.labels),
        "pairs": tree.pairs,
        "parts": tree.parts,
        "scores": tree.scores,
        "chosen": tree.chosen,
        "measures": MEASURES,
        "weights": found.strategy.weights,
        "opacity": 0.75,
        "colors": MERGE_COLORS,
    }


def prove_tree(found: Grouped) -> list[Proof]:
    """Compare the start and the boxes of the grouping with OpenCV's."""
    start = (SIGMA_PX, found.strategy.k, MIN_SIZE)
    return [
        live.compute(
            "proof of the start", prove_start, found.planes, found.labels, *start
        ),
        live.compute(
            "proof of the boxes",
            prove_boxes,
            found.planes,
            found.regions,
            found.tree,
            start,
            found.strategy.weights,
        ),
    ]


def numbers(found: Grouped | None) -> dict[str, Any]:
    """Return what can be downloaded of the tree."""
    if found is None:
        return {}
    tree = found.tree
    return {
        "labels": found.labels,
        "merges": tree.merges,
        "sizes": tree.sizes,
        "boxes": tree.boxes,
        "pairs": tree.pairs,
        "similarities": tree.parts,
        "scores": tree.scores,
    }
