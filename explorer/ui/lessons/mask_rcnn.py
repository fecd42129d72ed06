"""The lesson on Mask R-CNN, first part: a mask on its way into the picture."""

from typing import Any

import numpy as np
import streamlit as st

from explorer.core.proof import Proof
from explorer.ui.fragment import fragment
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import mask_words as words
from explorer.ui.lessons.mask_found import (
    Asked,
    Found,
    box_controls,
    find,
    pasted,
    prove_pasted,
)
from explorer.ui.lessons.mask_semantic import (
    prove_semantic,
    semantic_controls,
    semantic_numbers,
    semantic_part,
)
from explorer.ui.lessons.mask_stage import choice, prove_browser, show, tag_of
from explorer.ui.lessons.mask_swap import prove_swap, swap_numbers, swap_part
from explorer.ui.stage import StageEvent
from explorer.ui.stage.scrubber import scrubber

__all__ = [
    "box_controls",
    "explained",
    "masks_part",
    "numbers",
    "prove",
    "prove_semantic",
    "prove_swap",
    "semantic_controls",
    "semantic_numbers",
    "semantic_part",
    "swap_numbers",
    "swap_part",
]

STAGE, SCRUB = "mask_stage", "mask_scrub"


def explained(found: Found | None, asked: Asked) -> bool:
    """Say what is missing; return whether there is an instance to show."""
    if found is None:
        return False
    if not len(found):
        st.info(words.NOTHING, icon=":material/hide_image:")
        return False
    if not found.sure:
        st.caption(f":material/info: {words.unsure(asked.score, found.scores)}")
    elif found.above > len(found):
        st.caption(f"The best {len(found)} of {found.above} instances are shown.")
    return True


def masks_part(
    picture: Picture, asked: Asked
) -> tuple[Found | None, StageEvent | None]:
    """Show each instance's mask, the steps of its pasting, every class's mask."""
    found = find(picture, asked)
    if not explained(found, asked):
        return None, None
    assert found is not None
    chosen = choice(STAGE, picture, found)
    _scrub()
    event = show(STAGE, picture, found, chosen, frames=SCRUB)
    k = chosen.picked
    probs = pasted(picture, found)[k]
    pixels = int((probs >= chosen.cut).sum())
    _, classes, side, _ = found.logits.shape
    st.markdown(words.chosen(found.name(k), classes, side, pixels, chosen.cut))
    st.markdown(words.LOSS)
    return found, event


@fragment
def _scrub() -> None:
    """Show the scrubber alone: a step sends nothing of the picture again."""
    last = len(words.STEPS) - 1
    names = words.STEPS
    scrubber(
        "Pasting", last, key=SCRUB, names=names, start=last, linked="step", first=1
    )


def prove(
    picture: Picture, found: Found | None, event: StageEvent | None
) -> list[Proof]:
    """Compare pasting with torchvision, and the browser's masks with the core's."""
    if found is None or event is None:
        return []
    proofs = prove_pasted(picture, found.own, found.boxes)
    tag = tag_of(picture, found, "paste")
    proofs += prove_browser(event, tag, pasted(picture, found))
    return proofs + _loss_proof(event.program or {}, found, tag)


def _loss_proof(sent: dict[str, Any], found: Found, tag: str) -> list[Proof]:
    """Compare the loss of a painted mask, as the browser has it, with torch's."""
    from explorer.models.proofs.mask_rcnn import prove_loss

    target, loss, k = _painted(sent.get("target")), sent.get("loss"), sent.get("picked")
    if sent.get("tag") != tag or target is None or not isinstance(loss, (int, float)):
        return []
    if not isinstance(k, int) or not 0 <= k < len(found):
        return []
    return [prove_loss(found.own[k], target, float(loss))]


def _painted(sent: Any) -> np.ndarray[Any, Any] | None:
    """Return the painted silhouette, None without one."""
    if not isinstance(sent, list) or len(sent) != 28 * 28:
        return None
    return np.array([bool(one) for one in sent]).reshape(28, 28)


def numbers(found: Found | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if found is None:
        return {}
    return {
        "boxes": found.boxes,
        "scores": found.scores,
        "labels": list(found.labels),
        "mask_logits": found.logits,
    }
