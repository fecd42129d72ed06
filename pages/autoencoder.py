"""Lesson: what fits through a bottleneck?"""

from explorer.models.autoencoder import Autoencoder
from explorer.models.vae import VAE
from explorer.ui.controls import choose
from explorer.ui.digitbar import digit_control, the_digit
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import bottleneck as lesson
from explorer.ui.lessons import bottleneck_words as words

open_lesson("autoencoder")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        part = choose("Part", words.PARTS, key="part")
        asked = digit_control("8") if part == words.PARTS[0] else ""
        size = 0 if part == words.PARTS[1] else lesson.size_control()
        seed = lesson.seed_control() if part == words.PARTS[2] else 0

    found: list[lesson.Coded] = []
    if part == words.PARTS[0]:
        found = lesson.bottleneck(the_digit(asked, "8"), size)
    elif part == words.PARTS[1]:
        lesson.few_labels()
    else:
        found = lesson.samples(size, seed)
    words.glossary()

    close_lesson(
        code=(Autoencoder, VAE),
        proof=lesson.prove(found),
        predict=Question(*words.QUESTION),
        numbers={} if not found else {"z": found[0].codes},
        sources=words.SOURCES,
    )


explore()
