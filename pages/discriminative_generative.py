"""Lesson: p(y|x), p(x) or p(x|y)?"""

from explorer.core.bayes import normal_log_density, posterior, roc
from explorer.core.latent import importance_bound
from explorer.core.proof import Proof
from explorer.models.vae import VAE, log_weights
from explorer.ui.controls import choose
from explorer.ui.digitbar import digit_control, the_digit
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import generative_kinds as lesson
from explorer.ui.lessons import generative_kinds_words as words

open_lesson("discriminative_generative")
picture = image_bar(default="astronaut")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    proof: list[Proof] = []
    judged: lesson.Judged | None = None
    with controls():
        part = choose("Part", words.PARTS, key="part")
        asked, drawn, cut = "", "", 0.0
        if part in words.PARTS[1:3]:
            asked = lesson.source_control()
            drawn = digit_control("4") if asked == words.SOURCES_OF[0] else ""
            cut = lesson.threshold_control() if part == words.PARTS[2] else 0.0

    if part == words.PARTS[0]:
        proof = lesson.prove_playground(lesson.playground())
    elif part == words.PARTS[3]:
        words.tree()
    else:
        digit = the_digit(drawn, "4") if drawn else None
        photo = picture if asked == words.SOURCES_OF[1] else None
        judged = lesson.judge(lesson.the_picture(asked, digit, photo))
        if judged is not None and part == words.PARTS[1]:
            lesson.both(judged)
        elif judged is not None:
            lesson.reject(judged, cut)
        proof = lesson.prove(judged, part == words.PARTS[2])
    words.glossary()

    close_lesson(
        code=(posterior, normal_log_density, importance_bound, log_weights, VAE, roc),
        proof=proof,
        predict=Question(*words.QUESTION),
        numbers={}
        if judged is None
        else {"probs": judged.probs, "bayes": judged.bayes},
        sources=words.SOURCES,
    )


explore()
