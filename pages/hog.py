"""Lesson: what is in a HOG descriptor?"""

from explorer.core.hog import (
    cast_votes,
    gradients,
    hog_blocks,
    hog_cells,
    hog_descriptor,
    hog_steps,
    normalise,
)
from explorer.ui import live
from explorer.ui.controls import choose
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import body, close_lesson, controls, open_lesson
from explorer.ui.lessons import hog as lesson
from explorer.ui.lessons import hog_views as views
from explorer.ui.lessons import hog_words

open_lesson("hog")
picture = image_bar(default="street")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        part = choose("Part", lesson.PARTS, key="part")
        settings = lesson.settings_controls(part)

    if part == lesson.PARTS[0]:
        window = lesson.pixel_way(picture, settings)
    elif part == lesson.PARTS[1]:
        window = views.glyphs(picture, settings)
    else:
        window = views.masks(picture, settings)
    hog_words.words()

    descriptor = live.compute("descriptor", hog_descriptor, window, settings)
    close_lesson(
        code=(gradients, cast_votes, hog_cells, hog_blocks, normalise, hog_steps),
        proof=views.prove(part, picture, window, settings),
        predict=views.QUESTION,
        numbers={
            "descriptor": descriptor,
            "cells": live.compute("cells", hog_cells, window, settings),
            "window": window,
        },
        sources=views.SOURCES,
    )


explore()
