"""Lesson: what does the encoder promise?"""

from explorer.core.latent import active_units, gaussian_kl, importance_bound
from explorer.models.vae import VAE, bound
from explorer.ui.controls import choose
from explorer.ui.digitbar import Digit, beside, digit_control, rooms, the_digit
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import vae as lesson
from explorer.ui.lessons import vae_words as words

open_lesson("vae")


def show(part: str, name: str, digit: Digit, seed: int, small: bool) -> lesson.All:
    """Show one part of the lesson."""
    if part == words.PARTS[2]:
        return lesson.three_betas(digit, seed)
    seen = lesson.open_up(name, digit, seed)
    if seen is None:
        return []
    if part == words.PARTS[0]:
        return [lesson.one_picture(seen, small)]
    lesson.the_bound(seen)
    return [seen]


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        part = choose("Part", words.PARTS, key="part")
        asked = digit_control("5")
        name = "" if part == words.PARTS[2] else lesson.network_control()
        seed = lesson.seed_control()

    place, room = rooms(asked)
    with place:
        digit = the_digit(asked, "5")
    with room:
        found = show(part, name, digit, seed, beside(asked))
    words.glossary()

    close_lesson(
        code=(VAE, bound, gaussian_kl, importance_bound, active_units),
        proof=lesson.prove(found),
        predict=Question(*words.QUESTION),
        numbers={} if not found else {k: found[0].arrays[k] for k in ("mu", "logvar")},
        sources=words.SOURCES,
    )


explore()
