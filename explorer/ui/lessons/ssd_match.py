"""The lesson on SSD, third part: which boxes learn what the reader draws."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.activations import log_softmax
from explorer.core.default_places import Place
from explorer.core.ssd_loss import VARIANCES, SSDLoss, ssd_loss_parts
from explorer.figures.ssd import delta_bytes, negatives_figure, shares_figure
from explorer.figures.theme import COLORS
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.lessons import judging_truth as truth
from explorer.ui.lessons import ssd_truth as drawn_truth
from explorer.ui.lessons import ssd_words as words
from explorer.ui.lessons.ssd import PLAIN, View
from explorer.ui.lessons.ssd_live import Seen, seen
from explorer.ui.lessons.ssd_match_proofs import prove
from explorer.ui.lessons.ssd_rule import DRAW, Asked
from explorer.ui.lessons.ssd_scene import (
    MODEL,
    MOST_HIGH_PX,
    MOST_WIDE_PX,
    NETWORKS,
    OURS,
    Square,
    as_pick,
    program,
    square_of,
)
from explorer.ui.stage import StageEvent, committed_program, sent_once, stage

STAGE = "ssd_match"
TURN = "_ssd_turn"  # how often the picture's own boxes were asked for again

Array = NDArray[np.float64]


def match_part(picture: Picture, asked: Asked) -> View:
    """Let the reader draw true boxes, match them and compute the loss."""
    answer = seen(picture)
    if answer is None:
        return View()
    square = square_of(picture)
    # Boxes may reach into the grey: the network sees the whole square.
    known = drawn_truth.known(picture, answer.classes)
    own = replace(known, image=square.image)
    before = drawn_truth.clean(truth.kept(own), answer.classes)
    turn = st.session_state.get(TURN, 0)
    tag = live.digest(picture.digest, turn, asked.ratio, asked.threshold)
    event = _stage(square, answer, before, asked, (picture.digest, tag, turn))
    sent = event.program if (event.program or {}).get("tag") == tag else None
    drawn = _followed(before, replace(event, program=sent), answer.classes)
    truth.keep(own, drawn)
    _restore(own, drawn)
    grey = f" {words.SQUARE_SAID}" if square.grey else ""
    st.caption(words.DRAW_SAID + grey)
    st.caption(words.own_maps(OURS, NETWORKS[0]))
    if truth.given(picture, answer.classes, drawn_truth.MOST) is None:
        st.caption(words.GUESSED_SAID)
    loss = loss_of(picture, answer, drawn, asked)
    if loss is not None:
        _explain(loss, asked)
    proofs = prove(picture, answer, drawn, asked, loss, sent)
    return View(proofs, _numbers(drawn, loss))


def _followed(
    before: truth.Drawn, event: StageEvent, classes: tuple[str, ...]
) -> truth.Drawn:
    """Return the boxes after what the reader did; the browser is told if one goes."""
    now = truth.follow(before, event, classes[0])
    drawn = drawn_truth.clean(now, classes)
    if len(drawn.boxes) != len(now.boxes):
        again()
    return drawn


def loss_of(
    picture: Picture, answer: Seen, drawn: truth.Drawn, asked: Asked
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
        truth.in_square(picture, drawn.boxes, OURS.side_px),
        labels,
        float(asked.ratio),
        asked.threshold,
    )


def costs(answer: Seen, labels: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return what the browser needs for the loss of boxes of these classes.

    ``background`` (N,) and ``class0`` (N,) ... are -log p, ``order`` (N,) all rows by
    their background, the worst first, ``deltas`` (N, 8) bytes.
    """
    scores = -log_softmax(answer.logits)
    rows = [1 + answer.classes.index(name) for name in labels]
    return {
        "background": scores[:, 0],
        "order": np.argsort(-scores[:, 0], kind="stable"),
        "deltas": delta_bytes(answer.deltas),
        **{f"class{k}": scores[:, row] for k, row in enumerate(rows)},
    }


def _stage(
    square: Square,
    answer: Seen,
    drawn: truth.Drawn,
    asked: Asked,
    named: tuple[str, str, int],
) -> StageEvent:
    digest, tag, turn = named
    said = committed_program(STAGE).get("labels")
    chosen = said if isinstance(said, list) else []
    costed = [name for name in answer.classes if name in {*drawn.labels, *chosen}]
    kept = sent_once(
        STAGE, live.digest(MODEL, digest, costed), lambda: costs(answer, costed)
    )
    return stage(
        square.image,
        key=STAGE,
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
            "threshold": asked.threshold,
            "ratio": asked.ratio,
            "weights": list(VARIANCES),
            "costed": costed,
            "classes": list(answer.classes),
            "labels": list(drawn.labels),
            "label": drawn.labels[0] if drawn.labels else answer.classes[0],
            "draw": {
                "positives": asked.draw != DRAW[2],
                "hard": asked.draw != DRAW[1],
            },
        }
        | kept,
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
    )


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


def _explain(loss: SSDLoss, asked: Asked) -> None:
    """Write the loss with this picture's numbers, and draw what mining does."""
    st.markdown(words.loss_rule(loss, asked.ratio, asked.threshold))
    left, right = st.columns(2, gap="medium")
    with left:
        heading("How wrong each negative is about background")
        chart(negatives_figure(loss), config=PLAIN, key="ssd_negatives")
    with right:
        heading("Whose loss it is: without mining, and with it")
        chart(shares_figure(loss), config=PLAIN, key="ssd_shares")
        st.caption(words.mining_said(loss))


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
