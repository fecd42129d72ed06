"""What the lesson on latent arithmetic says."""

import streamlit as st

from explorer.core.latent import Arithmetic
from explorer.ui.numerals import signed

PARTS = ("Drawn faces", "Photographed faces")
PAIRS_HELP = (
    "How many pairs the difference is averaged over. Of one pair it holds whatever "
    "else that pair's codes differ in; over many pairs that averages out."
)
FACE_HELP = "Another number is another drawn face, one that the network never saw."
PLUS = "**A′**: with {change}"
MINUS = "**A**: the same faces without"
BASE = "**B**"
SET_ALT = "{count} drawn face(s)"
SUM_ALT = "The picture that the decoder makes of B plus the step times A′ minus A"
LINES = {"step": "step t", "truth": "B′ as it should be (drawn)"}


def avatar_sum(
    change: str, found: Arithmetic, errors: tuple[float, float, float]
) -> str:
    """Say how far the sum is from the truth, with this face's numbers."""
    error, floor, before = errors
    return (
        f"**B′ = B + t · (A′ − A)**, at t = 1 a face with {change}. The vector is "
        f"{found.norm:.2f} long, the cosine of its angle with B "
        f"{signed(found.cosine)}. Nobody drew B′ for the network; we can, so the error "
        f"is known: mean squared {error:.5f} after the sum, {before:.5f} if nothing is "
        "done, and "
        f"{floor:.5f} where the true face itself goes through encoder and decoder."
    )


QUESTION = (
    "You take the difference of one face with glasses and another person's without. "
    "What does adding it to B do?",
    (
        "Gives B glasses and nothing else",
        "Gives B glasses, and some of what else the two differ in",
        "Nothing",
    ),
    1,
    "The vector holds every difference of the two codes: hair, light, pose. Averaging "
    "over many matched pairs leaves what all of them share: the glasses.",
)
SOURCES = (
    "Radford, Metz & Chintala 2016, Unsupervised representation learning with deep "
    "convolutional GANs, arXiv:1511.06434, section 6.3.2",
    "Larsen et al. 2016, Autoencoding beyond pixels using a learned similarity metric, "
    "arXiv:1512.09300, section 4.1 (attribute vectors)",
)
TERMS = """
- **Code**, *z*: the numbers that stand for a picture; see *Variational autoencoder*.
- **A′, A, B**: pictures with something, without it, and the one that is to get it.
- **Norm**: a vector's length. **Cosine**: 1 the same way, 0 at a right angle.
- **Matched pairs**: A′ and A alike in everything but the one thing.
- **Mean squared error**: of every pixel's three colours, in [0, 1].
"""


def glossary() -> None:
    """Explain the terms in one line each."""
    with st.expander("The words on this page", icon=":material/menu_book:"):
        st.markdown(TERMS)
