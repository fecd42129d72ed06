"""Between two digits, and samples of the prior."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.latent import lerp, slerp
from explorer.core.latent_table import latent_table
from explorer.core.proof import Proof
from explorer.figures.animation import gif_bytes
from explorer.figures.tiles import tiles_image
from explorer.models import zoo
from explorer.models.proofs.latent import prove_decoder
from explorer.ui import live
from explorer.ui.controls import number, select
from explorer.ui.digitbar import digit_control, rooms, the_digit
from explorer.ui.lessons import latent_words as words
from explorer.ui.stage.scrubber import scrubber
from explorer.ui.stage.stage import stage

NETWORKS = {
    "20 numbers": "digits_vae_20",
    "10 numbers": "digits_vae_10",
    "2 numbers": "digits_vae_2",
}
SAMPLED = {**NETWORKS, "clothes, 10 numbers": "fashion_vae_10"}
FROM, TO = "3", "8"
PICTURES = 13  # of a path, on the page
BETWEEN = 3  # steps of the animation from one of them to the next
GIF_MS = 50  # a frame
STRIP_PX = 660  # leaves room for the enlarged pictures beside it
SAMPLES, ACROSS = 60, 12
MOST_SEED = 9999


@dataclass(frozen=True, eq=False)
class Decoded:
    """Codes (N, Z) of a network with the pictures (N, h, w) that it made of them."""

    name: str
    codes: NDArray[np.float32]
    images: NDArray[np.uint8]


def path_controls() -> tuple[str, str, str]:
    """Ask for the network and both digits."""
    asked = select("Code of", tuple(NETWORKS), "20 numbers", key="size", width_px=150)
    first = digit_control(FROM, "from", "From", 140)
    return NETWORKS[asked], first, digit_control(TO, "to", "To", 140)


def show_path(network: str, first: str, last: str) -> Decoded | None:
    """Show the straight way and the turning one, row by row."""
    *places, room = rooms(first, last)
    with places[0]:
        start = the_digit(first, FROM, "from")
    with places[1]:
        end = the_digit(last, TO, "to", hand=1)
    seen = live.model(network, "encode", images=np.stack([start.image, end.image]))
    if seen is None:
        return None
    a, b = seen.arrays["mu"].astype(np.float64)
    count = (PICTURES - 1) * BETWEEN + 1
    z = np.concatenate([lerp(a, b, count), slerp(a, b, count)]).astype(np.float32)
    answer = live.model(network, "decode", z=z)
    if answer is None:
        return None
    images = answer.arrays["images"].reshape(2, count, *start.image.shape)
    with room:
        _show_ways(network, z.reshape(2, count, -1), images, (start.name, end.name))
    return Decoded(network, z, answer.arrays["images"])


def _show_ways(
    network: str,
    z: NDArray[np.float32],
    images: NDArray[np.uint8],
    names: tuple[str, str],
) -> None:
    """Show every third picture of both ways, and offer one of them as a file."""
    high, wide = images.shape[2:]
    lengths = np.linalg.norm(z[:, ::BETWEEN], axis=2).astype(np.float64)
    last, middle = PICTURES - 1, PICTURES // 2
    at = scrubber("Picture", last, key="step", start=middle, linked="frame", first=1)
    stage(
        tiles_image(images[:, ::BETWEEN].reshape(-1, high, wide), PICTURES),
        key="path",
        alt=words.path_alt(*names, PICTURES),
        pixelated=True,
        frames="step",
        max_height_px=220,
        max_width_px=STRIP_PX,
        program={
            "name": "strip",
            "cell": [wide, high],
            "rows": ["lerp (straight)", "slerp (turning)"],
            "notes": [[f"|z| = {v:.2f}" for v in row] for row in lengths],
            "whole": True,
        },
    )
    st.markdown(words.path(lengths, at, latent_table(network).mu))
    st.download_button(
        "Animation of slerp (GIF)",
        partial(gif_bytes, images[1], GIF_MS),
        "slerp.gif",
        "image/gif",
        on_click="ignore",
        icon=":material/movie:",
    )


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
