"""What the lesson on Mask R-CNN says."""

import numpy as np
import streamlit as st

from explorer.core.mask_compare import MaskChange, Melted
from explorer.core.numerals import percent
from explorer.core.roi import MASK_RCNN_TABLE_2
from explorer.ui.glossary import glossary_box

PARTS = ("Masks", "RoIPool or RoIAlign", "Instance or semantic")
STEPS = (
    "28 × 28 cells over the box",
    "a border of 0: 30 × 30",
    "resized to pixels",
    "cut at the threshold",
    "all in the picture",
)
SCORE_HELP = "A box counts as found from this probability of its class up."
IOU_HELP = (
    "Non-maximum suppression: of two boxes of one class that overlap more than this, "
    "the better stays."
)
NETWORK_HELP = (
    "Whose instances: the small network that comes with this course, or torchvision's "
    "published Mask R-CNN, a large file that is fetched only when you ask."
)
SEGMENTER_HELP = (
    "The network that gives each pixel a class and knows no instances. Those of the "
    "course tell clothes and skin from the background: all of it counts as person."
)
TWIN_HELP = (
    "Cuts the photo through its best box and joins its mirror image there: two of a "
    "thing that touch, where a photo shows one. Both networks run on that picture."
)
QUESTION = (
    "In one box, a cell has probability 0.9 in the mask of “cat” and 0.95 in that of "
    "“dog”. The box head says “cat”. What happens to the cell?",
    (
        "It goes to the dog: 0.95 is more",
        "It belongs to the cat's mask; the dog's is not looked at",
        "The two are divided by their sum first",
    ),
    1,
    "Each class has a mask of its own behind a sigmoid, so the two do not compete and "
    "need not add up to 1. The box head chooses the class; that one mask is cut at the "
    "threshold. The paper found masks that compete (softmax) much worse: table 2b.",
)
SOURCES = (
    "He et al. 2017, Mask R-CNN, arXiv:1703.06870, section 3 (mask branch, loss, "
    "RoIAlign), section 3.1 (inference), tables 2a to 2d",
    "Lin et al. 2017, Feature Pyramid Networks, arXiv:1612.03144, equation 1 (levels)",
    "Kirillov et al. 2019, Panoptic Segmentation, arXiv:1801.00868, section 1 "
    "(things and stuff, semantic and instance)",
    "torchvision.models.detection.roi_heads (paste_masks_in_image)",
)
TERMS = """
- **Instance**: one single thing, told apart from others of its class.
- **Semantic segmentation**: a class for every pixel; two people are one region.
- **RoI**, region of interest: the final box, whose features the mask branch reads.
- **Mask branch**: four 3 × 3 convolutions and a transposed one, from the RoI's
  14 × 14 features to 28 × 28 cells, one map a class.
- **Logit**: the branch's number before the sigmoid; 0 is probability 0.5.
- **Sigmoid**: σ(x) = 1 / (1 + e⁻ˣ), a probability for each class by itself.
- **Pasting**: resizing a mask to its box and laying it into the picture.
- **Mask threshold**: a pixel belongs to the mask from this probability up.
- **RoIPool, RoIAlign**: cutting an RoI out of a feature map, rounded to whole cells or
  read between them.
- **Level**: a map of the feature pyramid; large RoIs are read from coarse ones.
- **IoU**: the common area of two boxes or masks over the area of both.
- **NMS**, non-maximum suppression: of boxes that overlap too much the best stays.
- **Connected region**: pixels that touch one another, by a side or a corner.
"""
LOSS = (
    "**What it learns from.** $L_{mask} = \\frac{1}{28^2}\\sum_{ij} -\\,t_{ij}\\log "
    "p_{ij} - (1 - t_{ij})\\log(1 - p_{ij})$, over the cells of the true class's mask "
    "alone, $t$ the true silhouette in the RoI; for RoIs that hold a thing, "
    "$L = L_{cls} + L_{box} + L_{mask}$ (Mask R-CNN, section 3). “Paint the true mask” "
    "beside the cells lets you try it."
)
SWAPPED = (
    "The weights learnt with RoIAlign; here RoIPool takes its place for the mask "
    "branch alone, in the same boxes. Trained and tested with each, mask AP on COCO, "
    "RoIPool → RoIAlign (Mask R-CNN, table 2): "
)
NOTHING = (
    "The network proposes no box of at least a pixel in this picture, so there is no "
    "mask to show. Try another picture or a photo of yours."
)
UNSURE = (
    "No box reaches the score threshold of {score:.2f}; the best guesses are shown "
    "(highest score {best:.2f}). Lower the threshold or try another picture."
)
OTHERS = (
    "No box reaches the score threshold of {score:.2f}, and none of the best guesses "
    "(highest score {best:.2f}) is called “{target}”."
)
NO_CLASS = (
    "Neither network found anything of the class “{target}” in this picture, so there "
    "is nothing to compare. Try another picture or a photo of yours."
)
LEVEL = (
    "**RoIPool rounds instance {name}'s box on the map of stride {stride} px** "
    "(pyramid level {level}), in pixels of the {side} px input:"
)
OVERLAP = (
    "A class map gives each pixel one class; instances are cut one by one, so a pixel "
    "may belong to two. Panoptic segmentation lets the better score have it."
)
DETACHED = (
    "The semantic network calls nothing in this picture “{target}”, so there is "
    "nothing to melt."
)


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def chosen(name: str, classes: int, side: int, pixels: int, cut: float) -> str:
    """Write the rule with the chosen instance's numbers."""
    return (
        f"**Instance {name}**: the branch gives {classes} × {side} × {side} = "
        f"{classes * side * side:,} logits for this box. The box head's class picks "
        f"one map of {side * side}; σ makes probabilities of it; pasted and cut at "
        f"{cut:.2f} it covers **{pixels:,} px** of the picture."
    )


def changes(names: list[str], found: list[MaskChange]) -> str:
    """Write what the swap changes, an instance a row."""
    lines = [
        "| instance | RoIAlign px | RoIPool px | change | of it | IoU | mean \\|Δp\\| "
        "at the border | everywhere |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, one in zip(names, found, strict=True):
        share = one.changed_px / one.pixels if one.pixels else 0.0
        lines.append(
            f"| {name} | {one.pixels:,} | {one.other_pixels:,} | {one.changed_px:,} "
            f"| {percent(share, 1)} | {one.iou:.3f} | {one.border_change:.3f} "
            f"| {one.mean_change:.3f} |"
        )
    return "\n".join(lines)


def table_2() -> str:
    """Write the paper's table of the swap."""
    rows = MASK_RCNN_TABLE_2.items()
    parts = [f"stride {k}: {pool} → **{align}**" for k, (pool, align) in rows]
    return SWAPPED + "; ".join(parts) + "."


def counts(seen: Melted, instances: int, target: str, truth: Melted | None) -> str:
    """Write what the two ways count; with the truth where it is known."""
    parts = len(seen.regions)
    known = truth is not None
    iou = f"{seen.iou:.2f}" if seen.semantic_px or seen.union_px else "none"
    lines = [
        f"| {target} | semantic | instance |" + (" the truth |" if known else ""),
        "|---|---:|---:|" + ("---:|" if known else ""),
        f"| pixels | {seen.semantic_px:,} | {seen.union_px:,} |",
        f"| things told apart | {parts} connected region{_s(parts)} | {instances} "
        f"instance{_s(instances)} |",
        f"| pixels in two at once | none: one class a pixel | {seen.overlap_px:,} |",
        f"| IoU of the two | {iou} | {iou} |",
    ]
    if truth is not None:
        people = sum(len(one) for one in truth.holds)
        lines[2] += f" {truth.semantic_px:,} |"
        lines[3] += (
            f" {people} in {len(truth.regions)} region{_s(len(truth.regions))} |"
        )
        lines[4] += f" {truth.overlap_px:,} |"
        lines[5] += " |"
    return "\n".join(lines)


def melting(seen: Melted, names: list[str]) -> str:
    """Say which regions hold more than one instance."""
    crowded = [(k, one) for k, one in enumerate(seen.holds) if len(one) > 1]
    said = [
        f"In region {k + 1} ({seen.regions[k]:,} px) the network tells {len(one)} "
        f"instances apart ({', '.join(names[i] for i in one)}); the class map makes "
        "one of them."
        for k, one in crowded
    ]
    if not said:
        said = ["Here no region holds two instances; where things touch, they would."]
    if seen.specks:
        said.append(f"Left out: {seen.specks} speck{_s(seen.specks)} of the class map.")
    return " ".join(said)


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def level_row(level: int, stride: int, name: str, side: int) -> str:
    """Introduce the table of rounded edges."""
    return LEVEL.format(name=name, stride=stride, level=level, side=side)


def unsure(score: float, scores: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    """Say that the threshold is above every score."""
    return UNSURE.format(score=score, best=float(scores.max(initial=0.0)))


def others(
    score: float, scores: np.ndarray[tuple[int], np.dtype[np.float64]], target: str
) -> str:
    """Say that the best guesses, all below the threshold, are of other classes."""
    best = float(scores.max(initial=0.0))
    return OTHERS.format(score=score, best=best, target=target)
