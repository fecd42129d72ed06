"""Lesson: why does SSD read its boxes from several maps?"""

from explorer.core.anchor_matching import hard_negatives, match_default_boxes
from explorer.core.box_codec import decode
from explorer.core.default_boxes import default_boxes
from explorer.core.nms import nms_classwise_steps
from explorer.core.ssd_loss import ssd_loss_parts
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import ssd as lesson
from explorer.ui.lessons import ssd_found as found
from explorer.ui.lessons import ssd_live as network
from explorer.ui.lessons import ssd_match as matching
from explorer.ui.lessons import ssd_rule as rule
from explorer.ui.lessons import ssd_words as words

open_lesson("ssd")
picture = image_bar(default="grace_hopper")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        part = lesson.part_control()
        if part == lesson.PARTS[0]:
            maps = lesson.boxes_controls()
        elif part == lesson.PARTS[1]:
            shown = network.live_controls()
        else:
            drawn = rule.match_controls()

    if part == lesson.PARTS[0]:
        view = lesson.boxes_part(picture, maps)
    elif part == lesson.PARTS[1]:
        view = found.live_part(picture, shown)
    else:
        view = matching.match_part(picture, drawn)
    words.glossary()

    close_lesson(
        code=(
            default_boxes,
            decode,
            match_default_boxes,
            hard_negatives,
            ssd_loss_parts,
            nms_classwise_steps,
        ),
        proof=view.proofs,
        predict=Question(*words.QUESTION),
        numbers=view.numbers,
        sources=words.SOURCES,
    )


explore()
