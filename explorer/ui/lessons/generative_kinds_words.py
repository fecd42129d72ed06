"""What the lesson on discriminative and generative models says."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.model_tree import ASKED, Kind
from explorer.core.numerals import percent, signed
from explorer.ui.glossary import glossary_box

Floats = NDArray[np.float64]

PARTS = ("Bayes by hand", "Digits", "Is it a digit?", "The tree")
GROUNDS = ("a line", "a plane")
A_DIGIT, A_SHIRT, NOISE, A_PHOTO = SOURCES_OF = (
    *("a digit", "a shirt", "noise", "any photo"),
)
SEED_HELP = "Each seed draws another one."
KINDS = {"digits": "digits", "fashion": "clothes", "noise": "noise"}
CUT_HELP = (
    "Pictures whose log p(x) is at least this are taken for digits. It starts where "
    "{share} of test digits are let in."
)
PLAYGROUND_ALT = (
    "Two bell curves, one for each class, their sum, and below the share of each in it"
)
PLAYGROUND = (
    "**A generative model learns a bell for each class, p(x|y)**; Bayes' rule turns "
    "them, with the prior P(y), into P(y|x). A discriminative model learns P(y|x) "
    "straight away, and never knows p(x), the sum of all p(x|y) P(y): far from both "
    "bells it still has to choose, and is often surer there than anywhere else."
)


def by_hand() -> None:
    """Say what the playground shows."""
    st.markdown(PLAYGROUND)


def both(probs: Floats, bayes: Floats, log_p: float, usual: float) -> str:
    """Say what each network makes of the picture."""
    first, second = int(probs.argmax()), int(bayes.argmax())
    if first == second:
        said = (
            f"Both say **{first}**: the classifier with {percent(probs[first], 1)}, "
            "the "
            f"generative network with {percent(bayes[second], 1)}. "
        )
    else:
        said = (
            f"They disagree: the classifier says **{first}** "
            f"({percent(probs[first], 1)}), the "
            f"generative network **{second}** ({percent(bayes[second], 1)}). "
        )
    return said + (
        f"Only the latter knows log p(x): **{signed(log_p, 0)} nats** at least. Half "
        f"of the test digits lie above {signed(usual, 0)}."
    )


def rule(log_likelihood: Floats, bayes: Floats, log_p: float) -> str:
    """Write Bayes' rule with this picture's numbers, for the likeliest digit."""
    y = int(bayes.argmax())
    prior = -np.log(len(bayes))
    # The sum of what is printed, so that a reader who adds finds the same.
    parts = (float(log_likelihood[y]), float(prior), log_p)
    likely, before, seen = (round(one, 2) for one in parts)
    apart = likely + before - seen
    return (
        f"**Bayes' rule, in logarithms:** log p(x|{y}) + log P({y}) − log p(x) = "
        f"{signed(likely, 2)} + ({signed(before, 2)}) − ({signed(seen, 2)}) = "
        f"{signed(apart, 2)}, so P({y}|x) ≈ {bayes[y]:.3f}. The lowest row shows why: "
        "the picture as the generative "
        "network would draw it, were it a 0, a 1, …; the better the match, the higher "
        "log p(x|y). Each value is a bound from below, of many draws of the code. "
        "Every digit is as likely before, and here too the answers add up to 1, even "
        "for a picture of none: what tells it apart is p(x) alone."
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
        f"The classifier must choose: “{name}”, {percent(sure, 1)}. The generative "
        "model may "
        f"refuse: log p(x) is at least {signed(log_p, 0)} nats, threshold "
        f"{signed(cut, 0)}: {taken}. At this threshold {percent(true, 1)} of test "
        "digits are "
        f"let in, and {percent(false, 1)} of clothes."
    )


def on_the_curve(here: Mapping[str, tuple[float, float]], samples: int) -> str:
    """Say where the picture stands among the known ones."""
    digits = next(iter(here.values()))[1]
    others = " and ".join(
        f"{percent(false, 2) if false else 'none'} of {KINDS[kind]}"
        for kind, (false, _) in here.items()
    )
    places = {false for false, _ in here.values()}
    where = "one on each curve" if len(places) > 1 else "at one place of both curves"
    return (
        f"The crosses are this picture, {where}: {percent(digits, 1)} of test digits "
        f"score at least as high, {others} do. The axis of what else is let in is "
        "logarithmic: on a plain one, on which the areas are measured, both curves lie "
        "on the frame. Here every score, the known ones' too, "
        f"comes from {samples} draws a class; the part “Digits” takes more, which "
        "brings the bound closer."
    )


NO_RULE = (
    "No rule without exceptions: generative networks trained on photos of things gave "
    "photos of house numbers, which they had never seen, a higher log p(x) than their "
    "own kind (Nalisnick et al. 2019)."
)
TREE_ALT = "A tree of models, and beside each what it can compute"
TREE_HINT = "Blue: a lesson here runs one. Click a row, or arrow keys and Enter."
TREE_SAID = (
    "Exactly: the number itself. A bound: a number that log p(x) is never below. Up to "
    "a factor: two pictures can be compared, but the number of one is unknown. A "
    "cloud: a place among the codes, and how far around it."
)


def kind(one: Kind) -> str:
    """Describe a leaf of the tree, with what it can't do."""
    refused = [q for q, no in zip(ASKED, one.refuses, strict=True) if no]
    lacks = f" It has **no** {', no '.join(refused)}." if refused else ""
    way = " → ".join((*one.path, one.name))
    return f"**{way}.** {one.said}{lacks} ({one.source})"


QUESTION = (
    "A classifier that is hardly ever wrong on digits is shown a shirt. What does it "
    "say?",
    ("That it is none", "Some digit, perhaps very surely", "Every digit equally"),
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
    "Nalisnick et al. 2019, Do deep generative models know what they don't know?, "
    "arXiv:1810.09136",
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
    with glossary_box():
        st.markdown(TERMS)
