"""The lesson on YOLO, second part: from all boxes to the final ones."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.nms import nms_classwise_steps
from explorer.core.proof import Proof
from explorer.figures.layers import Boxes, Layer, Points
from explorer.figures.theme import class_color
from explorer.figures.yolo import YOLO_COLORS
from explorer.ui import live
from explorer.ui.controls import slider
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import yolo_words as words
from explorer.ui.lessons.beside_photo import (
    ALL_GREY,
    best_in_photo,
    grey_said,
    in_photo,
)
from explorer.ui.lessons.yolo_runs import Opened, prove_opened
from explorer.ui.stage import stage
from explorer.ui.stage.scrubber import scrubber

SCRUB = "yolo_scrub"
MOST = 300  # candidates, the best; suppression among them does not depend on the rest
MOST_DRAWN = 2 * MOST  # of all boxes, the most confident
MOST_LISTED = 10
MOST_NAMED = 25  # boxes with their name on the picture, the best
LEAST_SCORE = 0.05
USUAL, USUAL_V1 = 0.3, 0.15
SLIDER_PX = 165  # both stand beside the part and the version
# A narrow table beside the picture: one line a box; in a hall its heads take two.
COMPACT = """<style>
.st-key-yolo_listed [data-testid="stMarkdownContainer"] {overflow-x: auto;}
.st-key-yolo_listed :is(th, td) {white-space: nowrap; padding: .18rem .5rem;}
.st-key-yolo_listed th {white-space: normal;}
</style>"""
MOST_WIDE_PX, MOST_HIGH_PX = 560, 430
# All boxes are drawn in four widths, as in the paper's figure 2.
WIDTHS = ((0.0, 0.6), (0.1, 1.2), (0.3, 2.5), (0.6, 4.5))

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Asked:
    """Both thresholds."""

    score: float
    iou: float


@dataclass(frozen=True, eq=False)
class Final:
    """The candidates, best first, and the rounds of suppression among them.

    ``rows`` (N,) are the boxes they come from, ``total`` how many reach the threshold.
    ``kept`` are the final boxes' places among the candidates, best first; ``grey`` how
    many more are left that lie in the grey beside the photo, as no detection can.
    """

    seen: Opened
    asked: Asked
    boxes: Array
    scores: Array
    labels: Ints
    rows: Ints
    total: int
    kept: list[int]
    grey: int


def controls(version: int) -> Asked:
    """Ask for the thresholds; version 1's scores are lower, and so is its threshold."""
    first = version == 1
    score = slider(
        "Score threshold",
        LEAST_SCORE,
        0.95,
        USUAL_V1 if first else USUAL,
        0.05,
        key="score_v1" if first else "score",
        help=words.SCORE_HELP + (words.SCORE_HELP_V1 if first else ""),
        width_px=SLIDER_PX,
    )
    iou = slider(
        "IoU threshold of NMS",
        0.1,
        0.9,
        0.5,
        0.05,
        key="iou",
        help=words.IOU_HELP,
        width_px=SLIDER_PX,
    )
    return Asked(score, iou)


def final(seen: Opened, asked: Asked) -> Final:
    """Threshold class by class, suppress, and leave out what lies beside the photo."""
    scores = np.asarray(seen.arrays["scores"], np.float64)
    row, label = np.nonzero(scores >= asked.score)
    total = len(row)
    order = np.argsort(-scores[row, label], kind="stable")[:MOST]
    row, label = row[order].astype(np.int64), label[order].astype(np.int64)
    boxes = np.asarray(seen.arrays["boxes"], np.float64)[row]
    best = scores[row, label]
    steps = live.compute("NMS", nms_classwise_steps, boxes, best, label, asked.iou)
    kept, grey = in_photo(steps, boxes, seen.arrays["extent"])
    return Final(seen, asked, boxes, best, label, row, total, kept.tolist(), grey)


def show(picture: Picture, found: Final) -> None:
    """Show all boxes, the candidates, the final ones with the cells they come from."""
    wide, aside = st.columns([1.25, 1], gap="medium")
    count = len(found.seen.read.boxes)
    names = [
        all_said(count),
        f"{found.total:,} above {found.asked.score:.2f}",
        f"{len(found.kept)} after NMS, with their cells",
    ]
    with wide:
        scrubber("Step", 2, key=SCRUB, names=names, start=2, linked="step", first=1)
        stage(
            picture.image,
            key="yolo_final",
            alt="The photo with the network's boxes: all, those above the threshold, "
            "or the final ones with the cells that gave them",
            layers=_layers(found),
            frames=SCRUB,
            max_width_px=MOST_WIDE_PX,
            max_height_px=MOST_HIGH_PX,
        )
    with aside:
        st.markdown(_funnel(found))
        _listed(found)


def all_said(count: int) -> str:
    """Say what is drawn of so many boxes.

    Examples
    --------
    >>> all_said(200)
    'all 200 boxes, thick where confident'
    >>> all_said(6300)
    'the 600 most confident of 6,300 boxes, thick where sure'
    """
    if count <= MOST_DRAWN:
        return f"all {count:,} boxes, thick where confident"
    return f"the {MOST_DRAWN} most confident of {count:,} boxes, thick where sure"


def _layers(found: Final) -> list[Layer]:
    scale, read = found.seen.scale, found.seen.read
    kept = found.kept
    gone = np.setdiff1d(np.arange(len(found.boxes)), kept)
    layers: list[Layer] = _all_boxes(found.seen)
    layers.append(_framed(found.boxes / scale, found.labels, 1, 2))
    if len(gone):
        layers.append(_framed(found.boxes[gone] / scale, None, 2, 3, dash=True))
    if kept:
        rows = found.rows[kept]
        about = found.seen.about
        step = about.side / np.array(about.cells)[read.level[rows]]
        corner = np.stack([read.col[rows], read.row[rows]], 1) * step[:, None]
        cells = np.concatenate([corner, corner + step[:, None]], axis=1) / scale
        colors = [class_color(int(label)) for label in found.labels[kept]]
        last = np.full(len(kept), 2)  # the frame from which they are shown
        names = found.seen.about.classes
        said = [f"{names[found.labels[k]]} {found.scores[k]:.2f}" for k in kept]
        said = [*said[:MOST_NAMED], *([""] * (len(said) - MOST_NAMED))]
        middles = (found.boxes[kept, :2] + found.boxes[kept, 2:]) / 2 / scale
        layers += [
            Boxes(cells, colors, width_px=1.5, fill_frac=0.45, first=last),
            Points(middles, colors, first=last),
            Boxes(found.boxes[kept] / scale, colors, said, width_px=3.5, first=last),
        ]
    return layers


def _framed(
    boxes: Array, labels: Ints | None, first: int, last: int, dash: bool = False
) -> Boxes:
    """Return boxes that are shown on one frame."""
    count = len(boxes)
    colors: str | list[str] = YOLO_COLORS["ignored"]
    if labels is not None and count:
        colors = [class_color(int(label)) for label in labels]
    return Boxes(
        boxes,
        colors,
        width_px=1.5 if dash else 2,
        dash=dash,
        first=np.full(count, first),
        last=np.full(count, last),
    )


def _all_boxes(seen: Opened) -> list[Layer]:
    """Return the most confident boxes in widths that follow their confidence."""
    read = seen.read
    best = np.argsort(-read.confidence, kind="stable")[:MOST_DRAWN]
    sure = read.confidence[best]
    layers: list[Layer] = []
    for (low, width), high in zip(
        WIDTHS, (*(w[0] for w in WIDTHS[1:]), 2), strict=True
    ):
        mine = best[(sure >= low) & (sure < high)]
        if len(mine):
            layers.append(
                Boxes(
                    read.boxes[mine] / seen.scale,
                    [class_color(int(k)) for k in read.classes[mine].argmax(axis=1)],
                    width_px=width,
                    first=np.zeros(len(mine)),
                    last=np.ones(len(mine)),
                )
            )
    return layers


def _listed(found: Final) -> None:
    """List the final boxes with their cells and both factors of their confidence."""
    seen, read, names = found.seen, found.seen.read, found.seen.about.classes
    if not found.kept:
        at = best_in_photo(read.boxes, read.scores, seen.arrays["extent"])
        if at is None:
            st.info(ALL_GREY)
            return
        best = float(read.scores[at])
        lower = best >= LEAST_SCORE
        st.info(words.none_found(found.asked.score, best, names[at[1]], lower))
        return
    lines = [
        "| class | confidence × probability | cell | box |",
        "|---|---|---|---:|",
    ]
    for k in found.kept[:MOST_LISTED]:
        row, label = int(found.rows[k]), int(found.labels[k])
        side = seen.about.cells[int(read.level[row])]
        lines.append(
            f"| {names[label]} | {read.confidence[row]:.2f} × "
            f"{read.classes[row, label]:.2f} = **{found.scores[k]:.2f}** "
            f"| ({read.col[row]}, {read.row[row]}) of {side} × {side} "
            f"| {read.slot[row] + 1} |"
        )
    st.html(COMPACT)
    with st.container(key="yolo_listed"):
        st.markdown("\n".join(lines))
    more = len(found.kept) - MOST_LISTED
    if more > 0:
        st.caption(f"And {more} more.")


def _funnel(found: Final) -> str:
    """Write what is left after each step with this photo's numbers."""
    count, classes = found.seen.read.scores.shape
    cut = (
        f" The best {MOST} go on: what they suppress does not depend on the others."
        if found.total > MOST
        else ""
    )
    reach = "reaches" if found.total == 1 else "reach"
    return (
        f"{count:,} boxes × {classes} classes = {count * classes:,} class confidences; "
        f"**{found.total:,}** {reach} {found.asked.score:.2f}.{cut} Class by class, "
        f"boxes that overlap a better one by more than {found.asked.iou:.2f} go: "
        f"**{len(found.kept)}** {'is' if len(found.kept) == 1 else 'are'} left."
        + grey_said(found.grey)
    )


def prove(found: Final) -> list[Proof]:
    """Compare with torchvision's suppression, and the boxes with the network's."""
    from explorer.models.proofs.nms import prove_classwise

    given = (found.boxes, found.scores, found.labels, found.asked.iou)
    return [prove_classwise(*given), *prove_opened(found.seen)]


def numbers(found: Final) -> dict[str, Any]:
    """Return what can be downloaded."""
    return {
        "candidates": np.column_stack([found.boxes, found.scores]),
        "candidate_labels": found.labels,
        "candidate_rows": found.rows,
        "final": np.column_stack([found.boxes, found.scores])[found.kept],
        "final_labels": found.labels[found.kept],
    }
