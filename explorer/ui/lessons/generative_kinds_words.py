"""What the lesson on discriminative and generative models says."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.model_tree import KINDS as TREE
from explorer.ui.numerals import signed

Floats = NDArray[np.float64]

PARTS = ("Bayes by hand", "Digits", "Is it a digit?", "The tree")
GROUNDS = ("a line", "a plane")
SOURCES_OF = ("a digit", "the photo, made small", "noise")
KINDS = {"digits": "digits", "fashion": "clothes", "noise": "noise"}
CUT_HELP = "Pictures whose log p(x) is at least this are taken for digits."
PLAYGROUND_ALT = (
    "Two bell curves, one for each class, their sum, and below the share of each in it"
)
PLAYGROUND = (
    "**A generative model learns a bell for each class, p(x|y)**; Bayes' rule turns "
    "them, with the prior P(y), into P(y|x). A discriminative model learns P(y|x) "
    "straight away, and never knows p(x), the dashed sum: far from both bells it still "
    "has to choose, and is often surer there than anywhere else."
)


def both(probs: Floats, bayes: Floats, log_p: float) -> str:
    """Say what each network makes of the picture."""
    first, second = int(probs.argmax()), int(bayes.argmax())
    same = "Both say" if first == second else "They disagree:"
    said = (
        f"{same} **{first}** (classifier, {probs[first]:.1%})"
        f"{'' if first == second else f', **{second}**'} "
        f"(generative, {bayes[second]:.1%}). "
    )
    return said + (
        "The generative one went through every digit: how likely would this very "
        "picture be as a 0, a 1, …? It also knows what the classifier can't: "
        f"log p(x) is about {signed(log_p, 0)} nats."
    )


def likelihoods(classes: Sequence[str], values: Floats) -> str:
    """Write a table of log p(x|y)."""
    rows = "".join(
        f"| {name} | {signed(float(v), 1)} |\n"
        for name, v in zip(classes, values, strict=True)
    )
    return f"| y | log p(x\\|y), nats, at least |\n|---|---:|\n{rows}"


def verdict(
    probs: Floats,
    log_p: float,
    cut: float,
    at: Mapping[str, tuple[float, float]],
) -> str:
    """Say what the threshold does to this picture and to the known ones."""
    name, sure = int(probs.argmax()), float(probs.max())
    taken = "taken for a digit" if log_p >= cut else "**rejected: no digit**"
    false, true = at["fashion"]
    return (
        f"The classifier must choose: “{name}”, {sure:.1%}. The generative model may "
        f"refuse: log p(x) = {signed(log_p, 0)} nats, threshold {signed(cut, 0)}: "
        f"{taken}. At this threshold {true:.1%} of test digits are let in, and "
        f"{false:.1%} of clothes."
    )


def tree() -> None:
    """Show where each kind of model stands."""
    ticks = {True: "yes", False: "no"}
    rows = "".join(
        f"| {' → '.join(kind.path)} | {kind.example} | {kind.density} | "
        f"{kind.samples} | {ticks[kind.encodes]} |\n"
        for kind in TREE
    )
    st.markdown(
        "| where it stands | a model | log p(x) | a sample | has a code |\n"
        f"|---|---|---|---|---|\n{rows}"
    )
    st.caption(
        "Exact: a number that can be computed. Bound: a number below it. Unnormalised: "
        "up to a factor that nobody can compute. None: not at all. The course's own "
        "are the classifier, the autoencoder and the VAE; each has its lesson."
    )


QUESTION = (
    "A classifier of digits, 99 % right on digits, is shown a shirt. What does it say?",
    (
        "That it is none",
        "Some digit, perhaps with 90 % and more",
        "Each digit with 10 %",
    ),
    1,
    "P(y|x) adds up to 1 over the ten digits, so it has to choose; “none” is not among "
    "them. Only a model of p(x) can say that such a picture hardly ever occurs.",
)
SOURCES = (
    "Bishop 2006, Pattern Recognition and Machine Learning, sections 1.5.4 and 4.2",
    "Burda, Grosse & Salakhutdinov 2016, Importance weighted autoencoders, "
    "arXiv:1509.00519, equation 8",
    "Kingma et al. 2014, Semi-supervised learning with deep generative models, "
    "arXiv:1406.5298, section 2 (M2: a VAE that is told the class)",
    "Goodfellow 2016, NIPS tutorial: generative adversarial networks, "
    "arXiv:1701.00160, figure 9 (the tree)",
)
TERMS = """
- **p(x|y)**, likelihood: how often class y looks like x. **P(y)**, prior: how often y
  comes at all. **P(y|x)**, posterior: how sure to be of y once x is seen.
- **p(x)**, evidence: how often x is seen, whatever it is.
- **Bayes' rule**: P(y|x) = p(x|y) P(y) / p(x).
- **Discriminative**: learns P(y|x). **Generative**: learns p(x), or p(x|y) and P(y).
- **Conditional VAE**: a VAE that is told the class, so it gives a bound on p(x|y).
- **Importance weighting**: many draws of the code, each weighted by how well it fits.
- **ROC**: shares let in, right and wrong, as the threshold moves; the **area** under
  it is the chance that a digit scores above another picture.
- **Nat**: the unit of natural logarithms.
"""


def glossary() -> None:
    """Explain the terms in one line each."""
    with st.expander("The words on this page", icon=":material/menu_book:"):
        st.markdown(TERMS)
