"""The numbers of a digit's code as sliders, and what each of them does."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.numerals import signed
from explorer.core.proof import Proof
from explorer.figures.tiles import tiles_image
from explorer.models import zoo
from explorer.models.proofs.latent import prove_decoder, prove_shown
from explorer.models.records import Record
from explorer.ui import link, live
from explorer.ui.controls import select
from explorer.ui.digitbar import Digit, digit_control, rooms, the_digit
from explorer.ui.lesson import remember
from explorer.ui.lessons import latent_words as words
from explorer.ui.lessons.latent_paths import NETWORKS
from explorer.ui.routes import DECODE
from explorer.ui.stage.stage import stage

RANGE = 3.0  # standard deviations of the prior, to each side
STEPS = 13  # pictures of a strip; odd, so that 0 is among them
ROW_PX = 40  # of a strip, at most
MOVED = 0.005  # of a slider: less is the rounding of what the browser sends
DIGIT = "5"


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
    return network, digit_control(DIGIT)


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


def show(network: str, asked: str) -> Traversal | None:
    """Show sliders sorted by KL, and a strip for each dimension."""
    about = zoo.record(network)
    place, room = rooms(asked)
    with place:
        digit = the_digit(asked, DIGIT)
    seen = live.model(network, "encode", images=digit.image[None])
    if seen is None:
        return None
    mu, kl = seen.arrays["mu"][0], about.scores["neg_elbo"]["kl_per_dimension"]
    order = np.argsort(-np.array(kl), kind="stable")
    codes = strips(mu, order)
    answer = live.model(network, "decode", z=codes)
    if answer is None:
        return None
    tag = live.digest(digit.image, network)
    with room:
        sent = _sliders(about, digit, mu, order, tag)
    rows = [int(k) for k in order]
    _strip_stage(answer.arrays["images"], rows, kl)
    st.markdown(words.sliders(about))
    return Traversal(network, codes, answer.arrays["images"], tag, sent)


def _sliders(
    about: Record,
    digit: Digit,
    mu: NDArray[np.float32],
    order: NDArray[np.int64],
    tag: str,
) -> dict[str, Any] | None:
    """Show the sliders, set as the link says; return what the browser committed."""
    remember.forget(tag, "z")
    kept = remember("z", ())
    if len(kept) not in (0, len(mu)):
        link.note(words.other_size(len(kept), len(mu)))
        kept = ()
    event = stage(
        digit.image,
        key="sliders",
        alt=words.sliders_alt(digit.name),
        pixelated=True,
        max_height_px=300,
        max_width_px=300,
        program={
            "name": "sliders",
            "url": f"{DECODE}?model={about.name}",
            "z": [round(float(v), 4) for v in mu],
            "start": [float(np.clip(v, -RANGE, RANGE)) for v in kept] if kept else None,
            "order": order.tolist(),
            "kl": about.scores["neg_elbo"]["kl_per_dimension"],
            "range": RANGE,
            "read": words.READ,
            "tag": tag,
        },
    )
    sent = event.program
    if sent and sent.get("tag") == tag:
        moved = np.abs(np.array(sent["z"]) - mu).max() > MOVED
        kept = tuple(round(v, 2) for v in sent["z"]) if moved else ()
    remember.set("z", kept, ())
    return sent


def _strip_stage(images: NDArray[np.uint8], order: list[int], kl: list[float]) -> None:
    high, wide = images.shape[1:]
    values = np.linspace(-RANGE, RANGE, STEPS)
    stage(
        np.pad(tiles_image(images, STEPS), ((0, 0), (wide, 0))),  # names stand there
        key="strips",
        alt=words.strips_alt(len(order), RANGE),
        pixelated=True,
        max_height_px=ROW_PX * max(len(order), 5),
        program={
            "name": "strip",
            "cell": [wide, high],
            "left": wide,
            "rows": [f"z{k}, {kl[k]:.2f} nats" for k in order],
            "notes": [[f"z{k} = {signed(v, 1)}" for v in values] for k in order],
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
