"""What the lesson on challenges proves of the view that is shown."""

from typing import Any

from numpy.typing import NDArray

from explorer.core.proof import Proof
from explorer.core.proofs import challenges as proofs
from explorer.core.replacing import erase
from explorer.ui import live
from explorer.ui.lessons import challenge_making as told
from explorer.ui.lessons.challenge_runs import silhouette
from explorer.ui.lessons.challenge_view import View


def prove_view(view: View) -> list[Proof]:
    """Prove the frames, the batch and the names."""
    frames, scored = view.frames, view.scored
    names = told.positions(view.asked.challenge, frames)
    return [
        *_frames(view),
        proofs.prove_batch(_alone(view), view.answer, names),
        live.compute("names by hand", proofs.prove_names, frames, scored),
    ]


def _frames(view: View) -> list[Proof]:
    challenge, start, frames = view.asked.challenge, view.start, view.frames
    if challenge == told.LIGHT:
        return [live.compute("Proof", proofs.prove_light, start.image, frames)]
    if challenge == told.ROLL:
        return [live.compute("Proof", proofs.prove_roll, start, frames)]
    if challenge == told.VIEW:
        return [live.compute("Proof", proofs.prove_yaw, start, frames)]
    if challenge == told.COVER:
        return [live.compute("Proof", proofs.prove_share, start, frames)]
    untouched = proofs.prove_untouched
    if challenge == told.CLUTTER:
        return [
            live.compute("Proof", proofs.prove_clear, start, frames),
            live.compute("Proof", untouched, start.image, frames),
        ]
    before = start.image
    if start.label == "person":
        mask = live.compute("silhouette", silhouette, start)
        before = live.compute("inpainting", erase, start.image, mask)
    return [live.compute("Proof", untouched, before, frames)]


def _alone(view: View) -> dict[int, dict[str, NDArray[Any]]]:
    """Return the answers for two frames of the batch, each asked alone."""
    detector, frames = view.asked.detector, view.frames
    found = {}
    for k in sorted({frames.base, (frames.base + len(frames) // 2) % len(frames)}):
        answer = live.model(
            detector.model, "detect", image=frames.images[k], **detector.options()
        )
        if answer is not None:
            found[k] = answer.arrays
    return found
