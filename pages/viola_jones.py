"""Lesson: how did face detection become real-time in 2001?"""

from explorer.core.cascade import read_cascade
from explorer.core.cascade_group import group_boxes
from explorer.core.cascade_scan import scan_cascade
from explorer.core.cascade_stage import feature_values, stage_sums
from explorer.core.cascade_window import inner_spread, window_steps
from explorer.core.cascade_windows import Windows, looked_at
from explorer.core.haar import corner_weights, count_features, feature_value, kind_rects
from explorer.core.integral import box_sum, integral_image, tilted_integral
from explorer.core.proof import Proof
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import viola_feature as feature
from explorer.ui.lessons import viola_integral as integral
from explorer.ui.lessons import viola_jones as lesson
from explorer.ui.lessons import viola_words as words

CODE = {
    lesson.PARTS[0]: (integral_image, box_sum),
    lesson.PARTS[1]: (
        feature_value, kind_rects, corner_weights, window_steps, inner_spread,
        tilted_integral, count_features,
    ),
    lesson.PARTS[2]: (
        scan_cascade, Windows, looked_at, stage_sums, feature_values, read_cascade,
        group_boxes,
    ),
}  # fmt: skip

open_lesson("viola_jones")
picture = image_bar(default="astronaut")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    proof, numbers = list[Proof](), lesson.Numbers()
    with controls():
        part = lesson.part()
        if part == lesson.PARTS[0]:
            scene = integral.scene(picture)
        else:
            name = lesson.which()
        if part == lesson.PARTS[1]:
            kind, size = feature.settings()
        elif part == lesson.PARTS[2]:
            scale_step, neighbours = lesson.steps()

    if part == lesson.PARTS[0]:
        proof, numbers = integral.show(scene)
    elif part == lesson.PARTS[1]:
        if found := lesson.find(picture, name, lesson.USUAL_STEP):
            at = feature.place(picture, found, kind, size)
            proof, numbers = feature.show(picture, at), feature.numbers(at)
    elif found := lesson.find(picture, name, scale_step):
        groups = lesson.show(picture, found, neighbours)
        proof = lesson.prove(picture, found, groups, neighbours)
        numbers = lesson.numbers(found, groups)
    words.glossary()

    close_lesson(
        code=CODE[part],
        proof=proof,
        predict=Question(*words.QUESTION),
        numbers=numbers,
        sources=words.SOURCES,
    )


explore()
