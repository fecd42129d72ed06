"""Lesson: how does a box get better?"""

from explorer.core.box_codec import decode, encode
from explorer.core.box_jitter import jittered
from explorer.models.rcnn import Heads
from explorer.ui.controls import choose
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import box_regression as lesson
from explorer.ui.lessons import box_regression_words as words

open_lesson("box_regression")
picture = image_bar(default="coffee")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    label, times = "", 0
    with controls():
        part = choose("Part", words.PARTS, key="part")
        if part != words.PARTS[0]:
            label = lesson.class_control()
        if part == words.PARTS[1]:
            times = lesson.times_control()

    shown: lesson.Shown | None
    if part == words.PARTS[0]:
        shown = lesson.four_numbers(picture)
    elif part == words.PARTS[1]:
        shown = lesson.live_head(picture, label, times)
    else:
        shown = lesson.many(picture, label)
    words.glossary()

    close_lesson(
        code=(encode, decode, Heads, jittered),
        proof=lesson.prove(shown),
        predict=Question(*words.QUESTION),
        numbers=lesson.numbers(shown),
        sources=words.SOURCES,
    )


explore()
