"""Transposed convolution's three ways, and upsampling by it, beside torch."""

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from explorer.core.overlap import (
    Upsampling,
    bilinear_kernel,
    bilinear_size,
    upsample,
    upsampling,
)
from explorer.core.proof import Proof
from explorer.core.transposed import (
    stamp_steps,
    transposed_by_zeros,
    transposed_size,
)
from explorer.core.transposed_line import line_steps
from explorer.core.transposed_matrix import transposed_by_matrix

EXACT = 1e-9  # both sum in float64, in different orders


def prepare() -> None:
    """Import torch now, so that the first proof's time is the proof's alone."""
    import torch  # noqa: F401


def prove_line(
    kernel: ArrayLike, signal: ArrayLike, stride: int, padding: int
) -> tuple[Proof, Proof]:
    """Compare X with ``conv1d`` and its transpose with ``conv_transpose1d``.

    Parameters
    ----------
    kernel, signal : (k,), (n,) array_like
    stride, padding : int
        As in ``line_steps``.

    Returns
    -------
    tuple of Proof
        The second compares the cropped result: torch reaches its length with the
        ``output_padding`` that its note names.
    """
    import torch
    from torch.nn import functional

    steps = line_steps(kernel, signal, stride, padding)
    taps = torch.tensor(np.asarray(kernel, np.float64))[None, None]
    line = torch.tensor(np.asarray(signal, np.float64))[None, None]
    rows, size = len(steps.output), line.shape[-1]
    more = size - transposed_size(rows, taps.shape[-1], stride, padding)
    with torch.inference_mode():
        there = functional.conv1d(line, taps, stride=stride, padding=padding)
        back = functional.conv_transpose1d(
            torch.tensor(steps.entries)[None, None],
            taps,
            stride=stride,
            padding=padding,
            output_padding=more,
        )
    said = f"Xᵀ times {rows} numbers, stride {stride}, padding {padding}"
    return (
        _compared("torch.nn.functional.conv1d", "X", steps.output, there[0, 0].numpy()),
        _compared(
            "torch.nn.functional.conv_transpose1d",
            f"{said}, output_padding {more}",
            steps.cropped,
            back[0, 0].numpy(),
        ),
    )


def prove_views(
    x: ArrayLike,
    weight: ArrayLike,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
) -> tuple[Proof, Proof]:
    """Compare all three ways with ``conv_transpose2d`` and with conv2d's gradient.

    Parameters
    ----------
    x, weight : (H, W), (k, k) array_like
    stride, padding, output_padding : int
        As in ``stamp_steps``.

    Returns
    -------
    tuple of Proof
        The difference of the way that is furthest off.
    """
    import torch
    from torch.nn import functional

    how = (stride, padding, output_padding)
    ways = (
        stamp_steps(x, weight, *how).output,
        transposed_by_zeros(x, weight, *how),
        transposed_by_matrix(x, weight, *how),
    )
    grid = torch.tensor(np.asarray(x, np.float64))[None, None]
    kernel = torch.tensor(np.asarray(weight, np.float64))[None, None]
    with torch.inference_mode():
        theirs = functional.conv_transpose2d(
            grid, kernel, None, stride, padding, output_padding
        )[0, 0].numpy()
    # What backpropagation sends from an ordinary convolution's output to its input.
    below = torch.zeros(1, 1, *theirs.shape, dtype=torch.float64, requires_grad=True)
    above = functional.conv2d(below, kernel, None, stride, padding)
    (slope,) = torch.autograd.grad(above, below, grid)
    note = f"stamping, zeros and Cᵀ each on its own, all {theirs.size} outputs"
    return (
        _compared("torch.nn.functional.conv_transpose2d", note, *_pairs(ways, theirs)),
        _compared(
            "the gradient of torch.nn.functional.conv2d",
            "autograd, with the input as the gradient that arrives",
            *_pairs(ways[:1], slope[0, 0].numpy()),
        ),
    )


def prove_transposed_sizes(
    sizes: Iterable[int] = range(1, 8),
    kernel_sizes: Iterable[int] = range(1, 6),
    strides: Iterable[int] = range(1, 5),
    paddings: Iterable[int] = range(4),
) -> Proof:
    """Count the settings in which the size formula and torch's output disagree."""
    import torch
    from torch.nn import functional

    wrong = tried = 0
    settings = itertools.product(sizes, kernel_sizes, strides, paddings)
    with torch.inference_mode():
        for size, kernel_size, stride, padding in settings:
            x = torch.empty(1, 1, size, device="meta")
            w = torch.empty(1, 1, kernel_size, device="meta")
            for more in range(stride):
                try:
                    ours = transposed_size(size, kernel_size, stride, padding, more)
                except ValueError:
                    continue  # nothing is left: torch refuses too
                seen = functional.conv_transpose1d(x, w, None, stride, padding, more)
                wrong += ours != seen.shape[-1]
                tried += 1
    return Proof(
        "torch's transposed sizes",
        wrong,
        0,
        note=f"{tried:,} settings, none may disagree",
    )


def prove_upsample(
    shown: ArrayLike, maps: ArrayLike, weight: ArrayLike, how: Upsampling
) -> Proof:
    """Compare what is shown with ``conv_transpose2d``, a map a batch item.

    Parameters
    ----------
    shown : (C, H stride, W stride) array_like
        What ``upsample`` made.
    maps, weight, how
        What it was made of.
    """
    import torch
    from torch.nn import functional

    grids = torch.tensor(np.asarray(maps, np.float64))[:, None]
    kernel = torch.tensor(np.asarray(weight, np.float64))[None, None]
    with torch.inference_mode():
        theirs = functional.conv_transpose2d(
            grids, kernel, None, how.stride, how.padding, how.output_padding
        )[:, 0].numpy()
    note = (
        f"kernel {how.kernel_size}, stride {how.stride}, padding {how.padding}, "
        f"output_padding {how.output_padding}, all {theirs.size:,} numbers"
    )
    ours = np.asarray(shown, np.float64)
    return _compared("torch.nn.functional.conv_transpose2d", note, ours, theirs)


def prove_bilinear(maps: ArrayLike, stride: int) -> Proof:
    """Compare bilinear weights with torch's interpolation, away from the border.

    Parameters
    ----------
    maps : (C, H, W) array_like
        At least 2 by 2.
    stride : int
        How many times larger.

    Notes
    -----
    The outermost ``stride // 2`` pixels differ by design: there a stamp is missing,
    while interpolation repeats the outermost input.
    """
    import torch
    from torch.nn import functional

    grids = torch.tensor(np.asarray(maps, np.float64))[None]
    with torch.inference_mode():
        theirs = functional.interpolate(
            grids, scale_factor=stride, mode="bilinear", align_corners=False
        )[0].numpy()
    k = bilinear_size(stride)
    ours = upsample(maps, bilinear_kernel(k), upsampling(k, stride))
    edge = stride // 2
    inside = (slice(None), *(slice(edge, n - edge) for n in theirs.shape[1:]))
    note = (
        f"{theirs[inside].size:,} of {theirs.size:,} numbers: all but a border of "
        f"{edge} px, where a stamp is missing and interpolation repeats a pixel"
    )
    name = "torch.nn.functional.interpolate(mode='bilinear')"
    return _compared(name, note, ours[inside], theirs[inside])


def _pairs(ways: Sequence[np.ndarray], theirs: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return ours, theirs, ours, theirs, ..."""
    return tuple(array for way in ways for array in (way, theirs))


def _compared(name: str, note: str, *pairs: np.ndarray) -> Proof:
    """Compare every pair; a shape that differs, or nothing to compare, is NaN."""
    both = list(zip(pairs[::2], pairs[1::2], strict=True))
    if any(a.shape != b.shape or not b.size for a, b in both):
        return Proof(name, float("nan"), EXACT, note=note)
    scale = max(1.0, *(float(np.abs(b).max()) for _, b in both))
    delta = max(float(np.abs(a - b).max()) for a, b in both)
    return Proof(name, delta, EXACT * scale, note=f"{note}, float64")
