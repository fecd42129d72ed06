"""Which pixels a dilated stack reads, against torch's gradient and path by path."""

import itertools
from collections.abc import Sequence

import numpy as np

from explorer.core.dilation import coverage_steps, hdc_check
from explorer.core.proof import Proof


def prove_paths(kernel_size: int, dilations: Sequence[int]) -> Proof:
    """Compare paths with the gradient of torch's own layers, all weights being 1.

    The gradient of an output by a pixel is then the number of paths between them;
    float64 holds it exactly below 2 to the 53.
    """
    import torch
    from torch.nn import functional

    ours = coverage_steps(kernel_size, dilations)[-1].paths_2d
    x = torch.zeros((1, 1, *ours.shape), dtype=torch.float64, requires_grad=True)
    weight = torch.ones(1, 1, kernel_size, kernel_size, dtype=torch.float64)
    with torch.enable_grad():
        y: torch.Tensor = x
        for dilation in reversed(dilations):
            y = functional.conv2d(y, weight, dilation=int(dilation))
        (slope,) = torch.autograd.grad(y.sum(), x)
    theirs = slope[0, 0].numpy()
    same = y.numel() == 1 and theirs.shape == ours.shape
    delta = float(np.abs(ours - theirs).max()) if same else float("nan")
    note = f"paths from each of {ours.size:,} pixels, torch.nn.functional.conv2d"
    return Proof("torch.autograd, all weights 1", delta, 0, note=note)


def prove_by_hand(kernel_size: int, dilations: Sequence[int]) -> Proof:
    """Follow every path along a row one by one, and compare what each pixel gets."""
    ours = coverage_steps(kernel_size, dilations)[-1].paths
    middle = (kernel_size - 1) // 2
    steps = [[(t - middle) * d for t in range(kernel_size)] for d in dilations]
    theirs = np.zeros_like(ours)
    for path in itertools.product(*steps):
        theirs[sum(path) + len(ours) // 2] += 1
    delta = int(np.abs(ours - theirs).max())
    note = f"{kernel_size ** len(dilations):,} paths along a row, one by one"
    return Proof("every path followed", delta, 0, note=note)


def prove_rule(
    kernel_size: int,
    dilations: Sequence[int],
    most_rate: int = 7,
    most_layers: int = 4,
) -> Proof:
    """Count the stacks with holes among those of which the HDC rule promises none.

    Parameters
    ----------
    kernel_size : int
    dilations : sequence of int
        The reader's own stack, tried with the others.
    most_rate, most_layers : int
        The others: all stacks from rate 1 on, up to this rate and number of layers.
    """
    rates = range(1, most_rate + 1)
    own = tuple(dilations)
    stacks = {
        (1, *rest)
        for layers in range(2, most_layers + 1)
        for rest in itertools.product(rates, repeat=layers - 1)
    }
    kept = [s for s in stacks | {own} if hdc_check(kernel_size, s).promises]
    holes = sum(coverage_steps(kernel_size, s)[-1].reached_frac < 1 for s in kept)
    yours = "yours among them" if own in kept else "yours not among them"
    note = f"{len(kept)} stacks that keep it, {yours}; none of them may have a hole"
    return Proof("the HDC rule of Wang et al. 2018", holes, 0, note=note)
