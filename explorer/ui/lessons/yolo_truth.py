"""The lesson on YOLO, third part: what the network would learn from a drawn box."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.proof import BROWSER, Proof
from explorer.core.proofs.yolo import prove_round_trip, prove_terms
from explorer.core.yolo_terms import TERMS, YoloTerms, yolo_terms
from explorer.figures.yolo import TERM_NAMES, loss_figure
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import yolo_drawn
from explorer.ui.lessons import yolo_words as words
from explorer.ui.lessons.judging_truth import Drawn, in_square
from explorer.ui.lessons.yolo_runs import Opened
from explorer.ui.stage import StageEvent

TOLERANCE = 1e-4  # float32 targets against the browser's doubles
TERMS_TOLERANCE = 2e-3  # a sum over thousands of boxes in single precision
ELSEWHERE = "everywhere else"

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Learnt:
    """What the reader's boxes ask of the network.

    Attributes
    ----------
    rows, owners : (M,) int64
        The boxes that have to find a truth, and which.
    wanted : (M, 4) float64
    truths : (G, 4) float64
        In pixels of the square.
    theirs : dict of str to float
        The terms as the network's own loss gives them.
    tag : str
        What the browser has to have been given.
    """

    seen: Opened
    drawn: Drawn
    event: StageEvent
    truths: Array
    rows: Ints
    owners: Ints
    wanted: Array
    terms: YoloTerms
    theirs: dict[str, float]
    tag: str


def show(picture: Picture, seen: Opened) -> tuple[Drawn, StageEvent]:
    """Show the picture with its true boxes; their cells follow in the browser."""
    known = seen.about
    drawn, event = yolo_drawn.show(picture, known, yolo_drawn.TRUTH, seen)
    yolo_drawn.restore(picture, known, drawn)
    return drawn, event


def learnt(
    picture: Picture, seen: Opened, drawn: Drawn, event: StageEvent
) -> Learnt | None:
    """Ask the network for its loss on the drawn boxes, and take it apart in NumPy."""
    known = seen.about
    labels = np.array([known.classes.index(name) for name in drawn.labels], np.int64)
    answer = live.model(
        known.name, "losses", image=picture.image, boxes=drawn.boxes, labels=labels
    )
    if answer is None:
        return None
    got = answer.arrays
    order = np.argsort(got["owner_gt"], kind="stable")  # as the reader counts them
    rows, owners = got["owner_rows"][order], got["owner_gt"][order].astype(np.int64)
    wanted = np.asarray(got["owner_numbers"], np.float64).reshape(-1, 4)[order]
    truths = in_square(picture, drawn.boxes, known.side)
    terms = live.compute(
        "loss, term by term",
        yolo_terms,
        known.version,
        seen.read,
        rows,
        wanted,
        truths[owners],
        labels[owners],
        truths,
    )
    names = [str(name) for name in got["term_names"]]
    theirs = dict(zip(names, (float(v) for v in got["terms"]), strict=True))
    tag = yolo_drawn.tag_of(picture, known, yolo_drawn.TRUTH)
    return Learnt(seen, drawn, event, truths, rows, owners, wanted, terms, theirs, tag)


def explain(found: Learnt) -> None:
    """Show each truth's share of the loss, and who learns from nothing."""
    known, terms = found.seen.about, found.terms
    sums = terms.sums()
    st.markdown(
        f"**The loss on your boxes: {sum(sums.values()):.2f}.** "
        f"{words.RULES[known.version]}"
    )
    left, right = st.columns([1.2, 1], gap="medium")
    with left:
        _chart(found)
    with right:
        st.markdown(_table(found, sums))
    st.caption(_said(found))


def _chart(found: Learnt) -> None:
    names = [f"{gt + 1} {found.drawn.labels[gt]}" for gt in found.owners]
    each = {
        name: [*found.terms.each[:, k].tolist(), 0.0]
        for k, name in enumerate(TERMS[:4])
    }
    each["no_object"] = [0.0] * len(names) + [float(found.terms.empty.sum())]
    chart(
        loss_figure([*names, ELSEWHERE], each),
        config={"displayModeBar": False},
        key="yolo_loss",
    )


def _table(found: Learnt, sums: dict[str, float]) -> str:
    heads = [f"{gt + 1} {found.drawn.labels[gt]}" for gt in found.owners]
    lines = [
        "| term | " + " | ".join([*heads, "sum"]) + " |",
        "|---|" + "---:|" * (len(heads) + 1),
    ]
    for k, name in enumerate(TERMS):
        cells = (
            [f"{v:.3f}" for v in found.terms.each[:, k]] if k < 4 else [""] * len(heads)
        )
        lines.append(
            f"| {TERM_NAMES[name]} | "
            + " | ".join([*cells, f"**{sums[name]:.3f}**"])
            + " |"
        )
    return "\n".join(lines)


def _said(found: Learnt) -> str:
    """Say how many boxes take part, and which truths none owns."""
    from explorer.models.yolo_loss import IGNORE_V2

    known, boxes = found.seen.about, len(found.seen.read.boxes)
    owned, ignored = len(found.rows), len(found.terms.ignored)
    owns = "owns a truth" if owned == 1 else "own a truth"
    said = (
        f"Of {boxes:,} boxes {owned:,} {owns}"
        f", {ignored:,} are ignored, and {boxes - owned - ignored:,} should say “no "
        f"object”. {words.NOT_LEARNT[known.version].format(ignore=IGNORE_V2)}"
    )
    lost = sorted(set(range(len(found.truths))) - set(found.owners.tolist()))
    if lost:
        names = ", ".join(f"{gt + 1} {found.drawn.labels[gt]}" for gt in lost)
        said += f" Nothing is learnt from {names}: another truth has its place."
    return said


def prove(found: Learnt) -> list[Proof]:
    """Compare the loss, the targets, and the browser's owners with the network's."""
    known = found.seen.about
    cells = list(known.cells)
    given = (known.version, found.truths, known.anchors, cells, known.side)
    proofs = [
        prove_terms(found.terms.sums(), found.theirs),
        prove_round_trip(*given),
    ]
    sent = found.event.program or {}
    delta = browser_delta(sent, found)
    if delta is not None:
        note = "which box owns which truth, and what its numbers should be"
        proofs.append(Proof(BROWSER, delta, TOLERANCE, note=note))
        proofs += browser_terms(sent, found)
    return proofs


def browser_terms(sent: dict[str, Any], found: Learnt) -> list[Proof]:
    """Compare the terms that follow a drag; none while a class's costs are awaited."""
    ours = found.terms.sums()
    try:
        apart = [abs(float(sent["terms"][name]) - ours[name]) for name in TERMS]
    except (KeyError, TypeError, ValueError):
        return []
    note = "every term of the loss, as it follows a drag"
    return [Proof(BROWSER, max(apart), TERMS_TOLERANCE, note=note)]


def browser_delta(sent: dict[str, Any], found: Learnt) -> float | None:
    """Return how far the browser's owners are off, None for other boxes' ones."""
    try:
        boxes = np.asarray(sent["boxes"], np.float64).reshape(-1, 4)
        rows = np.asarray(sent["rows"], np.int64)
        owners = np.asarray(sent["owners"], np.int64)
        wanted = np.asarray(sent["numbers"], np.float64).reshape(-1, 4)
        tag = str(sent["tag"])
    except (KeyError, TypeError, ValueError):
        return None
    same = boxes.shape == found.drawn.boxes.shape
    if not same or tag != found.tag:
        return None
    if np.abs(boxes - found.drawn.boxes).max(initial=0) > 1e-6:
        return None
    order = np.argsort(found.owners, kind="stable")
    mine = (found.rows[order], found.owners[order])
    if any(a.tolist() != b.tolist() for a, b in zip((rows, owners), mine, strict=True)):
        return float("inf")
    return float(np.abs(wanted - found.wanted[order]).max(initial=0))


def numbers(found: Learnt | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if found is None:
        return {}
    return {
        "truths": found.truths,
        "owner_rows": found.rows,
        "owner_truth": found.owners,
        "owner_numbers": found.wanted,
        "owner_terms": found.terms.each,
        "no_object": found.terms.empty,
        "ignored": found.terms.ignored,
    }
