"""A classifier and a generative model on the same small picture."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from scipy.special import softmax

from explorer.core.bayes import posterior
from explorer.core.latent import importance_bound
from explorer.core.latent_table import evidence
from explorer.core.proof import Proof
from explorer.core.shirt import shirt
from explorer.figures.reject import posteriors_figure
from explorer.models import zoo
from explorer.models.proofs.gap import gap
from explorer.models.proofs.latent import prove_evidence
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.controls import fold, number, select
from explorer.ui.digitbar import as_grey, digit_control
from explorer.ui.imagebar import image_bar
from explorer.ui.lessons import generative_kinds_words as words
from explorer.ui.lessons.digit_given import digit_given, given

NAMER, TELLER = "digits_classifier", "digits_cvae_10"
SAMPLES = 50  # of each class's code, for the bound on log p(x|y)
NOISE_SEED = 0  # of the codes: the same for every picture
MOST_SEED = 99
BAR_PX = 376  # of the image bar among the controls
DIGIT = "4"
SHOWN_PX = 230
TOLERANCE = 1e-9
PLAIN: dict[str, Any] = {"displayModeBar": False}

Grey = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Judged:
    """What both networks say of a picture.

    Attributes
    ----------
    image : (28, 28) uint8 array
    probs : (10,) array
        The classifier's.
    log_weights : (10, S) array
        Of the conditional VAE's samples.
    log_likelihood : (10,) array
        The bound on log p(x|y).
    bayes : (10,) array
        P(y|x) by Bayes' rule, every digit as likely before.
    log_p : float
        The bound on log p(x).
    """

    image: Grey
    probs: NDArray[np.float64]
    log_weights: NDArray[np.float64]
    log_likelihood: NDArray[np.float64]
    bayes: NDArray[np.float64]
    log_p: float


def ask() -> tuple[str, Grey | None]:
    """Ask what is shown to the networks; draw it, but for a digit.

    Returns
    -------
    str and (28, 28) uint8 array or None
        Which digit was asked for, or "", and the picture where there is one already.
    """
    kind = select(
        "Show them", words.SOURCES_OF, words.A_DIGIT, key="shown", width_px=170
    )
    if kind == words.A_DIGIT:
        return digit_control(DIGIT), None
    if kind == words.A_PHOTO:
        slot = st.container(width=BAR_PX)
        return "", as_grey(image_bar("astronaut", slot).image)
    seed: int = number("Seed", 0, MOST_SEED, 0, key="seed", help=words.SEED_HELP)
    return "", shirt(seed) if kind == words.A_SHIRT else noise(seed)


def noise(seed: int) -> Grey:
    """Draw every pixel by itself, any brightness as likely.

    Examples
    --------
    >>> noise(0).shape, bool((noise(0) != noise(1)).any())
    ((28, 28), True)
    """
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (28, 28)).astype(np.uint8)


def judge(image: Grey, samples: int = SAMPLES) -> Judged | None:
    """Ask both networks; None after a sentence when one is missing."""
    said = live.model(NAMER, "classify", images=image[None])
    told = live.model(
        TELLER, "evidence", images=image[None], samples=samples, seed=NOISE_SEED
    )
    if said is None or told is None:
        return None
    weights = told.arrays["log_weights"][0].astype(np.float64)
    likely = importance_bound(weights)
    even = np.full(len(likely), 1 / len(likely))
    return Judged(
        image,
        said.arrays["probs"][0].astype(np.float64),
        weights,
        likely,
        posterior(likely, even),
        float(np.logaddexp.reduce(likely) - np.log(len(likely))),
    )


def the_picture(asked: str, drawn: Grey | None) -> Grey:
    """Show what the networks are given, and where to draw it or add a photo."""
    if drawn is not None:
        given(drawn, SHOWN_PX)
        return drawn
    return digit_given(asked, DIGIT, SHOWN_PX).image


def both(asked: str, drawn: Grey | None) -> Judged | None:
    """Show both posteriors, and how the picture would look as each digit."""
    left, right = st.columns([1, 3], gap="medium")
    with left:
        judged = judge(the_picture(asked, drawn))
        if judged is not None:
            usual = float(np.median(evidence(TELLER)["digits"]))
            said = words.both(judged.probs, judged.bayes, judged.log_p, usual)
            st.markdown(said)
    if judged is None:
        return None
    tried = live.model(TELLER, "every_class", images=judged.image[None])
    if tried is None:
        return None
    classes = zoo.record(NAMER).classes
    with right:
        figure = posteriors_figure(
            classes,
            judged.probs,
            judged.bayes,
            judged.log_likelihood,
            tried.arrays["images"][0],
        )
        chart(figure, config=PLAIN, key="posteriors")
    st.markdown(words.rule(judged.log_likelihood, judged.bayes, judged.log_p))
    # A plan reads a control's label from here: it is written where it is used.
    rows = fold("log p(x|y), class by class", key="table", icon=":material/table_rows:")
    with rows:
        st.markdown(words.likelihoods(classes, judged.log_likelihood))
    return judged


def prove(judged: Judged) -> list[Proof]:
    """Do the evidence again with numpy, and Bayes' rule with scipy."""
    theirs = softmax(judged.log_likelihood)
    given = (judged.image, judged.log_weights)
    return [
        live.compute("evidence again", evidence_again, *given),
        Proof(
            "scipy.special.softmax",
            gap(judged.bayes, theirs),
            TOLERANCE,
            note="P(y|x) by Bayes' rule with an even prior",
        ),
    ]


def evidence_again(image: Grey, log_weights: NDArray[np.float64]) -> Proof:
    """Prove a picture's evidence, once: a threshold that moves leaves it as it is."""
    return prove_evidence(zoo.record(TELLER), image, log_weights)
