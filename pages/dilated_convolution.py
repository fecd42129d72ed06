"""Lesson: how to see more without more weights?"""

from explorer.core.convolution import conv2d
from explorer.core.dilation import coverage_steps, effective_kernel_size, hdc_check
from explorer.ui.controls import choose
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import dilated_convolution as lesson
from explorer.ui.lessons import dilated_words as words

KERNEL, STACK = (conv2d,), (coverage_steps, hdc_check)

open_lesson("dilated_convolution")
picture = image_bar(default="chelsea")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        one = choose("Part", words.PARTS, key="part") == words.PARTS[0]
        if one:
            name = lesson.kernel_control()

    result = lesson.kernel_part(picture, name) if one else lesson.stack_part(picture)
    words.glossary()

    close_lesson(
        code=(effective_kernel_size, *(KERNEL if one else STACK)),
        proof=result.proof,
        predict=Question(*words.QUESTION),
        numbers=result.numbers,
        sources=words.SOURCES,
    )


explore()
