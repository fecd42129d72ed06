"""What the lesson on RoI pooling computes, against torchvision, on the reader's map."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from explorer.core.proof import Proof
from explorer.core.roi import roi_pool_steps
from explorer.core.roi_align import roi_align_steps
from explorer.core.roi_gradient import roi_pool_gradient, roi_samples_gradient

TOLERANCE = 1e-5


def prove_roi_pool(
    features: ArrayLike, box: ArrayLike, output_size: int, spatial_scale: float
) -> Proof:
    """Compare outputs and gradient with ``torchvision.ops.roi_pool`` in float64.

    Parameters
    ----------
    features : (C, H, W) array_like
    box : (4,) array_like
        xyxy in image pixels.
    output_size, spatial_scale
        As for ``roi_pool_steps``.

    Returns
    -------
    Proof
        Its difference is the largest of outputs and of the gradient of their sum.
    """
    import torch
    from torchvision.ops import roi_pool

    grid = torch.tensor(np.asarray(features, np.float64)[None], requires_grad=True)
    theirs = roi_pool(grid, [_box(box)], output_size, spatial_scale)
    (slope,) = torch.autograd.grad(theirs.sum(), grid)
    steps = roi_pool_steps(features, box, output_size, spatial_scale)
    ours = roi_pool_gradient(steps, np.ones_like(steps.values), *grid.shape[2:])
    delta = _apart(steps.values, theirs[0].detach().numpy(), ours, slope[0].numpy())
    return Proof(
        "torchvision.ops.roi_pool", delta, TOLERANCE, note="outputs and gradient"
    )


def prove_roi_align(
    features: ArrayLike,
    box: ArrayLike,
    output_size: int,
    spatial_scale: float,
    sampling_ratio: int,
    aligned: bool,
) -> Proof:
    """Compare outputs and gradient with ``torchvision.ops.roi_align`` in float64.

    Parameters
    ----------
    features, box, output_size, spatial_scale
        As for :func:`prove_roi_pool`.
    sampling_ratio, aligned
        As for ``roi_align_steps``.

    Returns
    -------
    Proof
        Its difference is the largest of outputs and of the gradient of their sum.
    """
    import torch
    from torchvision.ops import roi_align

    grid = torch.tensor(np.asarray(features, np.float64)[None], requires_grad=True)
    theirs = roi_align(
        grid, [_box(box)], output_size, spatial_scale, sampling_ratio, aligned
    )
    (slope,) = torch.autograd.grad(theirs.sum(), grid)
    steps = roi_align_steps(
        features, box, output_size, spatial_scale, sampling_ratio, aligned
    )
    ours = roi_samples_gradient(steps, np.ones_like(steps.values), *grid.shape[2:])
    delta = _apart(steps.values, theirs[0].detach().numpy(), ours, slope[0].numpy())
    n = sampling_ratio
    points = f"{n} × {n} points a bin" if n > 0 else "as many points as a bin has cells"
    shift = "with" if aligned else "without"
    note = f"outputs and gradient, {points}, {shift} the shift by half a cell"
    return Proof("torchvision.ops.roi_align", delta, TOLERANCE, note=note)


def _box(box: ArrayLike) -> Any:
    """Return the box as torchvision takes it: (1, 4)."""
    import torch

    return torch.tensor(np.asarray(box, np.float64)[None])


def _apart(*pairs: np.ndarray[Any, Any]) -> float:
    """Return the largest difference within the pairs of arrays."""
    both = zip(pairs[::2], pairs[1::2], strict=True)
    return max(float(np.abs(a - b).max(initial=0.0)) for a, b in both)
