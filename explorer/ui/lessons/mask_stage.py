"""The stage of the lesson on Mask R-CNN: what it is told, and what came back."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.activations import sigmoid
from explorer.core.mask_compare import Probs
from explorer.core.proof import Proof
from explorer.core.proofs.mask_rcnn import prove_browser_masks
from explorer.figures.mask_rcnn import INSTANCE_COLORS, WAY_COLORS
from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons.mask_found import Found
from explorer.ui.stage import StageEvent, committed_program, stage

CUT = 0.5  # the paper's
CUTS = (0.05, 0.95)  # ends of the reader's slider
OPACITY = 0.7
MOST_WIDE_PX, MOST_HIGH_PX = 500, 400


@dataclass(frozen=True)
class Choice:
    """What a reader has chosen on the stage.

    ``picked`` is a row of the instances, ``shown`` a class or -1 for the box's own.
    """

    picked: int
    cut: float
    shown: int = -1


def choice(key: str, picture: Picture, found: Found) -> Choice:
    """Return the instance, threshold and class of the stage, else of the link."""
    remember.forget(picture.digest, "instance", default=1)
    remember.forget(picture.digest, "class", default="")
    sent = committed_program(key)
    if sent.get("digest") == picture.digest:
        _keep(sent, found)
    picked = min(max(int(remember("instance", 1)), 1), len(found)) - 1
    cut = float(remember("cut", CUT))
    low, high = CUTS
    name = str(remember("class", ""))
    shown = found.classes.index(name) if name in found.classes else -1
    return Choice(picked, min(max(cut, low), high) if cut == cut else CUT, shown)


def _keep(sent: dict[str, Any], found: Found) -> None:
    """Put what the browser committed into the link, where it makes sense."""
    picked, cut, shown = (sent.get(name) for name in ("picked", "cut", "shown"))
    if isinstance(picked, int) and 0 <= picked < len(found):
        remember.set("instance", picked + 1, 1)
    if isinstance(cut, (int, float)) and CUTS[0] <= cut <= CUTS[1]:
        remember.set("cut", round(float(cut), 2), CUT)
    if isinstance(shown, int) and -1 <= shown < len(found.classes):
        remember.set("class", found.classes[shown] if shown >= 0 else "", "")


def tag_of(picture: Picture, found: Found, view: str, other: Any = None) -> str:
    """Return a name for what the browser was given to compute with."""
    return live.digest(picture.digest, view, found.boxes, found.own, other)


def show(
    key: str,
    picture: Picture,
    found: Found,
    chosen: Choice,
    *,
    other: NDArray[np.float32] | None = None,
    rounded: NDArray[np.float64] | None = None,
    frames: str | None = None,
) -> StageEvent:
    """Show the picture with its instances; with ``other`` masks, the two compared."""
    view = "paste" if other is None else "swap"
    every = np.rint(255 * sigmoid(found.logits)).astype(np.uint8)
    program: dict[str, Any] = {
        "name": "instances",
        "view": view,
        "boxes": found.boxes.tolist(),
        "labels": list(found.labels),
        "scores": found.scores.tolist(),
        "rows": found.rows.tolist(),
        "classes": list(found.classes),
        "own": found.own,
        "sure": found.sure,
        "colors": list(INSTANCE_COLORS),
        "ways": WAY_COLORS,
        "picked": chosen.picked,
        "cut": chosen.cut,
        "shown": chosen.shown,
        "digest": picture.digest,
        "tag": tag_of(picture, found, view, other),
        "opacity": OPACITY,
    }
    if other is None:
        program |= {"all": every}
    else:
        assert rounded is not None  # always given with the other masks
        program |= {"other": other, "rounded": rounded.tolist()}
    return stage(
        picture.image,
        key=key,
        alt="The picture with the mask and the box of each instance",
        program=program,
        frames=frames,
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
    )


def prove_browser(
    event: StageEvent, tag: str, probs: Probs, runs: str = "runs"
) -> list[Proof]:
    """Compare the browser's masks with the core's, once it has sent some of these."""
    sent = event.program or {}
    masks, cut = sent.get(runs), sent.get("cut")
    if sent.get("tag") != tag or not isinstance(masks, list):
        return []
    if not isinstance(cut, (int, float)):
        return []
    # Not kept: its inputs' fingerprint would cost more than the comparison.
    return [prove_browser_masks(masks, probs, cut)]
