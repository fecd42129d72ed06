"""What the lesson on YOLO says."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.anchor_kmeans import size_iou
from explorer.core.box_sizes import SIDE_PX
from explorer.core.numerals import percent
from explorer.core.yolo import box_count
from explorer.core.yolo_read import NUMBERS, PAPER_CLASSES, PAPERS
from explorer.figures.yolo import YOLO_COLORS
from explorer.ui.glossary import glossary_box
from explorer.ui.lessons.yolo_runs import About, channels

Sizes = NDArray[np.float64]  # (N, 2) widths and heights, px
PARTS = ("Open the tensor", "Final boxes", "Truth", "Anchors")
VERSION_HELP = (
    "Three networks on one backbone, trained alike. 1: one set of classes a cell. 2: "
    "anchors, classes for each box. 3: three maps, each class by itself."
)
MAP_HELP = (
    "Version 3 predicts on three maps. Coarse cells are for large things, fine ones "
    "for small. Most confident: the map of the best box on this photo."
)
LAYERS = {
    "cell": "the cell alone",
    "classes": "class map",
    "confidence": "confidence",
    "boxes": "all boxes",
}
LAYER_HELP = (
    "Class map: each cell's most probable class, said by its most confident box. "
    "Confidence: that box's. All boxes: each as thick as its confidence."
)
SCORE_HELP = "A box counts for a class from this class confidence up."
SCORE_HELP_V1 = (
    " Version 1's are low: its confidence is the overlap that the network expects of a "
    "box, and its classes are no softmax."
)
IOU_HELP = "Of two boxes of one class that overlap more, the better one stays."
SOURCE_HELP = "Which widths and heights are clustered."
K_HELP = "How many anchors k-means looks for."
QUESTION = (
    "Two people stand so close that the middles of both lie in one cell of version 1. "
    "What can the network find?",
    (
        "Both: the cell has two boxes",
        "One of them: a cell has one set of classes and owns one truth",
        "Neither",
    ),
    1,
    "A cell's two boxes compete for one truth: only the better of them learns it, and "
    "the class is the cell's. Versions 2 and 3 give each box its own classes, so two "
    "truths of different shapes can share a cell. Draw it under Truth and see.",
)
SOURCES = (
    "Redmon et al. 2016, You Only Look Once, arXiv:1506.02640, section 2, equation 3 "
    "and figure 2 (grid, class map, final boxes)",
    "Redmon and Farhadi 2017, YOLO9000, arXiv:1612.08242, section 2 (anchors by "
    "k-means, direct location prediction) and table 1",
    "Redmon and Farhadi 2018, YOLOv3, arXiv:1804.02767, sections 2.1 to 2.3",
    "Tan and Le 2019, EfficientNet, arXiv:1905.11946 (the backbone here)",
)
TERMS = """
- **Tensor**: the network's whole answer, a block of numbers: rows × columns × channels.
- **Cell**: one place of the map, a square of the picture. It answers for the objects
  whose middle lies in it.
- **Channel**: one number of each cell. All channels of a cell are its column.
- **Stride**: pixels of the square to one cell, on a side.
- **Box confidence**: how sure a box is that it holds an object. Version 1 and 2 teach
  it the overlap with the truth, version 3 teaches 1.
- **Class probability**: if there is an object, how likely each class is.
- **Class confidence**: box confidence × class probability; what is thresholded.
- **σ, sigmoid**: 1 / (1 + e⁻ˣ), any number into 0…1. It keeps a box's middle in its
  cell.
- **Softmax**: numbers into shares that add up to 1.
- **Anchor** (prior): a width and height that a box starts from; the network says by
  what factor to change them.
- **IoU**: shared area over joint area of two boxes. For shapes, both are laid on one
  middle.
- **NMS**: of boxes of one class that overlap much, the best stays.
- **Owner** (responsible): the one box that has to find a truth.
- **Ignored**: boxes near a truth that do not own it; the loss asks nothing of them.
- **k-means**: groups sizes around k means; the distance here is 1 − IoU, so that large
  boxes do not count for more.
"""
PAPER_KMEANS = (
    "On VOC the paper measured a mean IoU of {five} with 5 anchors and {nine} with 9, "
    "against {hand} with 9 chosen by hand (YOLO9000, table 1)."
)
KMEANS_PAPER = {"five": 0.610, "nine": 0.672, "hand": 0.609}
NOT_LEARNT = {
    1: "Version 1 has no anchors: its boxes are free, and the better one learns. The "
    "paper has all others say “no object”, as here; ours was trained without asking "
    "those that overlap a truth by more than {ignore}.",
    2: "The anchor is chosen by shape alone, before the network has said anything.",
    3: "The anchor, and with it the map, is chosen by shape alone.",
}
RULES = {
    1: (
        "**5 · (Δx² + Δy²)** place, **5 · (Δ√w² + Δ√h²)** size, **(c − IoU)²** "
        "object, **Σ (p − 1 or 0)²** classes for each owned truth; "
        "**½ · c²** for every other box (equation 3)."
    ),
    2: (
        "**Δσ(tx)² + Δσ(ty)²** place, **Δtw² + Δth²** size, **5 · (σ(to) − IoU)²** "
        "object, **−log p(true class)** classes for each owned truth; **σ(to)²** for "
        "every other box that is not ignored."
    ),
    3: (
        "**Δσ(tx)² + Δσ(ty)²** place, **Δtw² + Δth²** size, **−log σ(to)** object, "
        "**Σ −log of each class's yes or no** classes for each owned truth; "
        "**−log(1 − σ(to))** for every other box that is not ignored."
    ),
}


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def _chip(text: str, color: str) -> str:
    return (
        f'<span style="border-bottom:4px solid {YOLO_COLORS[color]};'
        f'padding:0 2px">{text}</span>'
    )


def shape_html(known: About, level: int) -> str:
    """Write the tensor's shape, its channels coloured by what they mean."""
    side, count, each = known.cells[level], len(known.classes), known.each
    box = (
        f"{_chip('2 place', 'place')} + {_chip('2 size', 'size')} + "
        f"{_chip('1 confidence', 'confidence')}"
    )
    classes = _chip(f"{count} classes", "classes")
    first = known.version == 1
    inner = (
        f"{each} · ({box}) + {classes}" if first else f"{each} · ({box} + {classes})"
    )
    letters = "S × S × (B · 5 + C)" if first else "S × S × (B · (5 + C))"
    return (
        '<div style="font-size:.95rem;line-height:1.9">'
        f"{letters} = {side} × {side} × ({inner}) = "
        f"<b>{side} × {side} × {channels(known)}</b></div>"
    )


def _paper_shape(version: int) -> str:
    sides, each, _ = PAPERS[version]
    count = PAPER_CLASSES[version]
    depth = each * NUMBERS + count if version == 1 else each * (NUMBERS + count)
    return ", ".join(f"{n} × {n} × {depth}" for n in sides)


def counts_table(known: list[About]) -> str:
    """Write how many boxes each version predicts, in the papers and here."""
    lines = [
        "| version | tensor in the paper | boxes | tensor here | boxes |",
        "|---|---|---:|---|---:|",
    ]
    for one in known:
        sides, each, _ = PAPERS[one.version]
        here = ", ".join(f"{n} × {n} × {channels(one)}" for n in one.cells)
        lines.append(
            f"| {one.version} | {_paper_shape(one.version)} "
            f"| **{box_count(list(sides), each):,}** | {here} "
            f"| **{box_count(list(one.cells), one.each):,}** |"
        )
    return "\n".join(lines)


V1_CELLS = (
    "Version 1's own layers learn with its backbone and halve the map once more, to a "
    "stride of 64 px. Our backbone is frozen, so ours has the layers of version 2 on "
    "the map of stride 32: four times the cells at one size of photo. Only the numbers "
    "of a cell are version 1's."
)


def theirs_said(sizes: Sizes, theirs: Sizes, ours: Sizes, side_px: int) -> str:
    """Say on which boxes the network's anchors fit worse than k-means, and why.

    ``side_px`` is that of the network's input.
    """
    k = int(theirs.prod(axis=1).argmin())
    small = sizes.prod(axis=1) < theirs[k].prod()
    wide, high = theirs[k]
    why = (
        "**Why they differ:** the network's anchors are k-means too, but of boxes in "
        "the pictures it learnt from: these photos enlarged, cut, joined and pasted "
        f"over, and other data. They were {SIDE_PX} px wide, and so small things were "
        f"smaller; the anchors stayed when the input grew to {side_px} px. "
    )
    if not small.any() or small.all():
        return why

    def mean(rows: NDArray[np.bool_], anchors: Sizes) -> str:
        return f"{size_iou(sizes[rows], anchors).max(axis=1).mean():.2f}"

    return why + (
        f"{percent(small.mean())} of the boxes here are smaller than its smallest "
        f"anchor, {wide:.0f} × {high:.0f} px. On those it reaches "
        f"{mean(small, theirs)} (k-means {mean(small, ours)}), on the others "
        f"{mean(~small, theirs)} ({mean(~small, ours)})."
    )


def square_said(scale: float, side: int, shape: tuple[int, int]) -> str:
    """Say what the network sees of a photo (height, width), and what draws it."""
    lies = (
        "the photo, square too, fills it"
        if round(min(shape) * scale) == side
        else "the photo lies in its upper left corner, grey fills the rest"
    )
    return (
        f"The network takes a square of {side} px; {lies} (1 px of the photo is "
        f"{scale:.2f} px of the square). Every number comes from the network, the "
        "picture above draws them."
    )


def none_found(score: float, best: float, label: str, lower: bool) -> str:
    """Say that nothing reaches the threshold, and whether a lower one would help."""
    more = " Lower the threshold to see it." if lower else ""
    return (
        f"No class confidence reaches {score:.2f}; the largest on this photo is "
        f"{best:.2f} ({label}).{more}"
    )
