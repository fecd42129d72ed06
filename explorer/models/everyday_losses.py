"""What each member of the family would learn from one picture's true boxes.

``term_names`` and ``terms`` are the parts of the loss, weights included, their sum the
loss. Beside these, in the order of the member's candidates (P) or anchors (A):

yolo_v1, yolo_v2, yolo_v3
    ``owner_rows`` (M,) the boxes that have to find a truth, ``owner_gt`` (M,) which,
    ``owner_numbers`` (M, 4) what their four numbers should stand for.
ssd
    ``match`` (P,) the truth of each default box, -1 for background; ``ious`` (P, G);
    ``forced`` (P,); ``hard`` (P,) the negatives that learn; ``background`` (P,) how
    wrong each box is about background.
faster_rcnn, faster_rcnn_fpn, mask_rcnn
    ``match`` (A,), -2 for an anchor left out; ``ious`` (A, G); ``forced`` (A,);
    ``sampled`` (A,) the anchors that learn; and the second stage's ``rois`` (R, 4),
    ``roi_gt`` (R,), ``roi_labels`` (R,), 0 for background, with what the head said of
    them, ``roi_logits`` (R, 1 + C) and ``roi_deltas`` (R, C, 4).
fast_rcnn
    ``rois``, ``roi_gt``, ``roi_labels``, ``roi_logits``, ``roi_deltas``.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.models.roi_heads import BoxResult
from explorer.models.roi_loss import Sampled, box_loss, sample_rois
from explorer.models.rpn import RPNResult, propose, rpn_loss
from explorer.models.ssd import SSDResult
from explorer.models.ssd_loss import ssd_loss
from explorer.models.trunk import Features
from explorer.models.two_stage import FasterRCNN
from explorer.models.yolo import YoloMaps, boxes_v1
from explorer.models.yolo_loss import (
    RULE_V2,
    RULE_V3,
    Owners,
    loss_anchored,
    loss_v1,
    owners_anchored,
    owners_v1,
)

Truth = tuple[Tensor, Tensor]  # (G, 4) pixels of the square, (G,) rows of the classes
Found = dict[str, Any]
Loss = Callable[[nn.Module, Features, Truth, Tensor | None, Mapping[str, Any]], Found]


def _terms(terms: Mapping[str, Tensor]) -> Found:
    values = torch.stack([one.detach().float() for one in terms.values()])
    return {"term_names": np.array(list(terms)), "terms": values}


def _owned(own: Owners) -> Found:
    return {
        "owner_rows": own.rows,
        "owner_gt": own.gt,
        "owner_numbers": own.numbers,
    }


def _yolo(
    net: nn.Module,
    features: Features,
    truth: Truth,
    _: Tensor | None,
    arguments: Mapping[str, Any],
) -> Found:
    maps = YoloMaps(tuple(one.cpu() for one in net(features).maps))
    boxes, labels = truth
    anchors = [tuple(pair) for pair in arguments.get("anchors", ())]
    cells, side = [one.shape[-1] for one in maps.maps], features.size[0]
    if not anchors:
        own = owners_v1(boxes_v1(maps, side).boxes[0], boxes, cells[0], side)
        return _terms(loss_v1(maps, [boxes], [labels], side)) | _owned(own)
    rule = RULE_V3 if len(maps.maps) > 1 else RULE_V2
    terms = loss_anchored(rule, maps, anchors, [boxes], [labels], side)
    return _terms(terms) | _owned(owners_anchored(boxes, anchors, cells, side))


def _ssd(
    net: nn.Module,
    features: Features,
    truth: Truth,
    _: Tensor | None,
    __: Mapping[str, Any],
) -> Found:
    read = net(features)
    result = SSDResult(read.logits.cpu(), read.deltas.cpu())
    found = ssd_loss(result, [truth[0]], [truth[1]])
    match = found.matches[0]
    return {
        **_terms({"classes": found.classes, "boxes": found.boxes}),
        "match": match.gt,
        "ious": match.ious,
        "forced": match.forced,
        "hard": found.negatives[0],
        "background": -result.logits[0].log_softmax(1)[:, 0],
    }


def _sampled(chosen: Sampled, said: BoxResult) -> Found:
    return {
        "rois": chosen.rois,
        "roi_gt": chosen.gt,
        "roi_labels": chosen.labels,
        "roi_logits": said.logits,
        "roi_deltas": said.deltas,
    }


def _box_terms(box: BoxResult, chosen: Sampled, truth: Truth) -> dict[str, Tensor]:
    result = BoxResult(box.logits.cpu(), box.deltas.cpu())
    return box_loss(result, [chosen], [truth[0]])


def _fast(
    net: nn.Module,
    features: Features,
    truth: Truth,
    proposals: Tensor | None,
    _: Mapping[str, Any],
) -> Found:
    assert proposals is not None
    chosen = sample_rois(proposals.cpu(), *truth)
    box = net(features, [chosen.rois.to(features.last.device)])
    return _terms(_box_terms(box, chosen, truth)) | _sampled(chosen, box)


def _faster(
    net: nn.Module,
    features: Features,
    truth: Truth,
    _: Tensor | None,
    __: Mapping[str, Any],
) -> Found:
    faster = getattr(net, "faster", None) or net
    assert isinstance(faster, FasterRCNN)
    maps, _pyramid, read = faster.read(features)
    rpn = RPNResult(*(one.cpu() for one in vars(read).values()))
    first = rpn_loss(rpn, [truth[0]])
    made = propose(rpn, 0, features.size).boxes
    chosen = sample_rois(made, *truth)
    box = faster.box(faster.cut(maps, [chosen.rois.to(features.last.device)]))
    terms = {"objectness": first.objectness, "anchors": first.boxes}
    match = first.matches[0]
    return {
        **_terms(terms | _box_terms(box, chosen, truth)),
        "match": match.gt,
        "ious": match.ious,
        "forced": match.forced,
        "sampled": first.sampled[0],
        **_sampled(chosen, box),
    }


LOSSES: Mapping[str, Loss] = {
    "yolo_v1": _yolo,
    "yolo_v2": _yolo,
    "yolo_v3": _yolo,
    "ssd": _ssd,
    "fast_rcnn": _fast,
    "faster_rcnn": _faster,
    "faster_rcnn_fpn": _faster,
    "mask_rcnn": _faster,
}
