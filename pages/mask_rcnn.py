"""Lesson: how does each instance get a mask?"""

from explorer.core.mask_compare import mask_change, melted
from explorer.core.mask_loss import mask_loss
from explorer.core.mask_paste import paste_mask
from explorer.core.proof import Proof
from explorer.core.roi import roi_pool_steps
from explorer.core.roi_align import roi_align_steps
from explorer.ui.controls import choose
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import mask_rcnn as lesson
from explorer.ui.lessons import mask_words as words

open_lesson("mask_rcnn")
picture = image_bar(default="chelsea")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        part = choose("Part", words.PARTS, key="part")
        melting = part == words.PARTS[2]
        wanted = lesson.semantic_controls(picture) if melting else None
        asked = wanted.boxes if wanted else lesson.box_controls()

    proof, numbers = list[Proof](), dict[str, object]()
    if wanted:
        beside = lesson.semantic_part(picture, wanted, lesson.explained)
        proof = lesson.prove_semantic(beside)
        numbers = lesson.semantic_numbers(beside)
    elif part == words.PARTS[1]:
        swapped = lesson.swap_part(picture, asked, lesson.explained)
        proof = lesson.prove_swap(picture, swapped)
        numbers = lesson.swap_numbers(swapped)
    else:
        found, event = lesson.masks_part(picture, asked)
        proof = lesson.prove(picture, found, event)
        numbers = lesson.numbers(found)
    words.glossary()

    close_lesson(
        code=(
            paste_mask,
            mask_change,
            melted,
            roi_align_steps,
            roi_pool_steps,
            mask_loss,
        ),
        proof=proof,
        predict=Question(*words.QUESTION),
        numbers=numbers,
        sources=words.SOURCES,
    )


explore()
