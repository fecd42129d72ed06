"""Lesson: how does a network upsample with weights?"""

from explorer.core.overlap import bilinear_kernel, overlap_counts, upsample
from explorer.core.transposed import (
    stamp_steps,
    transposed_by_zeros,
    transposed_size,
    zero_insertion,
)
from explorer.core.transposed_line import line_steps
from explorer.core.transposed_matrix import conv_matrix, transposed_by_matrix
from explorer.ui.controls import choose
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import transposed_convolution as lesson
from explorer.ui.lessons import transposed_overlap as overlap
from explorer.ui.lessons import transposed_words as words

LINE = (line_steps, transposed_size)
PLANE = (stamp_steps, zero_insertion, transposed_by_zeros)
MATRIX = (conv_matrix, transposed_by_matrix, transposed_size)
OVERLAP = (overlap_counts, bilinear_kernel, upsample)

open_lesson("transposed_convolution")
picture = image_bar(default="astronaut")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        part = choose("Part", words.PARTS, key="part")
        if part == words.PARTS[0]:
            line = lesson.line_controls()
        elif part == words.PARTS[1]:
            setting = lesson.plane_controls()
        else:
            choice = overlap.overlap_controls()

    result: lesson.Result | None
    if part == words.PARTS[0]:
        code, result = LINE, lesson.line_part(*line)
    elif part == words.PARTS[1]:
        code, result = (*PLANE, *MATRIX), lesson.plane_part(setting)
    else:
        code, result = OVERLAP, overlap.overlap_part(picture, choice)

    words.words()

    close_lesson(
        code=code,
        proof=result.proof if result else lesson.sizes_proof(),
        predict=Question(*words.QUESTION),
        numbers=result.numbers if result else None,
        sources=words.SOURCES,
    )


explore()
