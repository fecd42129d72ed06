"""What the lesson on latent arithmetic says."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.latent import Arithmetic
from explorer.core.latent_table import LatentTable, typical_distance, usual_nearest
from explorer.core.numerals import percent, signed
from explorer.models.records import Record
from explorer.ui.glossary import glossary_box

PARTS = ("Photographed faces", "Drawn faces")
PAIRS_HELP = (
    "How many pairs the difference is averaged over. Of one pair it holds whatever "
    "else that pair's codes differ in; over many pairs that averages out."
)
FACE_HELP = "Another number is another drawn face, one that the network never saw."
# The titles read as the sum: A′ − A + B.
PLUS = "**A′**: {what}"
MINUS = "**− A**: {what}"
BASE = "**+ B**"
RESULT = "**= B′**, decoded at the step t"
SET_ALT = "{count} face(s)"
SUM_ALT = "The picture that the decoder makes of B plus the step times A′ minus A"
LINES = {"step": "step t"}
BEFORE = "B"
BACK = "B through the network (t = 0)"
WAY = (
    "What is added. The first four were averaged once over matched pairs of the "
    "training faces: of the same gender, of a similar age, one with and one without. "
    "With sets of your own every slot is yours to fill."
)
SEED = (
    "Another number draws other faces from the sets. A ready direction stays as it is: "
    "of the faces that it was averaged over, only the mean is kept."
)
SLOTS = {"plus": "A′", "minus": "A", "base": "B"}
UPLOAD = "A photo of a face for {slot}: JPEG, PNG, HEIC …, up to 20 MB"
WAITING = (
    "The sum waits for this photo. It stays in this session: not stored, not shared."
)
NOTHING = (
    "**B′ = B**: A′ and A have the same code, so their difference is 0, and no step "
    "adds anything."
)
EVERYTHING = (
    "It holds all that the two sets differ in, not one thing alone: hair, light and "
    "pose too. The more faces a set has, the more of that averages out."
)
STRANGER = (
    "**An avatar is a stranger here**: this network learnt photographed faces alone, "
    "so its code keeps little of a drawing. *Drawn faces* has a network of their own."
)
INSTEAD = "A face without glasses of the data set stands in its place."
AGAIN = "There is no sum until {slot} has a face."
ALONG = "**B′ along the vector**, the step t below each picture:"
ALONG_ALT = "Faces decoded at {count} steps along the vector"
NEAR_ALT = "The {count} nearest faces of the data set, decoded from their codes"
TRUTH = "B with {change}, drawn"


@dataclass(frozen=True, eq=False)
class Errors:
    """Mean squared errors against the face that B' should be, drawn.

    Attributes
    ----------
    after : float
        Of B' at the step that holds.
    before : float
        Of B itself, sent through: what doing nothing costs.
    floor : float
        Of the truth, sent through: no sum can do better.
    """

    after: float
    before: float
    floor: float


def avatar_sum(step: float, found: Arithmetic, errors: Errors) -> str:
    """Say how far the sum is from the truth, with this face's numbers."""
    return (
        f"**B′ = B + t · (A′ − A).** The vector is {found.norm:.2f} long, the cosine "
        f"of its angle with B {signed(found.cosine)}. The network never saw the drawn "
        "face that B′ should be; we can draw it, so the error is known: mean squared "
        f"**{errors.after:.5f}** at t = {signed(step)}, {errors.before:.5f} if nothing "
        f"is done (t = 0), and {errors.floor:.5f} where the drawn face itself goes "
        "through encoder and decoder."
    )


def others(count: int) -> str:
    """Say that more faces than one were found."""
    more = "1 more face" if count == 1 else f"{count} more faces"
    return f"{more} in the photo; the largest was taken."


def face_sum(about: Record, found: Arithmetic, table: LatentTable, preset: str) -> str:
    """Say what was added, how long it is against the faces, and how well it tells.

    Parameters
    ----------
    preset : str
        The direction's name in the table; empty for the reader's own sets.
    """
    if not found.norm:
        return NOTHING
    apart = typical_distance(table)
    said = (
        f"**B′ = B + t · (A′ − A).** The vector is {found.norm:.2f} long, where two "
        f"faces lie {apart:.1f} apart on average; the cosine of its angle with B is "
        f"{signed(found.cosine)}."
    )
    if not preset:
        return f"{said} {EVERYTHING}"
    score = about.scores[f"auc_{preset}"]
    word = " (female, as the data set's file names say)" if preset == "gender" else ""
    return (
        f"{said} It is the mean difference over {score['pairs']:,} matched pairs of "
        f"training faces{word}; what the pairs do not share falls out, so it is "
        "short, and t = 2 shows more than the plain sum, t = 1. How far a face lies "
        f"along it tells {score['n']:,} held-out faces apart: in "
        f"{percent(score['value'])} of pairs the one that has it lies further (the "
        f"AUC, {score['value']:.2f}; by chance 0.50)."
    )


def near(
    distances: NDArray[np.float64], table: LatentTable, found: Arithmetic, step: float
) -> str:
    """Introduce the nearest faces of the data set, with two yardsticks."""
    return (
        f"**Is B′ a memory?** At t = {signed(step)} the nearest of {len(table.mu):,} "
        f"faces lie {distances[0]:.2f} to {distances[-1]:.2f} from it, B itself "
        f"{abs(step) * found.norm:.2f}. For comparison: a face of the data set and the "
        f"one nearest to it lie {usual_nearest(table):.2f} apart on average. Their "
        "photos are not in here, only their codes; this is what the decoder "
        "makes of those:"
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
- **Step**, *t*: how much of A′ − A is added: 0 none, 1 all, below 0 the reverse.
- **Norm**: a vector's length. **Cosine**: 1 the same way, 0 at a right angle.
- **AUC**: how often a face that has it lies further along than one that has not.
- **Aligned**: the face is found by Viola and Jones's cascade, turned until the eyes are
  level, and cut out as the training faces are, 64 × 64 pixels.
- **Avatar**: a face drawn by a program from seven numbers; see *Drawn faces*.
- **Matched pairs**: A′ and A alike in everything but the one thing.
- **Mean squared error**: of every pixel's three colours, in [0, 1].
"""


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)
