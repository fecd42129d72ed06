"""Lesson: what happens between image and boxes?"""

from explorer.core.anchors import level_of
from explorer.core.funnel import detection_funnel, proposal_funnel
from explorer.core.proof import Proof
from explorer.core.top_down import top_down_steps
from explorer.core.two_stage_losses import first_stage, second_stage
from explorer.ui.controls import choose
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import faster_funnel as funnel
from explorer.ui.lessons import faster_losses as losses
from explorer.ui.lessons import faster_pyramid as pyramid
from explorer.ui.lessons import faster_words as words
from explorer.ui.lessons import full_size
from explorer.ui.lessons.faster_seen import classes_of, network, see

open_lesson("faster_rcnn")
picture = image_bar(default="astronaut")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    limits = channel = draw = None
    beside = False
    with controls():
        part = choose("Part", words.PARTS, key="part")
        title = network(part == words.PARTS[1])
        if part == words.PARTS[0]:
            limits, beside = (
                funnel.thresholds(),
                full_size.wanted(full_size.FASTER_RCNN),
            )
        elif part == words.PARTS[1]:
            channel = pyramid.channel_controls()
        else:
            draw = losses.loss_controls(classes_of(title))

    proof, numbers = list[Proof](), {}
    seen = see(picture, title)
    if seen is not None and limits is not None:
        end = funnel.show(picture, seen, *limits)
        proof, numbers = funnel.prove(seen, end, limits[1]), funnel.numbers(seen, end)
        if beside:
            proof += full_size.show(full_size.FASTER_RCNN, picture, *limits)
    elif seen is not None and channel is not None:
        proof, numbers = pyramid.explore(picture, seen, channel)
    elif seen is not None and draw is not None:
        proof, numbers = losses.explore(picture, seen, draw)
    words.glossary()

    close_lesson(
        code=(
            proposal_funnel,
            detection_funnel,
            top_down_steps,
            level_of,
            first_stage,
            second_stage,
        ),
        proof=proof,
        predict=Question(*words.QUESTION),
        numbers=numbers,
        sources=words.SOURCES,
    )


explore()
