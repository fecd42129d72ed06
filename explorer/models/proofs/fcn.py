"""What the lesson on FCN computes, against torch and OpenCV, on this picture."""

from collections.abc import Collection, Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.confusion import class_iou, confusion_matrix
from explorer.core.fusion import double, enlarge, fuse_steps
from explorer.core.pixel_loss import cross_entropy
from explorer.core.proof import Proof

DOUBLE_TOLERANCE = 1e-9  # float64 against float64
LOGITS_TOLERANCE = 1e-3  # float64 against the network's float32, scores of about 10
LOSS_TOLERANCE = 1e-9


def prove_doubling(grid: ArrayLike, weight: ArrayLike) -> Proof:
    """Compare ``double`` with ``conv_transpose2d`` in float64.

    Parameters
    ----------
    grid : (h, w, K) array_like
    weight : (K, M, 4, 4) array_like
    """
    import torch
    from torch.nn import functional

    x = torch.from_numpy(np.array(grid, np.float64).transpose(2, 0, 1)[None].copy())
    kernel = torch.from_numpy(np.array(weight, np.float64))
    theirs = functional.conv_transpose2d(x, kernel, stride=2, padding=1)[0]
    delta = np.abs(double(grid, weight) - theirs.permute(1, 2, 0).numpy()).max()
    return Proof(
        "torch conv_transpose2d", float(delta), DOUBLE_TOLERANCE, note="the doubling"
    )


def prove_fusion(
    found: Mapping[str, NDArray[Any]], lattice_px: int, off: Collection[int] = ()
) -> Proof:
    """Compare our own sum of the raw scores with the network's class scores.

    Parameters
    ----------
    found : mapping
        What ``fcn_fusion.fusion`` returned.
    lattice_px : int
        Rows and columns from one compared pixel to the next.
    off : collection of int
        Strides whose skip the network was run without.
    """
    strides = [s for s in (32, 16, 8) if f"score_{s}" in found]
    scores = {s: found[f"score_{s}"] for s in strides}
    weights = {s: found[f"weight_{s}"] for s in strides[1:]}
    finest = fuse_steps(scores, weights, off).finest
    height, width = (int(side) for side in found["size"])
    ours = enlarge(finest, height, width)[::lattice_px, ::lattice_px]
    delta = np.abs(ours - found["logits"]).max()
    return Proof(
        "the network's own class scores",
        float(delta),
        LOGITS_TOLERANCE,
        note=f"the whole fusion in NumPy, every {lattice_px}th row and column",
    )


def prove_loss(
    finest: ArrayLike, truth: NDArray[np.uint8], loss: NDArray[np.float64]
) -> Proof:
    """Compare the loss map with torch's cross-entropy, pixel by pixel.

    Parameters
    ----------
    finest : (h, w, K) array_like
        The last sum, which torch enlarges itself.
    truth : (H, W) uint8
    loss : (H, W) float64
        Ours, nan where the truth is no class.
    """
    import torch
    from torch.nn import functional

    x = torch.from_numpy(np.array(finest, np.float64).transpose(2, 0, 1)[None].copy())
    grown = functional.interpolate(x, truth.shape, mode="bilinear", align_corners=False)
    known = truth < x.shape[1]
    target = torch.from_numpy(np.where(known, truth, 255).astype(np.int64))[None]
    theirs = functional.cross_entropy(
        grown, target, reduction="none", ignore_index=255
    )[0].numpy()
    delta = np.abs(np.where(known, loss, 0.0) - theirs).max()
    return Proof(
        "torch cross_entropy", float(delta), LOSS_TOLERANCE, unit="nats",
        note=f"{int(known.sum()):,} pixels",
    )  # fmt: skip


def prove_iou(truth: NDArray[np.uint8], labels: NDArray[np.uint8], count: int) -> Proof:
    """Compare the confusion matrix with OpenCV's histogram, IoU with masks of pixels.

    Parameters
    ----------
    truth, labels : (H, W) uint8
    count : int
        Classes; truth of that number or above is left out.
    """
    ours, known = confusion_matrix(truth, labels, count), truth < count
    ranges = [0, count, 0, count]
    pair = [np.ascontiguousarray(truth), np.ascontiguousarray(labels)]
    mask = known.astype(np.uint8)
    theirs = cv2.calcHist(pair, [0, 1], mask, [count, count], ranges)
    iou = [_iou((truth == k) & known, (labels == k) & known) for k in range(count)]
    apart = np.abs(np.nan_to_num(class_iou(ours)) - iou).max()
    delta = max(float(np.abs(ours - theirs).max()), float(apart))
    return Proof(
        "cv2.calcHist, and masks of each class", delta, 1e-12,
        note="pixels and IoU of each class",
    )  # fmt: skip


def _iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Overlap over union of two masks, 0 where both are empty."""
    union = np.count_nonzero(one | other)
    return np.count_nonzero(one & other) / union if union else 0.0


def loss_map(finest: ArrayLike, truth: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Enlarge the last sum (h, w, K) and return each pixel's loss (H, W)."""
    return cross_entropy(enlarge(finest, *truth.shape), truth)
