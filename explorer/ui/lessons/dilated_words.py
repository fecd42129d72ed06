"""What the lesson on dilated convolution says."""

from collections.abc import Iterable, Sequence

import streamlit as st

from explorer.core.dilation import Coverage, HdcCheck, effective_kernel_size
from explorer.ui.glossary import glossary_box

PARTS = ("One kernel", "A stack")
QUESTION = (
    "Three 3 × 3 layers, all at rate 2, have a field of 13 pixels in a row. How many "
    "of the 13 does one output read?",
    ("All 13: the gaps of one layer are filled by the next", "9, three a layer", "7"),
    2,
    "Rates 2, 2, 2 only ever step by an even number, so every second pixel is skipped: "
    "7 of 13, 54 %. In two dimensions that is 49 of 169. Rates 1, 2, 5 reach 17 pixels "
    "and skip none.",
)
SOURCES = (
    "Yu & Koltun 2016, *Multi-scale context aggregation by dilated convolutions*, "
    "arXiv:1511.07122, sections 2 and 3, table 1 (fields 3 to 67)",
    "Wang et al. 2018, *Understanding convolution for semantic segmentation*, "
    "arXiv:1702.08502, section 3.2 (gridding, hybrid dilated convolution)",
    "Chen et al. 2017, *DeepLab*, arXiv:1606.00915, section 3.1 (effective kernel "
    "size); *Rethinking atrous convolution*, arXiv:1706.05587, section 3.3 (rates "
    "6, 12, 18)",
)
TERMS = """
- **Dilated** or **atrous** convolution: a kernel whose cells are moved apart, *à trous*
  being French for “with holes”.
- **Rate**, dilation: the distance between neighbouring cells. 1 is an ordinary kernel.
- **Effective kernel size**: how many pixels the spread kernel spans,
  k + (k − 1)(rate − 1).
- **Stack**: layers one after another, each reading the one before.
- **Path**: a way from an input pixel through one cell of each layer to the output. With
  all weights 1 the number of paths is how much the pixel counts.
- **Receptive field**: all pixels between the first and the last that an output reads.
- **Gridding**: holes in the field in a regular pattern. Neighbouring outputs then read
  different pixels and know nothing of each other.
- **HDC**, hybrid dilated convolution: rates chosen so that no hole is left, such as
  1, 2, 5.
- **M** with a layer's number: the largest distance between two neighbouring pixels that
  this layer and those after it read. The rule wants the second layer's to be no wider
  than the kernel, so that the first layer closes every gap.
- **ASPP**: several rates side by side on one map, not one after another; the lesson on
  pyramid pooling shows it.
"""
BORDER = (
    "The padding is as wide as the rate, so the output is as large as the photo; near "
    "the border the kernel reads zeros."
)
SIGNED = "Orange above 0, blue below: the kernel's weights sum to 0."
GREY = "The kernel's weights sum to 1, so an even grey stays as it is."
ORDER = (
    "Only which rates there are matters for what is read, not their order. The rule's "
    "M₂ is written for rates that rise; with a first rate of 1 it is enough, not "
    "necessary: some stacks break it and have no hole."
)
HOLES = "Orange rings mark holes: pixels inside the field that no path reaches."
LEVELS = (
    "A stack like this runs on a feature map a few dozen cells wide, so the photo is "
    "shown that coarse. One square is one pixel that the output reads."
)


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def percent(share: float) -> str:
    """Write a share as a percentage, one decimal below 20 %.

    Examples
    --------
    >>> percent(1.0), percent(7 / 13), percent(1 / 9)
    ('100 %', '54 %', '11.1 %')
    """
    return f"{100 * share:.1f} %" if share < 0.2 else f"{100 * share:.0f} %"


def rates_table(kernel_size: int, rates: Iterable[int], now: int) -> str:
    """Write what one layer spans and reads at each rate, as a table in markdown."""
    lines = [
        "| rate | spans, px | reads | of the square | weights |",
        "|---:|---:|---:|---:|---:|",
    ]
    for rate in rates:
        side = effective_kernel_size(kernel_size, rate)
        read = kernel_size**2
        mark = "**" if rate == now else ""
        cells = (
            f"{rate}",
            f"{side} × {side}",
            f"{read} of {side**2:,}",
            percent(read / side**2),
            f"{read}",
        )
        lines.append("| " + " | ".join(f"{mark}{c}{mark}" for c in cells) + " |")
    return "\n".join(lines)


def layers_table(steps: Sequence[Coverage]) -> str:
    """Write field and coverage after each layer, as a table in markdown."""
    lines = [
        "| layer | rate | kernel spans | field | read in a row | in the square "
        "| weights | a full kernel |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for i, step in enumerate(steps, 1):
        rate = step.dilations[-1]
        lines.append(
            f"| {i} | {rate} | {effective_kernel_size(step.kernel_size, rate)} "
            f"| **{step.field}** | {percent(step.reached_frac)} "
            f"| {percent(step.reached_frac_2d)} | {step.weights_2d} "
            f"| {step.field**2:,} |"
        )
    return "\n".join(lines)


def verdict(coverage: Coverage, check: HdcCheck) -> str:
    """Say in a sentence or two what the stack does, with its numbers."""
    rates = ", ".join(map(str, coverage.dilations))
    holes = coverage.field - coverage.reached
    if holes == 0:
        said = f"Rates {rates} read all {coverage.field} pixels of a row"
        full = f"{coverage.field**2:,}"
        return f"{said}, with {coverage.weights_2d} weights in place of {full}."
    if check.common > 1:
        return (
            f"Rates {rates} are all multiples of {check.common}, so an output never "
            f"reads two pixels closer than {check.common} apart: {coverage.reached} of "
            f"{coverage.field} in a row. That is **gridding**."
        )
    return (
        f"Rates {rates} leave {holes} holes in a row of {coverage.field}: the steps "
        "of the last layers are too wide for the first ones to fill."
    )


def rule(check: HdcCheck) -> str:
    """Write the rule of hybrid dilated convolution with this stack's numbers."""
    named = [rf"M_{{{i}}}={value}" for i, value in enumerate(check.distances, 1)]
    if len(named) < 2:
        return r"\text{field}=\text{kernel}+(\text{kernel}-1)(\text{rate}-1)"
    chain = named[:0:-1]  # from the last layer to the second
    if len(chain) > 3:
        chain = [chain[0], r"\ldots", *chain[-2:]]
    sign, but = r"\le" if check.keeps else ">", ""
    if check.keeps and check.common > 1:
        but = rf",\;\text{{but all rates are multiples of }}{check.common}"
    elif not check.promises and check.keeps:
        but = rf",\;\text{{but it wants }}r_1=1\text{{, not }}{check.first}"
    return (
        r"M_i=\max(M_{i+1}-2r_i,\;2r_i-M_{i+1},\;r_i),\quad M_n=r_n:\qquad "
        + r",\;".join(chain)
        + rf"\;{sign}\;{check.limit}{but}"
    )
