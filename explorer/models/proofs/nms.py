"""What the lesson on NMS computes, against torchvision, on the reader's boxes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from explorer.core.boxes import as_boxes, box_iou
from explorer.core.nms import NmsStep, nms_classwise_steps, nms_steps
from explorer.core.proof import Proof

MOST_BOXES = 2_000  # an IoU matrix of 32 MB


def load_reference() -> None:
    """Import torchvision, so that the first proof's time is the proof's own."""
    import torchvision.ops  # noqa: F401


def prove_nms(boxes: ArrayLike, scores: ArrayLike, iou_threshold: float) -> Proof:
    """Compare the boxes kept, in order, with ``torchvision.ops.nms``.

    Parameters
    ----------
    boxes : (N, 4) array_like
        ``(x1, y1, x2, y2)`` in pixels.
    scores : (N,) array_like
    iou_threshold : float
        In [0, 1].

    Returns
    -------
    Proof
        Its difference is the number of places at which the two lists differ.
    """
    import torch
    from torchvision.ops import nms

    theirs = nms(
        torch.tensor(as_boxes(boxes)),
        torch.tensor(np.asarray(scores, dtype=np.float64)),
        iou_threshold,
    )
    ours = nms_steps(boxes, scores, iou_threshold)
    return _same_list("torchvision.ops.nms", ours, theirs.tolist(), iou_threshold)


def prove_classwise(
    boxes: ArrayLike, scores: ArrayLike, labels: ArrayLike, iou_threshold: float
) -> Proof:
    """Compare the boxes kept, in order, with ``torchvision.ops.batched_nms``.

    Parameters
    ----------
    boxes, scores, iou_threshold
        As for ``prove_nms``.
    labels : (N,) array_like of int
        Class of each box.

    Returns
    -------
    Proof
        Its difference is the number of places at which the two lists differ.
    """
    import torch
    from torchvision.ops import batched_nms

    theirs = batched_nms(
        torch.tensor(as_boxes(boxes)),
        torch.tensor(np.asarray(scores, dtype=np.float64)),
        torch.tensor(np.asarray(labels, dtype=np.int64)),
        iou_threshold,
    )
    ours = nms_classwise_steps(boxes, scores, labels, iou_threshold)
    return _same_list(
        "torchvision.ops.batched_nms", ours, theirs.tolist(), iou_threshold
    )


def prove_iou(boxes: ArrayLike) -> Proof:
    """Compare the IoU of every pair of boxes with ``torchvision.ops.box_iou``.

    Parameters
    ----------
    boxes : (N, 4) array_like
        ``(x1, y1, x2, y2)`` in pixels; the first 2,000 are compared.

    Returns
    -------
    Proof
        Its difference is the largest of all pairs'. Pairs in which no box has an
        area are left out: torchvision gives NaN there.
    """
    import torch
    from torchvision.ops import box_iou as their_iou

    array = as_boxes(boxes)[:MOST_BOXES]
    theirs = their_iou(torch.tensor(array), torch.tensor(array)).numpy()
    apart = np.abs(box_iou(array, array) - np.nan_to_num(theirs))
    delta = float(apart.max()) if apart.size else 0.0
    pairs = f"{len(array)} × {len(array)} pairs"
    return Proof("torchvision.ops.box_iou", delta, 1e-9, note=pairs)


def _same_list(
    reference: str, ours: Sequence[NmsStep], theirs: list[int], iou_threshold: float
) -> Proof:
    kept = [step.kept for step in ours]
    places = max(len(kept), len(theirs))
    same = sum(a == b for a, b in zip(kept, theirs, strict=False))
    boxes = "box" if len(theirs) == 1 else "boxes"
    note = f"{len(theirs)} {boxes} kept at threshold {iou_threshold:.2f}, in order"
    return Proof(reference, places - same, 0, note=note)
