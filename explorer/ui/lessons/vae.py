"""The lesson on the variational autoencoder, part by part."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.latent import active_units, gaussian_kl, importance_bound
from explorer.core.latent_table import latent_table
from explorer.core.proof import BROWSER, Proof
from explorer.figures.tiles import tiles_image
from explorer.figures.vae import bound_figure, kl_figure
from explorer.models import zoo
from explorer.models.proofs.latent import prove_bound, prove_decoder
from explorer.ui import live
from explorer.ui.controls import number, select
from explorer.ui.digitbar import Digit
from explorer.ui.lessons import vae_words as words
from explorer.ui.stage.scrubber import scrubber
from explorer.ui.stage.stage import stage

NETWORKS = {
    "2 numbers": "digits_vae_2",
    "10 numbers": "digits_vae_10",
    "20 numbers": "digits_vae_20",
}
BETAS = {
    0.5: "digits_vae_10_beta_05",
    1.0: "digits_vae_10",
    4.0: "digits_vae_10_beta_4",
}
DRAWS = 24  # of the noise, one a step of the scrubber
MOST_SEED = 9999
SAMPLES, ACROSS = 24, 12  # of the prior, a row of the comparison
BROWSER_TOLERANCE = 1e-3  # nats: single precision, sums of some hundred
PLAIN: dict[str, Any] = {"displayModeBar": False}

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Seen:
    """What a network said of the digit, and what the browser sent back."""

    name: str
    digit: Digit
    arrays: Arrays
    tag: str = ""
    sent: dict[str, Any] | None = None


def network_control() -> str:
    """Ask how many numbers the code has."""
    return NETWORKS[select("Code of", tuple(NETWORKS), "10 numbers", key="size")]


def seed_control() -> int:
    """Ask for the seed of the noise."""
    seed: int = number("Seed of ε", 0, MOST_SEED, 0, key="seed", help=words.SEED_HELP)
    return seed


def open_up(name: str, digit: Digit, seed: int) -> Seen | None:
    """Run the network on the digit, with several draws of the noise."""
    answer = live.model(name, "opened", image=digit.image, seed=seed, samples=DRAWS)
    if answer is None:
        return None
    return Seen(name, digit, dict(answer.arrays), live.digest(digit.image, name, seed))


def one_picture(seen: Seen) -> Seen:
    """Show the promise, a draw and its picture; the draws are played in the browser."""
    found = seen.arrays
    scrubber("Draw of ε", DRAWS, key="draw", start=1)
    event = stage(
        seen.digit.image,
        key="vae",
        alt=words.alt(seen.digit.name),
        pixelated=True,
        frames="draw",
        max_height_px=250,
        max_width_px=250,
        program={
            "name": "vae",
            "mu": found["mu"],
            "std": np.exp(found["logvar"] / 2),
            "noise": found["noise"],
            "codes": found["z"],
            "images": found["images"],
            "likelihood": found["log_likelihood"],
            "reconstruction": found["reconstruction"],
            "kl": found["kl"],
            "lines": words.LINES,
            "tag": seen.tag,
        },
    )
    st.markdown(words.promise(found))
    return Seen(seen.name, seen.digit, found, seen.tag, event.program)


def the_bound(seen: Seen) -> None:
    """Take log p(x) apart; say what is missing, and what each number costs."""
    found, about = seen.arrays, zoo.record(seen.name)
    reconstruction = float(found["reconstruction"].mean())
    kl, tight = float(found["kl"].sum()), float(importance_bound(found["log_weights"]))
    left, right = st.columns([3, 2.6], gap="medium")
    with left:
        st.markdown(words.three_terms(reconstruction, kl, tight, DRAWS))
        rows = {
            "this picture": (-reconstruction, kl),
            "test pictures": (
                about.scores["neg_elbo"]["value"] - about.scores["neg_elbo"]["kl"],
                about.scores["neg_elbo"]["kl"],
            ),
        }
        st.plotly_chart(bound_figure(rows, -tight), config=PLAIN, key="bound")
    with right:
        active = active_units(latent_table(seen.name).mu)
        mean = about.scores["neg_elbo"]["kl_per_dimension"]
        st.plotly_chart(
            kl_figure(found["kl"].tolist(), mean, active.tolist()),
            config=PLAIN,
            key="kl",
        )
        st.markdown(words.units(int(active.sum()), len(active)))


def three_betas(digit: Digit, seed: int) -> list[Seen]:
    """Show the same digit through networks trained with three weights of the KL."""
    found, rows, notes = list[Seen](), list[NDArray[np.uint8]](), list[str]()
    for beta, name in BETAS.items():
        seen = open_up(name, digit, seed)
        size = int(zoo.record(name).arguments["z"])
        z = np.random.default_rng(seed).standard_normal((SAMPLES, size))
        drawn = live.model(name, "decode", z=z.astype(np.float32))
        if seen is None or drawn is None:
            return []
        strip = np.concatenate([digit.image[None], seen.arrays["images"][: ACROSS - 1]])
        rows.append(np.concatenate([strip, drawn.arrays["images"]]))
        notes.append(words.beta_row(beta, zoo.record(name), seen.arrays["kl"]))
        found.append(seen)
    for note, pictures in zip(notes, rows, strict=True):
        st.markdown(note)
        stage(
            tiles_image(pictures, ACROSS),
            key=f"beta_{note[:12]}",
            alt=words.beta_alt(ACROSS - 1, SAMPLES),
            pixelated=True,
            max_height_px=150,
        )
    st.markdown(words.BETA)
    return found


def prove(found: list[Seen]) -> list[Proof]:
    """Compare with torch.distributions, with numpy, and with the browser's sum."""
    proofs = list[Proof]()
    for seen in found:
        about, arrays = zoo.record(seen.name), seen.arrays
        proofs.append(prove_bound(about, arrays, seen.digit.image))
        proofs.append(prove_decoder(about, arrays["z"], arrays["images"]))
        if seen.sent and seen.sent.get("tag") == seen.tag:
            kl = gaussian_kl(arrays["mu"], arrays["logvar"]).sum()
            ours = arrays["reconstruction"][seen.sent["draw"]] - kl
            far = abs(float(seen.sent["elbo"]) - float(ours))
            proofs.append(Proof(BROWSER, far, BROWSER_TOLERANCE, " nats", "ELBO"))
    return proofs
