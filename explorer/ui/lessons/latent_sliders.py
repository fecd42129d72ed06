"""The numbers of a digit's code as sliders, and what each of them does."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.digit_form import stroke_digit
from explorer.core.proof import Proof
from explorer.figures.tiles import tiles_image
from explorer.models import zoo
from explorer.models.proofs.latent import prove_decoder, prove_shown
from explorer.ui import live
from explorer.ui.controls import select
from explorer.ui.lessons import latent_words as words
from explorer.ui.lessons.latent_paths import DIGITS, NETWORKS
from explorer.ui.routes import DECODE
from explorer.ui.stage.stage import stage

RANGE = 3.0  # standard deviations of the prior, to each side
STEPS = 13  # pictures of a strip; odd, so that 0 is among them
MOST_STRIPS = 10


@dataclass(frozen=True, eq=False)
class Traversal:
    """What the part showed: codes (N, Z), their pictures, what the browser sent."""

    name: str
    codes: NDArray[np.float32]
    images: NDArray[np.uint8]
    tag: str
    sent: dict[str, Any] | None


def controls() -> tuple[str, str]:
    """Ask for the network and the digit."""
    network = NETWORKS[select("Code of", tuple(NETWORKS), "10 numbers", key="of")]
    return network, select("Digit", DIGITS, "5", key="digit", width_px=90)


def strips(mu: NDArray[np.float32], order: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return codes (D * 13, Z): one dimension after the other from -3 to 3.

    Examples
    --------
    >>> made = strips(np.zeros(2, np.float32), np.array([1]))
    >>> made.shape, made[0].tolist()
    ((13, 2), [0.0, -3.0])
    """
    codes = np.repeat(mu[None], len(order) * STEPS, axis=0)
    for k, dimension in enumerate(order):
        codes[k * STEPS : (k + 1) * STEPS, dimension] = np.linspace(
            -RANGE, RANGE, STEPS
        )
    return codes


def show(network: str, digit: str) -> Traversal | None:
    """Show sliders sorted by KL, and a strip for each of the first dimensions."""
    about = zoo.record(network)
    image = stroke_digit(int(digit))
    seen = live.model(network, "encode", images=image[None])
    if seen is None:
        return None
    mu = seen.arrays["mu"][0]
    kl = about.scores["neg_elbo"]["kl_per_dimension"]
    order = np.argsort(-np.array(kl), kind="stable")
    codes = strips(mu, order[:MOST_STRIPS])
    answer = live.model(network, "decode", z=codes)
    if answer is None:
        return None
    images = answer.arrays["images"]
    tag = f"{network} {digit}"
    event = stage(
        image,
        key="sliders",
        alt=words.sliders_alt(digit),
        pixelated=True,
        max_height_px=300,
        max_width_px=300,
        program={
            "name": "sliders",
            "url": f"{DECODE}?model={network}",
            "z": [round(float(v), 4) for v in mu],
            "order": [int(k) for k in order],
            "kl": kl,
            "range": RANGE,
            "tag": tag,
        },
    )
    st.markdown(words.sliders(about))
    _strip_stage(images, [int(k) for k in order[:MOST_STRIPS]], kl)
    return Traversal(network, codes, images, tag, event.program)


def _strip_stage(images: NDArray[np.uint8], order: list[int], kl: list[float]) -> None:
    high, wide = images.shape[1:]
    values = np.linspace(-RANGE, RANGE, STEPS)
    stage(
        tiles_image(images, STEPS),
        key="strips",
        alt=words.strips_alt(len(order), RANGE),
        pixelated=True,
        max_height_px=420,
        program={
            "name": "strip",
            "cell": [wide, high],
            "rows": [f"z{k}, {kl[k]:.2f} nats" for k in order],
            "notes": [[f"z{k} = {v:+.1f}" for v in values] for k in order],
            "whole": False,
        },
    )


def prove(shown: Traversal | None) -> list[Proof]:
    """Decode the strips with numpy, and the picture that the sliders show."""
    if shown is None:
        return []
    about = zoo.record(shown.name)
    found = [prove_decoder(about, shown.codes, shown.images)]
    if shown.sent and shown.sent.get("tag") == shown.tag:
        found.append(prove_shown(about, shown.sent))
    return found
