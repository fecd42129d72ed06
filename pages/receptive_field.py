"""Lesson: how much of the image does a unit use?"""

from explorer.core.effective_field import mass_profile
from explorer.core.field_table import layer_fields
from explorer.core.proof import Proof
from explorer.core.reach import Reach
from explorer.core.receptive_field import unit_marks
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import receptive_field as lesson
from explorer.ui.lessons import receptive_words as words

open_lesson("receptive_field")
picture = image_bar(default="astronaut")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        scene = lesson.settings(picture)

    found, proof = None, list[Proof]()
    if scene is not None:
        found = lesson.show(picture, scene)
    if scene is not None and found is not None:
        lesson.explain(scene, found)
        proof = lesson.prove(scene, found)
    words.glossary()

    close_lesson(
        code=(unit_marks, Reach, layer_fields, mass_profile),
        proof=proof,
        predict=Question(*words.QUESTION),
        numbers=lesson.numbers(scene, found),
        sources=words.SOURCES,
    )


explore()
