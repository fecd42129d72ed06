"""What an autoencoder's code is worth to somebody with few labels."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from explorer.core.latent_table import latent_table
from explorer.core.probe import LEAST_SPREAD, STEPS, Probe, few_labels, fit_probe
from explorer.core.proof import Proof
from explorer.figures.bottleneck import named_figure, probe_figure
from explorer.models import zoo
from explorer.models.proofs.gap import gap
from explorer.ui import live
from explorer.ui.controls import choose
from explorer.ui.lessons import bottleneck_words as words
from explorer.ui.lessons.bottleneck import DIGIT, PLAIN, SIZES, Coded, through
from explorer.ui.lessons.digit_given import digit_given

LABELS = (10, 100, 1000)
SEED = 0  # of the labelled codes
SIDE_PX = 130
TOLERANCE = 1e-6
PROVED = 100  # codes whose probabilities are compared

Pairs = list[tuple[float, float]]


def labels_control() -> int:
    """Ask how many labelled digits there are."""
    return choose("Labels", LABELS, default=LABELS[1], key="labels")


def probed(asked: str, size: int, count: int) -> tuple[list[Coded], list[Proof]]:
    """Show the recorded accuracies, and a probe fitted here on the reader's digit."""
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        figure = probe_figure(LABELS, _codes(), _pairs(SIZES[size], "pixels"), count)
        st.plotly_chart(figure, config=PLAIN, key="probe")
        st.markdown(words.probe(zoo.record(SIZES[size]).scores, size, count))
    with right:
        digit = digit_given(asked, DIGIT, SIDE_PX)
        coded = through(SIZES[size], digit.image)
        if coded is None:
            return [], []
        probe, rightly = live.compute("probe", fitted, coded.name, count)
        probs = probe.probs(coded.codes)[0]
        st.markdown(words.named(probs, size, count, rightly))
        st.plotly_chart(named_figure(probs.tolist()), config=PLAIN, key="named")
    return [coded], [prove_probe(coded.name, count, probe)]


def _codes() -> dict[str, Pairs]:
    return {f"code of {size}": _pairs(name, "code") for size, name in SIZES.items()}


def _pairs(name: str, kind: str) -> Pairs:
    scores = zoo.record(name).scores
    return [_pair(scores[f"accuracy_{kind}_{n}"]) for n in LABELS]


def _pair(score: dict[str, Any]) -> tuple[float, float]:
    return float(score["value"]), float(score["std"])


def fitted(name: str, count: int) -> tuple[Probe, float]:
    """Fit a probe to a few of the shipped codes; return its accuracy on the others."""
    table = latent_table(name)
    labels = table.columns["label"]
    rows = few_labels(labels, count, SEED)
    probe = fit_probe(table.mu[rows], labels[rows])
    others = np.setdiff1d(np.arange(len(labels)), rows)
    said = probe.probs(table.mu[others]).argmax(axis=1)
    return probe, float((said == labels[others]).mean())


def reference(name: str, count: int) -> NDArray[np.float64]:
    """Return scikit-learn's own P(y|code) of the first codes, from a fit of its own."""
    table = latent_table(name)
    labels: NDArray[np.int64] = table.columns["label"]
    rows = few_labels(labels, count, SEED)
    mu = table.mu.astype(np.float64)
    scale = StandardScaler().fit(mu[rows])
    scale.scale_ = np.sqrt(scale.var_) + LEAST_SPREAD
    fit = LogisticRegression(max_iter=STEPS).fit(
        scale.transform(mu[rows]), labels[rows]
    )
    return np.asarray(fit.predict_proba(scale.transform(mu[:PROVED])))


def prove_probe(name: str, count: int, probe: Probe) -> Proof:
    """Compare our P(y|code) with scikit-learn's own, on the first codes."""
    theirs = live.compute("reference", reference, name, count)
    ours = probe.probs(latent_table(name).mu[:PROVED].astype(np.float64))
    note = f"P(y|code) of {PROVED} test digits, fitted to the same labels"
    return Proof(
        "sklearn.linear_model.LogisticRegression",
        gap(ours, theirs),
        TOLERANCE,
        "",
        note,
    )
