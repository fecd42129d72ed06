"""The family of detectors as it is trained: each member's loss and its detections.

All read the same features of the same frozen backbone, so one pass through it serves
the whole family, and what differs between them is what their papers changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.models.detections import Detections, finish
from explorer.models.known_places import SIDE_PX
from explorer.models.roi_loss import box_loss, mask_loss, sample_rois
from explorer.models.rpn import propose, rpn_loss
from explorer.models.ssd import SSDHead
from explorer.models.ssd_loss import ssd_loss
from explorer.models.trunk import Features
from explorer.models.two_stage import FasterRCNN, FastRCNN, MaskBranch
from explorer.models.yolo import (
    YoloV1Head,
    YoloV2Head,
    YoloV3Head,
    boxes_anchored,
    boxes_v1,
)
from explorer.models.yolo_loss import (
    IGNORE_V2,
    RULE_V2,
    RULE_V3,
    loss_anchored,
    loss_v1,
)

Anchors = list[tuple[float, float]]
TRAINING_PROPOSALS = 100  # a picture, that the second stage draws from
JITTERED = 12  # stand-ins for selective search's boxes, round each truth
SCATTERED = 60  # and all over the picture


@dataclass(frozen=True, eq=False)
class Batch:
    """What the losses need of a batch.

    Attributes
    ----------
    boxes, labels : lists of tensors, one a picture
    known : (N, S, S) tensor
        The share of the classes that are labelled at each place.
    masks : list of (G, H, W) tensors or None
        Silhouettes of the pictures' objects, where all were drawn.
    regions : list of (R, 4) tensors or None
        Selective search's boxes of the pictures, where they were searched.
    """

    boxes: list[Tensor]
    labels: list[Tensor]
    known: Tensor
    masks: list[Tensor] | None = None
    regions: list[Tensor] | None = None


class Member(nn.Module):
    """One detector in training."""

    net: nn.Module

    def losses(self, features: Features, batch: Batch) -> dict[str, Tensor]:
        """Return the terms, their weights included."""
        raise NotImplementedError

    def read(self, features: Features) -> tuple[Sequence[Tensor], Sequence[Tensor]]:
        """Return every candidate's box and its scores by class, picture by picture."""
        raise NotImplementedError

    def detect(self, features: Features, score_threshold: float) -> list[Detections]:
        """Return the final boxes of every picture."""
        pairs = zip(*self.read(features), strict=True)
        return [finish(boxes, scores, score_threshold) for boxes, scores in pairs]


class YoloV1(Member):
    """Version 1."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.net = YoloV1Head(classes)

    def losses(self, features: Features, batch: Batch) -> dict[str, Tensor]:
        """Return the paper's terms; a box that nearly finds a thing is left out.

        A large thing lies in many cells, whose boxes nearly find it: the paper has them
        say "no object", and few photos do not teach which one cell is to say "object".
        """
        truth = (batch.boxes, batch.labels, features.size[0], batch.known)
        return loss_v1(self.net(features), *truth, ignore=IGNORE_V2)

    def read(self, features: Features) -> tuple[Sequence[Tensor], Sequence[Tensor]]:
        """Return the boxes that the numbers stand for."""
        read = boxes_v1(self.net(features), features.size[0])
        return list(read.boxes), list(read.scores)


class YoloAnchored(Member):
    """Version 2 (five anchors, one map) or 3 (nine, three maps)."""

    def __init__(self, classes: int, anchors: Anchors, version: int) -> None:
        super().__init__()
        self.anchors, self.version = anchors, version
        self.net: nn.Module
        if version == 2:
            self.net = YoloV2Head(classes, len(anchors))
        else:
            self.net = YoloV3Head(classes, len(anchors) // 3)

    def losses(self, features: Features, batch: Batch) -> dict[str, Tensor]:
        """Return the paper\'s terms."""
        rule = RULE_V2 if self.version == 2 else RULE_V3
        truth = (batch.boxes, batch.labels, features.size[0], batch.known)
        return loss_anchored(rule, self.net(features), self.anchors, *truth)

    def read(self, features: Features) -> tuple[Sequence[Tensor], Sequence[Tensor]]:
        """Return the boxes that the numbers stand for."""
        how = (self.anchors, self.version == 3, features.size[0])
        read = boxes_anchored(self.net(features), *how)
        return list(read.boxes), list(read.scores)


class SSD(Member):
    """Default boxes on six maps."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.net = SSDHead(classes)

    def losses(self, features: Features, batch: Batch) -> dict[str, Tensor]:
        """Return the paper\'s terms."""
        terms = ssd_loss(self.net(features), batch.boxes, batch.labels, batch.known)
        return {"classes": terms.classes, "boxes": terms.boxes}

    def read(self, features: Features) -> tuple[Sequence[Tensor], Sequence[Tensor]]:
        """Return the boxes that the numbers stand for."""
        read = self.net(features)
        return list(read.boxes), list(read.scores)


class Fast(Member):
    """Fast R-CNN.

    It learns from selective search's boxes where the pictures were searched, and from
    boxes round the truths, half of which the search misses. In its first training every
    member saw the same pictures and nothing was searched: boxes all over stood in.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.net = FastRCNN(classes)
        self.rois: Sequence[Tensor] = ()  # (R, 4) of every picture to be read

    def losses(self, features: Features, batch: Batch) -> dict[str, Tensor]:
        """Return the paper\'s terms."""
        side = features.size[0]
        sampled = []
        for n, boxes in enumerate(batch.boxes):
            found = batch.regions[n] if batch.regions else None
            rois = stand_ins(boxes, side, found)
            truth = (boxes, batch.labels[n], batch.known[n])
            sampled.append(sample_rois(rois, *truth))
        result = self.net(features, [one.rois for one in sampled])
        return box_loss(result, sampled, batch.boxes)

    def read(self, features: Features) -> tuple[Sequence[Tensor], Sequence[Tensor]]:
        """Return the best of ``rois`` after both looks, as the network that ships.

        Whoever asks puts selective search's boxes into ``rois``.
        """
        assert isinstance(self.net, FastRCNN)
        maps, boxes, scores = self.net.maps(features), [], []
        for n, regions in enumerate(self.rois):
            mine = {level: one[n : n + 1] for level, one in maps.items()}
            seen = self.net.twice(mine, regions, features.size[0])
            boxes.append(seen.again.boxes(seen.rois))
            scores.append(seen.again.scores)
        return boxes, scores


class Faster(Member):
    """Faster R-CNN, on one map or on a pyramid."""

    def __init__(self, classes: int, pyramid: bool) -> None:
        super().__init__()
        self.net = FasterRCNN(classes, pyramid)

    def losses(self, features: Features, batch: Batch) -> dict[str, Tensor]:
        """Return the paper\'s terms."""
        assert isinstance(self.net, FasterRCNN)
        maps, _, rpn = self.net.read(features)
        first = rpn_loss(rpn, batch.boxes, batch.known)
        sampled = []
        for n, boxes in enumerate(batch.boxes):
            made = propose(rpn, n, features.size, TRAINING_PROPOSALS).boxes
            truth = (boxes, batch.labels[n], batch.known[n])
            sampled.append(sample_rois(made, *truth))
        result = self.net.box(self.net.cut(maps, [one.rois for one in sampled]))
        second = box_loss(result, sampled, batch.boxes)
        return {"objectness": first.objectness, "anchors": first.boxes, **second}

    def read(self, features: Features) -> tuple[Sequence[Tensor], Sequence[Tensor]]:
        """Return the proposals, moved."""
        seen = self.net(features)
        rois = [one.boxes for one in seen.proposals]
        counts = [len(one) for one in rois]
        return seen.box.boxes(torch.cat(rois)).split(counts), seen.box.scores.split(
            counts
        )


def mask_terms(
    branch: MaskBranch, faster: FasterRCNN, features: Features, batch: Batch
) -> dict[str, Tensor]:
    """Return the mask branch's loss on jittered truths of pictures with silhouettes."""
    assert batch.masks is not None
    with torch.no_grad():
        maps, _, _ = faster.read(features)
    rois = [near(boxes, 2) for boxes in batch.boxes]
    labels = torch.cat([one.repeat_interleave(2) for one in batch.labels])
    masks = torch.cat([one.repeat_interleave(2, 0) for one in batch.masks])
    return {"masks": mask_loss(branch(maps, rois), torch.cat(rois), labels, masks)}


def near(
    boxes: Tensor, copies: int, spread: float = 0.15, side_px: int = SIDE_PX
) -> Tensor:
    """Return moved and resized copies of each box, held inside the picture."""
    every = boxes.repeat_interleave(copies, 0)
    size = (every[:, 2:] - every[:, :2]).repeat(1, 2)
    moved = every + torch.randn(len(every), 4) * spread * size
    low, high = moved[:, :2], moved[:, 2:]
    ordered = torch.cat([torch.minimum(low, high), torch.maximum(low, high)], dim=1)
    ordered[:, 2:] = torch.maximum(ordered[:, 2:], ordered[:, :2] + 2)
    return ordered.clamp(0, side_px)


def stand_ins(
    boxes: Tensor, side_px: int = SIDE_PX, found: Tensor | None = None
) -> Tensor:
    """Return boxes round the truths, near and less near, and the ``found`` ones.

    Without these, boxes all over the picture.
    """
    close, far = (near(boxes, JITTERED // 2, spread, side_px) for spread in (0.15, 0.3))
    every = torch.cat([close, far, _scattered(side_px) if found is None else found])
    return every[((every[:, 2:] - every[:, :2]) >= 4).all(1)]


def _scattered(side_px: int) -> Tensor:
    middle = torch.rand(SCATTERED, 2) * side_px
    half = torch.exp(torch.rand(SCATTERED, 2) * 2.6 + 2.0)  # 7 to 100 px
    return torch.cat([middle - half, middle + half], dim=1).clamp(0, side_px)
