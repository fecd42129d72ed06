"""Lesson: how does a template bend?"""

from explorer.core.distance_transform import distance_transform, envelope
from explorer.core.star import deformation, part_responses, star_maps
from explorer.core.star_place import take_apart
from explorer.core.star_scan import scan_star
from explorer.ui.controls import choose, number
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import deformable_parts as lesson
from explorer.ui.lessons import deformable_views as views
from explorer.ui.lessons import deformable_words as words
from explorer.ui.lessons.deformable_bend import bend

open_lesson("deformable_parts")
picture = image_bar(default="street")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        view = choose("Show", lesson.PARTS, key="part", help=words.PART_HELP)
        threshold, part = lesson.THRESHOLDS[2], 0
        if view != lesson.PARTS[1] and lesson.fits(picture):
            threshold = lesson.threshold_control()
        if view == lesson.PARTS[2]:
            most = lesson.model().parts
            part = number("Part", 1, most, 1, key="which", help=words.WHICH_HELP) - 1

    found = lesson.find(picture, threshold)
    person = lesson.chosen(picture, found) if found.fits else None
    bent = []
    if view == lesson.PARTS[1]:
        views.the_model(found.model)
    elif person is None:
        lesson.too_small(picture)
    elif view == lesson.PARTS[0]:
        bent = bend(picture, found, person)
    else:
        views.transform(picture, found, person, part)
    words.words()

    close_lesson(
        code=(scan_star, star_maps, part_responses, distance_transform, envelope,
              deformation, take_apart),
        proof=lesson.prove(picture, found, person, part, bent) if person else [],
        predict=Question(*words.QUESTION),
        numbers=lesson.numbers(found, person),
        sources=words.SOURCES,
    )  # fmt: skip


explore()
