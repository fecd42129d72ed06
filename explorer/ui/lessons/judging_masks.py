"""Masks judged pixel by pixel: precision, recall, accuracy, IoU and their mean."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.confusion import (
    class_iou,
    class_precision,
    class_recall,
    confusion_matrix,
    mean_iou,
    pixel_accuracy,
)
from explorer.core.proof import Proof
from explorer.core.proofs.masks import prove_masks
from explorer.figures.precision_recall import mask_image, said_image
from explorer.models import zoo
from explorer.ui import live
from explorer.ui.controls import select
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import judging_masks_words as words
from explorer.ui.lessons.segmentation import PEOPLE, class_map, data_choice
from explorer.ui.lessons.segmentation_truth import truth
from explorer.ui.stage.event import read_ink
from explorer.ui.stage.memory import peek
from explorer.ui.stage.stage import stage

INK_SIDE = 256  # pixels of the painted truth, on a side
PAINTED = 127  # from here on a pixel of the brush counts
PERSON = "person, all parts"
Labels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Asked:
    """A network, the class in question, and what is known: (H, W) or None."""

    network: str
    target: str
    classes: tuple[str, ...]
    known: Labels | None


@dataclass(frozen=True, eq=False)
class Scored:
    """What was said and what is true (H, W), of K classes, and their counts (K, K).

    ``alone`` is the same for the class in question against all else, where both stand
    on the page.
    """

    truth: Labels
    said: Labels
    classes: tuple[str, ...]
    matrix: NDArray[np.int64]
    alone: "Scored | None" = None


def controls_of(picture: Picture) -> Asked:
    """Ask for the network and the class; offer the door for a class map."""
    data = data_choice(picture)
    names = tuple(
        r.name
        for r in zoo.records().values()
        if r.task == "segmentation" and r.name.startswith(f"{data}_")
    )
    network = select(
        "Network",
        names,
        f"{data}_deeplabv3plus",
        key=f"network_{data}",
        format_func=lambda name: zoo.record(name).label,
        width_px=170,
    )
    classes = tuple(zoo.record(network).classes)
    targets = (PERSON, *classes) if data == PEOPLE else classes
    usual = PERSON if data == PEOPLE else "pedestrian"
    target = select("Class", targets, usual, key=f"target_{data}", width_px=160)
    known = truth(picture, classes)
    return Asked(network, target, classes, None if known is None else known.labels)


def show(picture: Picture, asked: Asked) -> Scored | None:
    """Show hits, misses and mistakes of one class; return the counts."""
    found = class_map(asked.network, picture)
    if found is None:
        return None
    height, width = picture.image.shape[:2]
    said = cv2.resize(found.labels, (width, height), interpolation=cv2.INTER_NEAREST)
    mask = _of(np.asarray(said, np.uint8), asked)
    key = f"judge_mask_{picture.digest[:8]}_{asked.target.replace(' ', '')}"
    known = asked.known is not None
    here = _of(_fit(asked.known, mask.shape), asked) if known else _painted(key, mask)
    left, right = st.columns([3, 2.2], gap="medium")
    blank = not here.any()
    tinted = said_image if blank else partial(mask_image, truth=here)
    with left:
        stage(
            tinted(picture.image, said=mask),
            key=key,
            alt=f"The picture with the pixels of {asked.target} tinted",
            mode="hover" if known else "brush",
            ink_size=INK_SIDE,
            ink_opacity=0.3,
            max_width_px=600,
            max_height_px=440,
        )
    with right:
        st.markdown(words.LEGEND_BLANK if blank else words.LEGEND)
        scored = _score(asked, np.asarray(said, np.uint8), here, mask)
        if not known:
            st.caption(words.PAINT.format(target=asked.target))
        if scored is not None:
            st.html(words.one_class(scored.matrix, asked.target))
        else:
            st.info(words.NO_TRUTH.format(target=asked.target), icon=":material/brush:")
    if known:
        full = replace(_whole(asked, np.asarray(said, np.uint8)), alone=scored)
        st.html(words.all_classes(full.matrix, full.classes))
        if said_of := words.absent(full.matrix, full.classes):
            st.caption(said_of)
        return full
    return scored


def _of(labels: Labels, asked: Asked) -> NDArray[np.bool_]:
    """Return the pixels of the class in question; a person is all but background."""
    if asked.target == PERSON:
        return (labels > 0) & (labels < len(asked.classes))
    return np.equal(labels, asked.classes.index(asked.target))


def _fit(labels: Labels | None, shape: tuple[int, ...]) -> Labels:
    assert labels is not None
    size = (shape[1], shape[0])
    return np.asarray(
        cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST), np.uint8
    )


def _painted(key: str, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return what the reader has painted, at the picture's size."""
    ink = read_ink(peek(key, "ink"), INK_SIDE)
    if ink is None:
        return np.zeros(mask.shape, bool)
    size = (mask.shape[1], mask.shape[0])
    large: Any = cv2.resize(ink, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(large > PAINTED)


def _score(
    asked: Asked, said: Labels, here: NDArray[np.bool_], mask: NDArray[np.bool_]
) -> Scored | None:
    """Count one class against the rest; None without a true pixel to compare with."""
    if not here.any():
        return None
    known = here.astype(np.uint8)
    if asked.known is not None:
        known[_fit(asked.known, mask.shape) >= len(asked.classes)] = 255
    told = mask.astype(np.uint8)
    matrix = live.compute("counting pixels", confusion_matrix, known, told, 2)
    return Scored(known, told, ("all else", asked.target), matrix)


def _whole(asked: Asked, said: Labels) -> Scored:
    known = _fit(asked.known, said.shape)
    kinds = len(asked.classes)
    matrix = live.compute("counting all classes", confusion_matrix, known, said, kinds)
    return Scored(known, said, asked.classes, matrix)


def prove(scored: Scored | None) -> list[Proof]:
    """Compare every score with scikit-learn's; nothing without a truth."""
    if scored is None:
        return []
    given = scored.truth, scored.said, len(scored.classes)
    return [*prove(scored.alone), live.compute("Proof", prove_masks, *given)]


def numbers(scored: Scored | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if scored is None:
        return {}
    return {
        "confusion": scored.matrix,
        "classes": list(scored.classes),
        "iou": class_iou(scored.matrix),
        "precision": class_precision(scored.matrix),
        "recall": class_recall(scored.matrix),
        "miou": mean_iou(scored.matrix),
        "accuracy": pixel_accuracy(scored.matrix),
    }
