"""Lesson: how did face detection become real-time in 2001?"""

from explorer.core.cascade import read_cascade
from explorer.core.cascade_group import group_boxes
from explorer.core.cascade_scan import scan_cascade
from explorer.core.cascade_stage import feature_values, stage_sums
from explorer.core.cascade_windows import Windows, looked_at
from explorer.core.haar import corner_weights, count_features
from explorer.core.integral import box_sum, integral_image, tilted_integral
from explorer.core.proof import Proof
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import viola_jones as lesson
from explorer.ui.lessons import viola_words as words

open_lesson("viola_jones")
picture = image_bar(default="astronaut")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        name = lesson.which()
        scale_step, neighbours = lesson.steps()

    found, groups, proof = None, None, list[Proof]()
    found = lesson.find(picture, name, scale_step)
    if found is not None:
        groups = lesson.show(picture, found, neighbours)
        proof = lesson.prove(picture, found, groups, neighbours)
    words.glossary()

    close_lesson(
        code=(
            scan_cascade,
            Windows,
            looked_at,
            stage_sums,
            feature_values,
            corner_weights,
            integral_image,
            box_sum,
            tilted_integral,
            read_cascade,
            group_boxes,
            count_features,
        ),
        proof=proof,
        predict=Question(*words.QUESTION),
        numbers=lesson.numbers(found, groups),
        sources=words.SOURCES,
    )


explore()
