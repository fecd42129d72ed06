"""Lesson: why not run the CNN on every crop?"""

from explorer.core.proof import Proof
from explorer.core.window_grid import square_windows, window_grid
from explorer.models.fully_convolutional import FullyConvolutional
from explorer.ui.controls import choose
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import cnn_windows as lesson
from explorer.ui.lessons import cnn_windows_every as every
from explorer.ui.lessons import cnn_windows_words as words
from explorer.ui.lessons.crop_runs import run_crops

open_lesson("cnn_windows")
picture = image_bar(default="chelsea")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    asked, places = None, None
    with controls():
        part = choose("Part", words.PARTS, key="part")
        if part == words.PARTS[1]:
            asked = every.every_controls(picture)
        elif part == words.PARTS[2]:
            places = lesson.count_controls()

    proof, numbers = list[Proof](), {}
    if asked is not None:
        compared = every.every_part(picture, asked)
        proof = every.prove_every(picture, asked, compared)
        numbers = every.numbers(compared)
    elif places is not None:
        grid = lesson.count_part(picture, *places)
        proof, numbers = lesson.prove_count(grid), lesson.numbers_of(grid)
    else:
        one = lesson.one_part(picture)
        proof, numbers = lesson.prove_one(one), lesson.numbers_of(one)
    words.words()

    close_lesson(
        code=(window_grid, square_windows, FullyConvolutional, run_crops),
        proof=proof,
        predict=Question(*words.QUESTION),
        numbers=numbers,
        sources=words.SOURCES,
    )


explore()
