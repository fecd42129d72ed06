"""Masks pasted, RoIs cut out, the loss of a mask: the core's against torchvision's."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.activations import sigmoid
from explorer.core.mask_compare import pasted_probs
from explorer.core.mask_loss import mask_loss
from explorer.core.numerals import counted
from explorer.core.proof import Proof
from explorer.models.proofs.roi import prove_roi_align, prove_roi_pool

TOLERANCE = 1e-5  # OpenCV and torch resize in single precision
LOSS_TOLERANCE = 1e-9
BINS = 14  # a side of an RoI of the mask branch
SAMPLES = 2
PROVED = 16  # channels of the level's map; all are cut alike


def prove_paste(logits: ArrayLike, boxes: ArrayLike, height: int, width: int) -> Proof:
    """Compare pasted masks with ``paste_masks_in_image``.

    Parameters
    ----------
    logits, boxes, height, width
        As for ``pasted_probs``; the boxes reach into the picture.
    """
    import torch
    from torchvision.models.detection.roi_heads import paste_masks_in_image

    ours = pasted_probs(logits, boxes, height, width)
    delta = 0.0
    if len(ours):
        probs = torch.from_numpy(sigmoid(logits)[:, None])
        places = torch.from_numpy(np.asarray(boxes, np.float64).copy())
        theirs = paste_masks_in_image(probs, places, (height, width))[:, 0].numpy()
        delta = float(np.abs(ours - theirs).max(initial=0.0))
    return Proof(
        "torchvision paste_masks_in_image",
        delta,
        TOLERANCE,
        note=paste_note(len(ours), height, width),
    )


def paste_note(count: int, height: int, width: int) -> str:
    """Say which masks were pasted.

    Examples
    --------
    >>> paste_note(1, 20, 30)
    '1 mask pasted into 30 × 20 px'
    """
    return f"{counted(count, 'mask')} pasted into {width} × {height} px"


def prove_cut(level: NDArray[np.float32], box: ArrayLike, stride: int) -> list[Proof]:
    """Compare RoIPool and RoIAlign of one RoI as the mask branch cuts it.

    Parameters
    ----------
    level : (D, H, W) float32
        The map of the RoI's level; its first channels are compared.
    box : (4,) array_like
        xyxy pixels of the network's input.
    stride : int
        Of the level.
    """
    given = (level[:PROVED], box, BINS, 1 / stride)
    return [prove_roi_align(*given, SAMPLES, True), prove_roi_pool(*given)]


def prove_loss(logits: ArrayLike, target: ArrayLike, drawn: float) -> Proof:
    """Compare a mask's loss with ``binary_cross_entropy_with_logits``.

    Parameters
    ----------
    logits, target
        As for ``mask_loss``.
    drawn : float
        The loss as the page shows it, which must be the same too.
    """
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    x, t = (torch.from_numpy(np.array(one, np.float64)) for one in (logits, target))
    theirs = float(binary_cross_entropy_with_logits(x, t))
    delta = max(abs(one - theirs) for one in (mask_loss(logits, target), drawn))
    name = "torch binary_cross_entropy_with_logits"
    note = f"the painted mask's loss, {theirs:.4f}"
    return Proof(name, delta, LOSS_TOLERANCE, note=note)
