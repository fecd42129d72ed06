"""The lesson on pyramid pooling, second part: DeepLab's pyramid of dilated kernels."""

from dataclasses import dataclass
from typing import Any

import streamlit as st
from numpy.typing import NDArray

from explorer.core.class_map import probability_shift
from explorer.core.proof import Proof
from explorer.figures.aspp import off_figure
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.controls import toggle
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import pyramid_words as words
from explorer.ui.lessons.segmentation import class_map, data_choice, segmented
from explorer.ui.lessons.segmentation_stage import (
    ClassMap,
    HeatMap,
    Photo,
    Tile,
    segment_stage,
)

BRANCHES = ("1x1", "rate1", "rate2", "rate3", "pool")
MOST_WIDE_PX = 640
RESPONSES_WIDE_PX = 720
RESPONSE_OPACITY = 0.75

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Asked:
    """What the toolbar says: which network, and which branches are off."""

    network: str
    off: tuple[str, ...]


def controls(picture: Picture) -> Asked:
    """Ask for the training data, and switch each branch."""
    network = f"{data_choice(picture)}_deeplabv3plus"
    off = []
    for name, label in zip(BRANCHES, words.BRANCH_LABELS, strict=True):
        on = toggle(label, True, key=f"aspp_{name}", help=words.BRANCH_HELP[name])
        if not on:
            off.append(name)
    return Asked(network, tuple(off))


def aspp_part(picture: Picture, asked: Asked) -> Arrays | None:
    """Show the segmentation with and without the branches, and what each sends on."""
    full = class_map(asked.network, picture, "All five branches")
    if full is None:
        return None
    answer = segmented(asked.network, picture, "aspp_responses")
    if answer is None:
        return None
    found = answer.arrays
    tiles, share = _tiles(picture, asked, full)
    if tiles is None:
        return None
    segment_stage(
        picture.image,
        tiles,
        key="aspp_off",
        alt="The image's classes with all branches, and without those switched off",
        columns=len(tiles),
        max_height_px=330,
        max_width_px=MOST_WIDE_PX,
    )
    labels = [label for name, label in _named() if name in asked.off]
    st.markdown(words.aspp_said(labels, share))
    if asked.off:
        st.caption(words.MOVED)
    _each_alone(found, asked)
    _responses(picture, found)
    return found


def _named() -> list[tuple[str, str]]:
    return list(zip(BRANCHES, words.BRANCH_LABELS, strict=True))


def _tiles(
    picture: Picture, asked: Asked, full: ClassMap
) -> tuple[list[Tile] | None, float]:
    """Return the tiles to show, and the share of pixels that change class."""
    if not asked.off:
        return [Photo("Photo"), full], 0.0
    labels = [label for name, label in _named() if name in asked.off]
    some = labels[0] if len(labels) == 1 else f"{len(labels)} branches"
    less = class_map(asked.network, picture, f"Without {some}", off=",".join(asked.off))
    if less is None or less.scores is None or full.scores is None:
        return None, 0.0
    shift = live.compute("change", probability_shift, full.scores, less.scores)
    moved = HeatMap("Probability that moved", shift, lo=0.0, hi=1.0)
    return [full, less, moved], float((full.labels != less.labels).mean())


def _each_alone(found: Arrays, asked: Asked) -> None:
    """Draw what each branch alone is worth on this image."""
    labels = found["labels"]
    shares = (labels[1:] != labels[0]).mean(axis=(1, 2))
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="center")
    with left:
        chart(
            off_figure(
                words.BRANCH_LABELS, shares, [name in asked.off for name in BRANCHES]
            ),
            config={"displayModeBar": False},
            key="aspp_alone",
        )
    with right:
        st.markdown(words.OFF_ALONE)


def _responses(picture: Picture, found: Arrays) -> None:
    """Show how much each branch adds, cell by cell."""
    values = found["response"]
    most = float(values.max())
    st.markdown(words.responses_said(most))
    tiles: list[Tile] = [Photo("Photo")]
    tiles += [
        HeatMap(label, one, lo=0.0, hi=most)
        for (_, label), one in zip(_named(), values, strict=True)
    ]
    segment_stage(
        picture.image,
        tiles,
        key="aspp_responses",
        alt="How much each branch adds to the joint map, on the image",
        columns=3,
        opacity=RESPONSE_OPACITY,
        max_height_px=440,
        max_width_px=RESPONSES_WIDE_PX,
    )


def proofs(picture: Picture, asked: Asked, found: Arrays | None) -> list[Proof]:
    """Compare the sum of the parts with the network, and off with never built."""
    from explorer.models.proofs.aspp import prove_sum, prove_without

    if found is None:
        return []
    made = [live.compute("proof", prove_sum, found["joint"], found["summed"])]
    if asked.off:
        off = ",".join(asked.off)
        answer = segmented(asked.network, picture, "aspp_without", off=off)
        if answer is not None:
            a = answer.arrays
            made.append(live.compute("proof", prove_without, a["off"], a["never"]))
    return made


def numbers(found: Arrays | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if found is None:
        return {}
    return {name: found[name] for name in ("response", "labels", "rates")}
