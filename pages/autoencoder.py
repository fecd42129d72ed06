"""Lesson: what fits through a bottleneck?"""

from explorer.core.probe import Probe, fit_probe
from explorer.core.proof import Proof
from explorer.models.autoencoder import Autoencoder
from explorer.models.vae import VAE
from explorer.ui.controls import choose
from explorer.ui.digitbar import digit_control
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import bottleneck as lesson
from explorer.ui.lessons import bottleneck_words as words
from explorer.ui.lessons.bottleneck_probe import labels_control, probed

open_lesson("autoencoder")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    through, few, nothing = words.PARTS
    proof: list[Proof] = []
    with controls():
        part = choose("Part", words.PARTS, key="part")
        asked = digit_control(lesson.DIGIT) if part != nothing else ""
        if part == nothing:
            size = lesson.size_control("drawn_size", lesson.DRAWN_SIZE)
        else:
            size = lesson.size_control()
        labels = labels_control() if part == few else 0
        seed = lesson.seed_control() if part == nothing else 0

    if part == through:
        found = lesson.bottleneck(asked, size)
    elif part == few:
        found, proof = probed(asked, size, labels)
    else:
        found = lesson.samples(size, seed)
    words.glossary()

    close_lesson(
        code=(Autoencoder, VAE, Probe, fit_probe),
        proof=[*proof, *lesson.prove(found)],
        predict=Question(*words.QUESTION),
        numbers={} if not found else {"z": found[0].codes},
        sources=words.SOURCES,
    )


explore()
