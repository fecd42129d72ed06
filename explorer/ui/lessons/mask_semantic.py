"""Third part of the lesson on Mask R-CNN: instances beside one map of their class."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.mask_compare import Masks, Melted, melted
from explorer.core.proof import Proof
from explorer.core.proofs.mask_rcnn import prove_regions
from explorer.figures.mask_rcnn import (
    NONE_COLOR,
    instance_color,
    instance_labels,
    instance_palette,
)
from explorer.models import zoo
from explorer.ui import live, shelf
from explorer.ui.controls import select, slider, toggle
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import mask_words as words
from explorer.ui.lessons.mask_found import (
    FULL_SIZE,
    MOST,
    NETWORK,
    PERSON,
    Asked,
    Found,
    box_controls,
    find,
    pasted,
    twin_of,
)
from explorer.ui.lessons.segmentation import (
    PEOPLE,
    STREET,
    looked_at,
    segmented,
    shared_class,
)
from explorer.ui.lessons.segmentation_stage import ClassMap, Tile, segment_stage

NETWORKS = (NETWORK, FULL_SIZE)
SEGMENTERS = {
    "people_deeplabv3plus": PEOPLE,
    "people_fcn8s": PEOPLE,
    "street_deeplabv3plus": STREET,
    "torchvision_deeplabv3": "",
    "torchvision_fcn": "",
}
FIRST = {PEOPLE: "people_deeplabv3plus", STREET: "street_deeplabv3plus"}
SPECK_FRAC = 0.001  # of the picture; a smaller region is no thing
TALL_PX = 330  # with two square tiles the legend still stands beside them


@dataclass(frozen=True)
class Wanted:
    """What the toolbar says: boxes, whose instances, whose class map, the cut."""

    boxes: Asked
    network: str
    segmenter: str
    cut: float
    twin: bool


@dataclass(frozen=True, eq=False)
class Beside:
    """Both ways' pixels of one class."""

    target: str
    semantic: Masks
    masks: Masks
    names: tuple[str, ...]
    seen: Melted
    truth: Melted | None


def semantic_controls(picture: Picture) -> Wanted:
    """Ask for the two networks and for what counts."""
    known = zoo.records()
    networks = tuple(name for name in NETWORKS if name in known)
    label = {name: one.label for name, one in known.items()}.__getitem__
    network = select(
        "Instances by",
        networks,
        networks[0],
        key="network",
        format_func=label,
        help=words.NETWORK_HELP,
        width_px=190,
    )
    segmenters = tuple(name for name in SEGMENTERS if name in known)
    data = looked_at(picture)
    first = FIRST[data] if FIRST[data] in segmenters else segmenters[0]
    segmenter = select(
        "Class map by",
        segmenters,
        first,
        key=f"segmenter_{data}",
        format_func=label,
        help=words.SEGMENTER_HELP,
        width_px=210,
    )
    boxes, cut = box_controls(), 0.5
    if network == NETWORK:  # torchvision's masks come cut at a half
        cut = slider("Mask threshold", 0.05, 0.95, 0.5, 0.05, key="melt_cut")
    twin = toggle("Mirror twin", False, key="twin", help=words.TWIN_HELP)
    return Wanted(boxes, network, segmenter, cut, twin)


def semantic_part(picture: Picture, wanted: Wanted, explained: Any) -> Beside | None:
    """Show the class map, the instances and, where it is known, the truth."""
    if wanted.twin:
        picture = twin_of(picture, wanted.boxes)
    told = _masks(picture, wanted)
    if told is None:
        return None
    masks, labels, found = told
    if found is not None and not len(found):
        explained(found, wanted.boxes)
        return None
    mapped = _class_map(picture, wanted.segmenter, labels)
    if mapped is None:
        return None
    beside = _beside(picture, *mapped, masks, labels)
    if not len(beside.masks) and not beside.semantic.any() and beside.truth is None:
        sentence = words.NO_CLASS.format(target=beside.target)
        st.info(sentence, icon=":material/hide_image:")
        return None
    if found is not None and (found.sure or len(beside.masks)):
        explained(found, wanted.boxes)
    elif found is not None:
        said = words.others(wanted.boxes.score, found.scores, beside.target)
        st.caption(f":material/info: {said}")
    _show(picture, wanted, beside)
    _say(beside)
    return beside


def _beside(
    picture: Picture,
    target: str,
    semantic: Masks,
    masks: Masks,
    labels: tuple[str, ...],
) -> Beside:
    """Compare the class map with the instances of its class."""
    rows = [k for k, label in enumerate(labels) if label == target]
    names = tuple(f"{i + 1} {target}" for i in range(len(rows)))
    masks = masks[rows]
    least = max(1, round(SPECK_FRAC * semantic.size))
    seen = live.compute("regions", melted, semantic, masks, least)
    truth = None
    if picture.masks is not None and target == PERSON:
        known = picture.masks
        truth = live.compute(
            "regions", melted, np.asarray(known.any(axis=0)), known, least
        )
    return Beside(target, semantic, masks, names, seen, truth)


def _masks(
    picture: Picture, wanted: Wanted
) -> tuple[Masks, tuple[str, ...], Found | None] | None:
    """Return the instances' masks in the picture, their classes, and our network's."""
    if wanted.network == NETWORK:
        found = find(picture, wanted.boxes)
        if found is None:
            return None
        return pasted(picture, found) >= wanted.cut, found.labels, found
    if not shelf.ready(wanted.network):
        return None
    answer = live.model(
        wanted.network,
        "detect",
        image=picture.image,
        score_threshold=wanted.boxes.score,
        iou_threshold=wanted.boxes.iou,
        masks=True,
    )
    if answer is None:
        return None
    seen = answer.arrays
    height, width = picture.image.shape[:2]
    masks = seen["masks"][:MOST].reshape(-1, height, width)
    return masks, tuple(str(one) for one in seen["labels"][:MOST]), None


def _class_map(
    picture: Picture, name: str, labels: tuple[str, ...]
) -> tuple[str, Masks] | None:
    """Return a class that both networks know, and its pixels in the class map."""
    if not shelf.ready(name):
        return None
    answer = segmented(name, picture)
    if answer is None:
        return None
    height, width = picture.image.shape[:2]
    found: NDArray[np.uint8] = np.asarray(
        cv2.resize(
            answer.arrays["labels"], (width, height), interpolation=cv2.INTER_NEAREST
        ),
        np.uint8,
    )
    classes = zoo.record(name).classes
    if SEGMENTERS[name] == PEOPLE:  # clothes, hair and skin: all of a person
        return PERSON, found != classes.index("background")
    target, called = shared_class(labels, classes)
    return target, found == classes.index(called)


def _show(picture: Picture, wanted: Wanted, beside: Beside) -> None:
    """Show the maps beside each other, under one pointer."""
    target, count = beside.target, len(beside.masks)
    label = zoo.record(wanted.segmenter).label
    parts = len(beside.seen.regions)
    tiles: list[Tile] = [
        ClassMap(
            f"Class map: {parts} region{'' if parts == 1 else 's'}",
            beside.semantic.astype(np.uint8),
            ("all else", target),
            note=label,
            palette=(NONE_COLOR, instance_color(0)),
        ),
        _instances_tile(f"Instances: {count}", beside.masks, beside.names, target),
    ]
    if picture.masks is not None and beside.truth is not None:
        names = tuple(f"true {k + 1}" for k in range(len(picture.masks)))
        title = f"The truth: {len(names)}"
        tiles.append(_instances_tile(title, picture.masks, names, target))
    segment_stage(
        picture.image,
        tiles,
        key="mask_semantic_stage",
        alt="The picture under a class map and under its instances",
        columns=len(tiles),
        max_height_px=TALL_PX,
    )


def _instances_tile(
    title: str, masks: Masks, names: tuple[str, ...], target: str
) -> ClassMap:
    return ClassMap(
        title,
        instance_labels(masks),
        (f"no {target}", *names, "two or more at once"),
        palette=instance_palette(len(names)),
    )


def _say(beside: Beside) -> None:
    """Write both ways' counts, and what melts."""
    left, right = st.columns([1.2, 1], gap="medium")
    with left:
        st.markdown(
            words.counts(beside.seen, len(beside.masks), beside.target, beside.truth)
        )
    with right:
        if not len(beside.seen.regions):
            st.markdown(words.DETACHED.format(target=beside.target))
        else:
            st.markdown(words.melting(beside.seen, list(beside.names)))
        if beside.truth is not None:
            held = [k for one in beside.truth.holds for k in one]
            names = [f"true {k + 1}" for k in range(max(held, default=-1) + 1)]
            st.markdown(f"In the drawn truth: {words.melting(beside.truth, names)}")
        st.caption(words.OVERLAP)


def prove_semantic(beside: Beside | None) -> list[Proof]:
    """Compare the connected regions with scikit-image's."""
    if beside is None:
        return []
    return [live.compute("proof of regions", prove_regions, beside.semantic)]


def semantic_numbers(beside: Beside | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if beside is None:
        return {}
    return {
        "semantic": beside.semantic,
        "masks": beside.masks,
        "regions_px": beside.seen.regions,
        "overlap_px": beside.seen.overlap_px,
    }
