"""Lesson: p(y|x), p(x) or p(x|y)?"""

from explorer.core.bayes import normal_log_density, posterior, roc
from explorer.core.latent import importance_bound
from explorer.core.proof import Proof
from explorer.models.vae import VAE, log_weights
from explorer.ui.controls import choose
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import generative_bayes as bells
from explorer.ui.lessons import generative_kinds as lesson
from explorer.ui.lessons import generative_kinds_words as words
from explorer.ui.lessons.generative_reject import (
    prove_areas,
    reject,
    threshold_control,
)
from explorer.ui.lessons.generative_tree import tree

open_lesson("discriminative_generative")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    proof: list[Proof] = []
    judged: lesson.Judged | None = None
    by_hand, digits, rejecting, _ = words.PARTS
    with controls():
        part = choose("Part", words.PARTS, key="part")
        flat = part == by_hand and bells.ground_control()
        shown = lesson.ask() if part in (digits, rejecting) else ("", None)
        cut = threshold_control() if part == rejecting else 0.0

    if part == by_hand:
        proof = bells.prove_playground(bells.playground(flat))
        words.by_hand()
    elif part == digits:
        judged = lesson.both(*shown)
    elif part == rejecting:
        judged = reject(*shown, cut)
        proof = prove_areas()
    else:
        tree()
    words.glossary()

    close_lesson(
        code=(posterior, normal_log_density, importance_bound, log_weights, VAE, roc),
        proof=proof if judged is None else [*lesson.prove(judged), *proof],
        predict=Question(*words.QUESTION),
        numbers={}
        if judged is None
        else {"probs": judged.probs, "bayes": judged.bayes},
        sources=words.SOURCES,
    )


explore()
