"""What the lesson on box regression says."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.numerals import signed
from explorer.models.records import Record
from explorer.ui.glossary import glossary_box
from explorer.ui.lessons.judging_words import table_of

PARTS = ("Four numbers", "The live head", "Many proposals")
BEST = "best score"
CLASS_HELP = (
    "R-CNN learns one regressor a class: how to move a box that shows some of a cat. "
    "Best score: the class that the SVMs find likeliest in the proposal."
)
TIMES_HELP = (
    "0: the proposal alone. R-CNN moves it once. More: the moved box is cropped and "
    "put through the network again, and so on."
)
DRAG = (
    "**Drag the two boxes**, or a slider of the four numbers. *x* and *y* are counted "
    "in sides of the proposal, so a shift of half a width is 0.5 for a small box and "
    "for a large one. *w* and *h* are logarithms: twice as wide is +0.693, half as "
    "wide −0.693, and no output can make a side negative."
)
NO_TRUTH = (
    "Nobody has written down this picture's boxes: drag the box named truth round the "
    "object first. The overlaps are with that box."
)
LIVE = (
    "The crop of the proposal goes through the network once; a ridge regression (a "
    "straight line with small weights) reads the four numbers off its features. It "
    "never sees the truth."
)
MANY = "Proposals around the truth, which is dragged in the other two parts."
QUESTION = (
    "A proposal is 100 px wide. The truth is 200 px wide, and its middle lies 40 px to "
    "the right of the proposal's. What are tx and tw?",
    ("tx = 40, tw = 100", "tx = 0.4, tw = 2", "tx = 0.4, tw = 0.693"),
    2,
    "The shift is counted in widths of the proposal: 40 ÷ 100 = 0.4. The width is the "
    "logarithm of the ratio: ln(200 ÷ 100) = 0.693.",
)
SOURCES = (
    "Girshick et al. 2014, Rich feature hierarchies (R-CNN), arXiv:1311.2524, section "
    "3.5 and appendix C, equations (1) to (9)",
    "Girshick 2015, Fast R-CNN, arXiv:1504.08083, section 2.3 (the same numbers, "
    "learnt with classes)",
    "Gidaris & Komodakis 2015, Object detection via a multi-region & semantic "
    "segmentation-aware CNN model, arXiv:1505.01749 (iterative localization: moving a "
    "box more than once)",
)
TERMS = """
- **Proposal**: a box that may hold an object, from *Selective search*. **Truth**: the
  box that a person drew.
- **tx, ty, tw, th**: how the proposal has to move, free of its place and size.
- **Regression**: predicting numbers rather than classes. **Head**: the last layer,
  trained for one task, on features that serve several.
- **Ridge regression**: least squares with a price on large weights.
- **IoU**: the area two boxes share, divided by the area they cover together.
"""


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def gain(before: float, after: float) -> str:
    """Write the difference of two overlaps as printed, to three digits each.

    Examples
    --------
    >>> gain(0.3936, 0.4814), gain(0.5, 0.25)
    ('+0.087', '−0.250')
    """
    return signed(round(after, 3) - round(before, 3), 3, "+")


def moved_said(label: str, score: float, ious: Sequence[float]) -> str:
    """Say what the head made of the proposal, in this picture's numbers.

    Examples
    --------
    >>> moved_said("cat", 0.5, [0.6])[-41:]
    'The proposal overlaps the truth by 0.600.'
    """
    said = f"The SVMs say **{label}** with a chance of {score:.2f}. "
    if len(ious) == 1:
        return said + f"The proposal overlaps the truth by {ious[0]:.3f}."
    verdict = f"**{gain(ious[0], ious[-1])}**"
    path = " → ".join(f"{iou:.3f}" for iou in ious)
    return said + f"IoU with the truth: {path}, {verdict}."


def moves_table(moves: Sequence[NDArray[np.float64]], ious: Sequence[float]) -> str:
    """Write the head's four numbers of each move, and the overlap it led to."""
    rows: list[tuple[str, ...]] = [("proposal", "", "", "", "", f"{ious[0]:.3f}")]
    for k, (move, iou) in enumerate(zip(moves, ious[1:], strict=True), 1):
        said = [signed(v, 3, "+") for v in move[0]]
        rows.append((f"moved {k}", *said, f"{iou:.3f}"))
    return table_of([("", "tx", "ty", "tw", "th", "IoU")], rows, [len(rows) - 1])


def keyed(colors: Mapping[str, str], moves: int = 1) -> dict[str, str]:
    """Return what each colour of the picture means when the box was moved so often.

    Examples
    --------
    >>> colors = {"proposal": "#E69F00", "truth": "#F0E442", "moved": "#0072B2"}
    >>> list(keyed(colors)), list(keyed(colors, 0)), list(keyed(colors, 3))[2]
    (['proposal', 'truth', 'moved'], ['proposal', 'truth'], 'moved, thick: the last')
    """
    said = {"moved": "moved, thick: the last"} if moves > 1 else {}
    shown = ("proposal", "truth", "moved")[: 3 if moves else 2]
    return {said.get(name, name): colors[name] for name in shown}


def many_said(before: Sequence[float], after: Sequence[float], record: Record) -> str:
    """Say how the overlap changed over many proposals, beside the record's own."""
    a, b = float(np.mean(before)), float(np.mean(after))
    better = int((np.asarray(after) > np.asarray(before)).sum())
    known = record.scores["iou_gain"]
    kept_out = (
        f"On {known['photos']} photos kept out of training, {known['n']} proposals "
        f"went from {known['before']:.3f} to {known['after']:.3f} "
        f"({gain(known['before'], known['after'])})"
    )
    return (
        f"**{better} of {len(before)}** proposals come nearer. Mean IoU {a:.3f} → "
        f"{b:.3f}: **{gain(a, b)}**. {kept_out}: a small head on a network that was "
        "never tuned for boxes, so one picture may well come out worse."
    )
