"""Lesson: which of many overlapping boxes survive non-maximum suppression?"""

from explorer.core.boxes import box_iou
from explorer.core.nms import nms_classwise_steps, nms_steps
from explorer.core.soft_nms import soft_nms_steps
from explorer.ui.controls import choose, number, select, slider, toggle
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, close_lesson, controls, open_lesson
from explorer.ui.lessons import nms as lesson

open_lesson("nms")
picture = image_bar(default="street")

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
        asked = select(
            "Detector",
            lesson.detectors(),
            "auto",
            key="detector",
            format_func=lesson.detector_label,
            help=lesson.DETECTOR_HELP,
            width_px=150,
        )
        wanted = lesson.resolve(asked, picture)
        detector = lesson.at_hand(wanted, picture)
        same = lesson.one_class(detector)
        scale = lesson.scale_of(detector)
        score_threshold = slider(
            "Score threshold",
            scale.low,
            scale.high,
            scale.start,
            scale.step,
            key=f"score_{detector}",
            help=f"Boxes below it are not looked at. Its score: {scale.what}.",
        )
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
