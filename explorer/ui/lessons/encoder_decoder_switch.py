"""The lesson's part Switch off: every skip or index alone, on trained weights."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.confusion import confusion_matrix, mean_iou
from explorer.core.label_change import LabelChanges, label_changes, shares_within
from explorer.core.proof import Proof
from explorer.figures.encoder_decoder_charts import boundary_figure
from explorer.figures.segmentation import palette_of
from explorer.figures.switch_strip import strip_diagram
from explorer.models import zoo
from explorer.models.proofs import encoder_decoder as proofs
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import encoder_decoder_said as said
from explorer.ui.lessons import encoder_decoder_words as words
from explorer.ui.lessons.encoder_decoder import (
    STRIP,
    Asked,
    Result,
    asked_of,
    only_one,
    switches,
)
from explorer.ui.lessons.encoder_decoder_words import UNET
from explorer.ui.lessons.segmentation import class_map
from explorer.ui.lessons.segmentation_stage import segment_stage
from explorer.ui.stage import stage

Labels = NDArray[np.uint8]
WIDTHS_PX = np.arange(0.0, 41.0)
LETTERS = 19.0
PLAIN = {"displayModeBar": False}


def switch_part(picture: Picture, asked: Asked) -> Result | None:
    """Show the network with each switch alone, and count what each changes."""
    only_one(asked.data)
    answer = asked_of(asked.data, asked.network, "switched", picture)
    if answer is None:
        return None
    labels = answer.arrays["labels"]
    classes = zoo.record(f"{asked.data}_{asked.network}").classes
    changes = live.compute(
        "what changed", label_changes, labels[0], labels[1:], len(classes)
    )
    place = switches(asked.network).index(asked.off)
    _strip(picture, labels, classes, changes, asked, place)
    _pair(picture, asked)
    known = None if asked.known is None else asked.known.at(labels[0].shape)
    scores = [_score(one, known, len(classes)) for one in labels]
    left, right = st.columns([1.5, 1], gap="medium")
    with left:
        st.markdown(said.change_words(asked.network, asked.off, changes, place))
        st.markdown(said.change_table(asked.network, changes, scores))
        st.caption(said.change_notes(known is not None))
    with right:
        _curve(changes, asked)
    return Result(_proofs(picture, asked), _numbers(labels, changes, scores))


def _strip(
    picture: Picture,
    labels: Labels,
    classes: tuple[str, ...],
    changes: LabelChanges,
    asked: Asked,
    place: int,
) -> None:
    told = ["as trained", *(said.changed_text(x.changed_frac) for x in changes.each)]
    names = [words.off_name(asked.network, off) for off in switches(asked.network)]
    base, data = live.compute(
        "strip", _drawn, picture.image, labels, palette_of(classes), names, told
    )
    stage(
        base,
        key=STRIP,
        alt="The class map with each switch thrown alone, and the changed pixels",
        program={
            "name": "diagram",
            **data,
            "chosen": place,
            "text": LETTERS,
            "hint": words.STRIP_HINT,
        },
        max_height_px=330,
    )


def _drawn(*given: Any) -> tuple[Labels, dict[str, Any]]:
    return strip_diagram(*given).drawn()


def _pair(picture: Picture, asked: Asked) -> None:
    name = f"{asked.data}_{asked.network}"
    switch = "off" if asked.network == UNET else "nearest"
    settings = dict.fromkeys(("", asked.off))
    maps = [
        class_map(name, picture, words.off_label(asked.network, off), **{switch: off})
        for off in settings
    ]
    segment_stage(
        picture.image,
        [one for one in maps if one is not None],
        key="encdec_pair",
        alt="The classes by the whole network, and with the switch thrown",
        max_height_px=330,
        max_width_px=660,
    )


def _score(labels: Labels, known: Labels | None, classes: int) -> float | None:
    if known is None:
        return None
    matrix = live.compute("confusion", confusion_matrix, known, labels, classes)
    return mean_iou(matrix)


def _curve(changes: LabelChanges, asked: Asked) -> None:
    everywhere = np.ones(changes.distance.shape, np.bool_)
    given = (changes.distance, everywhere, WIDTHS_PX)
    lines = [
        live.compute("curves", shares_within, changes.distance, x.changed, WIDTHS_PX)
        for x in changes.each
    ]
    heading("How close to a class boundary do labels change?")
    figure = boundary_figure(
        WIDTHS_PX,
        live.compute("curve", shares_within, *given),
        lines,
        [words.off_name(asked.network, off) for off in switches(asked.network)[1:]],
    )
    chart(figure, config=PLAIN, key="encdec_curve")
    st.caption(words.CURVE)


def _proofs(picture: Picture, asked: Asked) -> tuple[Proof, ...]:
    off = asked.off or switches(asked.network)[-1]
    checked = asked_of(asked.data, asked.network, "checked", picture, off=off)
    if checked is None:
        return ()
    setting = words.off_label(asked.network, off)
    return (proofs.prove_two_ways(asked.network, checked.arrays, setting),)


def _numbers(
    labels: Labels, changes: LabelChanges, scores: list[float | None]
) -> dict[str, Any]:
    rows = [[0.0, np.nan, 1.0, 1.0]] + [
        [x.changed_frac, x.near_frac, x.agreement, x.boundary_iou] for x in changes.each
    ]
    known = [[np.nan if score is None else score] for score in scores]
    table = np.hstack([np.array(rows), np.array(known)])
    return {"labels": labels, "changes": table, "distance_px": changes.distance}
