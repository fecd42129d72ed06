"""The lesson on discriminative and generative models, part by part."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from explorer.core.bayes import posterior, roc
from explorer.core.latent import importance_bound
from explorer.core.latent_table import evidence
from explorer.core.proof import BROWSER, Proof
from explorer.figures.reject import evidence_figure, posteriors_figure, roc_figure
from explorer.figures.theme import COLORS
from explorer.models import zoo
from explorer.models.proofs.gap import gap
from explorer.models.proofs.latent import prove_evidence
from explorer.ui import live
from explorer.ui.controls import choose, select, slider
from explorer.ui.digitbar import Digit, as_grey
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import generative_kinds_words as words
from explorer.ui.stage.stage import stage

NAMER, TELLER = "digits_classifier", "digits_cvae_10"
SAMPLES = 50  # of each class's code, for the bound on log p(x|y)
SEED = 0
THRESHOLD = (-600, 0, -180, 5)  # nats: low, high, start, step
START_MEANS = ((-1.2, 0.5), (1.3, -0.5))
GROUND = (280, 560)  # rows and columns of the playground
TOLERANCE = 1e-9
PLAIN: dict[str, Any] = {"displayModeBar": False}

Grey = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Judged:
    """What both networks say of a picture.

    Attributes
    ----------
    image : (28, 28) uint8 array
    probs : (10,) array
        The classifier's.
    log_weights : (10, S) array
        Of the conditional VAE's samples.
    log_likelihood : (10,) array
        The bound on log p(x|y).
    bayes : (10,) array
        P(y|x) by Bayes' rule, every digit as likely before.
    log_p : float
        The bound on log p(x).
    """

    image: Grey
    probs: NDArray[np.float64]
    log_weights: NDArray[np.float64]
    log_likelihood: NDArray[np.float64]
    bayes: NDArray[np.float64]
    log_p: float


def playground() -> dict[str, Any]:
    """Show Bayes by hand, and return what the reader made of it.

    ``posterior`` is None until the browser has sent its own.
    """
    flat = choose("On", words.GROUNDS, key="ground") == words.GROUNDS[0]
    tag = "line" if flat else "plane"
    event = stage(
        np.zeros((*GROUND, 3), np.uint8),
        key=f"bayes_{tag}",
        alt=words.PLAYGROUND_ALT,
        max_width_px=640,
        program={
            "name": "bayes",
            "flat": flat,
            "colors": [COLORS["first"], COLORS["second"]],
            "names": ["A", "B"],
            "start": _start(flat),
            "tag": tag,
        },
    )
    st.markdown(words.PLAYGROUND)
    sent = event.program
    if sent and sent.get("tag") == tag:
        return sent
    return {**_start(flat), "tag": tag, "posterior": None}


def _start(flat: bool) -> dict[str, Any]:
    """Return where both bells stand first."""
    means = [[x, 0.0 if flat else y] for x, y in START_MEANS]
    return {"prior": 0.5, "means": means, "widths": [1.0, 0.8], "at": [0.3, 0.0]}


def prove_playground(sent: dict[str, Any]) -> list[Proof]:
    """Work the browser's posterior out again, by ours and by scipy's density."""
    dims = 1 if sent["tag"] == "line" else 2
    at = np.array(sent["at"][:dims])
    prior = np.array([sent["prior"], 1 - sent["prior"]])
    log = [
        norm(mean[:dims], width).logpdf(at).sum()
        for mean, width in zip(np.array(sent["means"]), sent["widths"], strict=True)
    ]
    ours = posterior(log, prior)
    joint = np.exp(log) * prior
    found = list[Proof]()
    if sent["posterior"] is not None:
        far = abs(float(ours[0]) - float(sent["posterior"]))
        found.append(Proof(BROWSER, far, TOLERANCE, "", "P(A|x) at the marked place"))
    if joint.sum() > 0:
        theirs = joint / joint.sum()
        found.append(Proof("scipy.stats.norm", gap(ours, theirs), TOLERANCE))
    return found


def source_control() -> str:
    """Ask what is shown to the networks."""
    return select("Show them", words.SOURCES_OF, words.SOURCES_OF[0], key="shown")


def the_picture(asked: str, digit: Digit | None, picture: Picture | None) -> Grey:
    """Return 28 x 28 of what was asked for: a digit, noise, a photo made small."""
    if digit is not None:
        return digit.image
    if picture is not None:
        return as_grey(picture.image)
    rng = np.random.default_rng(SEED)
    return rng.integers(0, 256, (28, 28)).astype(np.uint8)


def judge(image: Grey) -> Judged | None:
    """Ask both networks."""
    said = live.model(NAMER, "classify", images=image[None])
    told = live.model(
        TELLER, "evidence", images=image[None], samples=SAMPLES, seed=SEED
    )
    if said is None or told is None:
        return None
    weights = told.arrays["log_weights"][0].astype(np.float64)
    likely = importance_bound(weights)
    even = np.full(len(likely), 1 / len(likely))
    return Judged(
        image,
        said.arrays["probs"][0].astype(np.float64),
        weights,
        likely,
        posterior(likely, even),
        float(np.logaddexp.reduce(likely) - np.log(len(likely))),
    )


def both(judged: Judged) -> None:
    """Show both posteriors, class by class."""
    left, right = st.columns([1.2, 3], gap="medium")
    with left:
        shown(judged.image)
    with right:
        classes = zoo.record(NAMER).classes
        figure = posteriors_figure(
            classes, judged.probs.tolist(), judged.bayes.tolist()
        )
        st.plotly_chart(figure, config=PLAIN, key="posteriors")
    st.markdown(words.both(judged.probs, judged.bayes, judged.log_p))
    with st.expander("log p(x|y), class by class", icon=":material/table_rows:"):
        st.markdown(words.likelihoods(classes, judged.log_likelihood))


def shown(image: Grey) -> None:
    """Show what the networks are given."""
    stage(
        image,
        key="given",
        alt="What the networks are given, 28 by 28 pixels",
        pixelated=True,
        max_height_px=220,
        max_width_px=220,
    )


def threshold_control() -> float:
    """Ask from which log p(x) on a picture counts as a digit."""
    cut: int = slider("Threshold", *THRESHOLD, key="cut", help=words.CUT_HELP)
    return float(cut)


def reject(judged: Judged, cut: float) -> None:
    """Show log p(x) among that of known pictures, and what the threshold does."""
    kinds = evidence(TELLER)
    curves = {k: roc(kinds["digits"], v) for k, v in kinds.items() if k != "digits"}
    at = {
        k: (float((kinds[k] >= cut).mean()), float((kinds["digits"] >= cut).mean()))
        for k in curves
    }
    left, middle, right = st.columns([1.1, 2.6, 2.2], gap="small")
    with left:
        shown(judged.image)
    with middle:
        figure = evidence_figure(kinds, words.KINDS, judged.log_p, cut)
        st.plotly_chart(figure, config=PLAIN, key="evidence")
    with right:
        st.plotly_chart(roc_figure(curves, words.KINDS, at), config=PLAIN, key="roc")
    st.markdown(words.verdict(judged.probs, judged.log_p, cut, at))


def prove(judged: Judged | None, rejecting: bool) -> list[Proof]:
    """Compare evidence with numpy's, the areas with scikit-learn's and the record's."""
    if judged is None:
        return []
    about = zoo.record(TELLER)
    found = [prove_evidence(about, judged.image, judged.log_weights)]
    if rejecting:
        kinds = evidence(TELLER)
        for kind in ("fashion", "noise"):
            truth = np.r_[np.ones(len(kinds["digits"])), np.zeros(len(kinds[kind]))]
            theirs = roc_auc_score(truth, np.r_[kinds["digits"], kinds[kind]])
            ours = roc(kinds["digits"], kinds[kind])[2]
            note = f"area against {words.KINDS[kind]}"
            far = abs(ours - float(theirs))
            found.append(
                Proof("sklearn.metrics.roc_auc_score", far, TOLERANCE, "", note)
            )
    return found
