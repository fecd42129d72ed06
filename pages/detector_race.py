"""Lesson: which detector for my job?"""

from explorer.core.nms import nms_classwise_steps
from explorer.core.pareto import pareto_front
from explorer.core.proof import Proof
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import race as lesson
from explorer.ui.lessons import race_runs as runs
from explorer.ui.lessons import race_words as words

open_lesson("detector_race")
picture = image_bar(default="astronaut")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        asked = lesson.settings()
    lesson.offer(asked)
    laps = lesson.measured(picture, asked)
    proof = list[Proof]()
    if laps:
        chosen = lesson.show(picture, laps, asked.score)
        lesson.measure_button(picture, laps)
        lesson.charts(laps)
        lesson.answer(laps)
        proof = lesson.prove(picture, laps[chosen], asked)
    words.glossary()

    close_lesson(
        code=(runs.lap, runs.medians, pareto_front, nms_classwise_steps),
        proof=proof,
        predict=Question(*words.QUESTION),
        numbers=lesson.numbers(laps),
        sources=words.SOURCES,
    )


explore()
