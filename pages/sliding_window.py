"""Lesson: how does a template find people at every place and size?"""

from explorer.core.people import detect_people, person_boxes
from explorer.core.windows import block_shares, detect_windows, score_map
from explorer.ui.controls import choose, select, slider
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import sliding_window as lesson

open_lesson("sliding_window")
picture = image_bar(default="street")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        part = choose("Part", lesson.PARTS, key="part")
        svms = list(lesson.SVMS)
        svm = select(
            "SVM", svms, svms[0], key="svm", help=lesson.SVM_HELP, width_px=150
        )  # fmt: skip
        score_threshold = slider(
            "Score threshold",
            -1.0,
            3.0,
            0.5,
            0.1,
            key="score",
            help=lesson.THRESHOLD_HELP,
        )
        scale_step = select(
            "Pyramid step", lesson.STEPS, 1.05, key="step", help=lesson.STEP_HELP,
            width_px=115,
        )  # fmt: skip

    template = lesson.template_of(svm)
    found = lesson.find(picture, template, score_threshold, scale_step)
    lesson.show(part, picture, found, score_threshold)
    lesson.words()

    close_lesson(
        code=(detect_windows, score_map, block_shares, person_boxes, detect_people),
        proof=lesson.prove(picture, found),
        predict=Question(*lesson.QUESTION),
        numbers={
            "raw_boxes": found.windows.boxes,
            "raw_scores": found.windows.scores,
            "boxes": person_boxes(found.kept.boxes, picture.image.shape[1::-1]),
            "scores": found.kept.scores,
            "template": found.template.weights,
        },
        sources=lesson.SOURCES,
    )


explore()
