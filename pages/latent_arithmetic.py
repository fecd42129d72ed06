"""Lesson: A' - A + B = B'?"""

from explorer.core.face_crop import find_face
from explorer.core.latent import arithmetic
from explorer.core.latent_table import nearest
from explorer.core.proof import Proof
from explorer.models.face_vae import FaceVAE
from explorer.ui.controls import choose
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import arithmetic_avatars as avatars
from explorer.ui.lessons import arithmetic_faces as faces
from explorer.ui.lessons import arithmetic_sum as sums
from explorer.ui.lessons import arithmetic_words as words

open_lesson("latent_arithmetic")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        part = choose("Part", words.PARTS, key="part")
        if part == words.PARTS[0]:
            asked = faces.controls()
        else:
            drawn = avatars.controls()

    made: sums.Sum | None
    proof: list[Proof]
    if part == words.PARTS[0]:
        shown = faces.show(*asked)
        proof, made = faces.prove(shown), None if shown is None else shown.made
    else:
        made = avatars.show(*drawn)
        proof = sums.prove(made)
    words.glossary()

    close_lesson(
        code=(arithmetic, nearest, find_face, FaceVAE),
        proof=proof,
        predict=Question(*words.QUESTION),
        numbers={} if made is None else {"vector": made.found.vector, "b": made.base},
        sources=words.SOURCES,
    )


explore()
