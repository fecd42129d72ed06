"""Lesson: what happens between image and boxes?"""

from explorer.core.funnel import detection_funnel, proposal_funnel
from explorer.core.proof import Proof
from explorer.ui.controls import choose, select
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import faster_funnel as funnel
from explorer.ui.lessons import faster_words as words
from explorer.ui.lessons.faster_seen import NETWORKS, PYRAMID, see

open_lesson("faster_rcnn")
picture = image_bar(default="astronaut")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        part = choose("Part", words.PARTS, key="part")
        title = select(
            "Network",
            tuple(NETWORKS),
            PYRAMID,
            key="network",
            help=words.NETWORK_HELP,
        )
        score, iou = funnel.thresholds()

    proof, numbers = list[Proof](), {}
    seen = see(picture, title)
    if seen is not None:
        end = funnel.show(picture, seen, score, iou)
        proof, numbers = funnel.prove(seen, end, iou), funnel.numbers(seen, end)
    words.glossary()

    close_lesson(
        code=(proposal_funnel, detection_funnel),
        proof=proof,
        predict=Question(*words.QUESTION),
        numbers=numbers,
        sources=words.SOURCES,
    )


explore()
