"""The lesson on SSD, first part: the default boxes, by map and cell."""

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from explorer.core.default_boxes import default_boxes
from explorer.core.default_places import Place, row_of
from explorer.core.proof import BROWSER, Proof
from explorer.figures.ssd import sizes_figure
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.controls import choose, select
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import ssd_words as words
from explorer.ui.lessons.ssd_scene import (
    MOST_HIGH_PX,
    MOST_WIDE_PX,
    NETWORKS,
    Network,
    Square,
    as_pick,
    cell_rows,
    first_pick,
    gap,
    keep_pick,
    program,
    sent_pick,
    square_of,
)
from explorer.ui.stage import StageEvent, stage

PARTS = ("Default boxes", "Live", "Matching")
BROWSER_TOLERANCE_PX = 1e-9
PLAIN = {"displayModeBar": False}


@dataclass(frozen=True, eq=False)
class View:
    """What a part shows below its picture: what to prove and to download."""

    proofs: list[Proof] = field(default_factory=list)
    numbers: dict[str, Any] = field(default_factory=dict)


def part_control() -> str:
    """Ask which part of the lesson is shown."""
    return choose("Part", PARTS, key="part")


def boxes_controls() -> Network:
    """Ask whose default boxes are shown."""
    name = select(
        "Network",
        [one.name for one in NETWORKS],
        NETWORKS[0].name,
        key="network",
        help=words.NETWORK_HELP,
        width_px=150,
    )
    return next(one for one in NETWORKS if one.name == name)


def boxes_part(picture: Picture, network: Network) -> View:
    """Show the boxes of the chosen cell, and how all of them add up."""
    square = square_of(picture)
    key = f"cell_{network.side_px}"
    start = _middle(network)
    first = first_pick(key, network, start)
    event, tag = _stage(square, network, first)
    place = sent_pick(event.program, tag, network) or first
    keep_pick(key, place, start)
    if square.grey:
        st.caption(words.SQUARE_SAID)
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        st.markdown(words.counted(network))
        st.markdown(words.scales_said(network))
    with right:
        heading("How large each map's boxes are")
        chart(
            sizes_figure(network.maps, network.side_px),
            config=PLAIN,
            key="ssd_sizes",
        )
        st.caption(words.SIZES_SAID)
    return View(
        _prove(network, place, event, tag),
        {
            "default_boxes": live.compute(
                "default boxes", default_boxes, network.maps, network.side_px
            ),
            "row": row_of(network.maps, place),
        },
    )


def _middle(network: Network) -> Place:
    """Return the box to start from: in the middle of the third map."""
    cell = network.maps[2].cells // 2
    return Place(2, cell, cell, 2)


def _stage(square: Square, network: Network, place: Place) -> tuple[StageEvent, str]:
    tag = live.digest("default boxes", network.name)
    event = stage(
        square.image,
        key="ssd_boxes",
        alt="The picture in its square, with the default boxes of one cell",
        mode="click",
        program=program(network, "boxes")
        | {"tag": tag, "world": tag, "pick": as_pick(place)},
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
    )
    return event, tag


def _prove(network: Network, place: Place, event: StageEvent, tag: str) -> list[Proof]:
    """Compare with torchvision's generator, and the browser with the core."""
    from explorer.models.proofs.ssd import prove_defaults

    given = (network.maps, network.side_px, network.name)
    proofs = [live.compute("proof of the boxes", prove_defaults, *given)]
    sent = event.program or {}
    if sent_pick(sent, tag, network) is not None:
        boxes = default_boxes(network.maps, network.side_px)
        delta = gap(sent.get("boxes"), boxes[cell_rows(network, place)])
        if delta is not None:
            note = "the boxes of the chosen cell, as drawn"
            proofs.append(Proof(BROWSER, delta, BROWSER_TOLERANCE_PX, "px", note))
    return proofs
