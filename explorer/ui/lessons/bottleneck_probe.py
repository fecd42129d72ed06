"""What an autoencoder's code is worth to somebody with few labels."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.latent_table import latent_table
from explorer.core.probe import Probe, few_labels, fit_probe
from explorer.core.proof import Proof
from explorer.core.proofs.probe import prove_probe, reference_probe
from explorer.figures.bottleneck import named_figure, probe_figure
from explorer.models import zoo
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.controls import choose
from explorer.ui.lessons import bottleneck_words as words
from explorer.ui.lessons.bottleneck import DIGIT, PLAIN, SIZES, Coded, recorded, through
from explorer.ui.lessons.digit_given import digit_given

LABELS = (10, 100, 1000)
SEED = 0  # of the labelled codes
SIDE_PX = 130
FINE = 1e-8  # gradient where the fit stops, finer than the record's: it is proved
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
        chart(figure, config=PLAIN, key="probe")
        st.markdown(words.probe(zoo.record(SIZES[size]).scores, size, count))
        codes = recorded(f"accuracy_code_{count}")
        st.markdown(words.best(codes, recorded("l2"), count))
    with right:
        digit = digit_given(asked, DIGIT, SIDE_PX)
        coded = through(SIZES[size], digit.image)
        if coded is None:
            return [], []
        probe, rightly = live.compute("probe", fitted, coded.name, count)
        probs = probe.probs(coded.codes)[0]
        st.markdown(words.named(probs, size, count, rightly))
        chart(named_figure(probs.tolist()), config=PLAIN, key="named")
    return [coded], [prove(coded.name, count, probe)]


def _codes() -> dict[str, Pairs]:
    return {f"code of {size}": _pairs(name, "code") for size, name in SIZES.items()}


def _pairs(name: str, kind: str) -> Pairs:
    scores = zoo.record(name).scores
    return [_pair(scores[f"accuracy_{kind}_{n}"]) for n in LABELS]


def _pair(score: dict[str, Any]) -> tuple[float, float]:
    return float(score["value"]), float(score["std"])


def labelled(name: str, count: int) -> NDArray[np.int64]:
    """Choose the rows of the shipped codes that the probe is told the digit of."""
    return few_labels(latent_table(name).columns["label"], count, SEED)


def fitted(name: str, count: int) -> tuple[Probe, float]:
    """Fit a probe to a few of the shipped codes.

    Its accuracy is that on the record's own test digits, but for the labelled ones:
    the other test digits are harder, and the two could not be compared.
    """
    table, rows = latent_table(name), labelled(name, count)
    labels = table.columns["label"]
    probe = fit_probe(table.mu[rows], labels[rows], FINE)
    tested = int(zoo.record(name).scores[f"accuracy_code_{count}"]["n"])
    others = np.setdiff1d(np.arange(tested), rows)
    said = probe.probs(table.mu[others]).argmax(axis=1)
    return probe, float((said == labels[others]).mean())


def reference(name: str, count: int) -> Probe:
    """Fit the same by another method, for the proof."""
    table, rows = latent_table(name), labelled(name, count)
    return reference_probe(table.mu[rows], table.columns["label"][rows])


def prove(name: str, count: int, probe: Probe) -> Proof:
    """Compare our P(y|code) with another method's, on the first codes."""
    theirs = live.compute("reference", reference, name, count)
    return prove_probe(probe, theirs, latent_table(name).mu[:PROVED])
