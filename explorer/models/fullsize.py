"""torchvision's published networks as the engine sees them: arrays in, arrays out."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import FrozenBatchNorm2d

from explorer.models.device import choose, inference
from explorer.models.probe import model_lock
from explorer.models.records import Record
from explorer.models.stages import stage

Array = np.ndarray[Any, Any]
Arrays = dict[str, Array]
MOST = 1000  # detections returned; torchvision's own limit is 100 to 300
ALL = 100_000  # raw boxes: more than any of these networks proposes
NO_NMS = 1.1  # an IoU is never above 1: nothing is suppressed
FROZEN_EPS = {  # builder: what the published weights expect beside the variance
    "fasterrcnn_resnet50_fpn": 0.0,
    "maskrcnn_resnet50_fpn": 0.0,
    "retinanet_resnet50_fpn": 0.0,
    "fcos_resnet50_fpn": 1e-5,
}
UNUSED = "N/A"  # COCO's numbers run to 90 and ten of them stand for no class
IMAGENET_MEAN = (0.485, 0.456, 0.406)  # torchvision's normalisation for these weights
IMAGENET_STD = (0.229, 0.224, 0.225)


class Detector:
    """Faster and Mask R-CNN, RetinaNet, FCOS, SSD300, SSDlite.

    Methods
    -------
    detect(image, score_threshold, iou_threshold, masks)
        Boxes ``(N, 4)``, scores and labels after NMS within each class; ``masks=True``
        adds ``(N, H, W)`` bool where the network makes them.
    raw(image, score_threshold)
        The same before NMS: its threshold is raised above 1 for the call.
    """

    def __init__(self, net: nn.Module, names: Array) -> None:
        self.device = choose()
        self.net = net.eval().to(self.device)
        self.names = names  # by the network's own number
        # The two R-CNNs keep the last steps in roi_heads, the one-stage nets do it.
        self.last = getattr(net, "roi_heads", net)
        self.methods: Mapping[str, Callable[..., Arrays]] = {
            "detect": self.detect,
            "raw": self.raw,
        }

    def detect(
        self,
        image: Array,
        score_threshold: float = 0.05,
        iou_threshold: float = 0.5,
        masks: bool = False,
    ) -> Arrays:
        """Return the network's detections, best score first."""
        return self._run(image, score_threshold, iou_threshold, masks)

    def raw(self, image: Array, score_threshold: float = 0.05) -> Arrays:
        """Return what the network proposes before NMS, best score first."""
        return self._run(image, score_threshold, NO_NMS, False)

    def _run(self, image: Array, score: float, iou: float, masks: bool) -> Arrays:
        with stage("prepare"):
            x = torch.from_numpy(image.transpose(2, 0, 1).copy())
            x = x.to(self.device).float() / 255
        with self._settings(score, iou, masks), stage("network"), inference():
            found = self.net([x])[0]
        order = torch.argsort(found["scores"], descending=True, stable=True)
        labels = found["labels"][order].cpu().numpy()
        answer = {
            "boxes": found["boxes"][order].cpu().double().numpy(),
            "scores": found["scores"][order].cpu().double().numpy(),
            "labels": self.names[labels],
        }
        if masks and "masks" in found:
            answer["masks"] = (found["masks"][order, 0] > 0.5).cpu().numpy()
        return answer

    @contextmanager
    def _settings(self, score: float, iou: float, masks: bool) -> Iterator[None]:
        wanted: dict[str, float | None]
        wanted = {"score_thresh": score, "nms_thresh": iou}
        wanted["detections_per_img"] = ALL if iou > 1 else MOST
        if not masks and getattr(self.last, "mask_roi_pool", None) is not None:
            wanted["mask_roi_pool"] = None  # leaves the mask head out
        with model_lock(self.net):
            before = {name: getattr(self.last, name) for name in wanted}
            try:
                for name, value in wanted.items():
                    setattr(self.last, name, value)
                yield
            finally:
                for name, value in before.items():
                    setattr(self.last, name, value)


class Segmenter:
    """FCN, DeepLabv3, LR-ASPP: a class for every pixel.

    Methods
    -------
    segment(image)
        ``labels`` ``(H, W)`` uint8, rows of the record's classes, and ``scores``
        ``(H, W)`` float32, the probability of that class.
    """

    def __init__(self, net: nn.Module, side_px: int) -> None:
        self.device = choose()
        self.net = net.eval().to(self.device)
        self.side_px = side_px
        self.methods: Mapping[str, Callable[..., Arrays]] = {"segment": self.segment}

    def segment(self, image: Array) -> Arrays:
        """Label every pixel of the image."""
        height, width = image.shape[:2]
        with stage("prepare"):
            scale = self.side_px / min(height, width)
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            x = self._normal(cv2.resize(image, size, interpolation=cv2.INTER_AREA))
        with stage("network"), inference():
            logits = self.net(x)["out"].float()
            probs = functional.interpolate(
                logits, (height, width), mode="bilinear", align_corners=False
            ).softmax(1)[0]
            scores, labels = probs.max(0)
        return {
            "labels": labels.to(torch.uint8).cpu().numpy(),
            "scores": scores.cpu().numpy(),
        }

    def _normal(self, image: Array) -> Tensor:
        scaled = (image / 255.0 - np.array(IMAGENET_MEAN)) / np.array(IMAGENET_STD)
        x = torch.from_numpy(scaled.astype(np.float32).transpose(2, 0, 1).copy())
        return x[None].to(self.device)


def build(record: Record) -> nn.Module:
    """Build a record's network without any weights."""
    from torchvision.models import get_model

    options = dict(record.arguments)
    name = options.pop("builder")
    net: nn.Module = get_model(name, weights=None, weights_backbone=None, **options)
    if name in FROZEN_EPS:
        freeze_norms(net, FROZEN_EPS[name])
    return net


def freeze_norms(net: nn.Module, eps: float) -> None:
    """Put fixed batch norms in the place of trainable ones, all through a network.

    torchvision builds these networks so when it is given weights, and with trainable
    ones when it is not; the two differ in what they add to the variance.
    """
    for module in list(net.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.BatchNorm2d):
                setattr(module, name, FrozenBatchNorm2d(child.num_features, eps))


def wrap(net: nn.Module, record: Record) -> "Detector | Segmenter":
    """Give a network the face of its task."""
    if record.task == "segmentation":
        return Segmenter(net, record.side_px)
    return Detector(net, label_names(record))


def label_names(record: Record) -> Array:
    """Return the names by the network's own numbers, ``"N/A"`` where there is none.

    Examples
    --------
    >>> from explorer.models import zoo
    >>> names = label_names(zoo.record("torchvision_fcos"))
    >>> len(names), [str(names[number]) for number in (0, 1, 12, 90)]
    (91, ['N/A', 'person', 'N/A', 'toothbrush'])
    """
    numbers = record.label_ids or tuple(range(len(record.classes)))
    found = dict(zip(numbers, record.classes, strict=True))
    return np.array([found.get(k, UNUSED) for k in range(max(numbers) + 1)])


def load(record: Record, paths: tuple[Path, ...]) -> "Detector | Segmenter":
    """Build the network and load every weight strictly."""
    net = build(record)
    state = torch.load(paths[0], map_location="cpu", weights_only=True)
    net.load_state_dict(state, strict=True)
    return wrap(net, record)
