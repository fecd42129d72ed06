"""The lesson on anchors, third part: anchors found in the sizes of boxes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.anchor_kmeans import KMeansStep, anchor_kmeans_steps
from explorer.core.box_sizes import SIDE_PX, box_sizes
from explorer.core.proof import BROWSER, Proof
from explorer.figures.anchors import (
    ANCHOR_COLORS,
    CLUSTER_COLORS,
    k_figure,
    plane_image,
)
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.controls import number, select, slider
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import anchors_kmeans_words as words
from explorer.ui.lessons import anchors_words
from explorer.ui.lessons.anchors_truth import MOST, keep_boxes, kept_boxes, offer_first
from explorer.ui.stage import scrubber, stage

MOST_K = len(CLUSTER_COLORS)
FIRST_K = 5  # as YOLO v2
LEAST_BOXES = 20  # of a class that has its own entry in the list
MOST_SEED = 9
STEPPED_PX = 170  # a narrower number loses its buttons in projector mode
BROWSER_TOLERANCE = 1e-9

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """Whose sizes, how many anchors, and which start."""

    source: str
    k: int
    seed: int


@dataclass(frozen=True, eq=False)
class Found:
    """What the third part showed."""

    sizes: Array
    steps: list[KMeansStep]
    tag: str
    sent: Mapping[str, Any]


def sources() -> tuple[str, ...]:
    """Return whose sizes can be clustered: all, the reader's own, a class's."""
    table = box_sizes()
    counts = np.bincount(table.labels, minlength=len(table.classes))
    large = [n for n, c in zip(table.classes, counts, strict=True) if c >= LEAST_BOXES]
    return (words.DATA, words.OWN, *large)


def kmeans_controls() -> Asked:
    """Ask for the boxes, the number of anchors and the start."""
    source = select(
        "Sizes of", sources(), words.DATA, key="source", help=words.SOURCE_HELP
    )
    k = slider("Anchors k", 1, MOST_K, FIRST_K, 1, key="k", help=words.K_HELP)
    seed = number(
        "Start",
        0,
        MOST_SEED,
        0,
        key="seed",
        help=words.SEED_HELP,
        width_px=STEPPED_PX,
    )
    return Asked(source, k, seed)


def data_sizes(source: str) -> Array:
    """Return the sizes of all boxes of the data, or of one class: (N, 2) px."""
    table = box_sizes()
    if source == words.DATA:
        return table.sizes
    return np.asarray(table.sizes[table.labels == table.classes.index(source)])


def own_sizes(picture: Picture, boxes: Array) -> Array:
    """Return the sizes of a reader's boxes where her photo is as large as the data's.

    Single precision, so that the browser clusters the very same numbers.
    """
    scale = SIDE_PX / max(picture.image.shape[:2])
    sizes = (boxes[:, 2:] - boxes[:, :2]) * scale
    return np.asarray(sizes.astype(np.float32), np.float64)


def kmeans_part(picture: Picture, asked: Asked) -> Found | None:
    """Show the sizes and their anchors, round by round, and the curve over k."""
    left, right = st.columns([3.1, 1], gap="medium")
    with right:
        if asked.source == words.OWN:
            sizes = own_sizes(picture, _drawn(picture))
        else:
            sizes = data_sizes(asked.source)
    most = len(np.unique(sizes, axis=0)) if len(sizes) else 0
    if not most:
        with left:
            st.info(words.NO_BOXES, icon=":material/draw:")
        return None
    k = min(asked.k, most)
    steps = live.compute("k-means", anchor_kmeans_steps, sizes, k, asked.seed)
    with left:
        if k < asked.k:
            st.caption(words.FEWER.format(k=k, asked=asked.k))
        found = _rounds(asked, sizes, steps)
    with right:
        _curve(sizes, min(MOST_K, most), steps)
    table = box_sizes()
    st.markdown(words.rule_said(sizes, steps[-1]))
    if words.has_peak(steps):
        medians = live.ahead(anchor_kmeans_steps, sizes, k, asked.seed, True)
        st.markdown(words.peak_said(steps, medians[-1].mean_iou))
    own = asked.source == words.OWN
    table_said = words.data_said(len(table.sizes), table.photos)
    st.caption(words.OWN_SAID if own else table_said)
    return found


def _drawn(picture: Picture) -> Array:
    """Let boxes be drawn; return them."""
    event = stage(
        picture.image,
        key=f"anchors_own_{picture.digest[:6]}",
        alt="A photo with boxes whose sizes are clustered",
        mode="boxes",
        boxes=kept_boxes(picture),
        box_labels=[str(i + 1) for i in range(MOST)],
        box_colors=[ANCHOR_COLORS["truth"]],
        max_boxes=MOST,
        max_height_px=210,
    )
    boxes = keep_boxes(picture, event.boxes)
    offer_first(picture, boxes)
    return boxes


def _rounds(asked: Asked, sizes: Array, steps: list[KMeansStep]) -> Found:
    tag = live.digest(sizes, asked)
    key = f"anchors_rounds_{tag[:6]}"
    scrubber(
        "Rounds",
        len(steps),
        key=key,
        names=anchors_words.rounds_said(steps),
        linked=f"round_{tag[:4]}",
    )
    event = stage(
        plane_image(),
        key="anchors_plane",
        alt="Widths and heights of boxes, coloured by the anchor they go to",
        max_height_px=400,
        max_width_px=420,
        frames=key,
        program={
            "name": "kmeans",
            "sizes": sizes.astype(np.float32),
            "rounds": [step.anchors.tolist() for step in steps],
            "colors": list(CLUSTER_COLORS),
            "tag": tag,
        },
    )
    return Found(sizes, steps, tag, event.program or {})


def _curve(sizes: Array, most: int, steps: list[KMeansStep]) -> None:
    ks = range(1, most + 1)
    ends = [live.ahead(anchor_kmeans_steps, sizes, k, 0)[-1].mean_iou for k in ks]
    last = steps[-1]
    heading("How many anchors?")
    chart(
        k_figure(list(ks), ends, len(last.anchors), last.mean_iou),
        config={"displayModeBar": False},
        key="anchors_k_curve",
    )
    st.caption(words.CURVE)


def prove(found: Found | None) -> list[Proof]:
    """Compare the clusters with torchvision's IoU, and the browser with ours."""
    from explorer.models.proofs.anchors import prove_clusters

    if found is None:
        return []
    made = live.compute("every round again", prove_clusters, found.sizes, found.steps)
    delta = browser_delta(found)
    if delta is None:
        return list(made)
    note = "boxes of each cluster and mean IoU of the round on show"
    return [*made, Proof(BROWSER, delta, BROWSER_TOLERANCE, note=note)]


def browser_delta(found: Found) -> float | None:
    """Return how far the browser's round is off; None for another run's."""
    sent = found.sent
    try:
        step = found.steps[int(sent["round"])]
        counts = np.asarray(sent["counts"], np.int64)
        mean = float(sent["mean"])
    except (KeyError, TypeError, ValueError, IndexError):
        return None
    if sent.get("tag") != found.tag:
        return None
    ours = np.bincount(step.nearest, minlength=len(step.anchors))
    if counts.shape != ours.shape:
        return float("inf")
    return float(np.abs(counts - ours).sum() + abs(mean - step.mean_iou))


def numbers(found: Found | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if found is None:
        return {}
    last = found.steps[-1]
    return {"sizes": found.sizes, "anchors": last.anchors, "nearest": last.nearest}
