"""The lesson on SSD, live: the final boxes, by the map that found them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.default_places import Place, levels_of
from explorer.core.nms import nms_classwise_steps
from explorer.core.numerals import counted
from explorer.core.proof import Proof
from explorer.figures.ssd import sizes_figure
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import full_size
from explorer.ui.lessons import ssd_found_words as said
from explorer.ui.lessons import ssd_words as words
from explorer.ui.lessons.beside_photo import in_photo
from explorer.ui.lessons.ssd import PLAIN, View
from explorer.ui.lessons.ssd_live import Asked, Seen, one_part, prove_boxes, seen
from explorer.ui.lessons.ssd_scene import (
    MOST_HIGH_PX,
    MOST_WIDE_PX,
    NETWORKS,
    OURS,
    Square,
    as_pick,
    program,
    square_of,
)
from explorer.ui.stage import stage

MOST_A_CLASS = 400  # candidates that enter NMS, as in the authors' code

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Found:
    """Candidates above the threshold and what NMS keeps of them in the photo.

    Attributes
    ----------
    rows, labels : (K,) int64
    scores : (K,) float64
    kept : (F,) int64
        Candidates that are left, best score first.
    grey : int
        How many more are left in the grey beside the photo, as no detection can.
    """

    rows: NDArray[np.int64]
    labels: NDArray[np.int64]
    scores: Array
    kept: NDArray[np.int64]
    grey: int


def live_part(picture: Picture, asked: Asked) -> View:
    """Show one default box, or the final boxes by map."""
    answer = seen(picture)
    if answer is None:
        return View()
    square = square_of(picture)
    if asked.one:
        return one_part(square, answer)
    view = found_part(square, answer, asked)
    if not asked.full:
        return view
    more = full_size.show(full_size.SSD300, picture, asked.score, asked.iou)
    return replace(view, proofs=[*view.proofs, *more])


def find(answer: Seen, score: float, iou: float) -> Found:
    """Take candidates from the threshold on, suppress, leave out those in the grey."""
    rows, labels = [], []
    for label in range(len(answer.classes)):
        values = answer.probs[:, 1 + label]
        above = np.flatnonzero(values >= score)
        best = above[np.argsort(-values[above], kind="stable")][:MOST_A_CLASS]
        rows.append(best)
        labels.append(np.full(len(best), label, np.int64))
    row, of = np.concatenate(rows), np.concatenate(labels)
    scores = answer.probs[row, 1 + of]
    steps = nms_classwise_steps(answer.moved[row], scores, of, iou)
    kept, grey = in_photo(steps, answer.moved[row], answer.extent)
    return Found(row, of, scores, kept, grey)


def found_part(square: Square, answer: Seen, asked: Asked) -> View:
    """Show the final boxes in the colours of the maps they come from."""
    found = live.compute("threshold and NMS", find, answer, asked.score, asked.iou)
    kept, levels = found.kept, levels_of(OURS.maps)
    mine = levels[found.rows[kept]]
    counts = [
        [int((levels[found.rows] == k).sum()), int((mine == k).sum())]
        for k in range(len(OURS.maps))
    ]
    side = float(OURS.side_px)
    boxes = answer.moved[found.rows[kept]].clip(0, side)
    _stage(square, answer, found, boxes, (counts, asked.score))
    sizes = np.sqrt((boxes[:, 2:] - boxes[:, :2]).prod(axis=1))
    st.caption(words.own_maps(OURS, NETWORKS[0]))
    if square.grey:
        st.caption(words.SQUARE_SAID)
    left, right = st.columns([1, 1.15], gap="medium")
    with left:
        thresholds = (asked.score, asked.iou)
        st.markdown(said.maps_said(OURS, answer, counts, thresholds, found.grey))
    with right:
        heading("Sizes of the default boxes, and of what was found")
        chart(
            sizes_figure(OURS.maps, OURS.side_px, sizes, mine),
            config=PLAIN,
            key="ssd_found_sizes",
        )
        st.caption(words.FOUND_SIZES_SAID)
    return View(_prove_found(answer, found, asked), _numbers(boxes, found))


def _stage(
    square: Square,
    answer: Seen,
    found: Found,
    boxes: Array,
    counts: tuple[list[list[int]], float],
) -> None:
    kept, (by_map, score) = found.kept, counts
    levels = levels_of(OURS.maps)[found.rows[kept]]
    stage(
        square.image,
        key="ssd_found",
        alt=f"{counted(len(kept), 'detection')}, each in the colour of its map",
        mode="hover",
        program=program(OURS, "found")
        | {
            "tag": "found",
            "world": square.digest,
            "pick": as_pick(Place(0, 0, 0, 0)),
            "found": {
                "boxes": boxes.round(2).tolist(),
                "rows": found.rows[kept].tolist(),
                "scores": found.scores[kept].tolist(),
                "labels": [answer.classes[k] for k in found.labels[kept]],
                "levels": levels.tolist(),
            },
            "counts": by_map,
            "said": said.found_said(len(found.rows), len(kept), found.grey),
            "nothing": said.nothing_said(OURS, answer, score),
        },
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
    )


def _prove_found(answer: Seen, found: Found, asked: Asked) -> list[Proof]:
    from explorer.models.proofs.nms import prove_classwise

    given = (answer.moved[found.rows], found.scores, found.labels, asked.iou)
    nms = live.compute("proof of NMS", prove_classwise, *given)
    return [*prove_boxes(answer), nms]


def _numbers(boxes: Array, found: Found) -> dict[str, Any]:
    kept = found.kept
    return {
        "found_boxes": boxes,
        "found_scores": found.scores[kept],
        "found_labels": found.labels[kept],
        "found_rows": found.rows[kept],
    }
