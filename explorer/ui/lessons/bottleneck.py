"""The lesson on autoencoders: through the bottleneck, and from nothing."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.latent import active_units
from explorer.core.latent_table import latent_table, nearest_distances
from explorer.core.picture_error import mean_squared_error
from explorer.core.proof import Proof
from explorer.figures.bottleneck import (
    MOST_ERROR,
    codes_figure,
    distance_figure,
    error_image,
    sizes_figure,
)
from explorer.figures.tiles import tiles_image
from explorer.models import zoo
from explorer.models.proofs.latent import prove_code, prove_decoder
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.controls import choose, number
from explorer.ui.digitbar import rooms, the_digit
from explorer.ui.lessons import bottleneck_words as words
from explorer.ui.lessons.digit_given import given
from explorer.ui.stage.stage import stage

SIZES = {2: "digits_ae_2", 8: "digits_ae_8", 32: "digits_ae_32", 64: "digits_ae_64"}
VAES = {2: "digits_vae_2", 8: "digits_vae_10", 32: "digits_vae_20", 64: "digits_vae_20"}
DIGIT = "8"
FIRST_SIZE, DRAWN_SIZE = 8, 32
SAMPLES, ACROSS = 40, 10
MOST_SEED = 9999
SIDE_PX = 230  # what came back through each size stays in sight below
PLAIN: dict[str, Any] = {"displayModeBar": False}

Grey = NDArray[np.uint8]
Floats = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Coded:
    """Codes (N, Z) of a network and the pictures (N, 28, 28) decoded from them.

    Attributes
    ----------
    seen : (28, 28) uint8 array or None
        The picture that the one code is of, where there is one.
    """

    name: str
    codes: NDArray[np.float32]
    images: Grey
    seen: Grey | None = None


def size_control(key: str = "size", default: int = FIRST_SIZE) -> int:
    """Ask for the bottleneck."""
    sizes = tuple(SIZES)
    return choose("Bottleneck", sizes, default=default, key=key, help=words.SIZE_HELP)


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
    if answer is None:
        return None
    return Coded(name, code, answer.arrays["images"], image)


def recorded(score: str) -> dict[int, float]:
    """Return a score of every size's network, as its record has it."""
    return {k: zoo.record(n).scores[score]["value"] for k, n in SIZES.items()}


def bottleneck(asked: str, size: int) -> list[Coded]:
    """Show the digit, what comes back, and where it differs; then all sizes."""
    place, room = rooms(asked)
    with place:
        image = the_digit(asked, DIGIT).image
    first, second, third = room.columns(3, gap="small")
    with first:
        st.markdown(words.BEFORE)
        given(image, SIDE_PX)
    found = {k: through(name, image) for k, name in SIZES.items()}
    whole = {k: one for k, one in found.items() if one is not None}
    if len(whole) < len(SIZES):
        return []
    chosen = whole[size]
    back = chosen.images[0]
    with second:
        st.markdown(words.AFTER.format(size=size))
        _picture(back, "ae_after", words.AFTER_ALT)
    with third:
        st.markdown(words.APART)
        _picture(error_image(image, back), "ae_apart", words.APART_ALT)
    here = {k: mean_squared_error(image, one.images[0]) for k, one in whole.items()}
    left, right = st.columns([2, 3], gap="medium")
    with left:
        said = words.code(chosen.codes[0], here[size], image.size, MOST_ERROR)
        st.markdown(said)
    with right:
        pictures = {k: one.images[0] for k, one in whole.items()}
        figure = sizes_figure(recorded("l2"), here, pictures, size)
        chart(figure, config=PLAIN, key="sizes")
    return [chosen]


def _picture(image: Grey, key: str, alt: str) -> None:
    """Show a small picture large."""
    stage(
        image,
        key=key,
        alt=alt,
        pixelated=True,
        max_height_px=SIDE_PX,
        max_width_px=SIDE_PX,
    )


def draws(seed: int) -> NDArray[np.float64]:
    """Return standard normal numbers, enough for the widest code.

    Each network takes the first ones of every row, so that the same seed means the
    same draws to both.
    """
    return np.random.default_rng(seed).standard_normal((SAMPLES, max(SIZES)))


def own_bell(mu: Floats, noise: Floats) -> NDArray[np.float64]:
    """Return codes drawn from a bell as wide as known codes in every number.

    Examples
    --------
    >>> own_bell(np.array([[0.0], [4.0]]), np.array([[0.0, 9.0], [1.0, 9.0]])).tolist()
    [[2.0], [4.0]]
    """
    return np.asarray(noise[:, : mu.shape[1]] * mu.std(axis=0) + mu.mean(axis=0))


def samples(size: int, seed: int) -> list[Coded]:
    """Show digits from nothing: of the autoencoder, and of a VAE."""
    plain, prior = SIZES[size], VAES[size]
    noise, mu = draws(seed), latent_table(plain).mu.astype(np.float64)
    free = noise[:, : int(zoo.record(prior).arguments["z"])]
    found = list[Coded]()
    columns = st.columns(2, gap="medium")
    for column, name, code, title in (
        (columns[0], plain, own_bell(mu, noise), words.of_autoencoder(size)),
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
    _why(found, mu)
    return found


def _why(found: list[Coded], mu: NDArray[np.float64]) -> None:
    """Show where the drawn codes lie among the known ones, of both networks alike."""
    measured = [distances(one) for one in found]
    for column, one, (own, drawn) in zip(st.columns(2), found, measured, strict=True):
        if mu.shape[1] == 2:
            known = latent_table(one.name)
            figure = codes_figure(known.mu, known.columns["label"], one.codes)
        else:
            figure = distance_figure(own, drawn)
        with column:
            chart(figure, config=PLAIN, key=f"codes_{one.name}")
    st.markdown(words.WHY + (f" {words.FLAT}" if mu.shape[1] == 2 else ""))
    medians = [(float(np.median(a)), float(np.median(b))) for a, b in measured]
    used = active_units(latent_table(found[1].name).mu)
    st.markdown(words.apart(medians[0], medians[1], int(used.sum()), len(used)))


def distances(one: Coded) -> tuple[Floats, Floats]:
    """Return how far known and drawn codes lie from the nearest known one.

    Only over the numbers that the network uses: in the others a VAE's known codes
    are all alike and drawn ones are not, which its decoder does not see.
    """
    mu = latent_table(one.name).mu.astype(np.float64)
    used = active_units(mu)
    found: tuple[Floats, Floats] = live.compute(
        "distances", nearest_distances, mu[:, used], one.codes[:, used]
    )
    return found


def prove(found: list[Coded]) -> list[Proof]:
    """Decode the same codes with numpy; encode the reader's picture with it too."""
    decoded = [prove_decoder(zoo.record(x.name), x.codes, x.images) for x in found]
    encoded = [
        prove_code(zoo.record(x.name), x.seen, x.codes[0])
        for x in found
        if x.seen is not None
    ]
    return [*decoded, *encoded]
