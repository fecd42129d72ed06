"""The same photo by one of torchvision's full-size detectors, beside our own."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.nms import NmsStep, nms_classwise_steps
from explorer.core.proof import Proof
from explorer.figures.layers import Boxes
from explorer.figures.theme import COLORS
from explorer.models import zoo
from explorer.ui import live, shelf
from explorer.ui.controls import toggle
from explorer.ui.imagebar import Picture
from explorer.ui.stage import stage

LEAST = 0.05  # of a score; torchvision's own lower end
MOST_BOXES = 1000  # the best: our own suppression is plain Python
MOST_WIDE_PX, MOST_HIGH_PX = 540, 380
HELP = (
    "Runs torchvision's published {title} beside, a large file that is fetched only "
    "when you ask, with both thresholds above."
)
MEANWHILE = "Meanwhile the page is that of the network that comes with this course."


@dataclass(frozen=True)
class Beside:
    """A full-size network of the shelf that a lesson offers beside its own.

    Attributes
    ----------
    name : str
        Of its record.
    inside : str
        A sentence on what torchvision does not give out.
    """

    name: str
    inside: str


FASTER_RCNN = Beside(
    "torchvision_faster_rcnn",
    "Its anchors and proposals stay inside torchvision; the box before suppression is "
    "the earliest that it gives out.",
)
SSD300 = Beside(
    "torchvision_ssd300",
    "Its default boxes stay inside torchvision: 8,732 of them, on six maps of a "
    "VGG-16, as in the paper; the box before suppression is the earliest that it "
    "gives out.",
)


@dataclass(frozen=True, eq=False)
class Large:
    """Class boxes before suppression, best first, and the rounds of it.

    Attributes
    ----------
    boxes : (N, 4) float64, xyxy pixels of the picture
    scores : (N,) float64
    codes : (N,) int64
        Rows of ``names``.
    names : tuple of str
    steps : list of NmsStep
    """

    boxes: NDArray[np.float64]
    scores: NDArray[np.float64]
    codes: NDArray[np.int64]
    names: tuple[str, ...]
    steps: list[NmsStep]


def wanted(one: Beside) -> bool:
    """Ask whether the full-size network runs beside; never where there is none."""
    if one.name not in zoo.records():
        return False
    words = HELP.format(title=zoo.record(one.name).label)
    return toggle("Full-size too", False, key="full", help=words)


def show(one: Beside, picture: Picture, score: float, iou: float) -> list[Proof]:
    """Show its boxes before and after suppression; return what proves the latter."""
    from explorer.models.proofs.nms import prove_classwise

    if not shelf.ready(one.name):
        st.caption(MEANWHILE)
        return []
    found = read(one, picture, score, iou)
    if found is None:
        return []
    stage(
        picture.image,
        key="full_size",
        alt="The photo with the full-size network's boxes, before and after NMS",
        layers=_layers(found),
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
    )
    st.markdown(said(one, found, max(score, LEAST), iou))
    given = (found.boxes, found.scores, found.codes, iou)
    return [live.compute("full-size suppression again", prove_classwise, *given)]


def read(one: Beside, picture: Picture, score: float, iou: float) -> Large | None:
    """Ask the network once a picture; both thresholds are applied after it."""
    answer = live.model(one.name, "raw", image=picture.image, score_threshold=LEAST)
    if answer is None:
        return None
    raw = answer.arrays
    rows = np.flatnonzero(raw["scores"] >= score)[:MOST_BOXES]
    names, codes = np.unique(raw["labels"][rows].astype(str), return_inverse=True)
    boxes, scores = raw["boxes"][rows].astype(float), raw["scores"][rows].astype(float)
    kinds = codes.astype(np.int64)
    steps = live.compute(
        "full-size suppression", nms_classwise_steps, boxes, scores, kinds, iou
    )
    return Large(boxes, scores, kinds, tuple(names.tolist()), steps)


def _layers(found: Large) -> list[Boxes]:
    """Return what was removed, dashed, and what is left with its class."""
    kept = [step.kept for step in found.steps]
    gone = np.setdiff1d(np.arange(len(found.boxes)), kept)
    labels = [f"{found.names[found.codes[k]]} {found.scores[k]:.2f}" for k in kept]
    dashed = Boxes(found.boxes[gone], COLORS["suppressed"], dash=True)
    return [dashed, Boxes(found.boxes[kept], COLORS["prediction"], labels)]


def said(one: Beside, found: Large, score: float, iou: float) -> str:
    """Write the two steps with this picture's numbers, and the network's record."""
    about = zoo.record(one.name)
    ap = about.scores["box_ap"]
    return (
        f"**Full-size: {about.label}**, {about.parameters / 1e6:.1f} M parameters, "
        f"AP {ap['value']:.2f} on {ap['split']}. {len(found.boxes):,} class boxes of "
        f"at least {score:.2f} → NMS by class at IoU {iou:.2f} leaves "
        f"**{len(found.steps)}** (dashed: removed). {one.inside}"
    )
