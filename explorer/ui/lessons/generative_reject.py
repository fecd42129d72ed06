"""log p(x) as the score by which a picture is taken for a digit or refused."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from explorer.core.bayes import roc, share_above
from explorer.core.latent_table import EVIDENCE_SAMPLES, evidence
from explorer.core.proof import Proof
from explorer.figures.reject import evidence_figure
from explorer.figures.roc import roc_figure
from explorer.models import zoo
from explorer.ui.chart import chart
from explorer.ui.controls import slider
from explorer.ui.lessons import generative_kinds_words as words
from explorer.ui.lessons.generative_kinds import (
    PLAIN,
    TELLER,
    TOLERANCE,
    Grey,
    Judged,
    judge,
    the_picture,
)

STEP = 5  # nats, of the threshold
REFUSED = 0.05  # of the known digits, by the threshold that the page starts with
ROUNDED = 2e-5  # the record's areas have five digits, the table single precision

Kinds = Mapping[str, NDArray[np.float64]]


def threshold_range(kinds: Kinds) -> tuple[int, int, int, int]:
    """Return the threshold's least, most, start and step, in whole nats.

    The least lets in half of the kind that is most like digits.

    Examples
    --------
    >>> known = {"digits": np.array([-103.0, -98.0]), "noise": np.array([-900.0])}
    >>> threshold_range(known)
    (-900, -95, -105, 5)
    """
    digits = kinds["digits"]
    others = [float(np.median(v)) for k, v in kinds.items() if k != "digits"]
    start = float(np.quantile(digits, REFUSED))
    least, first = (
        int(np.floor(v / STEP) * STEP) for v in (min(start, max(others)), start)
    )
    return least, int(np.ceil(float(digits.max()) / STEP) * STEP), first, STEP


def threshold_control() -> float:
    """Ask from which log p(x) on a picture counts as a digit."""
    of = threshold_range(evidence(TELLER))
    said = words.CUT_HELP.format(share=f"{1 - REFUSED:.0%}")
    cut: int = slider("Threshold, nats", *of, key="cut", help=said, width_px=190)
    return float(cut)


def reject(asked: str, drawn: Grey | None, cut: float) -> Judged | None:
    """Show log p(x) among that of known pictures, and what the threshold does."""
    left, middle, right = st.columns([1.15, 2.5, 2.2], gap="small")
    with left:
        judged = judge(the_picture(asked, drawn), EVIDENCE_SAMPLES)
    if judged is None:
        return None
    kinds = evidence(TELLER)
    curves = {k: roc(kinds["digits"], v) for k, v in kinds.items() if k != "digits"}
    at, here = (
        {k: (share_above(kinds[k], v), share_above(kinds["digits"], v)) for k in curves}
        for v in (cut, judged.log_p)
    )
    with middle:
        figure = evidence_figure(kinds, words.KINDS, judged.log_p, cut)
        chart(figure, config=PLAIN, key="evidence")
    with right:
        figure = roc_figure(curves, words.KINDS, at, here)
        chart(figure, config=PLAIN, key="roc")
    st.markdown(words.verdict(judged.probs, judged.log_p, cut, at))
    st.markdown(words.on_the_curve(here, EVIDENCE_SAMPLES))
    st.caption(words.NO_RULE)
    return judged


def prove_areas() -> list[Proof]:
    """Compare the areas with scikit-learn's, and with those of the record."""
    kinds, scores = evidence(TELLER), zoo.record(TELLER).scores
    found = []
    for kind in (k for k in kinds if k != "digits"):
        note = f"area against {words.KINDS[kind]}"
        truth = np.r_[np.ones(len(kinds["digits"])), np.zeros(len(kinds[kind]))]
        theirs = roc_auc_score(truth, np.r_[kinds["digits"], kinds[kind]])
        ours = roc(kinds["digits"], kinds[kind])[2]
        reference, far = "sklearn.metrics.roc_auc_score", abs(ours - float(theirs))
        found.append(Proof(reference, far, TOLERANCE, "", note))
        if f"auc_{kind}" in scores:
            found.append(recorded(ours, scores[f"auc_{kind}"], note))
    return found


def recorded(area: float, score: Mapping[str, Any], note: str) -> Proof:
    """Compare an area with the one that the record holds."""
    far = abs(area - float(score["value"]))
    return Proof("the network's record", far, ROUNDED, "", note)
