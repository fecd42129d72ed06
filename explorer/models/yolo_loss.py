"""What YOLO's three versions learn by, term by term, as their papers write it.

A true box belongs to one cell, where its middle lies; there one box has to find it.
``known`` weighs what is said of a place without a box: 1 where every class was
labelled, less where some may be there unlabelled (see ``explorer.training``); the
papers have labels for all and so 1 everywhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torchvision.ops import box_iou

from explorer.core.yolo import encode_anchored, encode_v1
from explorer.models.yolo import (
    BOXES_V1,
    YoloMaps,
    boxes_anchored,
    boxes_v1,
    raw_anchored,
)

COORD, NO_OBJECT = 5.0, 0.5  # Redmon et al. 2016, equation 3
IGNORE_V2, IGNORE_V3 = 0.6, 0.5  # a box that overlaps a truth more is not "no object"
OBJECT_V2 = 5.0  # "object_scale" of the authors' configuration
Anchors = Sequence[tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Owners:
    """The boxes that have to find a truth, in the order of ``YoloBoxes``.

    Attributes
    ----------
    rows : (M,) int64
        Which box of the picture.
    gt : (M,) int64
        Which truth.
    numbers : (M, 4) float
        What its four numbers should stand for, as ``explorer.core.yolo`` writes them.
    """

    rows: Tensor
    gt: Tensor
    numbers: Tensor


def owners_v1(boxes: Tensor, gt_boxes: Tensor, cells: int, side_px: int) -> Owners:
    """Choose version 1's: of a cell's boxes the one that overlaps its truth most.

    A cell owns one truth; where the middles of several lie in it, the largest.
    """
    written = encode_v1(gt_boxes.double().numpy(), cells, side_px)
    areas = (gt_boxes[:, 2:] - gt_boxes[:, :2]).prod(1).numpy()
    cell = written.rows * cells + written.cols
    order = np.lexsort((-areas, cell))
    first = np.unique(cell[order], return_index=True)[1]
    gt = torch.from_numpy(order[first])
    at = torch.from_numpy(cell[order[first]]) * BOXES_V1
    both = boxes.detach()[at[:, None] + torch.arange(BOXES_V1)]  # (M, B, 4)
    ious = torch.stack(
        [box_iou(b, t[None])[:, 0] for b, t in zip(both, gt_boxes[gt], strict=True)]
        or [torch.zeros(BOXES_V1)]
    )
    rows = at + ious[: len(at)].argmax(1)
    return Owners(rows, gt, torch.from_numpy(written.numbers)[gt].float())


def owners_anchored(
    gt_boxes: Tensor, anchors: Anchors, cells: list[int], side_px: int
) -> Owners:
    """Choose version 2's and 3's: the truth's cell, the anchor most like it in shape.

    Where two truths ask for the same box, the later one takes it.
    """
    written = encode_anchored(gt_boxes.double().numpy(), anchors, cells, side_px)
    per_map = len(anchors) // len(cells)
    starts = np.cumsum([0, *(n * n * per_map for n in cells)])
    level = written.anchor // per_map
    side = np.array(cells)[level]
    at = (written.rows * side + written.cols) * per_map + written.anchor % per_map
    rows = starts[level] + at
    last = {int(row): k for k, row in enumerate(rows)}
    gt = np.array(list(last.values()), np.int64)
    return Owners(
        torch.from_numpy(rows[gt].astype(np.int64)),
        torch.from_numpy(gt),
        torch.from_numpy(written.numbers[gt]).float(),
    )


def loss_v1(
    maps: YoloMaps,
    gt_boxes: Sequence[Tensor],
    gt_labels: Sequence[Tensor],
    side_px: int,
    known: Tensor | None = None,
    ignore: float = inf,
) -> dict[str, Tensor]:
    """Return equation 3 of Redmon et al. 2016: sums of squares, a picture's mean.

    Parameters
    ----------
    maps : YoloMaps
        Of version 1, N pictures.
    gt_boxes, gt_labels : (G, 4) and (G,) tensors, one a picture
        Middles inside the picture.
    side_px : int
        Of the input.
    known : (N, S, S) tensor, optional
    ignore : float, optional
        A box that overlaps some truth by more is not asked to say "no object", as in
        version 2. The paper leaves none out.

    Returns
    -------
    dict of tensors
        ``place``, ``size``, ``object``, ``no_object``, ``classes``; weights included.
    """
    (raw,) = maps.maps
    cells, count = raw.shape[-1], len(raw)
    flat = raw.flatten(2).transpose(1, 2)
    numbers = flat[..., : BOXES_V1 * 5].reshape(count, -1, 5)
    said = flat[..., BOXES_V1 * 5 :]
    read = boxes_v1(maps, side_px).boxes
    empty = _weights(known, [cells], BOXES_V1, numbers[..., 4])
    terms = dict.fromkeys(("place", "size", "object", "classes"), raw.new_zeros(()))
    for n, (boxes, labels) in enumerate(zip(gt_boxes, gt_labels, strict=True)):
        own = owners_v1(read[n], boxes, cells, side_px)
        mine, true = numbers[n, own.rows], own.numbers
        ious = _pairwise(read[n, own.rows].detach(), boxes[own.gt])
        _leave_out(empty[n], read[n], boxes, own, ignore)
        wanted = functional.one_hot(labels[own.gt], said.shape[-1]).float()
        costs = {
            "place": COORD * _squares(mine[:, :2], true[:, :2]),
            "size": COORD * _squares(mine[:, 2:4], true[:, 2:]),
            "object": _squares(mine[:, 4], ious),
            "classes": _squares(said[n, own.rows // BOXES_V1], wanted),
        }
        terms = {name: term + costs[name] for name, term in terms.items()}
    terms["no_object"] = NO_OBJECT * (empty * numbers[..., 4].square()).sum()
    return {name: term / count for name, term in terms.items()}


@dataclass(frozen=True)
class Rule:
    """In what the losses of versions 2 and 3 differ.

    Attributes
    ----------
    independent : bool
        Whether each class is a question of its own.
    ignore : float
        A box that overlaps some truth by more is not asked to say "no object".
    sure : callable
        Cost of owners' confidence, from its logits and their overlaps.
    empty : callable
        Cost of each logit of a box that should say "no object".
    classes : callable
        Cost of owners' classes, from their logits and labels.
    """

    independent: bool
    ignore: float
    sure: Callable[[Tensor, Tensor], Tensor]
    empty: Callable[[Tensor], Tensor]
    classes: Callable[[Tensor, Tensor], Tensor]


def _independent(logits: Tensor, labels: Tensor) -> Tensor:
    wanted = functional.one_hot(labels, logits.shape[1]).float()
    return functional.binary_cross_entropy_with_logits(logits, wanted, reduction="sum")


RULE_V2 = Rule(
    False,
    IGNORE_V2,
    lambda logits, ious: OBJECT_V2 * _squares(logits.sigmoid(), ious),
    lambda logits: logits.sigmoid().square(),
    lambda logits, labels: functional.cross_entropy(logits, labels, reduction="sum"),
)
RULE_V3 = Rule(
    True,
    IGNORE_V3,
    lambda logits, _: functional.softplus(-logits).sum(),
    functional.softplus,
    _independent,
)


def loss_anchored(
    rule: Rule,
    maps: YoloMaps,
    anchors: Anchors,
    gt_boxes: Sequence[Tensor],
    gt_labels: Sequence[Tensor],
    side_px: int,
    known: Tensor | None = None,
) -> dict[str, Tensor]:
    """Return the loss of version 2 or 3, a picture's mean.

    Parameters
    ----------
    rule : Rule
        ``RULE_V2``: squares; an owner's confidence should be its overlap. ``RULE_V3``:
        logistic; it should be 1.
    maps : YoloMaps
    anchors : sequence of (width, height)
        In pixels, for all maps, the coarsest map's first.
    gt_boxes, gt_labels, side_px, known
        As in ``loss_v1``.

    Returns
    -------
    dict of tensors
        ``place`` and ``size`` (squares), ``object``, ``no_object``, ``classes``.

    Notes
    -----
    Version 2's classes cost cross-entropy; the authors' code takes squares of the
    softmax. Version 3's sigmoid(tx) costs squares, as in that code's first release.

    References
    ----------
    Redmon and Farhadi 2017, YOLO9000, section 2; 2018, YOLOv3, sections 2.1 and 2.2.
    """
    per_map = len(anchors) // len(maps.maps)
    read = boxes_anchored(maps, anchors, rule.independent, side_px)
    raw = raw_anchored(maps, per_map)
    cells = [one.shape[-1] for one in maps.maps]
    empty = _weights(known, cells, per_map, read.objectness)
    terms = dict.fromkeys(("place", "size", "object", "classes"), raw.new_zeros(()))
    for n, (boxes, labels) in enumerate(zip(gt_boxes, gt_labels, strict=True)):
        own = owners_anchored(boxes, anchors, cells, side_px)
        _leave_out(empty[n], read.boxes[n], boxes, own, rule.ignore)
        mine = raw[n, own.rows]
        ious = _pairwise(read.boxes[n, own.rows].detach(), boxes[own.gt])
        costs = {
            "place": _squares(mine[:, :2].sigmoid(), own.numbers[:, :2]),
            "size": _squares(mine[:, 2:4], own.numbers[:, 2:]),
            "object": rule.sure(mine[:, 4], ious),
            "classes": rule.classes(mine[:, 5:], labels[own.gt]),
        }
        terms = {name: term + costs[name] for name, term in terms.items()}
    terms["no_object"] = (empty * rule.empty(raw[..., 4])).sum()
    return {name: term / len(raw) for name, term in terms.items()}


def _squares(one: Tensor, other: Tensor) -> Tensor:
    return (one - other).square().sum()


def _pairwise(boxes: Tensor, truths: Tensor) -> Tensor:
    """Return the overlap of each box with its own truth: (M,)."""
    return torch.diagonal(box_iou(boxes, truths))


def _weights(
    known: Tensor | None, cells: list[int], per_cell: int, like: Tensor
) -> Tensor:
    """Return how much "no object" counts at each box: (N, P)."""
    if known is None:
        return torch.ones_like(like)
    maps = [
        functional.adaptive_avg_pool2d(known[:, None].float(), n).flatten(1)
        for n in cells
    ]
    return torch.cat([one.repeat_interleave(per_cell, 1) for one in maps], dim=1)


def _leave_out(
    empty: Tensor, boxes: Tensor, truths: Tensor, own: Owners, above: float
) -> None:
    """Take owners, and boxes near a truth, out of what should be empty."""
    if len(truths):
        near = box_iou(boxes.detach(), truths).amax(1) > above
        empty[near] = 0
    empty[own.rows] = 0
