"""The core's convolution beside torch's, on the page's own numbers."""

import itertools
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from explorer.core.convolution import Padding, conv2d, output_size
from explorer.core.proof import Proof

EXACT = 1e-9  # both sum in float64, in different orders
SINGLE = 1e-3  # torch and the network sum hundreds of products in float32


def prepare() -> None:
    """Import torch now, so that the first proof's time is the proof's alone."""
    import torch  # noqa: F401


def prove_conv2d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: float = 0.0,
    stride: int = 1,
    padding: Padding = 0,
    dilation: int = 1,
) -> Proof:
    """Compare ``conv2d`` with torch's, in float64, over the whole output."""
    import torch
    from torch.nn import functional

    maps, kernel = np.array(x, np.float64), np.array(weight, np.float64)
    maps = maps[None] if maps.ndim == 2 else maps
    kernel = kernel[None] if kernel.ndim == 2 else kernel
    ours = conv2d(maps, kernel, bias, stride, padding, dilation)
    sides = (padding,) * 4 if isinstance(padding, int) else padding
    top, bottom, left, right = sides
    with torch.inference_mode():
        wide = functional.pad(torch.from_numpy(maps)[None], (left, right, top, bottom))
        theirs = functional.conv2d(
            wide,
            torch.from_numpy(kernel)[None],
            torch.tensor([bias], dtype=torch.float64),
            stride=stride,
            dilation=dilation,
        )[0, 0].numpy()
    scale = max(1.0, float(np.abs(theirs).max()))
    return Proof(
        "torch.nn.functional.conv2d",
        _difference(ours, theirs),
        EXACT * scale,
        note=f"all {theirs.size:,} outputs, float64",
    )


def prove_layer(
    x: ArrayLike,
    weight: ArrayLike,
    output: ArrayLike,
    bias: float,
    stride: int,
    padding: Padding,
    dilation: int = 1,
) -> Proof:
    """Compare ``conv2d`` of a layer's own input and weights with its own output."""
    theirs = np.asarray(output, np.float64)
    ours = conv2d(x, weight, bias, stride, padding, dilation)
    scale = max(1.0, float(np.abs(theirs).max()))
    return Proof(
        "the network's own output map",
        _difference(ours, theirs),
        SINGLE * scale,
        note=f"all {theirs.size:,} cells; the network sums in float32",
    )


def prove_output_sizes(
    sizes: Iterable[int] = range(1, 13),
    kernel_sizes: Iterable[int] = range(1, 6),
    strides: Iterable[int] = range(1, 5),
    paddings: Iterable[int] = range(4),
    dilations: Iterable[int] = range(1, 4),
) -> Proof:
    """Count the settings in which the size formula and torch's output disagree."""
    import torch
    from torch.nn import functional

    wrong = tried = 0
    settings = itertools.product(sizes, kernel_sizes, strides, paddings, dilations)
    with torch.inference_mode():
        for size, kernel_size, stride, padding, dilation in settings:
            try:
                ours = output_size(size, kernel_size, stride, padding, dilation)
            except ValueError:
                continue  # the kernel is longer than the input: torch refuses too
            x = torch.empty(1, 1, size, device="meta")
            w = torch.empty(1, 1, kernel_size, device="meta")
            seen = functional.conv1d(
                x, w, stride=stride, padding=padding, dilation=dilation
            )
            wrong += ours != seen.shape[-1]
            tried += 1
    return Proof(
        "torch's output sizes", wrong, 0, note=f"{tried:,} settings, none may disagree"
    )


def _difference(ours: np.ndarray, theirs: np.ndarray) -> float:
    if ours.shape != theirs.shape:
        return float("nan")
    return float(np.abs(ours - theirs).max(initial=0.0))
