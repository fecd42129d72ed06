"""The lesson on YOLO, fourth part: the shapes that its boxes start from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.anchor_kmeans import KMeansStep, anchor_kmeans_steps, size_iou
from explorer.core.box_sizes import BoxSizes, box_sizes
from explorer.core.numerals import counted, percent
from explorer.core.proof import Proof
from explorer.core.proofs.yolo import prove_kmeans
from explorer.figures.yolo import mean_iou_figure, sizes_figure
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.controls import choose, slider
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import yolo_drawn
from explorer.ui.lessons import yolo_words as words
from explorer.ui.lessons.judging_truth import Drawn, in_square
from explorer.ui.lessons.yolo_runs import About

SOURCES = ("the data set", "your boxes")
MOST_K = 12
SEED = 0

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """Whose sizes, and how many anchors."""

    own: bool
    k: int


@dataclass(frozen=True, eq=False)
class Clustered:
    """Sizes (N, 2) in pixels of the square, and k-means of them for every k."""

    sizes: Array
    own: Array
    every: list[list[KMeansStep]]
    k: int

    @property
    def steps(self) -> list[KMeansStep]:
        """The rounds of the chosen k."""
        return self.every[self.k - 1]


def controls() -> Asked:
    """Ask for the sizes and for k."""
    own = (
        choose("k-means of", SOURCES, key="source", help=words.SOURCE_HELP)
        == SOURCES[1]
    )
    return Asked(own, slider("k", 1, MOST_K, 5, 1, key="k", help=words.K_HELP))


def show(picture: Picture, known: About) -> Drawn:
    """Show the anchors around the middle of the chosen box."""
    drawn, _ = yolo_drawn.show(picture, known, "anchors")
    yolo_drawn.restore(picture, known, drawn)
    return drawn


def every_k(sizes: Array, most: int) -> list[list[KMeansStep]]:
    """Return k-means of the sizes for k = 1 to ``most``."""
    return [anchor_kmeans_steps(sizes, k, SEED) for k in range(1, most + 1)]


def clustered(
    picture: Picture, drawn: Drawn, asked: Asked, side: int
) -> Clustered | None:
    """Cluster the sizes asked for, in a square's pixels; None if there are none."""
    truths = in_square(picture, drawn.boxes, side)
    own = truths[:, 2:] - truths[:, :2]
    sizes = own if asked.own else box_sizes().at(side)
    if not len(sizes):
        return None
    most = min(MOST_K, len(np.unique(sizes, axis=0)))
    every = live.compute("k-means", every_k, sizes, most)
    return Clustered(sizes, own, every, min(asked.k, most))


def explain(known: About, asked: Asked, found: Clustered | None) -> None:
    """Draw the sizes with their anchors, and the mean overlap for every k."""
    if found is None:
        st.info("Draw a box on the picture: k-means needs a size to start from.")
        return
    last = found.steps[-1]
    theirs = float(size_iou(found.sizes, known.anchors).max(axis=1).mean())
    st.markdown(_said(known, asked, found, theirs))
    if not asked.own:
        side = known.side
        st.markdown(words.theirs_said(found.sizes, known.anchors, last.anchors, side))
    left, right = st.columns(2, gap="medium")
    with left:
        figure = sizes_figure(
            found.sizes, last.nearest, last.anchors, known.anchors, found.own
        )
        _chart(figure, "yolo_sizes")
    with right:
        ks = list(range(1, len(found.every) + 1))
        means = [steps[-1].mean_iou for steps in found.every]
        at = (len(known.anchors), theirs)
        _chart(mean_iou_figure(ks, means, found.k, at), "yolo_mean_iou")
    shares = {name: percent(value, 1) for name, value in words.KMEANS_PAPER.items()}
    st.caption(words.PAPER_KMEANS.format(**shares))


def _chart(figure: Any, key: str) -> None:
    config = {"displayModeBar": False}
    chart(figure, config=config, key=key)


def _said(known: About, asked: Asked, found: Clustered, theirs: float) -> str:
    last = found.steps[-1]
    about = _source_said(box_sizes()) if not asked.own else "your boxes"
    fewer = (
        f" k can't be {asked.k}: there {_sizes_said(found.k)}."
        if found.k < asked.k
        else ""
    )
    shapes = ", ".join(
        f"{w:.0f} × {h:.0f}" for w, h in sorted(last.anchors.tolist(), key=np.prod)
    )
    count = len(known.anchors)
    return (
        f"**k = {found.k}: mean IoU {last.mean_iou:.3f}** after "
        f"{counted(len(found.steps), 'round')} on {about}: {shapes} px.{fewer} Version "
        f"{known.version}'s own {count} anchors reach **{theirs:.3f}** there. "
        "Distance: 1 − IoU of the shapes."
    )


def _sizes_said(count: int) -> str:
    return "is one size" if count == 1 else f"are {count} different sizes"


def _source_said(table: BoxSizes) -> str:
    return f"{len(table.sizes):,} labelled boxes of {table.photos:,} photos"


def prove(found: Clustered | None) -> list[Proof]:
    """Compare k-means with its definition."""
    if found is None:
        return []
    return [prove_kmeans(found.steps, found.sizes)]


def numbers(known: About, found: Clustered | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if found is None:
        return {"network_anchors": known.anchors}
    last = found.steps[-1]
    return {
        "network_anchors": known.anchors,
        "sizes": found.sizes,
        "kmeans_anchors": last.anchors,
        "nearest": last.nearest,
        "mean_iou": np.array([steps[-1].mean_iou for steps in found.every]),
    }
