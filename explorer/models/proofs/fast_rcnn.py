"""What the lesson shows of Fast R-CNN alone, its second look, proved."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.proof import Proof
from explorer.models.proofs.faster_rcnn import PIXELS, SINGLE
from explorer.models.proofs.gap import gap
from explorer.models.two_stage import LEAST_PX

Arrays = Mapping[str, NDArray[Any]]

# What the second look is proved from.
SECOND_LOOK = ("regions", "region_logits", "region_deltas", "region_rows", "rois")


def prove_second_look(
    arrays: Arrays, weights: tuple[float, float, float, float], side: int
) -> Proof:
    """Compare the regions that are looked at again with torchvision's own move.

    Parameters
    ----------
    arrays : mapping
        ``SECOND_LOOK``.
    weights : four floats
        Of the codec.
    side : int
        Of the square picture, in pixels.

    Returns
    -------
    Proof
        Its difference is that of the RoIs' coordinates; infinite if a region that is
        looked at again is worse than one that is not.
    """
    import torch
    from torchvision.models.detection._utils import BoxCoder
    from torchvision.ops import clip_boxes_to_image

    regions, moves = (
        torch.from_numpy(arrays[name]).double() for name in ("regions", "region_deltas")
    )
    probs = torch.from_numpy(arrays["region_logits"]).double().softmax(1)[:, 1:]
    rows = torch.from_numpy(arrays["region_rows"])
    best, label = probs.max(1)
    worst, others = best[rows].min(), best[~torch.isin(torch.arange(len(best)), rows)]
    moved = BoxCoder(weights).decode_single(moves[rows, label[rows]], regions[rows])
    cut = clip_boxes_to_image(moved, (side, side)).numpy()
    small = (cut[:, 2:] - cut[:, :2]).min(axis=1) < LEAST_PX
    cut[small] = regions[rows].numpy()[small]
    right = not len(others) or bool(others.max() <= worst + SINGLE)
    delta = gap(arrays["rois"], cut) if right else np.inf
    note = f"the best {len(rows)} of {len(best)} regions, moved and cut at the border"
    return Proof("torchvision's BoxCoder", delta, PIXELS, "px", note)
