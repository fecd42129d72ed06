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
from explorer.ui.chart import chart
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
DEAREST = 3.0  # nats: a pixel that costs that much is of the brightest colour
LARGE_PX, SMALL_PX = 250, 150  # of the reader's digit
DRAWS = 24  # of the noise, one a step of the scrubber
MOST_SEED = 9999
SAMPLES, ACROSS = 24, 6  # of the prior, a row of the comparison
JUDGE = "digits_classifier"
JUDGED = 200  # samples that it is asked about
SURE = 0.9  # of its probability: above, it is sure which digit a sample is
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


All = list[Seen]


def network_control() -> str:
    """Ask how many numbers the code has."""
    return NETWORKS[select("Code of", tuple(NETWORKS), "20 numbers", key="size")]


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


def one_picture(seen: Seen, small: bool = False) -> Seen:
    """Show the promise, a draw and its picture; the draws are played in the browser.

    ``small`` leaves room for the reader's paper.
    """
    side_px = SMALL_PX if small else LARGE_PX
    found = seen.arrays
    scrubber("Draw of ε", DRAWS, key="draw", start=1, linked="draw")
    event = stage(
        seen.digit.image,
        key="vae",
        alt=words.alt(seen.digit.name),
        pixelated=True,
        frames="draw",
        max_height_px=side_px,
        max_width_px=side_px,
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
            "dearest": DEAREST,
            "narrow": small,
            "tag": seen.tag,
        },
    )
    st.markdown(words.promise(found))
    return Seen(seen.name, seen.digit, found, seen.tag, event.program)


def the_bound(seen: Seen) -> None:
    """Take log p(x) apart; say what is missing, and what each number costs."""
    found, score = seen.arrays, zoo.record(seen.name).scores["neg_elbo"]
    reconstruction = float(found["reconstruction"].mean())
    kl, tight = float(found["kl"].sum()), float(importance_bound(found["log_weights"]))
    st.markdown(words.three_terms(reconstruction, kl))
    rows = {
        "this picture": (-reconstruction, kl),
        f"mean of {score['n']:,}": (score["value"] - score["kl"], score["kl"]),
    }
    active = active_units(latent_table(seen.name).mu)
    left, right = st.columns(2, gap="medium")
    with left:
        chart(bound_figure(rows, -tight), config=PLAIN, key="bound")
        st.markdown(words.bound(reconstruction - kl, tight, DRAWS))
    with right:
        chart(
            kl_figure(found["kl"].tolist(), score["kl_per_dimension"], active.tolist()),
            config=PLAIN,
            key="kl",
        )
        st.markdown(words.units(int(active.sum()), len(active)))


def three_betas(digit: Digit, seed: int) -> list[Seen]:
    """Show the same digit through networks trained with three weights of the KL."""
    found = list[Seen]()
    for beta, name, column in zip(
        BETAS, BETAS.values(), st.columns(len(BETAS), gap="small"), strict=True
    ):
        seen = open_up(name, digit, seed)
        drawn = samples(name, seed)
        if seen is None or drawn is None:
            return []
        images, sure = drawn
        back = np.concatenate([digit.image[None], seen.arrays["images"][: ACROSS - 1]])
        with column:
            st.markdown(words.beta_title(beta))
            stage(
                tiles_image(np.concatenate([back, images[:SAMPLES]]), ACROSS),
                key=name,
                alt=words.beta_alt(ACROSS - 1, SAMPLES),
                pixelated=True,
                max_height_px=300,
            )
            st.markdown(
                words.beta_row(zoo.record(name), seen.arrays, sure, len(images))
            )
        found.append(seen)
    st.markdown(words.BETA)
    return found


def samples(name: str, seed: int) -> tuple[NDArray[np.uint8], float] | None:
    """Return pictures of the prior, and of which share the classifier is sure.

    The same noise serves every network with codes of that size.
    """
    size = int(zoo.record(name).arguments["z"])
    z = np.random.default_rng(seed).standard_normal((JUDGED, size))
    drawn = live.model(name, "decode", z=z.astype(np.float32))
    if drawn is None:
        return None
    said = live.model(JUDGE, "classify", images=drawn.arrays["images"])
    if said is None:
        return None
    sure = said.arrays["probs"].max(axis=1) > SURE
    return drawn.arrays["images"], float(sure.mean())


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
