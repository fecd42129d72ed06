"""Lesson: where does the detail go, and what brings it back?"""

from explorer.core.unpooling import bed_of_nails, max_pool, max_unpool
from explorer.core.unpooling_fit import unpool_steps
from explorer.core.upsampling import bilinear, nearest, transposed_conv
from explorer.ui.controls import choose
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import unpool_words as words
from explorer.ui.lessons import unpooling as lesson

open_lesson("unpooling")
picture = image_bar(default="street")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        small = choose("Part", words.PARTS, key="part") == words.PARTS[1]
        asked = lesson.grid_settings() if small else lesson.map_settings()

    result = lesson.grid_part(asked) if small else lesson.map_part(picture, asked)
    words.words()

    close_lesson(
        code=(
            max_pool,
            max_unpool,
            bed_of_nails,
            nearest,
            bilinear,
            transposed_conv,
            unpool_steps,
        ),
        proof=result.proof if result else (),
        predict=Question(*words.QUESTION),
        numbers=result.numbers() if result else None,
        sources=words.SOURCES,
    )


explore()
