"""Lesson: why is "where is it?" hard?"""

from explorer.core.challenge_scores import score_frames
from explorer.core.challenges import (
    moved_boxes,
    relight,
    roll_matrix,
    warp_picture,
    yaw_matrix,
)
from explorer.core.cutouts import grab_mask
from explorer.core.detection_errors import error_kinds
from explorer.core.pasting import cover, scatter
from explorer.core.replacing import stand_in, swap_face
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import challenge_words as words
from explorer.ui.lessons import detection_challenges as lesson

open_lesson("detection_challenges")
picture = image_bar(default="astronaut")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        asked = lesson.controls_of(picture)
    view = lesson.show(picture, asked)
    if view is not None:
        lesson.explain(view)
    words.glossary()

    close_lesson(
        code=(
            relight,
            roll_matrix,
            yaw_matrix,
            warp_picture,
            moved_boxes,
            grab_mask,
            cover,
            scatter,
            swap_face,
            stand_in,
            score_frames,
            error_kinds,
        ),
        proof=lesson.prove(view),
        predict=Question(*words.QUESTION),
        numbers=lesson.numbers(view),
        sources=words.SOURCES,
    )


explore()
