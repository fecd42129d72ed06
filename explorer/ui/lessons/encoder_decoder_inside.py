"""The lesson's part Inside: the diagram of the networks, and one level opened."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.figures.crossing_panes import MapPane, crossing_panes
from explorer.figures.encoder_decoder import Net, networks_diagram
from explorer.figures.segmentation import overlay_image, palette_of
from explorer.figures.theme import COLORS
from explorer.models import zoo
from explorer.models.proofs import encoder_decoder as proofs
from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import encoder_decoder_said as said
from explorer.ui.lessons import encoder_decoder_words as words
from explorer.ui.lessons.encoder_decoder import (
    DIAGRAM,
    Asked,
    Result,
    asked_of,
    networks,
    only_one,
)
from explorer.ui.lessons.encoder_decoder_words import HEADS, SEGNET, TITLES
from explorer.ui.stage import stage

Arrays = Mapping[str, NDArray[Any]]
WINDOW = 4  # cells of a side in a close-up: two pooling windows
SHADES = (COLORS["accent"], COLORS["prediction"], COLORS["truth"], COLORS["anchor"])
LETTERS, SENT = 17.0, {SEGNET: ("encoded", "indices", "incoming", "decoded")}


def inside_part(picture: Picture, asked: Asked) -> Result | None:
    """Show the diagram, the level chosen in it, and what stands there."""
    only_one(asked.data)
    nets = [_net(asked.data, name, picture) for name in networks(asked.data)]
    there = [net for net in nets if net is not None]
    if len(there) < len(nets) or not there:
        return None
    _show_diagram(there, networks(asked.data).index(asked.network), asked.level)
    answer = asked_of(
        asked.data, asked.network, "level", picture, level=asked.level, rank=asked.rank
    )
    if answer is None:
        return None
    _show_level(answer.arrays, asked)
    return Result(_proofs(answer.arrays, picture, asked), dict(answer.arrays))


def _net(data: str, name: str, picture: Picture) -> Net | None:
    answer = asked_of(data, name, "overview", picture)
    if answer is None:
        return None
    a = answer.arrays
    classes = zoo.record(f"{data}_{name}").classes
    shapes = {
        key: tuple((int(c), int(h), int(w)) for c, h, w in a[key])
        for key in ("encoder", "decoder", "crossing")
    }
    return Net(
        TITLES[name],
        HEADS[name],
        "indices" if name == SEGNET else "features",
        **shapes,
        crossing_bytes=tuple(int(v) for v in a["packed_bytes"]),
        encoder_maps=tuple(a[f"encoder_{i + 1}"] for i in range(len(a["encoder"]))),
        decoder_maps=tuple(a[f"decoder_{i + 1}"] for i in range(len(a["decoder"]))),
        photo=picture.image,
        classes=overlay_image(picture.image, a["labels"], palette_of(classes), 0.75),
    )


def _show_diagram(nets: list[Net], net: int, level: int) -> None:
    base, data = live.compute("diagram", _drawn, nets)
    chosen = [(row["net"], row["level"]) for row in data["rows"]].index((net, level))
    stage(
        base,
        key=DIAGRAM,
        alt="The levels of SegNet and U-Net, and what crosses from encoder to decoder",
        program={
            "name": "diagram",
            **data,
            "chosen": chosen,
            "text": LETTERS,
            "hint": words.DIAGRAM_HINT,
        },
        max_height_px=420,
    )


def _drawn(nets: list[Net]) -> tuple[NDArray[np.uint8], dict[str, Any]]:
    return networks_diagram(nets).drawn()


def segnet_panes(a: Arrays) -> list[MapPane]:
    """Return what SegNet does at a level, from left to right."""
    channel = f"channel {int(a['channel'])} of {int(a['channels'])}"
    decoded = f"channel {int(a['decoded_channel'])} of {int(a['decoded_channels'])}"
    return [
        MapPane("encoded", "Encoder's map", channel, "encoder"),
        MapPane("pooled", "Pooled", "largest of each 2 × 2", "encoder"),
        MapPane("incoming", "Decoder, from below", "values of its own", "decoder"),
        MapPane("unpooled", "Put back by index", "0 everywhere else", "decoder"),
        MapPane("nearest", "Copied (nearest)", "no index needed", "decoder"),
        MapPane("decoded", "After convolutions", decoded, "after"),
    ]


def unet_panes(a: Arrays) -> list[MapPane]:
    """Return what U-Net does at a level, from left to right."""
    channels = int(a["channels"])
    skip, raised = int(a["channel"]), int(a["raised_channel"])
    decoded = f"channel {int(a['decoded_channel'])} of {int(a['decoded_channels'])}"
    return [
        MapPane("skip", "Skip: the encoder's map", f"{skip} of {channels}", "skip"),
        MapPane("raised", "Raised from below", f"{raised} of {channels}", "raised"),
        MapPane("decoded", "Both, convolved twice", decoded, "decoded"),
        MapPane("without", "The same without the skip", decoded, "decoded"),
        MapPane("added", "What the skip adds", "the difference", "added", "diverging"),
    ]


def _show_level(a: Arrays, asked: Asked) -> None:
    segnet = asked.network == SEGNET
    panes = segnet_panes(a) if segnet else unet_panes(a)
    first = a["encoded" if segnet else "skip"]
    size, placed = crossing_panes(panes, (first.shape[0], first.shape[1]), segnet)
    names = SENT.get(asked.network, ("skip", "raised", "decoded", "without"))
    stage(
        np.full((size[1], size[0], 3), 255, np.uint8),
        key=f"encdec_level_{asked.network}",
        alt=f"Maps of level {asked.level} and a close-up of their numbers",
        program={
            "name": "crossing",
            "kind": "indices" if segnet else "features",
            "arrays": {name: a[name] for name in names},
            "panes": placed,
            "window": WINDOW,
            "colors": SHADES,
            "text": LETTERS,
            "hint": words.CROSSING_HINT,
        },
        max_height_px=520,
    )
    st.markdown(said.segnet_level(a) if segnet else said.unet_level(a, asked.level))


def _proofs(a: Arrays, picture: Picture, asked: Asked) -> tuple[Any, ...]:
    if asked.network == SEGNET:
        pooling = live.compute("proof", proofs.prove_pooling, a)
        return pooling, *live.compute("proof, up", proofs.prove_unpooling, a)
    off = str(asked.level)
    checked = asked_of(asked.data, asked.network, "checked", picture, off=off)
    if checked is None:
        return ()
    setting = words.off_label(asked.network, off)
    return (proofs.prove_two_ways(asked.network, checked.arrays, setting),)
