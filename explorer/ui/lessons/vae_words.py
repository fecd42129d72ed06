"""What the lesson on the variational autoencoder says."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.numerals import percent, signed
from explorer.models.records import Record
from explorer.ui.glossary import glossary_box

PARTS = ("One picture", "The bound", "The weight of the KL")
SEED_HELP = "Another seed draws other noise ε, and so other codes from the same cloud."
LINES = {
    "bars": "q(z|x): μ ± σ, and a draw z = μ + σ ε",
    "image": "Decoded from z",
    "map": "−log p of each pixel",
    "scale": "nats",
}
BETA = (
    "Training weighed the KL by β. First row: the digit, then what comes back from "
    "draws of its own cloud; the other rows come from nothing but the prior. **A heavy "
    "KL** pushes every cloud towards the prior: more samples are digits, but what "
    "comes back is a general one, and numbers of the code fall silent. **A light KL** "
    "keeps this very digit; its clouds leave more of the prior empty, where samples "
    "are of no kind. The judge is the digit classifier."
)


def alt(name: str) -> str:
    """Describe the picture."""
    return f"The digit that the encoder reads: {name}."


def promise(found: dict[str, NDArray[Any]]) -> str:
    """Say what was promised, with this picture's numbers."""
    std = np.exp(found["logvar"] / 2)
    sharp = int(std.argmin())
    return (
        "**The encoder does not say where the picture is: it promises a cloud**, a "
        "mean μ and a width σ for each number of the code. A draw of ε picks one code "
        "from it, the decoder answers. The sharpest promise here is "
        f"z{sharp}: {signed(float(found['mu'][sharp]))} ± {std[sharp]:.2f}. Where σ is "
        "near 1 and μ near 0 (grey band) the encoder says nothing that the prior did "
        "not say before, and it costs nothing."
    )


def three_terms(reconstruction: float, kl: float) -> str:
    """Write log p(x) taken apart with this picture's numbers."""
    return (
        "$\\log p(x) = \\underbrace{E_q[\\log p(x|z)]}_{\\text{reconstruction: }"
        f"{reconstruction:.1f}"
        "} - \\underbrace{KL(q(z|x) \\Vert p(z))}_{\\text{what the code costs: }"
        f"{kl:.1f}"
        "} + \\underbrace{\\boxed{KL(q(z|x) \\Vert p(z|x))}}_"
        "{\\text{cannot be computed, } \\ge 0}$"
    )


def bound(elbo: float, tight: float, draws: int) -> str:
    """Say what the bars mean, with this picture's numbers."""
    return (
        f"Reconstruction less KL is the **ELBO**, {signed(elbo, 1)} nats here (mean of "
        f"{draws} draws). The boxed term would need p(z|x): every code that could have "
        "made the picture. It is never negative, so log p(x) lies above the ELBO. "
        "Weighting the same draws by their importance lifts the bound to "
        f"**{signed(tight, 1)}**: so much of the boxed term is found, about "
        f"{max(tight - elbo, 0):.1f} nats."
    )


def units(active: int, size: int) -> str:
    """Say how many numbers of the code are in use."""
    said = (
        f"**{active} of {size} numbers are active**: their μ varies over the test "
        "pictures (variance above 0.01)."
    )
    if active == size:
        return said
    return (
        f"{said} The others have gone silent: the decoder does not listen to them, so "
        "the encoder leaves them to the prior and saves their cost."
    )


def beta_title(beta: float) -> str:
    """Name a column."""
    kind = "a light KL" if beta < 1 else "a heavy KL" if beta > 1 else "the ELBO itself"
    return f"**β = {beta:g}**: {kind}"


def beta_row(
    record: Record, found: dict[str, NDArray[Any]], sure: float, judged: int
) -> str:
    """Say what the network pays, for this digit and on average, and how it samples.

    Parameters
    ----------
    sure : float
        Share of ``judged`` samples that a classifier is sure of.
    """
    score, active = record.scores["neg_elbo"], record.scores["active_units"]
    here, mean = -float(found["reconstruction"].mean()), score["value"] - score["kl"]
    return (
        f"Reconstruction costs **{here:.1f}** nats here, {mean:.1f} on average; the KL "
        f"**{float(found['kl'].sum()):.1f}** and {score['kl']:.1f}. "
        f"**{active['value']} of {active['of']}** numbers are active; "
        f"a classifier is sure which digit **{percent(sure)}** of {judged} samples are."
    )


def beta_alt(back: int, samples: int) -> str:
    """Describe a block."""
    return f"The digit and {back} reconstructions; below, {samples} samples."


QUESTION = (
    "The encoder gives μ = 0 and σ = 1 for one number of the code, whatever the "
    "picture. What does that number cost, and what does it say?",
    (
        "It costs much and says everything",
        "It costs nothing and says nothing",
        "It costs nothing and says everything",
    ),
    1,
    "N(0, 1) is the prior itself: KL(q‖p) = ½(μ² + σ² − ln σ² − 1) = 0. And since it "
    "is the same for every picture, the decoder can learn nothing from it.",
)
SOURCES = (
    "Kingma & Welling 2014, Auto-encoding variational Bayes, arXiv:1312.6114, sections "
    "2 and 3, appendix B",
    "Higgins et al. 2017, beta-VAE, ICLR, equation 4",
    "Burda, Grosse & Salakhutdinov 2016, Importance weighted autoencoders, "
    "arXiv:1509.00519, equation 8 and section 5.2 (active units)",
)
TERMS = """
- **Code**, *z*: the few numbers that stand for a picture. **Prior**, *p(z)*: N(0, 1).
- **Encoder**, *q(z|x)*: for a picture, a normal cloud of codes: mean μ, width σ.
- **Decoder**, *p(x|z)*: for a code, how likely each pixel is white.
- **ε**: noise from N(0, 1). z = μ + σ ε is a draw from the cloud through which a
  gradient can flow (the reparameterisation trick).
- **KL(q‖p)**: how much more the cloud says than the prior, in nats (natural bits).
- **ELBO**: evidence lower bound: what training pushes up in place of log p(x).
- **Importance-weighted bound**: a tighter one from several draws, each with its weight.
"""


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)
