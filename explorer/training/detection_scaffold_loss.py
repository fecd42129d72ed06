"""What the scaffold's cells are to say, and what their errors cost.

A cell learns a box if it lies inside and is among those that say it best already
(Feng et al. 2021, TOOD, section 3.2: task-aligned assignment); its class is to score
what its box overlaps the truth by, and the errors are weighted as in varifocal loss
(Zhang et al. 2021, section 3.2). Boxes cost complete IoU (Zheng et al. 2020).
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional
from torchvision.ops import box_iou, complete_box_iou_loss

from explorer.models.known_places import CELL_PX
from explorer.training.detection_scaffold import Dense

TOP = 10  # cells a box
SCORE_POWER, IOU_POWER = 0.5, 6.0  # of the alignment
NEGATIVE_SHARE, FOCUS = 0.75, 2.0  # of varifocal loss
BOX_SHARE = 2.0


@dataclass(frozen=True, eq=False)
class Assigned:
    """What the cells of one picture are to say.

    Attributes
    ----------
    rows : (M,) int64
        Cells that learn a box.
    gt : (M,) int64
        Which box each of them learns.
    targets : (M,) float
        What the class of that box is to score there.
    """

    rows: Tensor
    gt: Tensor
    targets: Tensor


@torch.no_grad()
def assign(
    logits: Tensor, boxes: Tensor, points: Tensor, gt_boxes: Tensor, gt_labels: Tensor
) -> Assigned:
    """Choose the cells of each true box in one picture.

    Parameters
    ----------
    logits : (P, C), boxes : (P, 4), points : (P, 2)
        What the cells say now.
    gt_boxes : (G, 4), gt_labels : (G,)
    """
    if not len(gt_boxes):
        nothing = torch.zeros(0, dtype=torch.long)
        return Assigned(nothing, nothing, torch.zeros(0))
    low = points[:, None] - gt_boxes[None, :, :2]
    high = gt_boxes[None, :, 2:] - points[:, None]
    inside = torch.cat([low, high], 2).amin(2) > 0
    ious = box_iou(boxes, gt_boxes)
    scores = logits.sigmoid()[:, gt_labels]
    align = scores.pow(SCORE_POWER) * ious.pow(IOU_POWER) * inside
    best = align.topk(min(TOP, len(points)), dim=0)
    taken = torch.zeros_like(align, dtype=torch.bool)
    taken.scatter_(0, best.indices, best.values > 1e-9)
    # A cell wanted by two boxes learns the one it overlaps more.
    row, gt = torch.where(taken.any(1))[0], torch.where(taken, ious, -1).argmax(1)
    gt = gt[row]
    chosen = align * taken
    top_align, top_iou = chosen.amax(0), (ious * taken).amax(0)
    targets = align[row, gt] / top_align[gt].clamp_min(1e-9) * top_iou[gt]
    return Assigned(row, gt, targets)


def known_cells(known: Tensor, dense: Dense) -> Tensor:
    """Read the map of what is known (N, C, h, w) at every cell: (N, P, C)."""
    col, row = (dense.points / CELL_PX).long().T
    return known[:, :, row, col].transpose(1, 2)


def scaffold_loss(
    dense: Dense, gt_boxes: list[Tensor], gt_labels: list[Tensor], known: Tensor
) -> dict[str, Tensor]:
    """Return the two terms, ``classes`` and ``boxes``, over a batch.

    Parameters
    ----------
    dense : Dense
    gt_boxes, gt_labels : a tensor a picture
    known : (N, C, h, w) bool
        Where a class without a box is known to be absent.
    """
    targets = torch.zeros_like(dense.logits)
    off, weights = [], []
    for n, (boxes, labels) in enumerate(zip(gt_boxes, gt_labels, strict=True)):
        one = assign(dense.logits[n], dense.boxes[n], dense.points, boxes, labels)
        targets[n, one.rows, labels[one.gt]] = one.targets
        said, true = dense.boxes[n, one.rows], boxes[one.gt]
        off.append(complete_box_iou_loss(said, true))
        weights.append(one.targets)
    total = targets.sum().clamp_min(1.0)
    scores = dense.logits.detach().sigmoid()
    weight = torch.where(targets > 0, targets, NEGATIVE_SHARE * scores.pow(FOCUS))
    weight = weight * (known_cells(known, dense) | (targets > 0))
    entropy = functional.binary_cross_entropy_with_logits(
        dense.logits, targets, weight, reduction="sum"
    )
    far = (torch.cat(off) * torch.cat(weights)).sum()
    return {"classes": entropy / total, "boxes": BOX_SHARE * far / total}
