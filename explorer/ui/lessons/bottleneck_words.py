"""What the lesson on autoencoders says."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.numerals import percent, signed
from explorer.models.records import Record
from explorer.ui.glossary import glossary_box

PARTS = ("Through the bottleneck", "Few labels", "From nothing")
SIZE_HELP = "How many numbers a digit of 784 pixels has to fit through."
BEFORE = "**The digit**"
AFTER, AFTER_ALT = "**Back from {size} numbers**", "What the decoder makes of the code"
APART = "**Where they differ** (L2)"
APART_ALT = "The squared difference of each pixel, bright where large"
SAMPLES_ALT = "Pictures decoded from codes that no picture gave"
MOST_NUMBERS = 8  # of a code, written out
WHY = (
    "**The autoencoder was never told where its codes should lie.** Drawing from a "
    "bell around them (their own mean and width, the best guess) lands between "
    "the islands that digits form, and the decoder was never trained there. The VAE "
    "pays for every cloud that strays from N(0, 1), so a draw from N(0, 1) is a place "
    "that it knows. Both drew from the same random numbers."
)

FLAT = (
    "With two numbers the islands touch, and many draws still hit one: choose 8, 32 or "
    "64, where there is ever more space between them. The ratio below says little "
    "here: on a plane codes lie so close that one several times as far from its "
    "neighbours can still be well inside an island."
)


def code(z: NDArray[np.float32], error: float, pixels: int, most: float) -> str:
    """Say what is left of the digit; the map is brightest at a square of ``most``."""
    numbers = ", ".join(signed(float(v)) for v in z[:MOST_NUMBERS])
    more = ", …" if len(z) > MOST_NUMBERS else ""
    return (
        f"All that is left of {pixels} pixels in the middle: **({numbers}{more})**. "
        f"Mean squared error {error:.4f}; at every size the map is brightest from a "
        f"squared difference of {most:g} on. Nobody told the network what a digit is: "
        "it was asked to give back what it was given."
    )


def probe(scores: Mapping[str, Any], size: int, labels: int) -> str:
    """Say what the codes are worth, with the records' numbers."""
    ours, pixels = (scores[f"accuracy_{kind}_{labels}"] for kind in ("code", "pixels"))
    return (
        f"A linear classifier was given {labels} labelled digits. Reading the code of "
        f"{size} numbers it is right on **{percent(ours['value'], 1)}** of test "
        "digits, "
        f"reading the 784 pixels on **{percent(pixels['value'], 1)}** (recorded after "
        "training; bars: the spread over several draws of the labelled ones). "
        "The encoder has seen all training digits, but not a single label."
    )


def best(codes: Mapping[int, float], errors: Mapping[int, float], labels: int) -> str:
    """Say which size tells digits apart best, where another gives them back best.

    Parameters
    ----------
    codes, errors : mapping of float
        By the size: a probe's accuracy with ``labels`` labels, and the mean squared
        error of what comes back.

    Examples
    --------
    >>> best({8: 0.9, 64: 0.8}, {8: 0.02, 64: 0.005}, 100)[:47]
    'With 100 labels the code of 8 numbers tells dig'
    >>> best({8: 0.9, 64: 0.8}, {8: 0.004, 64: 0.005}, 100)
    ''
    """
    tells = max(codes, key=codes.__getitem__)
    gives = min(errors, key=errors.__getitem__)
    if tells == gives:
        return ""
    return (
        f"With {labels} labels the code of {tells} numbers tells digits apart best "
        f"({percent(codes[tells], 1)}), though {gives} numbers give them back best: "
        "what a "
        "picture needs to come back is not all of use for its name."
    )


def named(probs: NDArray[np.float64], size: int, labels: int, accuracy: float) -> str:
    """Say what a probe fitted here makes of the reader's digit."""
    y = int(probs.argmax())
    return (
        f"**Here and now:** a probe fitted to the codes of {labels} test digits, "
        f"{size} numbers each, is right on {percent(accuracy, 1)} of the record's "
        "other test "
        f"digits. This one it calls **{y}** ({percent(probs[y], 1)})."
    )


def apart(
    plain: tuple[float, float], prior: tuple[float, float], used: int, size: int
) -> str:
    """Say how far drawn codes lie from any known one, of both networks.

    ``plain`` and ``prior`` are medians: of a known code's distance to the nearest
    other one, and of a drawn code's; of the VAE over the ``used`` of ``size`` numbers.
    """
    over = "" if used == size else f", over the {used} of its {size} numbers in use"
    return (
        "**Measured:** half of the test digits have another one's code within "
        f"{plain[0]:.3g} of their own; half of the drawn codes lie more than "
        f"{plain[1]:.3g} from any, **{plain[1] / plain[0]:.1f} times** as far. For the "
        f"VAE it is {prior[0]:.3g} and {prior[1]:.3g}, "
        f"**{prior[1] / prior[0]:.1f} times**{over}."
    )


def of_autoencoder(size: int) -> str:
    """Title of the autoencoder's samples."""
    return f"**Autoencoder, {size} numbers**: from a bell around its own codes"


def of_vae(record: Record) -> str:
    """Title of the VAE's samples."""
    return f"**VAE, {record.arguments['z']} numbers**: from its prior N(0, 1)"


QUESTION = (
    "An autoencoder gives back test digits almost perfectly. You draw a random code "
    "and decode it. What do you get?",
    ("A new digit", "One of the training digits", "Mostly no digit at all"),
    2,
    "Training asks only that codes of digits come back as digits. The space between "
    "them is not asked about, and in many dimensions nearly all space is between.",
)
SOURCES = (
    "Hinton & Salakhutdinov 2006, Reducing the dimensionality of data with neural "
    "networks, Science 313, 504",
    "Alain & Bengio 2017, Understanding intermediate layers using linear classifier "
    "probes, arXiv:1610.01644",
)
TERMS = """
- **Encoder, decoder**: the half that makes the code, and the half that reads it.
- **Bottleneck**, **code**: the few numbers in the middle.
- **Reconstruction**: what comes back. **L2**: squared difference, pixel by pixel.
- **Probe**: a simple classifier that reads features without changing them; what it can
  tell, the features hold.
- **Prior**: how codes are spread before a picture is seen; an autoencoder has none.
"""


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)
