"""The lesson on autoencoders, part by part."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.latent_table import latent_table
from explorer.core.proof import Proof
from explorer.figures.bottleneck import error_image, probe_figure, sizes_figure
from explorer.figures.tiles import tiles_image
from explorer.models import zoo
from explorer.models.proofs.latent import prove_decoder
from explorer.ui import live
from explorer.ui.controls import choose, number
from explorer.ui.digitbar import Digit
from explorer.ui.lessons import bottleneck_words as words
from explorer.ui.stage.stage import stage

SIZES = {2: "digits_ae_2", 8: "digits_ae_8", 32: "digits_ae_32", 64: "digits_ae_64"}
VAES = {2: "digits_vae_2", 8: "digits_vae_10", 32: "digits_vae_20", 64: "digits_vae_20"}
LABELS = (10, 100, 1000)
SAMPLES, ACROSS = 40, 10
MOST_SEED = 9999
PLAIN: dict[str, Any] = {"displayModeBar": False}

Grey = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Coded:
    """Codes (N, Z) of a network and the pictures (N, 28, 28) decoded from them."""

    name: str
    codes: NDArray[np.float32]
    images: Grey


def size_control() -> int:
    """Ask for the bottleneck."""
    sizes = tuple(SIZES)
    return choose("Bottleneck", sizes, default=8, key="size", help=words.SIZE_HELP)


def seed_control() -> int:
    """Ask for the seed of the samples."""
    seed: int = number("Seed", 0, MOST_SEED, 0, key="seed")
    return seed


def through(name: str, image: Grey) -> Coded | None:
    """Send a digit through a bottleneck and back."""
    seen = live.model(name, "encode", images=image[None])
    if seen is None:
        return None
    code = seen.arrays["mu"]
    answer = live.model(name, "decode", z=code)
    return None if answer is None else Coded(name, code, answer.arrays["images"])


def error(image: Grey, back: Grey) -> float:
    """Return the mean squared difference of brightness in [0, 1].

    Examples
    --------
    >>> error(np.zeros((2, 2), np.uint8), np.full((2, 2), 255, np.uint8))
    1.0
    """
    return float((((image.astype(np.float64) - back) / 255) ** 2).mean())


def bottleneck(digit: Digit, size: int) -> list[Coded]:
    """Show the digit, what comes back, and where it differs; then all sizes."""
    found = {k: through(name, digit.image) for k, name in SIZES.items()}
    whole = {k: one for k, one in found.items() if one is not None}
    if len(whole) < len(SIZES):
        return []
    chosen = whole[size]
    back = chosen.images[0]
    for column, (title, picture, alt) in zip(
        st.columns([1, 1, 1, 1.6], gap="medium")[:3],
        (
            (words.BEFORE, digit.image, words.BEFORE_ALT),
            (words.AFTER.format(size=size), back, words.AFTER_ALT),
            (words.APART, error_image(digit.image, back), words.APART_ALT),
        ),
        strict=True,
    ):
        with column:
            st.markdown(title)
            stage(
                picture,
                key=f"ae_{title[:8]}",
                alt=alt,
                pixelated=True,
                max_height_px=230,
                max_width_px=230,
            )
    here = {k: error(digit.image, one.images[0]) for k, one in whole.items()}
    tested = {k: zoo.record(n).scores["l2"]["value"] for k, n in SIZES.items()}
    st.markdown(words.code(chosen.codes[0], here[size], digit.image.size))
    st.plotly_chart(sizes_figure(tested, here), config=PLAIN, key="sizes")
    return [chosen]


def few_labels() -> None:
    """Show what the codes are worth to somebody with few labels."""
    rows = {}
    for size, name in SIZES.items():
        scores = zoo.record(name).scores
        rows[f"code of {size}"] = [_pair(scores[f"accuracy_code_{n}"]) for n in LABELS]
    scores = zoo.record(SIZES[32]).scores
    rows["784 pixels"] = [_pair(scores[f"accuracy_pixels_{n}"]) for n in LABELS]
    st.plotly_chart(probe_figure(LABELS, rows), config=PLAIN, key="probe")
    st.markdown(words.probe(scores, LABELS[1]))


def _pair(score: dict[str, Any]) -> tuple[float, float]:
    return float(score["value"]), float(score["std"])


def samples(size: int, seed: int) -> list[Coded]:
    """Show digits from nothing: of the autoencoder, and of a VAE."""
    plain = SIZES[size]
    mu = latent_table(plain).mu
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((SAMPLES, size)) * mu.std(0) + mu.mean(0)
    prior = VAES[size]
    free = rng.standard_normal((SAMPLES, int(zoo.record(prior).arguments["z"])))
    found = list[Coded]()
    columns = st.columns(2, gap="medium")
    for column, name, code, title in (
        (columns[0], plain, z, words.of_autoencoder(size)),
        (columns[1], prior, free, words.of_vae(zoo.record(prior))),
    ):
        answer = live.model(name, "decode", z=code.astype(np.float32))
        if answer is None:
            return []
        images = answer.arrays["images"]
        found.append(Coded(name, code.astype(np.float32), images))
        with column:
            st.markdown(title)
            stage(
                tiles_image(images, ACROSS),
                key=f"drawn_{name}",
                alt=words.SAMPLES_ALT,
                pixelated=True,
                max_height_px=300,
            )
    st.markdown(words.WHY)
    return found


def prove(found: list[Coded]) -> list[Proof]:
    """Decode the same codes with numpy."""
    return [prove_decoder(zoo.record(x.name), x.codes, x.images) for x in found]
