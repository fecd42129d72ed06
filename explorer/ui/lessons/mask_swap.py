"""Second part of the lesson on Mask R-CNN: RoIAlign swapped for RoIPool."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.anchors import level_of
from explorer.core.mask_compare import MaskChange, Probs, mask_change
from explorer.core.proof import Proof
from explorer.core.roi import RoiPool, roi_pool_steps, round_half_away
from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import mask_words as words
from explorer.ui.lessons import roi_words
from explorer.ui.lessons.mask_found import (
    NETWORK,
    Asked,
    Found,
    find,
    in_square,
    pasted,
    pasted_each,
    prove_pasted,
)
from explorer.ui.lessons.mask_stage import choice, prove_browser, show, tag_of
from explorer.ui.stage import StageEvent

STAGE = "mask_swap_stage"
STACKED = """<style>
.st-key-mask_tables [data-testid="stMarkdownContainer"] {overflow-x: auto;}
.st-key-mask_tables :is(th, td) {white-space: nowrap; padding: .3rem .55rem;}
</style>"""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Swapped:
    """The same boxes' masks by both ways of cutting the RoIs out.

    ``level`` and ``box`` are those of the chosen RoI in the network's input.
    """

    found: Found
    other: NDArray[np.float32]
    event: StageEvent
    probs: Probs
    other_probs: Probs
    changes: list[MaskChange]
    level: int
    box: Array
    level_map: NDArray[np.float32] | None


def levels_of(boxes: Array) -> NDArray[np.int64]:
    """Return the pyramid level that the mask branch reads each RoI from."""
    from explorer.models.fpn import LEVELS
    from explorer.models.roi_heads import USUAL_LEVEL

    return level_of(boxes, min(LEVELS), max(LEVELS), USUAL_LEVEL)


def rounded_boxes(picture: Picture, boxes: Array) -> Array:
    """Return where RoIPool's whole cells lie, in the picture's pixels."""
    inside, scale = in_square(picture, boxes)
    strides = 2.0 ** levels_of(inside)[:, None]
    cells = round_half_away(inside / strides).astype(np.float64)
    cells[:, 2:] = np.maximum(cells[:, 2:], cells[:, :2]) + 1  # the last is included
    return np.asarray(cells * strides / scale)


def swap_part(picture: Picture, asked: Asked, explained: Any) -> Swapped | None:
    """Show both masks of the chosen instance, and count what changes."""
    found, other = find(picture, asked), find(picture, asked, align=False)
    if not explained(found, asked) or other is None:
        return None
    assert found is not None
    chosen = choice(STAGE, picture, found)
    rounded = rounded_boxes(picture, found.boxes)
    event = show(STAGE, picture, found, chosen, other=other.own, rounded=rounded)
    probs = pasted(picture, found)
    with live.one_line("pasting, RoIPool"):
        others = pasted_each(picture, other.own, found.boxes)
    changes = live.compute("comparing", all_changes, probs, others, chosen.cut)
    inside, _ = in_square(picture, found.boxes)
    box = inside[chosen.picked]
    level = int(levels_of(box[None])[0])
    level_map = _level_map(picture, level)
    _explain(found, changes, chosen.picked, box, level, level_map)
    return Swapped(
        found, other.own, event, probs, others, changes, level, box, level_map
    )


def all_changes(probs: Probs, others: Probs, cut: float) -> list[MaskChange]:
    """Compare each instance's two masks."""
    both = zip(probs, others, strict=True)
    return [mask_change(one, other, cut) for one, other in both]


def _level_map(picture: Picture, level: int) -> NDArray[np.float32] | None:
    """Return a map of the pyramid on this picture."""
    answer = live.model(NETWORK, "opened", image=picture.image)
    return None if answer is None else answer.arrays[f"map{level}"]


def _explain(
    found: Found,
    changes: list[MaskChange],
    picked: int,
    box: Array,
    level: int,
    level_map: NDArray[np.float32] | None,
) -> None:
    """Write the table of what changes, and the rounding of the chosen RoI."""
    st.html(STACKED)
    names = [found.name(k) for k in range(len(found))]
    with st.container(key="mask_tables"):
        st.markdown(words.changes(names, changes))
        if level_map is not None:
            side = level_map.shape[-1] * 2**level
            st.markdown(words.level_row(level, 2**level, names[picked], side))
            pool = _pooled(level_map, box, level)
            size = level_map.shape[-2], level_map.shape[-1]
            st.markdown(roi_words.reading(box, pool, 2**level, size, "input"))
    st.caption(words.table_2())


def _pooled(level_map: NDArray[np.float32], box: Array, level: int) -> RoiPool:
    from explorer.models.proofs.mask_rcnn import BINS

    return live.compute(
        "RoIPool", roi_pool_steps, level_map[:1], box, BINS, 1 / 2**level
    )


def prove_swap(picture: Picture, swapped: Swapped | None) -> list[Proof]:
    """Compare the cutting with torchvision, and the browser's masks with the core's."""
    from explorer.models.proofs import mask_rcnn as proofs

    if swapped is None:
        return []
    found, event = swapped.found, swapped.event
    made = prove_pasted(picture, swapped.other, found.boxes)
    if swapped.level_map is not None:
        given = (swapped.level_map, swapped.box, 2**swapped.level)
        made += live.compute("proof of the cutting", proofs.prove_cut, *given)
    tag = tag_of(picture, found, "swap", swapped.other)
    made += prove_browser(event, tag, swapped.probs)
    return made + prove_browser(event, tag, swapped.other_probs, "poolRuns")


def swap_numbers(swapped: Swapped | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if swapped is None:
        return {}
    rows = swapped.changes
    return {
        "boxes": swapped.found.boxes,
        "mask_logits_roi_align": swapped.found.own,
        "mask_logits_roi_pool": swapped.other,
        "changed_px": np.array([one.changed_px for one in rows]),
        "border_change": np.array([one.border_change for one in rows]),
    }
