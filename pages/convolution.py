"""Lesson: what does one output pixel of a convolution see?"""

from explorer.core.convolution import conv2d, conv_terms, input_window, output_size
from explorer.ui.controls import choose
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import convolution as lesson
from explorer.ui.lessons.convolution_layer import layer_part
from explorer.ui.lessons.convolution_words import PARTS, QUESTION, SOURCES, words

open_lesson("convolution")
picture = image_bar(default="chelsea")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        part = choose("Part", PARTS, key="part")
        if part == PARTS[0]:
            kernel, setting = lesson.grid_controls()
        elif part == PARTS[1]:
            kernel, setting = lesson.photo_controls()
        else:
            chosen = lesson.layer_controls()

    if part == PARTS[0]:
        result = lesson.grid_part(kernel, setting)
    elif part == PARTS[1]:
        result = lesson.photo_part(picture, kernel, setting)
    else:
        result = layer_part(picture, *chosen) if chosen else None

    words()

    close_lesson(
        code=(output_size, input_window, conv_terms, conv2d),
        proof=result.proof if result else lesson.sizes_proof(),
        predict=Question(*QUESTION),
        numbers=result.numbers() if result else None,
        sources=SOURCES,
    )


explore()
