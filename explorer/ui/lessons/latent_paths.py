"""Between two digits, and samples of the prior."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.digit_form import stroke_digit
from explorer.core.latent import lerp, slerp
from explorer.core.proof import Proof
from explorer.figures.animation import gif_bytes
from explorer.figures.tiles import tiles_image
from explorer.models import zoo
from explorer.models.proofs.latent import prove_decoder
from explorer.ui import live
from explorer.ui.controls import number, select, slider
from explorer.ui.lessons import latent_words as words
from explorer.ui.stage.scrubber import scrubber
from explorer.ui.stage.stage import stage

NETWORKS = {
    "20 numbers": "digits_vae_20",
    "10 numbers": "digits_vae_10",
    "2 numbers": "digits_vae_2",
}
SAMPLED = {**NETWORKS, "clothes, 10 numbers": "fashion_vae_10"}
DIGITS = tuple("0123456789")
FRAMES = (5, 21, 11, 2)  # of a path: low, high, start, step
SAMPLES, ACROSS = 60, 12
MOST_SEED = 9999


@dataclass(frozen=True, eq=False)
class Decoded:
    """Codes (N, Z) of a network with the pictures (N, h, w) that it made of them."""

    name: str
    codes: NDArray[np.float32]
    images: NDArray[np.uint8]


def path_controls() -> tuple[str, str, str, int]:
    """Ask for the network, both digits and the number of frames."""
    network = NETWORKS[select("Code of", tuple(NETWORKS), "20 numbers", key="size")]
    first = select("From", DIGITS, "3", key="from", width_px=90)
    last = select("To", DIGITS, "8", key="to", width_px=90)
    count: int = slider("Pictures", *FRAMES, key="count")
    return network, first, last, count


def show_path(network: str, first: str, last: str, count: int) -> Decoded | None:
    """Show the straight way and the turning one, row by row."""
    ends = np.stack([stroke_digit(int(first)), stroke_digit(int(last), 1)])
    seen = live.model(network, "encode", images=ends)
    if seen is None:
        return None
    a, b = seen.arrays["mu"].astype(np.float64)
    z = np.concatenate([lerp(a, b, count), slerp(a, b, count)]).astype(np.float32)
    answer = live.model(network, "decode", z=z)
    if answer is None:
        return None
    images = answer.arrays["images"]
    high, wide = images.shape[1:]
    lengths = np.linalg.norm(z, axis=1).reshape(2, count)
    at = scrubber("Pictures", count - 1, key="frame", start=count // 2)
    stage(
        tiles_image(images, count),
        key="path",
        alt=words.path_alt(first, last, count),
        pixelated=True,
        frames="frame",
        max_height_px=220,
        program={
            "name": "strip",
            "cell": [wide, high],
            "rows": ["lerp", "slerp"],
            "notes": [[f"|z| = {v:.2f}" for v in row] for row in lengths],
            "whole": True,
        },
    )
    st.markdown(words.path(lengths, at))
    st.download_button(
        "Animation (GIF)",
        gif_bytes(images[count:]),
        f"{first}_to_{last}.gif",
        "image/gif",
        icon=":material/movie:",
    )
    return Decoded(network, z, images)


def sample_controls() -> tuple[str, int]:
    """Ask for the network and the seed."""
    network = SAMPLED[select("Network", tuple(SAMPLED), "20 numbers", key="sampled")]
    seed: int = number("Seed", 0, MOST_SEED, 0, key="seed", help=words.SEED_HELP)
    return network, seed


def show_samples(network: str, seed: int) -> Decoded | None:
    """Show what the decoder makes of codes drawn from the prior."""
    size = int(zoo.record(network).arguments["z"])
    z = np.random.default_rng(seed).standard_normal((SAMPLES, size)).astype(np.float32)
    answer = live.model(network, "decode", z=z)
    if answer is None:
        return None
    images = answer.arrays["images"]
    stage(
        tiles_image(images, ACROSS),
        key="samples",
        alt=words.samples_alt(SAMPLES),
        pixelated=True,
        max_height_px=380,
    )
    st.markdown(words.samples(zoo.record(network)))
    return Decoded(network, z, images)


def prove(shown: Decoded | None) -> list[Proof]:
    """Decode the same codes with numpy."""
    if shown is None:
        return []
    return [prove_decoder(zoo.record(shown.name), shown.codes, shown.images)]
