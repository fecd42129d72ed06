"""Lesson: how does a classifier become a map?"""

from explorer.core.class_map import class_probs, top_classes, upsampled
from explorer.models.fully_convolutional import FullyConvolutional, as_convolution
from explorer.ui.controls import choose
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import fully_convolutional as lesson
from explorer.ui.lessons import fully_convolutional_words as words
from explorer.ui.lessons.fully_convolutional_cost import cost_part
from explorer.ui.lessons.fully_convolutional_same import same_part
from explorer.ui.lessons.fully_convolutional_scores import numbers, proofs

open_lesson("fully_convolutional")
picture = image_bar(default="motorcycle")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    asked = None
    with controls():
        part = choose("Part", words.PARTS, key="part")
        if part == words.PARTS[0]:
            asked = lesson.map_controls()
        elif part == words.PARTS[1]:
            asked = lesson.same_controls()
        else:
            side_px = lesson.size_control()

    if asked is None:
        found = cost_part(picture, side_px)
    elif part == words.PARTS[0]:
        found = lesson.map_part(picture, asked)
    else:
        found = same_part(picture, asked)
    words.words()

    close_lesson(
        code=(as_convolution, FullyConvolutional, class_probs, top_classes, upsampled),
        proof=proofs(picture, found, asked),
        predict=Question(*words.QUESTION),
        numbers=numbers(found),
        sources=words.SOURCES,
    )


explore()
