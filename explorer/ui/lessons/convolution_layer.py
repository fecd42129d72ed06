"""The convolution lesson's third part: any layer of the live network."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from explorer.figures.convolution import (
    Image,
    compose,
    grey_image,
    pair_panes,
    signed_image,
)
from explorer.models.proofs import convolution as proofs
from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.lessons.convolution import NETWORK
from explorer.ui.lessons.convolution_shared import (
    Array,
    Result,
    Setting,
    program,
    shape_text,
    stage_height,
)
from explorer.ui.lessons.convolution_words import formula, same_words
from explorer.ui.stage.stage import stage

SIDE_PX = 224  # the size the network was trained at
WHITE_FRAC = 0.995  # of a map's values: what lies above is shown white too


def layer_part(picture: Picture, layer: str, channel: int) -> Result | None:
    """Show a layer's real input, real weights and real output on the photo."""
    answer = live.model(
        NETWORK,
        "layer",
        image=picture.image,
        layer=layer,
        channel=channel,
        side_px=SIDE_PX,
    )
    if answer is None:
        return None
    a = answer.arrays
    x, weight, output = a["input"], a["weight"], a["output"]
    stride, dilation, top, bottom, left, right = (int(v) for v in a["geometry"])
    setting = Setting(weight.shape[-1], stride, (top, bottom, left, right), dilation)
    _layer_stage(a, setting, layer, channel)
    same = same_words(left, right, stride)
    st.markdown(f"{_words(len(x), weight, int(a['channels']))} {same}")
    formula(x.shape[2], setting.kernel_size, stride, (left, right), dilation)
    how = (float(a["bias"]), stride, setting.padding, dilation)
    proof = live.compute("proof", proofs.prove_layer, x, weight, output, *how)
    torch_proof = live.compute("torch proof", proofs.prove_conv2d, x, weight, *how)
    return Result(x, weight, output, (proof, torch_proof))


def _layer_stage(
    a: Mapping[str, Array], setting: Setting, layer: str, channel: int
) -> None:
    """Show the weightiest input map, the output map, and any window in between."""
    x, weight, output = a["input"], a["weight"], a["output"]
    first, best = int(a["first_channel"]), strongest(x, weight)
    low, high = (float(v) for v in np.quantile(x[best], (0.0, WHITE_FRAC)))
    panes = pair_panes((x.shape[1], x.shape[2]), setting.padding, output.shape)
    titles = {
        "input": _input_title(len(x), first + best, x.shape[1:]),
        "output": f"channel {channel} of the output: {shape_text(*output.shape)}",
    }
    shown = program(
        x,
        weight,
        setting,
        panes,
        titles=titles,
        output=output,
        bias=float(a["bias"]),
        norm=a["norm"].tolist(),
        digits=3,
        first=first,
        shown=best,
        range=[low, high],
    )
    stage(
        compose(panes, _input_image(x, best, low, high), signed_image(output)),
        key="conv_layer",
        alt=f"Input and output of the layer {layer} on the photo",
        program=shown,
        max_height_px=stage_height(panes),
    )


def strongest(x: Array, weight: Array) -> int:
    """Return the input channel that contributes most: mean ``|x|`` times ``|w|``.

    Examples
    --------
    >>> strongest(np.ones((2, 4, 4)), np.array([[[0.5]], [[-2.0]]]))
    1
    """
    return int((np.abs(x).mean((1, 2)) * np.abs(weight).sum((1, 2))).argmax())


def _input_image(x: Array, shown: int, low: float, high: float) -> Image:
    if len(x) == 3:  # the stem reads the photo itself, in [-1, 1]
        return np.clip(np.round((x.transpose(1, 2, 0) + 1) * 127.5), 0, 255).astype(
            np.uint8
        )
    return grey_image(x[shown], low, high)


def _input_title(channels: int, shown: int, shape: tuple[int, ...]) -> str:
    size = shape_text(shape[0], shape[1])
    if channels == 3:
        return f"the photo as the network reads it: 3 × {size}"
    if channels == 1:
        return f"input map {shown}: {size}"
    return f"input map {shown}, the weightiest of {channels}: {size}"


def _words(channels: int, weight: Array, outputs: int) -> str:
    k = weight.shape[-1]
    terms = weight.size
    if channels == 1:
        kind = "**Depthwise**: each output channel reads one input map only"
    elif k == 1:
        kind = "**1 × 1**: a weighted sum of all input maps at one and the same place"
    else:
        kind = f"An **ordinary** convolution: it reads all {channels} input maps"
    return (
        f"{kind}, so each output cell is {terms} multiply-adds; the layer has "
        f"{outputs} output channels. Orange above 0, blue below, before batch norm."
    )
