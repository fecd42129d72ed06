"""Where the taps of the ASPP's atrous kernels land, counted and read out."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.atrous import atrous_terms, tap_shares
from explorer.core.proof import BROWSER, Proof
from explorer.figures.deeplab import BRANCH_COLORS, taps_figure
from explorer.figures.layers import Grid, Heat
from explorer.models.records import Record
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import deeplab_words as words
from explorer.ui.lessons.deeplab import (
    RATES,
    Part,
    Setting,
    channel_control,
    rates_control,
    stride_control,
)
from explorer.ui.stage import stage

PAPER_RATES = (6, 12, 18)
PAPER_MAP = (33, 33)  # 513 px at output stride 16
MOST_WIDE_PX, MOST_HIGH_PX = 520, 420
HEAT_OPACITY = 0.25
BROWSER_TOLERANCE = 1e-5  # of sums of nine float32 products, of values up to 1
UNBROKEN = """<style>
.st-key-deeplab_tap_table [data-testid="stMarkdownContainer"] {overflow-x: auto;}
.st-key-deeplab_tap_table :is(th, td) {white-space: nowrap; padding: .3rem .4rem;}
</style>"""
Array = NDArray[Any]


def controls(about: Record, picture: Picture) -> tuple[Setting, int]:
    """Ask for stride and rates, and the channel that is read out."""
    stride = stride_control("taps_stride")
    rates = rates_control("taps_rates")
    return Setting(stride, rates), channel_control("taps_channel", about)


def part(about: Record, picture: Picture, chosen: tuple[Setting, int]) -> Part:
    """Show the taps under the pointer, and count those that miss the map."""
    asked, channel = chosen
    answer = live.model(
        about.name,
        "aspp",
        image=picture.image,
        output_stride=asked.stride,
        rates=asked.switches()["rates"],
    )
    if answer is None:
        return Part()
    arrays = answer.arrays
    shown = channel_of(arrays, channel)
    tag, sent = _stage(picture, shown, asked)
    _count(shown["map"].shape, asked)
    words.link_to("pyramid_pooling", "What each branch is worth: Pyramid pooling")
    proofs = _proofs(arrays, shown, asked, (tag, sent))
    numbers = {**shown, "rates": np.array(asked.used)}
    return Part(proofs, numbers)


def channel_of(arrays: dict[str, Array], channel: int) -> dict[str, Array]:
    """Return one channel: its map, its three kernels, and their sums."""
    names = ("rate1", "rate2", "rate3")
    return {
        "map": arrays["input"][channel],
        "kernels": np.stack([arrays[f"{n}.depthwise"][channel] for n in names]),
        "sums": np.stack([arrays[f"{n}.filtered"][channel] for n in names]),
    }


def _stage(
    picture: Picture, shown: dict[str, Array], asked: Setting
) -> tuple[str, dict[str, Any] | None]:
    """Show the photo with the map's cells; return what the browser summed."""
    tag = live.digest(shown, asked.used)
    height, width = picture.image.shape[:2]
    rows, columns = shown["map"].shape
    event = stage(
        picture.image,
        key="deeplab_taps",
        alt="The photo under the cells of the map, with the taps of three kernels",
        layers=[
            Heat(shown["map"], opacity=HEAT_OPACITY),
            Grid((width / columns, height / rows), shape=(rows, columns)),
        ],
        max_height_px=MOST_HIGH_PX,
        max_width_px=MOST_WIDE_PX,
        program={
            "name": "taps",
            **shown,
            "rates": asked.used,
            "stride": asked.stride,
            "colors": BRANCH_COLORS,
            "start": [rows // 2, columns // 2],
            "tag": tag,
        },
    )
    return tag, event.program


def _count(shape: tuple[int, int], asked: Setting) -> None:
    """Draw and tabulate how many taps land on the map, over the rate."""
    left, right = st.columns([1, 1.15], gap="medium")
    most = max(shape) + max(1, max(shape) // 6)
    rates = tuple(range(1, most + 1))
    named: dict[str, int] = {}
    for rate in asked.used:
        if rate <= most and rate not in named.values():
            named[str(rate)] = rate
    with left:
        heading(f"How many of nine taps land on this {words.size(shape)} map?")
        shares = live.compute("counting taps", tap_shares, shape, rates)
        chart(
            taps_figure(rates, shares, named),
            config={"displayModeBar": False},
            key="deeplab_tap_shares",
        )
    with right, st.container(key="deeplab_tap_table"):
        st.html(UNBROKEN)
        st.markdown(words.taps_table(table_rows(shape, asked)))
    st.markdown(words.WHY_RATES)


def table_rows(
    shape: tuple[int, int], asked: Setting
) -> list[tuple[str, tuple[int, int], tuple[int, ...]]]:
    """Return the rows of the table, what is chosen in bold; and the paper's own map."""
    found = [
        (f"**{name}**" if rates == asked.rates else name, shape, used)
        for rates, name in RATES.items()
        for used in [Setting(asked.stride, rates).used]
    ]
    return [*found, ("the paper, its own map", PAPER_MAP, PAPER_RATES)]


def _proofs(
    arrays: dict[str, Array],
    shown: dict[str, Array],
    asked: Setting,
    sent: tuple[str, dict[str, Any] | None],
) -> tuple[Proof, ...]:
    from explorer.models.proofs.deeplab import prove_branches

    rows, columns = shown["map"].shape
    places = ((0, 0), (rows // 2, columns // 2), (rows - 1, columns // 3))
    proofs = [live.compute("branches by hand", prove_branches, arrays, places)]
    tag, summed = sent
    if summed and summed.get("tag") == tag:
        proofs.append(prove_sums(summed, shown, asked.used))
    return tuple(proofs)


def prove_sums(
    summed: dict[str, Any], shown: dict[str, Array], rates: tuple[int, ...]
) -> Proof:
    """Compare the browser's three sums with the core's."""
    note = "three sums of nine products"
    try:
        row, column = int(summed["row"]), int(summed["col"])
        theirs = np.asarray(summed["sums"], float)
        ours = [
            float((atrous_terms(shown["map"][None], row, column, rate) * kernel).sum())
            for rate, kernel in zip(rates, shown["kernels"], strict=True)
        ]
        apart = float(np.abs(theirs - np.array(ours)).max())
    except (KeyError, TypeError, ValueError):
        apart = float("nan")
    scale = max(1.0, float(np.abs(shown["map"]).max()))
    return Proof(BROWSER, apart, BROWSER_TOLERANCE * scale, note=note)
