"""Mask R-CNN of the family: a Faster R-CNN with a pyramid, and a mask for each box."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.core.mask_paste import paste_mask
from explorer.models.detections import MOST, finish, in_picture
from explorer.models.device import inference
from explorer.models.everyday_opened import of_two_stages
from explorer.models.stages import stage
from explorer.models.trunk import Features
from explorer.models.two_stage import FasterRCNN, MaskBranch, TwoStageResult

if TYPE_CHECKING:
    from explorer.models.everyday import Everyday

Arrays = dict[str, NDArray[Any]]
CUT = 0.5  # of a mask's probability


class MaskRCNN(nn.Module):
    """Two parts with weights files of their own: ``faster`` and ``branch``."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.faster = FasterRCNN(classes, pyramid=True)
        self.branch = MaskBranch(classes)

    def forward(self, features: Features) -> TwoStageResult:
        """Propose, classify, move: the boxes, as Faster R-CNN gives them."""
        seen: TwoStageResult = self.faster(features)
        return seen

    def masks(
        self, maps: dict[int, Tensor], boxes: Tensor, align: bool = True
    ) -> Tensor:
        """Return logits (M, C, 28, 28) of final boxes (M, 4)."""
        logits: Tensor = self.branch(maps, [boxes], align)
        return logits


def joined(branch: dict[str, Tensor], faster: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the state of a ``MaskRCNN`` from its two files."""
    state = {f"branch.{name}": one for name, one in branch.items()}
    return state | {f"faster.{name}": one for name, one in faster.items()}


def methods(runner: "Everyday") -> dict[str, Callable[..., Arrays]]:
    """Return what Mask R-CNN can do beside the others: ``masks``."""

    def masks(
        image: NDArray[np.uint8],
        score_threshold: float = 0.3,
        iou_threshold: float = 0.5,
        align: bool = True,
        most: int = MOST,
    ) -> Arrays:
        """Return detections with their masks.

        ``masks`` (M, H, W) bool, cut at a half; ``mask_logits`` (M, C, 28, 28), for
        every class; ``label_rows`` (M,) the rows of the classes. ``align`` False cuts
        the RoIs by RoIPool. Beyond the best ``most`` none gets a mask; ``every_boxes``
        (K, 4) and ``every_scores`` (K,) are all that suppression leaves.
        """
        net = runner.net
        assert isinstance(net, MaskRCNN)
        box = runner.square(image)
        with inference(exact=True):
            with stage("backbone"):
                features = runner.features(box.image)
            with stage("head"):
                seen = net(features)
                read = of_two_stages(seen)
            with stage("nms"):
                asked = (score_threshold, iou_threshold, read.scores.numel())
                found = finish(read.boxes, read.scores, *asked)
                found = in_picture(found, box)
                every = runner.answer(box, found)
                found = found.keep(torch.arange(min(most, len(found.boxes))))
            with stage("masks"):
                logits = net.masks(seen.maps, found.boxes, align)
        answer = runner.answer(box, found)
        with stage("paste"):
            own = logits[torch.arange(len(logits)), found.labels].sigmoid()
            pasted = pasted_masks(own.float().cpu().numpy(), answer["boxes"], image)
        return {
            **answer,
            "masks": pasted,
            "mask_logits": logits.float().cpu().numpy().copy(),
            "label_rows": found.labels.cpu().numpy().copy(),
            "every_boxes": every["boxes"],
            "every_scores": every["scores"],
        }

    return {"masks": masks}


def pasted_masks(
    probs: NDArray[Any], boxes: NDArray[Any], image: NDArray[np.uint8]
) -> NDArray[np.bool_]:
    """Paste masks (M, 28, 28) at boxes (M, 4) of an image: (M, H, W), cut at a half."""
    height, width = image.shape[:2]
    whole = np.zeros((len(probs), height, width), np.bool_)
    for k, (one, box) in enumerate(zip(probs, boxes, strict=True)):
        whole[k] = paste_mask(one, box, height, width).probs >= CUT
    return whole
