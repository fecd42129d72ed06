"""What the lesson on SSD says: terms, the rule in numbers, sources."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from explorer.core.boxes import box_iou
from explorer.core.default_boxes import SSD300
from explorer.core.default_places import Place, ratio_names
from explorer.core.numerals import counted as number_of
from explorer.core.numerals import percent, signed
from explorer.core.ssd_loss import VARIANCES, SSDLoss
from explorer.figures.ssd import map_name
from explorer.models import zoo
from explorer.ui.glossary import glossary_box

if TYPE_CHECKING:
    from explorer.ui.lessons.ssd_live import Seen
    from explorer.ui.lessons.ssd_scene import Network

NETWORK_HELP = (
    "SSD300 and SSD512 are the paper's networks; ours has the same rule on the maps "
    "of a smaller network, and answers live in the other parts."
)
SCORE_HELP = "A class scores at least this much in a default box to become a candidate."
IOU_HELP = (
    "A box goes when it overlaps a better one of its own class by more than this. The "
    "paper used 0.45."
)
DRAW_HELP = (
    "Positives learn a true box. Hard negatives learn background: those that are most "
    "wrong about it."
)
RATIO_HELP = "How many hard negatives learn with each positive. The paper: at most 3."
THRESHOLD_HELP = (
    "A default box learns a true box from this overlap on, and each truth's best box "
    "in any case. The paper, and this network's training: 0.5."
)
GUESSED_SAID = (
    "Nobody has said what is on this photo: the yellow box is only one to drag. Put it "
    "around an object, and choose its class."
)
SQUARE_SAID = (
    "The network sees a square: the photo from its upper left corner on, grey beyond "
    "it. Default boxes stand there as well."
)
SIZES_SAID = (
    "A square is one box of a cell: the root of its area, on a logarithmic axis. Each "
    "map has its own sizes; a square between those of two maps still overlaps one of "
    "them by more than half."
)
FOUND_SIZES_SAID = (
    "Squares: the sizes of each map's default boxes. Dots: what was found, where the "
    "network moved them."
)
DRAW_SAID = (
    "Yellow: the true boxes that you draw. Green: default boxes that learn them "
    "(dashed: only because no other is better). Orange: hard negatives, the larger the "
    "dot the more wrong. Point at a dot to read it. Matching, mining and loss follow "
    "your drag."
)
LEFT_OUT = (
    "{count} of the drawn boxes had no area inside the picture, or were more than the "
    "{most} that this page takes, and were left out."
)
NO_CLASS = (
    "“{name}” is no class of this network; its box counts as “{usual}” until you "
    "choose another."
)
QUESTION = (
    "A bus fills almost the whole photo. Which of SSD300's maps finds it?",
    (
        "The 38 × 38 one: it has the most boxes and the most detail",
        "One of the last, 3 × 3 or 1 × 1: only their boxes overlap it enough",
        "All of them, and NMS picks the best",
    ),
    1,
    "A default box learns only what it overlaps by half or more. The finest map's "
    f"squares are {SSD300[0].shapes[0, 0] * 300:.0f} and "
    f"{SSD300[0].shapes[1, 0] * 300:.0f} px wide, of 300: none of them overlaps such "
    "a bus by more than a few per cent, so none ever learns one. Each map answers for "
    "its own sizes.",
)
SOURCES = (
    "Liu et al. 2016, *SSD: Single Shot MultiBox Detector*, arXiv:1512.02325: section "
    "2.1 (several maps), 2.2 (default boxes, matching, loss, hard negative mining), "
    "section 3.1 (SSD300)",
    "The authors' code, github.com/weiliu89/caffe, branch ssd: the scales, steps and "
    "variances used here",
    "torchvision, `models/detection/ssd.py` and `anchor_utils.DefaultBoxGenerator`",
    "Tan and Le 2019, *EfficientNet*, arXiv:1905.11946 (the backbone of our network)",
)
TERMS = """
- **Map**: a layer of the network, laid out like the picture but coarser; SSD reads
  several of them, each coarser than the one before.
- **Cell**: one place of a map. Its *step* is its side in the picture's pixels.
- **Default box** (also *prior*, *anchor*): one of the 4 or 6 fixed boxes around the
  middle of a cell, from which the network starts.
- **Scale**: side of a map's square box as a share of the picture's.
- **Ratio**: height to width of a box of the same area: 2:1 is tall, 1:2 wide.
- **Background**: the class of a box with no object; the first of SSD's scores.
- **Logit**: a class's number before softmax makes probabilities of all of them.
- **Δ(cx, cy, w, h)**: the four numbers that move a default box: its middle in shares of
  its sides, its sides by an exponential.
- **Variances**: 0.1, 0.1, 0.2, 0.2, by which the authors' code multiplies these
  numbers; one over the weights 10, 10, 5, 5 of other codes.
- **IoU**: intersection over union of two boxes, 0 to 1.
- **Positive**: a default box that overlaps a true box by the threshold or more, or is
  that box's best; it learns its class and its place. All others are **negatives**:
  background.
- **Hard negative**: a negative whose p(background) is among the lowest: only these
  learn, three for each positive.
- **Smooth L1**: d²/2 for small differences, |d| − ½ for large ones.
- **NMS**: of boxes of one class that overlap much, the best stays.
"""


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def counted(network: "Network") -> str:
    """Write the count of all default boxes as a sum."""
    parts = " + ".join(f"{one.cells}²·{len(one.shapes)}" for one in network.maps)
    numbers = " + ".join(f"{one.count:,}" for one in network.maps)
    total = sum(one.count for one in network.maps)
    share = network.maps[0].count / total
    return (
        f"**The rule with {network.name}'s numbers**: every cell of every map has its "
        f"boxes, so {parts} = {numbers} = **{total:,} default boxes**, "
        f"{percent(share)} of them on the finest map. The network says a class and "
        "four "
        "numbers for each of them, in one pass."
    )


def own_maps(ours: "Network", paper: "Network") -> str:
    """Say whose maps these are, where the first part starts with the paper's."""

    def sides(network: "Network") -> str:
        return ", ".join(str(one.cells) for one in network.maps)

    return (
        f"This network is ours: on {ours.side_px} px its maps have {sides(ours)} cells "
        f"a side. {paper.name}, with which “Default boxes” starts, has {sides(paper)} "
        f"on {paper.side_px} px. The rule is the same; choose “{ours.name}” there to "
        "see these boxes."
    )


def scales_said(network: "Network") -> str:
    """Say how the scales rise from map to map."""
    scales = [one.scale for one in network.maps]
    last = network.maps[-1].next_scale
    steps = [b - a for a, b in zip(scales[1:], [*scales[2:], last], strict=True)]
    rise = float(np.median(steps))
    fewer = sum(len(one.ratios) == 1 for one in network.maps)
    return (
        f"Scales: {', '.join(f'{v:.2f}' for v in scales)} of the picture's side "
        f"({', '.join(f'{v * network.side_px:.0f}' for v in scales)} px): from the "
        f"second map on each is {rise:.2f} larger than the one before. {fewer} of the "
        f"{len(network.maps)} maps leave out the ratios 1:3 and 3:1, so they have 4 "
        "boxes a cell in place of 6. Ratios are height to width here, as anchors' are; "
        "the paper writes width to height."
    )


def record_said() -> str:
    """Say what the network is and how good, by its record."""
    record = zoo.record("everyday_ssd")
    about, good = record.scores.get("ap50", {}), ""
    if about.get("value") is not None:
        people = record.scores["ap50_person"]["value"]
        good = (
            f" AP50 by its record, on {about['photos']} held-out photos: "
            f"**{people:.2f}** of people, **{about['value']:.2f}** as the mean of the "
            f"{about['classes']} classes that are often enough there."
        )
    return (
        f"The network: {len(record.classes)} everyday classes, "
        f"{record.parameters:,} parameters on a frozen backbone, trained by this "
        f"project.{good}"
    )


def one_said(network: "Network", answer: "Seen", place: Place, row: int) -> str:
    """Write the codec and the scores of one default box."""
    one = network.maps[place.level]
    box, moved, d = answer.boxes[row], answer.moved[row], answer.deltas[row]
    sides, middle = box[2:] - box[:2], (box[:2] + box[2:]) / 2
    best = int(answer.probs[row, 1:].argmax())
    iou = float(box_iou(box[None], moved[None])[0, 0])
    numbers = ", ".join(signed(float(v), 3) for v in d)
    parts = ", ".join(
        signed(float(v / w), 4) for v, w in zip(d, VARIANCES, strict=True)
    )
    weights = ", ".join(f"{w:g}" for w in VARIANCES)
    total = len(answer.boxes)
    return (
        f"**The rule with this box's numbers**: row {row:,} of {total:,}, map "
        f"{map_name(one)}, column {place.col}, row {place.row}, box "
        f"{ratio_names(one)[place.shape]}. Middle ({middle[0]:.1f}, {middle[1]:.1f}), "
        f"{sides[0]:.1f} × {sides[1]:.1f} px.\n\n"
        f"The network says Δ = ({numbers}). Divided by the weights {weights}: "
        f"({parts}): shares of the sides, and logarithms of their growth. So the box "
        f"becomes ({', '.join(signed(float(v), 1) for v in moved)}), an IoU of "
        f"{iou:.2f} with where it was.\n\n"
        f"Background {answer.probs[row, 0]:.3f}, {answer.classes[best]} "
        f"{answer.probs[row, 1 + best]:.3f}. " + record_said()
    )


def loss_rule(loss: SSDLoss, ratio: int, threshold: float) -> str:
    """Write the loss with this picture's numbers."""
    classes, boxes = loss.terms
    over, hard = max(1, loss.positives), int(loss.hard.sum())
    positive = float(loss.classes.sum())
    return (
        "**The rule with this photo's numbers**: "
        f"{number_of(loss.positives, 'positive')} (IoU {threshold:.2f} or more, or a "
        f"truth's best), {ratio} × {loss.positives} = "
        f"{number_of(hard, 'hard negative')}. Classes: ({positive:.2f} + "
        f"{loss.hard_sum:.2f}) ÷ {over} = **{classes:.3f}**, the positives' "
        "−log p(their class) and the negatives' −log p(background). Boxes: "
        f"{float(loss.boxes.sum()):.2f} ÷ {over} = **{boxes:.3f}**, smooth L1 of the "
        f"positives' four numbers. Together **{classes + boxes:.3f}**."
    )


def mining_said(loss: SSDLoss) -> str:
    """Say what would happen without mining."""
    positive, every = float(loss.classes.sum()), loss.negative_sum
    share = every / max(1e-12, positive + every)
    mined = loss.hard_sum / max(1e-12, positive + loss.hard_sum)
    to = loss.negatives / max(1, loss.positives)
    rest = every - loss.hard_sum
    left = loss.negatives - int(loss.hard.sum())
    stand = "stands" if loss.positives == 1 else "stand"
    return (
        f"Without mining, {number_of(loss.positives, 'positive')} {stand} against "
        f"{number_of(loss.negatives, 'negative')}, 1 to {to:,.0f}: "
        f"{percent(share, 1)} of the class loss is background's. With it, "
        f"{percent(mined, 1)}. The {left:,} that are left out carry {rest:,.1f} "
        f"together, {rest / max(1, left):.4f} each: so many that the few boxes with "
        "something to learn would hardly be heard."
    )
