"""What the lesson on Faster R-CNN says: rules in numbers, terms, sources."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.core.numerals import counted, signed
from explorer.ui.glossary import glossary_box
from explorer.ui.lessons.beside_photo import ALL_GREY, best_in_photo, grey_said
from explorer.ui.lessons.faster_steps import in_grey

if TYPE_CHECKING:
    from explorer.core.funnel import DetectionFunnel
    from explorer.ui.lessons.faster_seen import Seen

PARTS = ("Funnel", "Pyramid", "Losses")
NETWORK_HELP = (
    "Faster R-CNN proposes boxes itself, from a pyramid of five maps or from one map "
    "of stride 16. Fast R-CNN takes its boxes from selective search."
)
SCORE_HELP = "A class of an RoI counts from this probability up."
IOU_HELP = (
    "Of two boxes of one class that overlap by more than this, the better stays. A "
    "network's own proposals have another threshold before, fixed."
)
SQUARE = (
    "The network sees the photo in the upper left corner of a square of {side} px, "
    "grey where that is larger: one pixel of the photo is {scale:.2f} there. Sizes in "
    "numbers are pixels of that square."
)
QUESTION = (
    "The proposal network scores every anchor. Most objects are found by many anchors "
    "at once. Which step makes one box of them?",
    (
        "The threshold on the class scores",
        "Non-maximum suppression, twice: among proposals, and class by class",
        "The regression of the boxes, which moves them onto each other",
    ),
    1,
    "Regression moves neighbours onto the same object, which makes them overlap more; "
    "it removes none. The threshold removes boxes of low score, wherever they lie. "
    "Only suppression compares boxes with each other: loosely among proposals, since "
    "two objects may stand close, and once more for each class at the end.",
)
SOURCES = (
    "Ren, He, Girshick & Sun 2015, *Faster R-CNN*, arXiv:1506.01497: sections 3.1 "
    "(proposal network, anchors, loss, equation 1) and 3.3 (top-k, NMS of proposals)",
    "Lin et al. 2017, *Feature Pyramid Networks*, arXiv:1612.03144: section 3 "
    "(laterals, top-down sums), 4.1 (anchors by level), 4.2 (level of an RoI)",
    "Girshick 2015, *Fast R-CNN*, arXiv:1504.08083: sections 2.1 (RoI pooling), 2.3 "
    "(the loss of both heads, equations 1 to 3) and 2.4 (detection)",
    "Gidaris & Komodakis 2015, arXiv:1505.01749, and Cai & Vasconcelos 2018, *Cascade "
    "R-CNN*, arXiv:1712.00726, section 3 (boxes moved more than once)",
    "He et al. 2017, *Mask R-CNN*, arXiv:1703.06870, section 3 (RoIAlign)",
    "torchvision's `detection` modules, which the proofs run",
)
TERMS = """
- **Anchor**: a box of fixed size and place; several stand around every cell of a map.
- **Objectness**: the probability that an object, whatever it is, lies at an anchor.
- **Proposal**: a box that may hold something: an anchor moved by the proposal
  network's four numbers, or a box of selective search.
- **RPN**, region proposal network: the small head that gives objectness and the move.
- **Top-k**: the k anchors of the highest objectness, of each level by itself.
- **NMS**, non-maximum suppression: the best box stays, and removes those that overlap
  it by more than a threshold; then the next best.
- **RoI**, region of interest: a box whose features are cut out and classified: a
  proposal, or one where a first look has moved it.
- **Second look**, of our Fast R-CNN, not of the paper's: its boxes come from outside
  and lie loosely, so the best are moved and classified again where they are then. It
  finds more people in many photos; in one it may turn a good box into a worse.
- **Logit**: a number before the sigmoid or softmax that makes a probability of it.
- **Level** k: a map of stride 2^k, so a cell is 2^k pixels of the network's square.
- **FPN**, feature pyramid network: maps of several strides, each of which also knows
  what the coarser ones saw.
- **Lateral**: a map of the backbone through a 1 × 1 kernel, so that all have as many
  channels.
- **RoIAlign**: reads a box's features between the cells, without rounding.
- **Positive, negative**: anchors and RoIs that learn “object” or “background”; those
  between are left out.
- **Smooth L1**: the square of a difference near 0, its size beyond, so that a wild box
  does not rule.
"""


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def square(scale: float, side: int) -> str:
    """Say in which pixels the numbers are."""
    return SQUARE.format(side=side, scale=scale)


def rule(seen: "Seen", end: "DetectionFunnel", score: float) -> str:
    """Write the funnel with this picture's numbers."""
    from explorer.ui.lessons.faster_seen import settings

    rois, classes, first = len(seen.rois), len(seen.classes), seen.first
    if first is None:
        start = (
            f"selective search's **{counted(len(seen.arrays['regions']), 'box')}**, "
            f"classified and moved → the best **{rois}** once more, as RoIs where they "
            "are now"
        )
    else:
        asked = settings()
        start = (
            f"**{len(seen.arrays['anchors']):,} anchors** → the best "
            f"{int(asked['top_level'])} of each level, {len(first.large):,} → "
            f"{int(first.large.sum()):,} large enough → NMS at IoU "
            f"{asked['nms_iou']:.1f} leaves {len(first.kept):,} → the first **{rois} "
            "RoIs**"
        )
    return (
        f"**The rule with this photo's numbers**: {start} × {classes} classes = "
        f"{rois * classes:,} scores → {len(end.rows):,} of at least {score:.2f} → NMS "
        f"by class leaves **{len(end.kept)}**.{grey_said(in_grey(end))} "
        + square(seen.scale, seen.side)
    )


def nothing(seen: "Seen", score: float) -> str:
    """Say why there is no detection, and what would give one."""
    arrays = seen.arrays
    best = best_in_photo(arrays["boxes"], arrays["scores"], arrays["extent"])
    if best is None:
        return ALL_GREY
    row, label = best
    return (
        f"No class reaches {score:.2f} in any RoI that is moved into the photo. The "
        f"highest score there is {arrays['scores'][row, label]:.2f}: "
        f"{seen.classes[label]}, in RoI {row + 1}. Lower the score threshold to see "
        "what the network would find, or choose another photo."
    )


ENERGY_HELP = (
    "The maps show the root of the mean square over all channels: where anything "
    "answers. Off: the chosen channel, with its sign."
)


def pyramid_rule(seen: "Seen") -> str:
    """Say how the sums are made, with this network's sizes."""
    from explorer.models.fpn import ABOVE, LEVELS

    shapes = {k: seen.arrays[f"map{k}"].shape for k in (*LEVELS, *ABOVE)}
    depth = shapes[3][0]
    sizes = ", ".join(f"{k}: {h} × {w}" for k, (_, h, w) in shapes.items())
    return (
        "**From top to bottom.** sum5 = lateral5; sum4 = lateral4 + sum5 doubled; sum3 "
        "= lateral3 + sum4 doubled, where doubled means that each cell is repeated 2 × "
        f"2. Each sum is then smoothed by a kernel of its own. All have {depth} "
        f"channels; cells by level: {sizes}. Levels 6 and 7, each every second cell "
        "of the level before, serve anchors alone. So even the fine level 3 holds what "
        "level 5 saw of the whole object. " + square(seen.scale, seen.side)
    )


def level_rule(box: "Any", level: int, usual: int, side_px: int) -> str:
    """Write which level a box is read from."""
    from math import log2, sqrt

    wide, high = (float(box[2] - box[0]), float(box[3] - box[1]))
    side = sqrt(max(wide * high, 1e-12))
    exact = usual + log2(side / 224)
    return (
        f"**Box → level.** The box is {wide:.1f} × {high:.1f} px in the network's "
        f"square, so k = ⌊{usual} + log₂(√({wide:.1f} × {high:.1f}) / 224)⌋ = "
        f"⌊{signed(exact)}⌋, held between 3 and 5: **level {level}**. A box twice as "
        "large goes one level up, to cells twice as coarse, so every RoI covers about "
        f"as many cells. The paper has 4 in place of {usual}, for pictures 800 px on a "
        "side. This network began with pictures of 320 px and kept its constant when "
        f"they grew to {side_px}."
    )


LABEL_HELP = (
    "The class of the box you draw next. That of a chosen box is changed under the "
    "terms, beside the photo."
)
SEED_HELP = (
    "Not all anchors and RoIs learn: some are drawn without favour. Another number is "
    "another draw."
)


def losses_rule(found: Any, seen: "Seen") -> str:
    """Write the loss as the sum of its terms, with the numbers of this picture."""
    names = {
        "objectness": "objectness",
        "anchors": "anchor boxes",
        "classes": "classes",
        "boxes": "RoI boxes",
    }
    terms = found.terms()
    parts = " + ".join(f"{names[k]} {v:.4f}" for k, v in terms.items())
    second = found.second
    rois, front = second.said.count, len(second.front)
    said = ""
    if found.first is not None:
        first = found.first
        said = (
            f"Of the anchors {first.said.count} learn, {len(first.front)} of them "
            "positive (half at most): objectness is their mean binary cross-entropy, "
            "anchor boxes the smooth L1 of the positive ones over the same number. "
        )
    return (
        f"**The rule with this photo's numbers**: loss = {parts} = "
        f"**{sum(terms.values()):.4f}**. {said}Of the RoIs {rois} learn, the true "
        f"boxes among the candidates, {front} of them with an object (a quarter at "
        f"most): classes is their mean cross-entropy over {1 + len(seen.classes)} "
        "classes, RoI "
        "boxes the smooth L1 of the true class's four numbers, over the same number."
    )
