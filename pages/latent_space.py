"""Lesson: what lies between two images?"""

from explorer.core.latent import lerp, slerp
from explorer.core.proof import Proof
from explorer.models.vae import VAE
from explorer.ui.controls import choose
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import latent_paths as paths
from explorer.ui.lessons import latent_plane as plane
from explorer.ui.lessons import latent_sliders as sliders
from explorer.ui.lessons import latent_words as words

open_lesson("latent_space")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        part = choose("Part", words.PARTS, key="part")
        if part == words.PARTS[0]:
            asked = plane.controls()
        elif part == words.PARTS[1]:
            way = paths.path_controls()
        elif part == words.PARTS[2]:
            turned = sliders.controls()
        else:
            drawn = paths.sample_controls()

    shown: plane.Plane | paths.Decoded | sliders.Traversal | None
    proof: list[Proof]
    if part == words.PARTS[0]:
        shown = plane.show(*asked)
        proof = plane.prove(shown)
    elif part == words.PARTS[2]:
        shown = sliders.show(*turned)
        proof = sliders.prove(shown)
    else:
        shown = paths.show_path(*way) if part == words.PARTS[1] else None
        shown = shown if part == words.PARTS[1] else paths.show_samples(*drawn)
        proof = paths.prove(shown)
    words.glossary()

    close_lesson(
        code=(VAE, lerp, slerp),
        proof=proof,
        predict=Question(*words.QUESTION),
        numbers={} if shown is None else {"z": shown.codes},
        sources=words.SOURCES,
    )


explore()
