"""Lesson: how to read several scales at once?"""

from explorer.core.spp import bin_edges, spp_steps, spp_vector, vector_place
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, close_lesson, controls, open_lesson
from explorer.ui.lessons import pyramid_pooling as lesson
from explorer.ui.lessons import pyramid_words as words

open_lesson("pyramid_pooling")
picture = image_bar(default="motorcycle")

with controls():
    asked = lesson.settings()

found = lesson.spp_part(picture, asked)
words.glossary()

close_lesson(
    code=(bin_edges, spp_steps, spp_vector, vector_place),
    proof=lesson.proofs(found, asked),
    predict=Question(*words.QUESTION),
    numbers=lesson.numbers(found),
    sources=words.SOURCES,
)
