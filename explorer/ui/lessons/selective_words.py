"""What the lesson on selective search says: terms, the rule in numbers, sources."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from explorer.core.merge_tree import MEASURES, MergeTree, largest_share
from explorer.core.numerals import percent, signed
from explorer.core.selective_search import FAST
from explorer.ui.glossary import glossary_box

PARTS = ("Tree", "Boxes")
GROUPINGS = ("eight", "one")

# Uijlings et al. 2013, abstract and table 4, on Pascal VOC 2007 test.
LATE_FRAC = 0.9  # of the merges
PAPER_BOXES, PAPER_RECALL, PAPER_MABO = 10_097, 0.99, 0.879

SPACE_HELP = (
    "The colour space in which pixels and regions are compared. HSV and Lab part "
    "brightness from colour, so that a shadow changes less."
)
K_HELP = (
    "How large the regions of the start become. An edge between two regions joins them "
    "when it is lighter than the heaviest edge inside each plus k ÷ its pixels."
)
WEIGHT_HELP: Mapping[str, str] = {
    "colour": "Shared part of the two colour histograms: 25 bins a channel.",
    "texture": "Shared part of the two histograms of derivatives in eight directions.",
    "size": "1 − the two regions' share of the picture: small regions join early.",
    "fill": "1 − the share of the picture that their common box holds beside them: "
    "regions that fit into each other join early.",
}
_SPACES = " and ".join(dict.fromkeys(one.space for one in FAST))
_STARTS = " and ".join(dict.fromkeys(f"{one.k:g}" for one in FAST))
GROUPINGS_HELP = (
    f"Eight: {_SPACES}, k {_STARTS}, with colour and without; all boxes joined. "
    "One: your own settings alone."
)
QUESTION = (
    "Set the weight of size to 0 and keep the other three at 1. What happens on the "
    "way up the tree of the astronaut photo?",
    (
        "Nothing much: size only breaks ties",
        "One region swallows its neighbours one by one, so large boxes come early "
        "and small parts wait",
        "All regions stay small until the last merge",
    ),
    1,
    "A large region has many neighbours and a broad histogram that shares something "
    "with each of them. The size measure holds it back: it lets small regions join "
    "first, so that boxes of all sizes appear all over the picture. Try it: after nine "
    "tenths of the merges the line under the picture gives the largest region less "
    "than a quarter of the astronaut photo, and without size more than three quarters. "
    "How much changes depends on the photo: with the coffee it is hardly anything.",
)
SOURCES = (
    "Uijlings, van de Sande, Gevers & Smeulders 2013, Selective search for object "
    "recognition, IJCV 104: sections 3.1 (grouping), 3.2 (measures, colour spaces), 4 "
    "(order), 5 (MABO; 99 % recall, MABO 0.879 at 10,097 boxes on VOC 2007)",
    "Felzenszwalb & Huttenlocher 2004, Efficient graph-based image segmentation, IJCV "
    "59, section 3 (the start)",
    "OpenCV ximgproc.segmentation (Cuony, 2015-2016): the reference of the proofs",
    "Girshick et al. 2014, R-CNN, arXiv:1311.2524, section 2.1 (2,000 of these boxes)",
    "Lin et al. 2014, Microsoft COCO, arXiv:1405.0312 (the photos of the curves)",
)
TERMS = """
- **Region**: pixels that hang together. The start has many small ones, often called
  superpixels.
- **Start** (Felzenszwalb and Huttenlocher): neighbouring pixels are joined, the most
  alike first, as long as the step between two regions is small beside the steps inside.
- **Merge tree**: each merge makes one region of two, so the start's regions are the
  leaves and the whole picture is the root. Every region on the way gives a box.
- **Histogram**: how many pixels of a region have each value. Two histograms share, bin
  by bin, the smaller number; for equal ones the sum is 1.
- **Texture** here: how strong the brightness changes in each of eight directions.
- **Proposal**: a box that may hold an object. What it is, a classifier must say: R-CNN
  gave about 2,000 of these boxes a photo to its network.
- **IoU**: area shared by two boxes ÷ area they cover together; 1 for the same box.
- **Recall at IoU 0.5**: share of the objects with a proposal of IoU 0.5 or more.
- **Best overlap**: an object's highest IoU with a proposal. Its mean over the objects
  of a class is ABO, the mean over the classes **MABO**.
"""
DRAW_HINT = (
    "Drag the yellow boxes onto objects, draw more on empty ground, Delete takes one "
    "away. Thin blue: the last {faint} tried. Thick: each object's nearest box so far, "
    "green from IoU {threshold:g} on, dashed orange below."
)
OTHER_SIZE = (
    "These boxes are grouped at {here} px on the longest side, those of the tree at "
    "{tree} px, which answers at once: the same settings give other boxes."
)


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def rule(tree: MergeTree, weights: tuple[float, ...]) -> str:
    """Write the score with the numbers of the first merge."""
    if not len(tree.merges):
        return (
            "This picture has **one region** from the start, so there is nothing to "
            "join. Lower k, or take another picture."
        )
    row = int(tree.chosen[0])
    parts = tree.parts[row]
    terms = " + ".join(
        f"{w:g} · {v:.3f} ({name})"
        for w, v, name in zip(weights, parts, MEASURES, strict=True)
        if w
    )
    a, b = tree.sizes[tree.merges[0]]
    share = largest_share(tree, round(LATE_FRAC * len(tree.merges)))
    ties = (
        f" At {tree.ties} merges another pair was exactly as similar."
        if tree.ties
        else ""
    )
    return (
        "**The rule**: of all neighbours join the two with the highest score, measure "
        f"the new region, go on. The first merge here, {a:,} px with {b:,} px: "
        f"({terms}) ÷ {sum(weights):g} = **{tree.scores[row]:.3f}**. "
        "After nine tenths of the merges the largest region holds "
        f"{percent(share)} of the picture. {tree.start} regions and "
        f"{len(tree.merges)} merges give {len(tree.boxes)} regions and "
        f"{len(np.unique(tree.boxes, axis=0))} different boxes.{ties}"
    )


def working_size(image: tuple[int, ...], small: tuple[int, ...]) -> str:
    """Say at which size the picture was grouped."""
    if image[:2] == small[:2]:
        return ""
    return (
        f"Grouped at {small[1]} × {small[0]} px, so that a new setting takes a moment; "
        "sizes of regions are in these pixels, boxes in those of the "
        f"{image[1]} × {image[0]} picture."
    )


def measured(record: Mapping[str, Any]) -> str:
    """Say what the curves are, from the record."""
    at = int(np.searchsorted(record["counts"], 1000))
    ours, theirs = (record["curves"][name] for name in ("ours", "opencv"))
    equal = record["curves"]["ours, equal boxes only left out"]
    fresh = [curve["recall_fresh"][at] for curve in (ours, theirs)]
    apart = equal["recall"][at] - theirs["recall"][at]
    return (
        f"{record['n']:,} objects of {record['classes']} classes in {record['photos']} "
        "COCO validation photos, many of them very small. At 1,000 boxes the eight "
        f"groupings find **{percent(ours['recall'][at], 1)}**, OpenCV's “fast” ones "
        f"{percent(theirs['recall'][at], 1)}; with all boxes ({ours['boxes']:,.0f} and "
        f"{theirs['boxes']:,.0f} a photo) {percent(ours['recall'][-1], 1)} and "
        f"{percent(theirs['recall'][-1], 1)}. **Why not the same at the same "
        "number?** We leave out boxes that overlap an earlier one by more than "
        f"{record['settings']['near_iou']:g}, which makes room for others. With only "
        f"equal ones left out, as OpenCV does, it is {percent(equal['recall'][at], 1)} "
        f"(dotted), {signed(100 * apart, 1, '+')} points "
        "from OpenCV's. The rest: other starts, another working size and another "
        "order of the boxes. Our settings were chosen on every third of these "
        f"photos; on the others it is {percent(fresh[0], 1)} and "
        f"{percent(fresh[1], 1)} at 1,000. We work at "
        f"{record['settings']['max_side_px']} px, OpenCV at full size. The paper's "
        f"{percent(PAPER_RECALL)} and {PAPER_MABO} at {PAPER_BOXES:,} boxes are for "
        "Pascal VOC 2007, whose objects are larger, and for 80 groupings. Measured by "
        f"`{record['command']}`, seed {record['seed']}, on {record['machine']}."
    )
