"""Lesson: detection as one tensor?"""

from explorer.core.anchor_kmeans import anchor_kmeans_steps
from explorer.core.nms import nms_classwise_steps
from explorer.core.yolo import encode_anchored, encode_v1
from explorer.core.yolo_read import read_anchored, read_v1
from explorer.core.yolo_terms import yolo_terms
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import yolo as lesson
from explorer.ui.lessons import yolo_words as words

open_lesson("yolo")
picture = image_bar(default="astronaut")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        asked = lesson.controls()

    shown = lesson.show(picture, asked)
    words.glossary()

    close_lesson(
        code=(
            read_v1,
            read_anchored,
            nms_classwise_steps,
            encode_v1,
            encode_anchored,
            yolo_terms,
            anchor_kmeans_steps,
        ),
        proof=shown.proofs,
        predict=Question(*words.QUESTION),
        numbers=shown.numbers,
        sources=words.SOURCES,
    )


explore()
