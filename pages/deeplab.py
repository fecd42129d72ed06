"""Lesson: what do atrous convolution and a decoder buy?"""

from explorer.core.atrous import atrous_separable, taps_inside
from explorer.core.boundary import boundary_distance, change_by_distance
from explorer.core.separable import separable_pairs
from explorer.ui.controls import choose
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import deeplab as lesson
from explorer.ui.lessons import (
    deeplab_compare,
    deeplab_costs,
    deeplab_strides,
    deeplab_taps,
)
from explorer.ui.lessons import deeplab_words as words

WAYS = (deeplab_compare, deeplab_taps, deeplab_strides, deeplab_costs)

open_lesson("deeplab")
picture = image_bar(default="street")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        way = WAYS[words.PARTS.index(choose("Part", words.PARTS, key="part"))]
        network = lesson.network(picture)
        asked = way.controls(network, picture) if network else None

    found = way.part(network, picture, asked) if network else lesson.Part()
    words.glossary()

    close_lesson(
        code=(
            taps_inside,
            atrous_separable,
            separable_pairs,
            boundary_distance,
            change_by_distance,
        ),
        proof=found.proof,
        predict=Question(*words.QUESTION),
        numbers=found.numbers,
        sources=words.SOURCES,
    )


explore()
