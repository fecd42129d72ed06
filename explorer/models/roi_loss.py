"""What the second stage learns by: which RoIs, and the three terms."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional
from torchvision.ops import roi_align

from explorer.core.anchor_matching import match_anchors
from explorer.core.box_codec import encode
from explorer.models.known_places import known_at
from explorer.models.roi_heads import MASK_SIDE, WEIGHTS, BoxResult
from explorer.models.rpn import BETA, draw

FOREGROUND_IOU = 0.5
SAMPLED = 64  # RoIs a picture that learn; the papers take 128 and 512
FOREGROUND_SHARE = 0.25  # of them at most


@dataclass(frozen=True, eq=False)
class Sampled:
    """The RoIs of one picture that learn.

    Attributes
    ----------
    rois : (R, 4) tensor
    gt : (R,) int64 tensor
        The truth of each, -1 for background.
    labels : (R,) int64 tensor
        0 for background, else 1 + the class.
    """

    rois: Tensor
    gt: Tensor
    labels: Tensor


def sample_rois(
    proposals: Tensor,
    gt_boxes: Tensor,
    gt_labels: Tensor,
    known: Tensor | None = None,
    generator: torch.Generator | None = None,
) -> Sampled:
    """Choose RoIs to learn from; the truths themselves are among the candidates.

    Parameters
    ----------
    proposals : (P, 4) tensor
    gt_boxes, gt_labels : (G, 4) and (G,) tensors
    known : (S, S) tensor, optional
        How much a place without a box counts as background: the share of such RoIs
        that may be drawn.
    generator : torch.Generator, optional

    References
    ----------
    Girshick 2015, Fast R-CNN, section 2.3: at most a quarter with an overlap of 0.5 or
    more. The paper draws background from overlaps of 0.1 to 0.5; here, as in later
    code, from all below 0.5.
    """
    every = torch.cat([gt_boxes, proposals])
    match = match_anchors(
        every.numpy(), gt_boxes.numpy(), FOREGROUND_IOU, FOREGROUND_IOU, False
    )
    gt = torch.from_numpy(match.gt)
    may = gt < 0
    if known is not None:
        may &= torch.rand(len(every), generator=generator) < known_at(known, every)
    front = draw(gt >= 0, int(SAMPLED * FOREGROUND_SHARE), generator)
    back = draw(may, SAMPLED - len(front), generator)
    rows = torch.cat([front, back])
    labels = torch.zeros(len(rows), dtype=torch.long)
    labels[: len(front)] = gt_labels[gt[front]] + 1
    return Sampled(every[rows], gt[rows].clamp_min(-1), labels)


def box_loss(
    result: BoxResult, sampled: Sequence[Sampled], gt_boxes: Sequence[Tensor]
) -> dict[str, Tensor]:
    """Return ``classes`` (cross-entropy) and ``boxes`` (smooth L1 of the true class).

    Both are means over all sampled RoIs of the batch, as in torchvision.

    References
    ----------
    Girshick 2015, Fast R-CNN, equations (1) to (3).
    """
    labels = torch.cat([one.labels for one in sampled])
    rois = torch.cat([one.rois for one in sampled])
    truths = torch.cat(
        [
            torch.cat([boxes, boxes.new_zeros(1, 4)])[one.gt]
            for one, boxes in zip(sampled, gt_boxes, strict=True)
        ]
    )
    front = torch.where(labels > 0)[0]
    wanted = encode(rois[front].numpy(), truths[front].numpy(), WEIGHTS)
    far = functional.smooth_l1_loss(
        result.deltas[front, labels[front] - 1],
        torch.from_numpy(wanted).float(),
        beta=BETA,
        reduction="sum",
    )
    count = max(1, len(labels))
    classes = functional.cross_entropy(result.logits, labels, reduction="sum")
    return {"classes": classes / count, "boxes": far / count}


def mask_loss(logits: Tensor, rois: Tensor, labels: Tensor, masks: Tensor) -> Tensor:
    """Return the mean binary cross-entropy of the true class's mask.

    Parameters
    ----------
    logits : (R, C, 28, 28) tensor
    rois : (R, 4) tensor
        xyxy pixels; foreground alone.
    labels : (R,) int64 tensor
        Classes, without background.
    masks : (R, H, W) tensor
        The whole picture's silhouette of each RoI's truth, 0 and 1.

    References
    ----------
    He et al. 2017, Mask R-CNN, section 3: the other classes' masks cost nothing.
    """
    if not len(rois):
        return logits.sum() * 0
    numbers = torch.arange(len(rois), dtype=rois.dtype)[:, None]
    whole = torch.cat([numbers, rois], dim=1)
    wanted = roi_align(masks[:, None].float(), whole, MASK_SIDE, aligned=True)[:, 0]
    mine = logits[torch.arange(len(rois)), labels]
    return functional.binary_cross_entropy_with_logits(mine, wanted)
