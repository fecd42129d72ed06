"""Lesson: how good is a detector?"""

from explorer.core.coco_eval import coco_scores
from explorer.core.detection_errors import error_kinds
from explorer.core.matching import free_matches, match_ranked
from explorer.core.precision_recall import average_precision, pr_curve, precision_at
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import judging_words as words
from explorer.ui.lessons import precision_recall as lesson

open_lesson("precision_recall")
picture = image_bar(default="street")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        part = lesson.part_control()
        asked = lesson.controls_of(part, picture)
    view = lesson.show(part, picture, asked)
    lesson.explain(view)
    words.glossary()

    close_lesson(
        code=(
            match_ranked,
            free_matches,
            pr_curve,
            precision_at,
            average_precision,
            error_kinds,
            coco_scores,
        ),
        proof=lesson.prove_view(view),
        predict=Question(*words.QUESTION),
        numbers=lesson.numbers(view),
        sources=words.SOURCES,
    )


explore()
