"""The lesson on SSD, third part: which boxes learn what the reader draws."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.default_places import Place
from explorer.core.proof import BROWSER, Proof
from explorer.core.proofs.ssd import prove_hard_negatives
from explorer.core.ssd_loss import SSDLoss, ssd_loss_parts
from explorer.figures.ssd import negatives_figure, shares_figure
from explorer.figures.theme import COLORS
from explorer.ui import live
from explorer.ui.controls import choose, select
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.lessons import judging_truth as truth
from explorer.ui.lessons import ssd_truth as drawn_truth
from explorer.ui.lessons import ssd_words as words
from explorer.ui.lessons.ssd import PLAIN, View
from explorer.ui.lessons.ssd_live import Seen, seen
from explorer.ui.lessons.ssd_scene import (
    MODEL,
    MOST_HIGH_PX,
    MOST_WIDE_PX,
    OURS,
    Square,
    as_pick,
    program,
    square_of,
)
from explorer.ui.stage import StageEvent, stage

DRAW = ("Both", "Positives", "Hard negatives")
RATIOS = (1, 3, 10)
TRAINED_RATIO = 3
THRESHOLD = 0.5
TURN = "_ssd_turn"  # how often the picture's own boxes were asked for again

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """What the toolbar says: what is drawn, and negatives a positive."""

    draw: str
    ratio: int


def match_controls() -> Asked:
    """Ask what is drawn, and how many negatives learn with each positive."""
    draw = choose("Draw", DRAW, key="draw", help=words.DRAW_HELP)
    ratio = select(
        "Negatives a positive",
        RATIOS,
        TRAINED_RATIO,
        key="ratio",
        help=words.RATIO_HELP,
        width_px=150,
    )
    return Asked(draw, ratio)


def match_part(picture: Picture, asked: Asked) -> View:
    """Let the reader draw true boxes, match them and compute the loss."""
    answer = seen(picture)
    if answer is None:
        return View()
    square = square_of(picture)
    # Boxes may reach into the grey: the network sees the whole square.
    known = drawn_truth.known(picture, answer.classes)
    own = replace(known, image=square.image)
    drawn = drawn_truth.clean(truth.kept(own), answer.classes)
    turn = st.session_state.get(TURN, 0)
    tag = live.digest(picture.digest, turn)
    loss = loss_of(picture, answer, drawn, asked.ratio)
    event = _stage(square, answer, drawn, asked, loss, (tag, turn))
    sent = event.program if (event.program or {}).get("tag") == tag else None
    now = truth.follow(drawn, replace(event, program=sent), answer.classes[0])
    if now.text() != drawn.text():
        truth.keep(own, now)
        again()
    truth.keep(own, drawn)
    _restore(own, drawn)
    grey = f" {words.SQUARE_SAID}" if square.grey else ""
    st.caption(words.DRAW_SAID + grey)
    if loss is not None:
        _explain(loss, asked.ratio)
    return View(
        _prove(picture, answer, drawn, asked, loss, sent), _numbers(drawn, loss)
    )


def inside(picture: Picture, boxes: Array) -> Array:
    """Return boxes of the picture in the network's pixels, as the engine cuts them."""
    scale = OURS.side_px / max(picture.image.shape[:2])
    cut = np.clip(boxes * scale, 0, OURS.side_px - 1e-3)
    return np.asarray(cut.astype(np.float32), np.float64)


def loss_of(
    picture: Picture, answer: Seen, drawn: truth.Drawn, ratio: int
) -> SSDLoss | None:
    """Return the loss taken apart, None without a true box."""
    if not len(drawn.boxes):
        return None
    labels = np.array([answer.classes.index(name) for name in drawn.labels])
    return live.compute(
        "matching and loss",
        ssd_loss_parts,
        answer.boxes,
        answer.logits,
        answer.deltas,
        inside(picture, drawn.boxes),
        labels,
        float(ratio),
        THRESHOLD,
    )


def _stage(
    square: Square,
    answer: Seen,
    drawn: truth.Drawn,
    asked: Asked,
    loss: SSDLoss | None,
    named: tuple[str, int],
) -> StageEvent:
    tag, turn = named
    return stage(
        square.image,
        key="ssd_match",
        alt="The picture in its square with true boxes and the default boxes they get",
        mode="boxes",
        boxes=drawn.boxes,
        box_labels=list(drawn.labels),
        box_colors=[COLORS["truth"]],
        max_boxes=drawn_truth.MOST,
        program=program(OURS, "match")
        | {
            "tag": tag,
            "world": f"{square.digest}:{turn}",
            "pick": as_pick(Place(0, 0, 0, 0)),
            "threshold": THRESHOLD,
            "classes": list(answer.classes),
            "labels": list(drawn.labels),
            "label": drawn.labels[0] if drawn.labels else answer.classes[0],
            "lost": None if loss is None else _lost(drawn, loss, asked.ratio),
            "draw": {
                "positives": asked.draw != DRAW[2],
                "hard": asked.draw != DRAW[1],
            },
        },
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
    )


def _lost(drawn: truth.Drawn, loss: SSDLoss, ratio: int) -> dict[str, Any]:
    """Return what the browser shows once the boxes are let go."""
    rows = np.flatnonzero(loss.hard)
    rows = rows[np.argsort(-loss.background[rows], kind="stable")]
    return {
        "truths": drawn.boxes.tolist(),
        "rows": rows.astype(np.int32),
        "costs": loss.background[rows].astype(np.float32),
        "said": words.loss_said(loss, ratio),
    }


def _restore(own: Picture, now: truth.Drawn) -> None:
    """Offer the boxes to start from again once the reader has changed them."""
    first = truth.start(own)
    if now.text() == first.text():
        return
    key = remember.name("restore_truth")
    if st.button("Back to the first box" + "es" * (len(first.labels) > 1), key=key):
        st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
        truth.keep(own, first)
        again()


def _explain(loss: SSDLoss, ratio: int) -> None:
    """Write the loss with this picture's numbers, and draw what mining does."""
    st.markdown(words.loss_rule(loss, ratio))
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**How wrong each negative is about background**")
        st.plotly_chart(
            negatives_figure(loss), width="stretch", config=PLAIN, key="ssd_negatives"
        )
    with right:
        st.markdown("**Whose loss it is: without mining, and with it**")
        st.plotly_chart(
            shares_figure(loss), width="stretch", config=PLAIN, key="ssd_shares"
        )
        st.caption(words.mining_said(loss))


def _prove(
    picture: Picture,
    answer: Seen,
    drawn: truth.Drawn,
    asked: Asked,
    loss: SSDLoss | None,
    sent: dict[str, Any] | None,
) -> list[Proof]:
    """Compare matching, mining and loss with their references, and the browser."""
    from explorer.models.proofs import ssd as proofs

    if loss is None:
        return []
    boxes = inside(picture, drawn.boxes)
    labels = np.array([answer.classes.index(name) for name in drawn.labels])
    found = [
        live.compute(
            "proof of the matching",
            proofs.prove_matching,
            answer.boxes,
            boxes,
            THRESHOLD,
        ),
        live.compute(
            "proof of the mining",
            prove_hard_negatives,
            loss.background,
            loss.match,
            float(asked.ratio),
        ),
        proofs.prove_loss(
            loss, answer.boxes, answer.logits, answer.deltas, boxes, labels
        ),
    ]
    if asked.ratio == TRAINED_RATIO:
        learnt = live.model(
            MODEL, "losses", image=picture.image, boxes=drawn.boxes, labels=labels
        )
        if learnt is not None:
            arrays = learnt.arrays
            found.append(proofs.prove_engine(loss, arrays["terms"], arrays["match"]))
    delta = browser_delta(sent, drawn, loss)
    if delta is not None:
        note = "which box learns which truth, and each truth's best IoU, as drawn"
        found.append(Proof(BROWSER, delta, 1e-9, note=note))
    return found


def browser_delta(
    sent: dict[str, Any] | None, drawn: truth.Drawn, loss: SSDLoss
) -> float | None:
    """Return how far the browser's matching is off, None for other boxes' one.

    The number of boxes matched otherwise, plus the largest difference of a best IoU.
    """
    try:
        boxes = np.asarray((sent or {})["boxes"], np.float64).reshape(-1, 4)
        rows = np.asarray((sent or {})["rows"], np.int64)
        gt = np.asarray((sent or {})["gt"], np.int64)
        best = np.asarray((sent or {})["best"], np.float64)
    except (KeyError, TypeError, ValueError):
        return None
    if boxes.shape != drawn.boxes.shape or np.abs(boxes - drawn.boxes).max() > 1e-9:
        return None
    ours = {int(k): int(loss.match.gt[k]) for k in np.flatnonzero(loss.match.positive)}
    if len(rows) != len(gt) or len(best) != len(boxes):
        return float("inf")
    theirs = dict(zip(rows.tolist(), gt.tolist(), strict=True))
    differ = sum(ours.get(k) != theirs.get(k) for k in {*ours, *theirs})
    return differ + float(np.abs(best - loss.match.ious.max(axis=0)).max(initial=0))


def _numbers(drawn: truth.Drawn, loss: SSDLoss | None) -> dict[str, Any]:
    if loss is None:
        return {}
    return {
        "truths": drawn.boxes,
        "labels": list(drawn.labels),
        "match": loss.match.gt,
        "background_loss": loss.background,
        "hard": loss.hard,
        "terms": np.array(loss.terms),
    }
