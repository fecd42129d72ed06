"""What the network's convolutions cost, in one step and in two; and what time says."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer.core.separable import Separable, separable_pairs
from explorer.figures.deeplab import costs_figure
from explorer.models.records import Record
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.controls import choose, toggle
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import deeplab_words as words
from explorer.ui.lessons.deeplab import (
    STRIDES,
    Part,
    Setting,
    convs_of,
    stride_control,
)

COUNTS = ("Multiply-adds", "Parameters")
RUNS = 3  # of each setting: the median is shown
KEPT = "_deeplab_times"  # the reader's own measurement, by network and image


def controls(about: Record, picture: Picture) -> tuple[str, Setting]:
    """Ask what is counted, and for which network."""
    count = choose("Count", COUNTS, key="count")
    stride = stride_control("cost_stride")
    decoder = toggle("Decoder", True, key="cost_decoder", help=words.DECODER_HELP)
    return count, Setting(stride, decoder=decoder)


def part(about: Record, picture: Picture, chosen: tuple[str, Setting]) -> Part:
    """Draw each layer's cost both ways, sum up, and measure time."""
    count, asked = chosen
    from explorer.models.proofs.deeplab import prove_costs

    found = convs_of(about.name, picture.image, asked.stride, asked.decoder)
    if found is None:
        return Part()
    convs, weights = found
    pairs = separable_pairs(convs)
    once, twice = costs(pairs, count)
    left, right = st.columns([1.25, 1], gap="medium")
    with left:
        heading(f"{count} of each layer, in one step and in two")
        chart(
            costs_figure(
                [layer_name(pair) for pair in pairs], once, twice, count.lower()
            ),
            config={"displayModeBar": False},
            key="deeplab_costs",
        )
    with right:
        _sums(pairs, count)
        _times(about, picture)
    numbers = {
        "layer": np.array([pair.name for pair in pairs]),
        "ordinary": once,
        "separable": twice,
    }
    proof = live.compute("counting", prove_costs, convs, weights, pairs)
    return Part(proof, numbers)


def costs(pairs: Sequence[Separable], count: str) -> tuple[np.ndarray, np.ndarray]:
    """Return what each pair costs in one step, and in two."""
    name = "macs" if count == COUNTS[0] else "parameters"
    once = np.array([getattr(pair.ordinary, name) for pair in pairs])
    return once, np.array([getattr(pair, name) for pair in pairs])


def layer_name(pair: Separable) -> str:
    """Name a pair for people.

    Examples
    --------
    >>> from explorer.core.separable import ConvShape
    >>> shape = ConvShape("trunk.stage6.1.depthwise.conv", 8, 8, 8, 5, 4, 4)
    >>> layer_name(Separable(shape, shape))
    'stage 6, block 2 (5×5)'
    >>> shape = ConvShape("head.aspp.rates.0.depthwise", 8, 8, 8, 3, 4, 4)
    >>> layer_name(Separable(shape, shape))
    'ASPP, rate 1 (3×3)'
    """
    parts, k = pair.name.split("."), pair.depthwise.kernel_size
    if parts[0] == "trunk":
        stage = parts[1].removeprefix("stage")
        return f"stage {stage}, block {int(parts[2]) + 1} ({k}×{k})"
    if "rates" in parts:
        return f"ASPP, rate {int(parts[-1]) + 1} ({k}×{k})"
    return f"decoder {parts[-1].removeprefix('mix')} ({k}×{k})"


def _sums(pairs: Sequence[Separable], count: str) -> None:
    """Write the rule with one branch's numbers, and the sums."""
    branch = next(pair for pair in pairs if "rates" in pair.name)
    into, out = branch.depthwise.channels_in, branch.pointwise.channels_out
    k = branch.depthwise.kernel_size
    st.markdown("**The rule, with an ASPP branch's numbers** (C in, D out, k × k)")
    st.latex(
        words.SEPARABLE + rf"=\frac{{1}}{{{out}}}+\frac{{1}}{{{k * k}}}"
        rf"={1 / out + 1 / k**2:.3f}"
    )
    st.markdown(
        f"{into} · {k}² + {into} · {out} = **{branch.parameters:,}** weights, where "
        f"one {k} × {k} convolution from {into} to {out} channels has {into} · {out} · "
        f"{k}² = {branch.ordinary.parameters:,}."
    )
    head = [pair for pair in pairs if pair.name.startswith("head")]
    st.markdown(words.sums(costs(head, count), costs(pairs, count), count.lower()))


def _times(about: Record, picture: Picture) -> None:
    """Measure the network in four settings when asked to, and keep what was found."""
    heading("Multiply-adds and time of the whole network, four settings")
    settings = [
        Setting(stride, decoder=decoder)
        for stride in STRIDES
        for decoder in (True, False)
    ]
    kept = st.session_state.setdefault(KEPT, {})
    key = (about.name, picture.digest)
    label = f"Measure the time, {RUNS} runs each"
    if st.button(label, icon=":material/timer:", key="deeplab_measure"):
        kept.clear()
        kept[key] = [_timed(about, picture, setting) for setting in settings]
    times = kept.get(key, [None] * len(settings))
    rows = []
    for setting, ms in zip(settings, times, strict=True):
        found = convs_of(about.name, picture.image, setting.stride, setting.decoder)
        macs = sum(conv.macs for conv in found[0]) if found else 0
        rows.append((setting, macs, ms))
    st.markdown(words.times_table(rows))


def _timed(about: Record, picture: Picture, setting: Setting) -> float | None:
    from explorer.models import engine

    try:
        answer = engine.run(
            about.name, "timed", image=picture.image, runs=RUNS, **setting.switches()
        )
    except engine.EngineError as error:
        st.warning(str(error), icon=":material/timer_off:")
        return None
    return float(np.median(answer.arrays["ms"]))
