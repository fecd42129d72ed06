"""The true classes of the picture: drawn with it, or a PNG that the reader adds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.confusion import (
    VOID,
    class_iou,
    confusion_matrix,
    mean_iou,
    pixel_accuracy,
)
from explorer.core.door import BadImage
from explorer.core.door_labels import open_labels
from explorer.core.street_labels import STREET_CLASSES
from explorer.figures.segmentation_charts import confusion_figure, iou_figure
from explorer.figures.theme import CLASSES
from explorer.ui import live, uploads
from explorer.ui.chart import chart
from explorer.ui.controls import choose
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lessons.segmentation_stage import ClassMap
from explorer.ui.literal import as_written

Labels = NDArray[np.uint8]
DOOR = "_truth_door"
KEPT = "_truth"  # of this session: (photo and classes, labels) or nothing
PLAIN = {"displayModeBar": False}
DRAWN = "noted while the street was drawn (the networks learnt from photos alone)"
NO_TRUTH = (
    "No score here: nobody has written down this picture's true classes. Take the "
    "drawn street (trained on: Street), or add a class map under “True classes”."
)


@dataclass(frozen=True, eq=False)
class Truth:
    """Known classes (H, W) uint8, 255 where there is none, and where they are from."""

    labels: Labels
    source: str

    def at(self, shape: tuple[int, ...]) -> Labels:
        """Return the classes at another size, never mixed."""
        if self.labels.shape == tuple(shape):
            return self.labels
        size = (shape[1], shape[0])
        small = cv2.resize(self.labels, size, interpolation=cv2.INTER_NEAREST)
        return np.asarray(small, np.uint8)


def truth(picture: Picture, classes: tuple[str, ...]) -> Truth | None:
    """Offer the door for a class map, and return what is known of this picture.

    Parameters
    ----------
    picture : Picture
    classes : tuple of str
        Those of the networks on the page; a map counts for these only.
    """
    key = live.digest(picture.digest, classes)
    door = st.popover(
        "True classes", icon=":material/fact_check:", key=DOOR, on_change="rerun"
    )
    if door.open:
        with door:
            _door(picture, classes, key)
    error = st.session_state.pop("_truth_error", None)
    if error:
        with st.session_state.get("_notes_slot") or st.container():
            st.error(as_written(error), icon=":material/broken_image:")
    kept = st.session_state.get(KEPT)
    if kept is not None and kept[0] == key:
        return Truth(kept[1], "your class map")
    if picture.gt_classes is not None and classes == STREET_CLASSES:
        return Truth(picture.gt_classes, DRAWN)
    return None


def _door(picture: Picture, classes: Sequence[str], key: str) -> None:
    height, width = picture.image.shape[:2]
    sizes = [(width, height)]
    if picture.full_size[0]:
        sizes.append(picture.full_size)
    words = " or ".join(f"{w} × {h}" for w, h in dict.fromkeys(sizes))
    numbers = ", ".join(f"{k} {name}" for k, name in enumerate(classes))
    st.markdown(
        f"A grey or indexed PNG, {words} pixels like the photo, one class number a "
        f"pixel: {numbers}; {VOID} where the class is not known."
    )
    turn = st.session_state.setdefault("_truth_turn", 0)
    name = f"_truth_file_{turn}"
    st.file_uploader(
        "The class map",
        key=name,
        on_change=lambda: _take(st.session_state.get(name), sizes, classes, key),
    )
    uploads.say_if_refused("truth")
    st.caption("It stays in this session: not stored, not shared.")


def _take(
    file: Any, sizes: Sequence[tuple[int, int]], classes: Sequence[str], key: str
) -> None:
    """Open an uploaded map; forget its bytes, whatever came out."""
    if uploads.arrived(file) is None:
        return
    st.session_state["_truth_turn"] += 1  # a new key empties the uploader
    st.session_state[DOOR] = False
    try:
        labels = open_labels(file.getvalue(), file.name, sizes, classes)
    except BadImage as error:
        st.session_state["_truth_error"] = str(error)
        return
    finally:
        uploads.forget(file)
    st.session_state[KEPT] = (key, labels)


@dataclass(frozen=True, eq=False)
class Scored:
    """One map's confusion matrix (K, K) and what is read off it."""

    title: str
    matrix: NDArray[np.int64]

    @property
    def miou(self) -> float:
        """Mean IoU over the classes that occur."""
        return mean_iou(self.matrix)


def score_maps(maps: Sequence[ClassMap], known: Truth) -> list[Scored]:
    """Count each map's pixels against the truth, at the map's own size."""
    return [
        Scored(
            one.title,
            live.compute(
                f"confusion, {one.title}",
                confusion_matrix,
                known.at(one.labels.shape),
                one.labels,
                len(one.classes),
            ),
        )
        for one in maps
    ]


def noted(maps: Sequence[ClassMap], known: Truth | None) -> list[ClassMap]:
    """Return the maps with their mIoU written on each, where the truth is known."""
    if known is None:
        return list(maps)
    scored = score_maps(maps, known)
    pairs = zip(maps, scored, strict=True)
    return [replace(one, note=f"mIoU {score.miou:.2f}") for one, score in pairs]


def score_section(
    maps: Sequence[ClassMap],
    known: Truth | None,
    key: str,
    colors: Sequence[str] = CLASSES,
) -> list[Scored]:
    """Show mIoU, each class's IoU and the confusion matrix where truth is known.

    Parameters
    ----------
    maps : sequence of ClassMap
        Of the same classes; each title is a network's.
    known : Truth or None
        Without it one sentence says how to get a score.
    key : str
        Of this section's widgets, on this page.
    colors : sequence of str
        Of the maps, in their order, cycling past the end.
    """
    heading("How right is it?")
    if known is None:
        st.caption(NO_TRUTH)
        return []
    scored = score_maps(maps, known)
    words = "; ".join(
        f"{one.title}: mIoU **{one.miou:.3f}**, {pixel_accuracy(one.matrix):.1%} of "
        "the pixels"
        for one in scored
    )
    st.markdown(
        f"{words}. IoU of a class is the overlap of truth and prediction over their "
        "union; mIoU is its mean over the classes that occur in one of the two: "
        "one that occurs in neither has no IoU, one that occurs in one alone has 0. "
        f"Truth: {known.source}."
    )
    left, right = st.columns(2, gap="medium")
    hues = [colors[i % len(colors)] for i in range(len(scored))]
    with left:
        figure = iou_figure(
            [class_iou(one.matrix) for one in scored],
            [one.title for one in scored],
            maps[0].classes,
            hues,
        )
        chart(figure, config=PLAIN, key=f"{key}_iou")
    with right:
        one = scored[_which(scored, key)]
        figure = confusion_figure(one.matrix, maps[0].classes)
        chart(figure, config=PLAIN, key=f"{key}_confusion")
    return scored


def _which(scored: Sequence[Scored], key: str) -> int:
    if len(scored) < 2:
        return 0
    return choose(
        "What was taken for what, by",
        tuple(range(len(scored))),
        key=f"{key}_by",
        default=len(scored) - 1,
        format_func=lambda k: scored[k].title,
    )
