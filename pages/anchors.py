"""Lesson: what are the guesses?"""

from explorer.core.anchor_kmeans import anchor_kmeans_steps, size_iou
from explorer.core.anchor_maps import anchor_maps
from explorer.core.anchor_matching import match_overlaps
from explorer.core.anchors import anchor_grid, anchor_shapes
from explorer.core.box_codec import decode
from explorer.core.boxes import box_iou
from explorer.core.proof import Proof
from explorer.ui.controls import choose
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import anchors as lesson
from explorer.ui.lessons import anchors_kmeans as clusters
from explorer.ui.lessons import anchors_objectness as rpn
from explorer.ui.lessons import anchors_words as words

open_lesson("anchors")
picture = image_bar(default="street")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    asked, looked, grouped = None, None, None
    with controls():
        part = choose("Part", words.PARTS, key="part")
        if part == words.PARTS[0]:
            asked = lesson.anchor_controls(picture)
        elif part == words.PARTS[1]:
            looked = rpn.objectness_controls()
        else:
            grouped = clusters.kmeans_controls()

    proof, numbers = list[Proof](), {}
    if asked is not None:
        shown = lesson.anchors_part(picture, *asked)
        lesson.explain(picture, shown)
        proof, numbers = lesson.prove(shown), lesson.numbers(shown)
    elif looked is not None:
        seen = rpn.objectness_part(picture, looked)
        proof, numbers = rpn.prove(seen), rpn.numbers(seen)
    elif grouped is not None:
        found = clusters.kmeans_part(picture, grouped)
        proof, numbers = clusters.prove(found), clusters.numbers(found)
    words.glossary()

    close_lesson(
        code=(
            anchor_shapes,
            anchor_grid,
            anchor_maps,
            box_iou,
            match_overlaps,
            decode,
            size_iou,
            anchor_kmeans_steps,
        ),
        proof=proof,
        predict=Question(*words.QUESTION),
        numbers=numbers,
        sources=words.SOURCES,
    )


explore()
