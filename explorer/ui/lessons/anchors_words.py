"""What the lesson on anchors says: terms, the rules in this picture's numbers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.anchor_maps import LONG_PX, SHORT_PX, AnchorMaps, MapPlan
from explorer.core.anchor_matching import AnchorMatch
from explorer.core.anchors import ratio_name
from explorer.ui.glossary import glossary_box

if TYPE_CHECKING:
    from explorer.core.anchor_kmeans import KMeansStep

Floats = NDArray[np.float64]

PARTS = ("Anchors", "Objectness", "k-means")
NETWORK_HELP = (
    "Whose anchors: those of the paper, yours to change, on the photo at the paper's "
    f"size (short side {SHORT_PX} px, long side at most {LONG_PX:,} px); or those of "
    "this project's own networks, which take the photo in a square."
)
STRIDE_HELP = (
    "Pixels of the network's input from one cell of the feature map to the next."
)
SIZES_HELP = "Square roots of the anchors' areas in pixels of the input, up to four."
RATIOS_HELP = "Height to width, up to four: 1:2 is a wide box, 2:1 a tall one."
HIGH_HELP = (
    "An anchor with at least this IoU with a true box is positive: it learns it."
)
LOW_HELP = "An anchor below this IoU with every true box is negative: background."
LOW_QUALITY_HELP = (
    "On: the best anchor of each true box is positive in any case, so that no object "
    "is left without a teacher, however odd its shape."
)
LEVEL_HELP = "The map whose cells are shown; the anchors of all maps are matched."
QUESTION = (
    "You draw a truth far smaller than the smallest anchor. Which anchors learn it, at "
    "0.7 and 0.3?",
    (
        "Several: every anchor that contains it",
        "None: no IoU reaches 0.7",
        "Only the ones that overlap it most, by the best-anchor rule",
    ),
    2,
    "IoU divides by the union, so a small box inside a large anchor has a small IoU: "
    "the truth's area over the anchor's. No anchor reaches 0.7; the rule “each truth's "
    "best anchor is positive” saves it. Switch the rule off, and nothing learns the "
    "object: try it in the first part.",
)
SOURCES = (
    "Ren, He, Girshick & Sun 2015, *Faster R-CNN*, arXiv:1506.01497: sections 3.1.1 "
    "(anchors), 3.1.2 (positive above 0.7 or best, negative below 0.3), 3.3 (short "
    "side 600 px; 128, 256, 512 px)",
    "Lin et al. 2017, *Feature Pyramid Networks*, arXiv:1612.03144: section 4.1 (one "
    "size a level)",
    "Redmon & Farhadi 2017, *YOLO9000*, arXiv:1612.08242: section 2, “Dimension "
    "Clusters” (k-means with 1 − IoU), table 1",
    "torchvision: `AnchorGenerator`, `Matcher`, `BoxCoder`",
)
TERMS = """
- **Anchor**: a box that is there before the network has looked at the picture; the
  network says of each whether an object is near it, and how to move it.
- **Feature map**: a network's layer of numbers, laid out like the picture but coarser.
- **Stride**: pixels of the input from one cell of a map to the next.
- **Scale** (size): square root of an anchor's area. **Ratio**: its height to its width.
- **Truth**: a box drawn round an object by a person; here by you.
- **IoU**: the area two boxes share, over the area they cover together.
- **Positive**: learns to say “object” and to move onto its truth. **Negative**: learns
  to say “background”. **Ignored**: neither, left out of the loss.
- **RPN**: region proposal network, the layers that say all this of every anchor.
- **Objectness**: the probability that an object is near an anchor, whatever it is.
- **Deltas**: four numbers that move an anchor: shifts in its own widths and heights,
  and logarithms of how much wider and higher it becomes.
- **Level** (P3 to P6): one map of a feature pyramid; each has twice the stride of the
  one before.
- **k-means**: put every box with its nearest centre, move every centre to the mean of
  its boxes, and again, until nothing changes.
"""
CROSSED = (
    "“Negative below” can't lie above “Positive from”: an anchor would be both. The "
    "page takes {:.2f} for both, and nothing is ignored."
)
CONVENTION = (
    "Anchors stand on the upper left corner of their cell, as in torchvision, and may "
    "reach beyond the photo."
)


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def count_said(maps: AnchorMaps, size: tuple[int, int], scale: float) -> str:
    """Write how many anchors there are, map by map."""
    width, height = size
    inside = f"{width * scale:.0f} × {height * scale:.0f} px"
    parts = [
        f"{p.rows} × {p.cols} cells × {len(p.sizes_px)} sizes × {len(p.ratios)} ratios"
        for p in maps.plans
    ]
    total = " + ".join(parts)
    first = maps.plans[0]
    side = first.cols * first.stride
    square = first.rows == first.cols and min(width, height) * scale + 1 < side
    if square:
        inside += f" of a square of {side} × {side}, grey beyond it"
    same = "every photo" if square else "every photo of this shape"
    strides = ", ".join(str(p.stride) for p in maps.plans)
    word = "stride" if len(maps.plans) == 1 else "strides"
    return (
        f"**The count.** The photo of {width} × {height} px enters as {inside}. At "
        f"{word} {strides}: {total} = **{len(maps.boxes):,} guesses**, the same for "
        f"{same}. {CONVENTION}"
    )


def shape_said(plan: MapPlan, shapes: NDArray[np.float64]) -> str:
    """Write the first anchor of a cell: from size and ratio to corners."""
    size, ratio = plan.sizes_px[0], plan.ratios[0]
    width, height = size / ratio**0.5, size * ratio**0.5
    corners = ", ".join(f"{v:.0f}" for v in shapes[0]).replace("-", "−")
    return (
        "**A shape.** Width = size ÷ √ratio, height = size × √ratio, so all ratios of "
        f"a size have one area. {size:.4g} px and {ratio_name(ratio)}: {size:.4g} ÷ "
        f"√{ratio:.3g} = {width:.1f} wide, {size:.4g} × √{ratio:.3g} = {height:.1f} "
        f"high, round (0, 0) and rounded: [{corners}]."
    )


def tie_said(anchors: Floats, truths: Floats) -> str:
    """Say why anchors (N, 4) tie for the true boxes (N, 4) that they learn."""
    low, high = anchors[:, :2] - truths[:, :2], truths[:, 2:] - anchors[:, 2:]
    inset = np.hstack([low, high])  # (N, 4): how far inside the truth each edge lies
    how = []
    if (inset <= 0).all(axis=1).any():
        how.append("hold the whole truth")
    if (inset >= 0).all(axis=1).any():
        how.append("lie wholly inside it")
    return f" (a tie: anchors of one area that {' or '.join(how)})" if how else ""


def match_said(
    match: AnchorMatch, high: float, low: float, sampled: int, tie: str = ""
) -> str:
    """Write how many anchors learn what, and why RPN draws some.

    ``tie`` says why several are the best of one: see ``tie_said``.
    """
    counts, forced = match.counts, int(match.forced.sum())
    if not match.ious.shape[1]:
        return "**The lesson of each anchor.** Without a true box all are background."
    tie = tie if forced > match.ious.shape[1] else ""
    share = counts["negative"] / max(1, counts["positive"])
    draw = (
        f" There are {share:,.0f} negatives for every positive, so the RPN learns from "
        f"{sampled} anchors a photo, drawn at random, at most half of them positive."
        if counts["positive"]
        else " Without a positive anchor, nothing would learn these objects."
    )
    return (
        f"**The lesson of each anchor.** {counts['positive'] - forced:,} reach an IoU "
        f"of {high:.2f} with a truth, {forced:,} more are positive only as the best of "
        f"one{tie}; {counts['ignored']:,} lie between {low:.2f} and {high:.2f} and are "
        f"ignored; {counts['negative']:,} are below {low:.2f}: background.{draw}"
    )


def rounds_said(steps: "Sequence[KMeansStep]") -> list[str]:
    """Return what each round of k-means did, for the scrubber."""
    said = []
    for at, step in enumerate(steps):
        moved = (
            f"{int((step.nearest != steps[at - 1].nearest).sum())} moved"
            if at
            else "start"
        )
        said.append(f"IoU {step.mean_iou:.3f} · {moved}")
    return said
