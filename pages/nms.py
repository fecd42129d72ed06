"""Lesson: which of many overlapping boxes survive non-maximum suppression?"""

from explorer.core.boxes import box_iou
from explorer.core.nms import nms_classwise_steps, nms_steps
from explorer.core.soft_nms import soft_nms_steps
from explorer.ui.controls import choose, number, slider, toggle
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import nms as lesson

open_lesson("nms")
picture = image_bar(default="street")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        part = choose("Part", lesson.PARTS, key="part")
        iou_threshold = slider(
            "IoU threshold", 0.0, 1.0, 0.5, 0.05, key="iou", help=lesson.THRESHOLD_HELP
        )
        if part == lesson.PARTS[0]:
            score_a = number("Score of A", 0.0, 1.0, 0.9, step=0.05, key="a")
            score_b = number("Score of B", 0.0, 1.0, 0.75, step=0.05, key="b")
            same = choose("Their classes", lesson.CLASSES, key="classes") == "same"
        else:
            wanted, detector = lesson.detector_controls(picture)
            same = lesson.one_class(detector)
            score_threshold = lesson.score_control(detector)
        classwise = same or toggle(
            "Class by class", True, key="classwise", help=lesson.CLASS_HELP
        )

    soft: object = []
    if part == lesson.PARTS[0]:
        boxes, scores, codes = lesson.two_boxes(
            picture, (score_a, score_b), same, classwise, iou_threshold
        )
    else:
        lesson.offer(wanted, detector)
        raw = lesson.raw_boxes(picture, detector, score_threshold)
        boxes, scores, codes = lesson.parts_of(raw)
        if raw is not None and len(boxes):
            steps = lesson.rounds(raw, iou_threshold, classwise)
            lesson.play(picture, raw, steps, iou_threshold, classwise)
            soft = lesson.curves(raw, steps, iou_threshold, classwise)
            lesson.table(raw, steps)
        elif raw is not None:
            lesson.nothing(picture)
    lesson.words()

    close_lesson(
        code=(nms_steps, nms_classwise_steps, box_iou, soft_nms_steps),
        proof=lesson.prove(boxes, scores, codes, classwise, iou_threshold),
        predict=Question(*lesson.QUESTION),
        numbers={"boxes": boxes, "scores": scores, "classes": codes, "soft": soft},
        sources=lesson.SOURCES,
    )


explore()
