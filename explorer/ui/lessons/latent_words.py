"""What the lesson on latent spaces says."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.numerals import percent, signed
from explorer.models.records import Record
from explorer.ui.glossary import glossary_box

PARTS = ("A plane", "Between two", "Sliders", "From nothing")
DOTS_HELP = (
    "Pictures that the network never learnt from, each where the encoder puts it (the "
    "mean of its code), in the colour of its class. No class was told to the network."
)


def plane_alt(title: str, span: float) -> str:
    """Describe the plane for those who cannot see it."""
    return (
        f"Pictures decoded by {title} from a grid of codes, both numbers from "
        f"-{span:g} to {span:g}, the second growing upwards."
    )


def plane_note(record: Record) -> str:
    """Say what the panel shows where no test picture has a class."""
    return f"Decoded by {record.title}."


def plane(record: Record, count: int, dots: int) -> str:
    """Say what the picture is, with the record's numbers.

    Parameters
    ----------
    count : int
        Small pictures of the plane.
    dots : int
        Test pictures that lie over it; without classes no legend names them.
    """
    legend = ""
    if dots and not record.classes:
        legend = f" The {dots:,} dots are test pictures, where the encoder puts them."
    score = record.scores["neg_elbo"]
    return (
        f"Each of the {count} small pictures is the decoder's answer to the code in "
        "its middle; none is a photo. Neighbours are alike as the encoder was made "
        "to blur: every picture owns a cloud of codes, not a point. Two numbers cannot "
        f"hold everything: −ELBO is {signed(score['value'], 1)} nats on {score['n']:,} "
        f"test pictures, of which the code costs {score['kl']:.1f}."
        f"{_below(record)}{legend}"
    )


def _below(record: Record) -> str:
    """Say why a cost can be below zero, where the likelihood is a density."""
    if record.arguments.get("likelihood") != "gaussian":
        return ""
    return (
        " It may be below zero: the likelihood of this network is a density of grey "
        "values, and densities may be above 1."
    )


SEED_HELP = "Another seed draws other codes from the prior."


def path_alt(first: str, last: str, count: int) -> str:
    """Describe the two rows."""
    return (
        f"{count} pictures from {first} to {last}: the straight way above, the turning "
        "one below."
    )


def path(
    lengths: NDArray[np.float64], at: int, known: NDArray[np.floating[Any]]
) -> str:
    """Say how the two ways differ, with this pair's numbers.

    Parameters
    ----------
    lengths : (2, N) array
        Distances from the origin along the straight way and the turning one.
    at : int
        The step that is shown.
    known : (M, Z) array
        Codes of the test pictures.
    """
    straight, turning = lengths[:, at]
    away = np.linalg.norm(known, axis=1)
    nearer = [float((away < one).mean()) for one in (straight, turning)]
    return (
        "Both ways start and end at the codes that the encoder gives the two digits, "
        f"{lengths[0, 0]:.2f} and {lengths[0, -1]:.2f} from the origin. The "
        f"straight one (lerp) cuts the corner: here it is {straight:.2f} away, "
        f"the turning one (slerp) {turning:.2f}. Of the codes of {len(known):,} test "
        f"pictures {percent(nearer[0])} lie nearer to the origin than the first, "
        f"{percent(nearer[1])} than the second. The more numbers a code has, the fewer "
        "codes lie near the origin, and the likelier a straight way goes where "
        "training rarely went."
    )


READ = "What the encoder read"


def other_size(asked: int, size: int) -> str:
    """Say that a link's code fits another network."""
    return (
        f"The link asked for a code of {asked} numbers; this network's has {size}. The "
        "sliders stand where the encoder puts them instead."
    )


def sliders_alt(name: str) -> str:
    """Describe the picture beside the sliders."""
    return f"{name.capitalize()}, and over it what the decoder makes of its code"


def sliders(record: Record) -> str:
    """Say what the sliders are, with the record's numbers."""
    active = record.scores["active_units"]
    return (
        f"A slider for each number of the code, the busiest first: how many nats it "
        "costs on average to say where a test picture lies on it (its KL). A number "
        f"that costs nothing says nothing: {active['value']} of {active['of']} are in "
        "use here. Each row of pictures moves one number alone and leaves the others "
        "where the encoder put them: point along it."
    )


def strips_alt(count: int, span: float) -> str:
    """Describe the rows."""
    return f"{count} rows; in each, one number goes from -{span:g} to {span:g}."


def samples_alt(count: int) -> str:
    """Describe the samples."""
    return f"{count} pictures decoded from codes that were drawn from the prior."


def samples(record: Record) -> str:
    """Say what is drawn, with the record's numbers."""
    active = record.scores["active_units"]
    return (
        f"Each code is {record.arguments['z']} numbers drawn from N(0, 1), nothing "
        "else; no picture went in. What looks like nothing lies where the encoder "
        f"never sends one: prior and encoder do not quite agree. {active['value']} of "
        f"{active['of']} numbers are in use (their mean varies over the test pictures)."
    )


QUESTION = (
    "You go in a straight line over the plane of digits, from where the ones lie to "
    "where the zeros lie. What is in between?",
    (
        "A 1 that fades while a 0 appears over it",
        "Other digits, most of them whole",
        "Noise",
    ),
    1,
    "A fade of two pictures is not what the decoder learnt: each code of the plane "
    "becomes a picture like those whose clouds cover it, and on the way lie the clouds "
    "of other digits. Only on a border of two kinds is it a blurred mean of both. Drag "
    "the ring along the way and see.",
)
SOURCES = (
    "Kingma & Welling 2014, Auto-encoding variational Bayes, arXiv:1312.6114, appendix "
    "A, figure 4 (the manifolds of Frey faces and of digits)",
    "White 2016, Sampling generative networks, arXiv:1609.04468, section 2.1 (slerp)",
)
TERMS = """
- **Code**, *z*: the few numbers that stand for a picture. **Latent space**: all codes.
- **Decoder**: the network that makes a picture of a code. **Encoder**: the one that
  says which codes may have made a picture: a mean μ and a width σ for each number.
- **Prior**: how codes are spread before any picture is seen: N(0, 1) in each number.
- **Manifold**: the pictures that the decoder can make: a curved sheet among images.
- **lerp, slerp**: a straight way between two codes; one that turns about the origin.
- **ELBO**: what VAEs are trained by; see *VAE*. In **nats**: natural logarithms.
"""


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)
