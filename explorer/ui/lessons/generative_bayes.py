"""Bayes by hand: two bells, their prior, and what the rule makes of them."""

from typing import Any

import numpy as np
import streamlit as st
from scipy.special import softmax
from scipy.stats import norm

from explorer.core.bayes import normal_log_density, posterior
from explorer.core.proof import BROWSER, Proof
from explorer.figures.theme import COLORS
from explorer.models.proofs.gap import gap
from explorer.ui.controls import choose
from explorer.ui.lesson import remember
from explorer.ui.lessons import generative_kinds_words as words
from explorer.ui.stage.stage import committed_program, stage

GROUND = (340, 620)  # rows and columns of the playground
START = (0.5, -1.2, 0.5, 1.3, -0.5, 1.0, 0.8, 0.3, 0.0)
SPAN = 5.0  # of the values across the picture, on either side of 0
PRIORS, WIDTHS = (0.02, 0.98), (0.3, 2.5)
TOLERANCE = 1e-9

Bells = tuple[float, ...]  # prior of A; mean of A, of B; widths of both; the place x


def ground_control() -> bool:
    """Ask whether x is one number."""
    return choose("x lies on", words.GROUNDS, key="ground") == words.GROUNDS[0]


def parse_bells(text: str) -> Bells:
    """Read two bells from a link.

    Raises
    ------
    ValueError
        If a number is missing, or beyond what the sliders reach.

    Examples
    --------
    >>> parse_bells("0.5,-1,0,1,0,1,1,0,0")[:2]
    (0.5, -1.0)
    """
    bells = tuple(float(part) for part in text.split(","))
    if len(bells) != len(START):
        raise ValueError(f"{len(START)} numbers are needed, got {len(bells)}")
    most = (PRIORS, *((-SPAN, SPAN),) * 4, WIDTHS, WIDTHS, *((-SPAN, SPAN),) * 2)
    for value, (low, high) in zip(bells, most, strict=True):
        if not low <= value <= high:
            raise ValueError(f"{value} is not in {low} to {high}")
    return bells


def as_state(bells: Bells, flat: bool) -> dict[str, Any]:
    """Return the bells as the stage takes them; on a line nothing lies above it."""
    prior, ax, ay, bx, by, wide_a, wide_b, x, y = bells
    means = [[ax, 0.0 if flat else ay], [bx, 0.0 if flat else by]]
    at = [x, 0.0 if flat else y]
    return {"prior": prior, "means": means, "widths": [wide_a, wide_b], "at": at}


def as_bells(sent: dict[str, Any], before: Bells) -> Bells:
    """Return what the stage has sent; on a line the heights stay those of before."""
    (ax, ay), (bx, by) = sent["means"]
    x, y = sent["at"]
    if sent["tag"] == "line":
        ay, by, y = before[2], before[4], before[8]
    values = (sent["prior"], ax, ay, bx, by, *sent["widths"], x, y)
    return tuple(round(float(v), 3) for v in values)


def playground(flat: bool) -> dict[str, Any]:
    """Show Bayes by hand, and return what the reader made of it.

    ``posterior`` is None until the browser has sent its own.
    """
    tag = "line" if flat else "plane"
    key = f"bayes_{tag}"
    bells: Bells = remember("bells", START, parse_bells)
    sent = committed_program(key)
    seen = f"_{key}_sent"
    if sent.get("tag") == tag and sent != st.session_state.get(seen):
        st.session_state[seen] = sent
        bells = as_bells(sent, bells)
        remember.set("bells", bells, START)
    state = as_state(bells, flat)
    event = stage(
        np.zeros((*GROUND, 3), np.uint8),
        key=key,
        alt=words.PLAYGROUND_ALT,
        max_width_px=GROUND[1],
        program={
            "name": "bayes",
            "flat": flat,
            "colors": [COLORS["first"], COLORS["second"]],
            "names": ["A", "B"],
            "span": SPAN,
            "priors": PRIORS,
            "widths": WIDTHS,
            "start": state,
            "tag": tag,
        },
    )
    now = event.program or {}
    return now if now.get("tag") == tag else {**state, "tag": tag, "posterior": None}


def prove_playground(sent: dict[str, Any]) -> list[Proof]:
    """Work the browser's posterior out again, by ours and by scipy's density."""
    dims = 1 if sent["tag"] == "line" else 2
    at = np.array(sent["at"][:dims])
    prior = np.array([sent["prior"], 1 - sent["prior"]])
    bells = [
        (np.array(mean[:dims]), width)
        for mean, width in zip(sent["means"], sent["widths"], strict=True)
    ]
    ours = posterior([normal_log_density(at, *bell) for bell in bells], prior)
    theirs = softmax([norm(*bell).logpdf(at).sum() for bell in bells] + np.log(prior))
    found = [Proof("scipy.stats.norm", gap(ours, theirs), TOLERANCE)]
    if sent["posterior"] is not None:
        far = abs(float(ours[0]) - float(sent["posterior"]))
        proof = Proof(BROWSER, far, TOLERANCE, "", "P(A|x) at the marked place")
        found.insert(0, proof)
    return found
