"""What SSD learns by: smooth L1 on matched boxes, softmax with hard negatives."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from explorer.core.anchor_matching import (
    AnchorMatch,
    hard_negatives,
    match_default_boxes,
)
from explorer.core.box_codec import encode
from explorer.models.known_places import known_at
from explorer.models.ssd import WEIGHTS, SSDResult, defaults


@dataclass(frozen=True, eq=False)
class SSDTerms:
    """The loss of a batch, and what it was taken over.

    Attributes
    ----------
    classes, boxes : tensors
        Sums over the boxes that learn, divided by the number of positives.
    matches : tuple of AnchorMatch
        One a picture.
    negatives : (N, P) bool tensor
        The background boxes that were hard enough to learn from.
    """

    classes: Tensor
    boxes: Tensor
    matches: tuple[AnchorMatch, ...]
    negatives: Tensor


def ssd_loss(
    result: SSDResult,
    gt_boxes: Sequence[Tensor],
    gt_labels: Sequence[Tensor],
    known: Tensor | None = None,
) -> SSDTerms:
    """Return SSD's two terms over a batch.

    Parameters
    ----------
    result : SSDResult
    gt_boxes, gt_labels : (G, 4) and (G,) tensors, one a picture
    known : (N, S, S) tensor, optional
        How much a place without a box counts as background (see
        ``explorer.training``); 1 everywhere without it, as in the paper.

    Notes
    -----
    A batch without any positive is divided by 1.

    References
    ----------
    Liu et al. 2016, SSD, section 2.2, equations (1) to (3); alpha is 1.
    """
    anchors = defaults()
    background = functional.cross_entropy(
        result.logits.flatten(0, 1),
        torch.zeros(result.logits.shape[:2], dtype=torch.long).flatten(),
        reduction="none",
    ).reshape(result.logits.shape[:2])
    if known is not None:
        background = background * known_at(known, anchors)
    matches, negatives = [], torch.zeros_like(background, dtype=torch.bool)
    classes = boxes = background.new_zeros(())
    for n, (truths, labels) in enumerate(zip(gt_boxes, gt_labels, strict=True)):
        match = match_default_boxes(anchors.numpy(), truths.numpy())
        hard = hard_negatives(background[n].detach().numpy(), match)
        negatives[n] = torch.from_numpy(hard)
        rows = torch.from_numpy(match.positive.nonzero()[0])
        gt = torch.from_numpy(match.gt)[rows]
        wanted = encode(anchors[rows].numpy(), truths[gt].numpy(), WEIGHTS)
        boxes = boxes + functional.smooth_l1_loss(
            result.deltas[n, rows], torch.from_numpy(wanted).float(), reduction="sum"
        )
        classes = classes + functional.cross_entropy(
            result.logits[n, rows], labels[gt] + 1, reduction="sum"
        )
        matches.append(match)
    classes = classes + background[negatives].sum()
    positives = max(1, sum(one.counts["positive"] for one in matches))
    return SSDTerms(classes / positives, boxes / positives, tuple(matches), negatives)
