"""Lesson: how to read several scales at once?"""

from explorer.core.spp import bin_edges, spp_steps, spp_vector, vector_place
from explorer.models.aspp_view import contributions
from explorer.models.deeplab import ASPP
from explorer.ui.controls import choose
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import pyramid_aspp as aspp
from explorer.ui.lessons import pyramid_pooling as lesson
from explorer.ui.lessons import pyramid_words as words

open_lesson("pyramid_pooling")
picture = image_bar(default="china")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        part = choose("Part", words.PARTS, key="part")
        if part == words.PARTS[0]:
            asked = lesson.settings()
        else:
            switched = aspp.controls(picture)

    if part == words.PARTS[0]:
        found = lesson.spp_part(picture, asked)
        proof, numbers = lesson.proofs(found, asked), lesson.numbers(found)
    else:
        seen = aspp.aspp_part(picture, switched)
        proof, numbers = aspp.proofs(picture, switched, seen), aspp.numbers(seen)
    words.glossary()

    close_lesson(
        code=(bin_edges, spp_steps, spp_vector, vector_place, ASPP, contributions),
        proof=proof,
        predict=Question(*words.QUESTION),
        numbers=numbers,
        sources=words.SOURCES,
    )


explore()
