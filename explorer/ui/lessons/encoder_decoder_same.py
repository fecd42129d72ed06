"""The lesson's part Same image: both networks' answers, and what each costs."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.proof import Proof
from explorer.figures.encoder_decoder_charts import memory_figure
from explorer.figures.theme import CLASSES, COLORS
from explorer.models import zoo
from explorer.models.proofs import encoder_decoder as proofs
from explorer.ui.chart import chart
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import encoder_decoder_said as said
from explorer.ui.lessons import encoder_decoder_words as words
from explorer.ui.lessons.encoder_decoder import (
    LEVELS,
    Asked,
    Result,
    asked_of,
    networks,
    only_one,
)
from explorer.ui.lessons.encoder_decoder_words import SEGNET, TITLES, UNET
from explorer.ui.lessons.segmentation import class_map
from explorer.ui.lessons.segmentation_stage import ClassMap, Photo, Tile, segment_stage
from explorer.ui.lessons.segmentation_truth import noted, score_section

REPEATS = 3
HUES = {SEGNET: CLASSES[0], UNET: CLASSES[1]}  # in both charts
PLAIN = {"displayModeBar": False}
Overviews = Mapping[str, Mapping[str, NDArray[Any]]]


def same_part(picture: Picture, asked: Asked) -> Result | None:
    """Show both answers under one pointer, what each costs, how right it is."""
    only_one(asked.data)
    there = networks(asked.data)
    found = [class_map(f"{asked.data}_{n}", picture, TITLES[n]) for n in there]
    maps = [one for one in found if one is not None]
    if not maps or len(maps) < len(there):
        return None
    first: list[Tile] = [Photo("Photo")]
    if asked.known is not None:
        first.append(ClassMap("Truth", asked.known.labels, maps[0].classes))
    tiles = [*first, *noted(maps, asked.known)]
    segment_stage(
        picture.image,
        tiles,
        key="encdec_same",
        alt="The photo, and the classes that each network gives its pixels",
        columns=3 if len(tiles) == 3 else 2,
        max_height_px=480,
        max_width_px=650,
    )
    overviews = {name: _overview(asked.data, name, picture) for name in there}
    known = {name: a for name, a in overviews.items() if a is not None}
    if len(known) < len(there):
        return None
    left, right = st.columns([1, 1.1], gap="medium")
    with left:
        _ledger(picture, asked.data, known)
    with right:
        _memory(known)
    score_section(maps, asked.known, "encdec", [HUES[name] for name in there])
    numbers = {one.title: one.labels for one in maps}
    numbers |= {f"{n}_passed_bytes": a["packed_bytes"] for n, a in known.items()}
    return Result(_proofs(picture, asked.data), numbers)


def _overview(
    data: str, name: str, picture: Picture
) -> Mapping[str, NDArray[Any]] | None:
    answer = asked_of(data, name, "overview", picture)
    return None if answer is None else answer.arrays


def _ledger(picture: Picture, data: str, known: Overviews) -> None:
    heading("What each costs, and how well it does")
    columns = {}
    for name, arrays in known.items():
        record = zoo.record(f"{data}_{name}")
        times = asked_of(data, name, "timed", picture, repeats=REPEATS)
        if times is None:
            return
        score = record.scores.get("miou")
        columns[name] = {
            "miou": score and (score["value"], score["split"], score["n"]),
            "parameters": record.parameters,
            "macs": record.macs,
            "passed": int(arrays["packed_bytes"].sum()),
            "kept": int(arrays["bytes"].sum()),
            "ms": float(np.median(times.arrays["ms"])),
        }
    st.markdown(said.cost_table(columns))
    both = len(columns) > 1
    st.caption(f"{words.LEDGER} {words.EQUALLY_LARGE}" if both else words.LEDGER)


def _memory(known: Overviews) -> None:
    heading("What crosses at each level, bytes for this image")
    levels = max(LEVELS[name] for name in known)
    rows, names, colors = [], [], []
    for network, key, name, color in (
        (SEGNET, "packed_bytes", "SegNet's indices, 2 bits each", HUES[SEGNET]),
        (SEGNET, "bytes", "the same as PyTorch keeps them", COLORS["overlap"]),
        (UNET, "bytes", "U-Net's features", HUES[UNET]),
    ):
        if network not in known:
            continue
        row = np.full(levels, np.nan)
        values = known[network][key]
        row[: len(values)] = values
        rows.append(row)
        names.append(name)
        colors.append(color)
    figure = memory_figure(
        [f"level {i + 1}" for i in range(levels)], rows, names, colors
    )
    chart(figure, config=PLAIN, key="encdec_memory")
    if SEGNET in known and UNET in known:
        passed = {n: int(a["packed_bytes"].sum()) for n, a in known.items()}
        kept = {n: int(a["bytes"].sum()) for n, a in known.items()}
        st.markdown(said.passed_words(passed, kept))


def _proofs(picture: Picture, data: str) -> tuple[Proof, ...]:
    found = []
    for name in networks(data):
        checked = asked_of(data, name, "checked", picture)
        if checked is not None:
            setting = words.off_label(name, "")
            found.append(proofs.prove_two_ways(name, checked.arrays, setting))
    return tuple(found)
