"""What each member of the family says of a picture, every number by its name.

All positions are pixels of the picture in its square. Beside ``boxes``, the
candidates, (P, 4) or (P, C, 4), and ``scores`` (P, C):

yolo_v1, yolo_v2, yolo_v3
    ``map0``, ``map1`` ... the tensors (A * (5 + C) or B * 5 + C, S, S), coarsest first;
    ``objectness`` (P,); ``classes`` (P, C).
ssd
    ``logits`` (P, 1 + C), background first; ``deltas`` (P, 4).
fast_rcnn
    ``regions`` (P, 4) of selective search, ``region_logits`` (P, 1 + C) and
    ``region_deltas`` (P, C, 4) of the first look; ``region_rows`` (R,), those that are
    looked at again, and ``rois`` (R, 4), where they were moved to; ``logits`` and
    ``deltas`` of these; ``map4`` (D, S, S) that all are read from.
faster_rcnn, faster_rcnn_fpn, mask_rcnn
    ``anchors`` (A, 4), ``levels``, ``rpn_logits`` (A,), ``rpn_deltas`` (A, 4);
    ``proposals`` (R, 4), ``proposal_scores``, ``proposal_rows`` (their anchors),
    ``proposal_counts`` (``COUNTS``); ``best_boxes`` (B, 4), ``best_scores`` and
    ``best_rows``, the best anchors of each level, moved, that the proposals were
    chosen from; ``logits`` and ``deltas`` as above; ``map3`` ...
    (D, S, S) that anchors and RoIs are read from, and with a pyramid ``lateral3`` ...
    and ``sum3`` ..., and in ``faster_rcnn_fpn`` what the laterals read, the backbone's
    ``backbone3`` ....
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor, nn

from explorer.models.fpn import under_laterals
from explorer.models.trunk import Features
from explorer.models.two_stage import FastRCNN, TwoStageResult
from explorer.models.yolo import YoloMaps, boxes_anchored, boxes_v1

COUNTS = ("anchors", "best of each level", "large enough", "after NMS", "kept")


@dataclass(frozen=True, eq=False)
class Opened:
    """The candidates of one picture, and what led to them.

    Attributes
    ----------
    boxes : (P, 4) or (P, C, 4) tensor
    scores : (P, C) tensor
    arrays : dict of str to tensor
    """

    boxes: Tensor
    scores: Tensor
    arrays: dict[str, Any] = field(default_factory=dict)


# The network, the backbone's maps, regions from outside, the record's arguments.
Opener = Callable[[nn.Module, Features, Tensor | None, Mapping[str, Any]], Opened]


def _yolo(
    net: nn.Module, features: Features, _: Tensor | None, arguments: Mapping[str, Any]
) -> Opened:
    maps: YoloMaps = net(features)
    anchors = [tuple(pair) for pair in arguments.get("anchors", ())]
    if anchors:
        read = boxes_anchored(maps, anchors, len(maps.maps) > 1, features.size[0])
    else:
        read = boxes_v1(maps, features.size[0])
    arrays = {f"map{k}": one[0] for k, one in enumerate(maps.maps)}
    arrays |= {"objectness": read.objectness[0], "classes": read.classes[0]}
    return Opened(read.boxes[0], read.scores[0], arrays)


def _ssd(
    net: nn.Module, features: Features, _: Tensor | None, __: Mapping[str, Any]
) -> Opened:
    read = net(features)
    arrays = {"logits": read.logits[0], "deltas": read.deltas[0]}
    return Opened(read.boxes[0], read.scores[0], arrays)


def _fast(
    net: nn.Module, features: Features, regions: Tensor | None, _: Mapping[str, Any]
) -> Opened:
    assert regions is not None
    assert isinstance(net, FastRCNN)
    maps = net.maps(features)
    seen = net.twice(maps, regions, features.size[0])
    arrays = {
        "regions": regions,
        "region_logits": seen.first.logits,
        "region_deltas": seen.first.deltas,
        "region_rows": seen.rows,
        "rois": seen.rois,
        "logits": seen.again.logits,
        "deltas": seen.again.deltas,
        **{f"map{k}": one[0] for k, one in maps.items()},
    }
    return Opened(seen.again.boxes(seen.rois), seen.again.scores, arrays)


def _faster(
    net: nn.Module, features: Features, _: Tensor | None, __: Mapping[str, Any]
) -> Opened:
    return of_two_stages(net(features))


def _pyramid(
    net: nn.Module, features: Features, _: Tensor | None, __: Mapping[str, Any]
) -> Opened:
    seen = of_two_stages(net(features))
    under = {f"backbone{k}": one[0] for k, one in under_laterals(features).items()}
    return replace(seen, arrays=seen.arrays | under)


def of_two_stages(seen: TwoStageResult) -> Opened:
    """Name every array of a Faster R-CNN's run on one picture."""
    made = seen.proposals[0]
    arrays: dict[str, Any] = {
        "anchors": seen.rpn.anchors,
        "levels": seen.rpn.levels,
        "rpn_logits": seen.rpn.logits[0],
        "rpn_deltas": seen.rpn.deltas[0],
        "proposals": made.boxes,
        "proposal_scores": made.scores,
        "proposal_rows": made.rows,
        "proposal_counts": [made.counts[name] for name in COUNTS],
        "best_boxes": made.best_boxes,
        "best_scores": made.best_scores,
        "best_rows": made.best_rows,
        "logits": seen.box.logits,
        "deltas": seen.box.deltas,
    }
    arrays |= {f"map{k}": one[0] for k, one in seen.maps.items()}
    if seen.pyramid:
        arrays |= {f"lateral{k}": one[0] for k, one in seen.pyramid.laterals.items()}
        arrays |= {f"sum{k}": one[0] for k, one in seen.pyramid.sums.items()}
    return Opened(seen.box.boxes(made.boxes), seen.box.scores, arrays)


OPENERS: Mapping[str, Opener] = {
    "yolo_v1": _yolo,
    "yolo_v2": _yolo,
    "yolo_v3": _yolo,
    "ssd": _ssd,
    "fast_rcnn": _fast,
    "faster_rcnn": _faster,
    "faster_rcnn_fpn": _pyramid,
    "mask_rcnn": _faster,
}
