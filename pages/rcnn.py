"""Lesson: what did R-CNN do, and what did it cost?"""

from explorer.core.nms import nms_classwise_steps
from explorer.core.proof import Proof
from explorer.core.rcnn import candidates
from explorer.core.rcnn_cost import ledgers
from explorer.core.selective_search import selective_search
from explorer.core.warp import warp_boxes
from explorer.core.window_grid import coverage
from explorer.models.rcnn import Heads
from explorer.models.shared_run import SharedRun
from explorer.ui.controls import choose
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import rcnn as lesson
from explorer.ui.lessons import rcnn_again as again
from explorer.ui.lessons import rcnn_cost as cost
from explorer.ui.lessons import rcnn_runs as runs
from explorer.ui.lessons import rcnn_words as words

open_lesson("rcnn")
picture = image_bar(default="coffee")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    proposals = runs.proposals(picture)
    asked, boxes = None, 0
    with controls():
        part = choose("Part", words.PARTS, key="part")
        if part == words.PARTS[0]:
            asked = lesson.pipeline_controls(len(proposals))
        elif part == words.PARTS[1]:
            boxes = cost.cost_controls()

    proof, numbers = list[Proof](), {}
    if asked is not None:
        piped = lesson.pipeline(picture, proposals, asked)
        proof = lesson.prove(picture, asked, piped)
        numbers = lesson.numbers(proposals, piped)
    elif boxes:
        costs = cost.cost_part(picture, proposals, boxes)
        proof, numbers = cost.prove_cost(picture, costs), cost.cost_numbers(costs)
    else:
        found = again.again_part(picture, proposals)
        proof, numbers = again.prove_again(found), again.again_numbers(found)
    words.glossary()

    close_lesson(
        code=(
            selective_search,
            warp_boxes,
            Heads,
            candidates,
            nms_classwise_steps,
            coverage,
            ledgers,
            SharedRun,
        ),
        proof=proof,
        predict=Question(*words.QUESTION),
        numbers=numbers,
        sources=words.SOURCES,
    )


explore()
