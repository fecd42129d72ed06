"""R-CNN: proposals, each warped and put through the network, SVMs, moved boxes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.nn import functional

from explorer.core.box_codec import clip_boxes, decode
from explorer.core.boxes import as_boxes, box_area
from explorer.core.nms import check_iou_threshold, nms_classwise_steps
from explorer.core.selective_search import selective_search
from explorer.core.warp import warp_boxes
from explorer.models import weights, zoo
from explorer.models.device import choose, inference
from explorer.models.efficientnet_lite0 import (
    HEAD_CHANNELS,
    STAGES,
    EfficientNetLite0,
    rename_published,
)
from explorer.models.records import Record
from explorer.models.stages import stage

Arrays = dict[str, NDArray[Any]]
Image = NDArray[np.uint8]

MEAN, STD = 0.5, 0.5  # of the pixels, as the network was trained with
# Crops in one pass: on 2 cores 4 at once are 3 times as fast as 32.
AT_ONCE = {"cuda": 32, "mps": 16, "cpu": 4}
MOST_CROPS = 2000  # R-CNN's own number of proposals a photo
PROPOSALS = 120  # of the detector here: the first ones of selective search
SEARCH_SIDE_PX = 320  # selective search looks at a copy no longer than this
GRIDS = {"stage5": 4}  # of the maps, where they keep the place of things
SCORE_THRESHOLD = 0.2
IOU_THRESHOLD = 0.3  # R-CNN's own, of its suppression class by class
LEAST_AREA_PX = 1.0  # of a moved box


@dataclass(frozen=True)
class Seen:
    """What the network gives for N crops.

    Attributes
    ----------
    features : Tensor
        ``(N, F)``: the 1,280 means of the head, then the means of stage 7 and of stage
        5 over a grid, which say where in the crop something is.
    logits : Tensor
        ``(N, 1000)``, ImageNet's.
    """

    features: Tensor
    logits: Tensor


def feature_count(grids: Mapping[str, int]) -> int:
    """Count the features of a crop.

    Examples
    --------
    >>> feature_count({"stage7": 2})
    2560
    """
    maps = sum(_channels(name) * side**2 for name, side in grids.items())
    return HEAD_CHANNELS + maps


def _channels(name: str) -> int:
    return STAGES[int(name.removeprefix("stage")) - 1].channels


class Backbone(nn.Module):
    """The classifier as R-CNN reads it.

    Parameters
    ----------
    net : EfficientNetLite0
    grids : mapping of str to int
        Cells a side into which a stage's map is averaged, by the stage's name.
    """

    def __init__(self, net: EfficientNetLite0, grids: Mapping[str, int]) -> None:
        super().__init__()
        self.net = net
        self.grids = dict(grids)

    def forward(self, x: Tensor) -> Seen:
        """Run crops ``(N, 3, S, S)``, values in [-1, 1]."""
        run = self.net(x)
        stages = run.named()
        maps = [
            functional.adaptive_avg_pool2d(stages[name].float(), side).flatten(1)
            for name, side in self.grids.items()
        ]
        features = torch.cat([run.pooled.float(), *maps], dim=1)
        return Seen(features, run.logits.float())


class Heads(nn.Module):
    """A linear SVM and a linear box regressor for each class.

    Parameters
    ----------
    features, classes : int
    """

    platt: Tensor

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.svm = nn.Linear(features, classes)
        self.regressor = nn.Linear(features, 4 * classes)
        self.register_buffer("platt", torch.zeros(classes, 2))

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return margins ``(N, C)``, chances ``(N, C)`` and deltas ``(N, C, 4)``.

        A chance is Platt's: ``1 / (1 + exp(-(a margin + b)))``, a and b a class's own.
        """
        margins: Tensor = self.svm(features)
        chances = torch.sigmoid(margins * self.platt[:, 0] + self.platt[:, 1])
        deltas = self.regressor(features).unflatten(1, (-1, 4))
        return margins, chances, deltas


def propose(image: Image, count: int = PROPOSALS) -> NDArray[np.float64]:
    """Return the ``count`` boxes that selective search thinks most promising.

    Examples
    --------
    >>> image = np.zeros((40, 60, 3), np.uint8)
    >>> image[10:30, 20:50] = 200
    >>> propose(image, 3).shape
    (3, 4)
    """
    return selective_search(image, max_side_px=SEARCH_SIDE_PX)[:count]


def pixels(crops: Image) -> Tensor:
    """Return crops (N, S, S, 3) as the network reads them."""
    scaled = (crops.astype(np.float32) / 255.0 - MEAN) / STD
    return torch.from_numpy(scaled.transpose(0, 3, 1, 2).copy())


class Rcnn:
    """The detector and what each of its steps gives.

    Methods
    -------
    propose(image, count)
        ``boxes`` ``(N, 4)``: the first proposals of selective search.
    crops(image, boxes, features)
        For each box: ``logits`` ``(N, 1000)`` of ImageNet; ``margins`` ``(N, C)`` of
        the SVMs and ``scores`` ``(N, C)``, Platt's chances of them; ``deltas``
        ``(N, C, 4)``, how the regressor of each class would move the box; with
        ``features`` also ``features`` ``(N, F)``.
    detect(image, score_threshold, iou_threshold)
        The final boxes, as every detector gives them.
    raw(image, score_threshold)
        The same before non-maximum suppression.
    """

    def __init__(self, net: EfficientNetLite0, heads: Heads, record: Record) -> None:
        self.device = choose()
        grids: Mapping[str, int] = record.arguments["grids"]
        self.backbone = Backbone(net, grids).eval().requires_grad_(False)
        self.backbone.to(self.device)
        self.heads = heads.eval().requires_grad_(False).to(self.device)
        self.names = np.array(record.classes)
        self.methods: Mapping[str, Callable[..., Arrays]] = {
            "propose": self.propose,
            "crops": self.crops,
            "detect": self.detect,
            "raw": self.raw,
        }

    def propose(self, image: Image, count: int = PROPOSALS) -> Arrays:
        """Return the first proposals."""
        with stage("proposals"):
            return {"boxes": propose(image, count)}

    def crops(self, image: Image, boxes: ArrayLike, features: bool = False) -> Arrays:
        """Return what network and heads say of each box.

        Raises
        ------
        ValueError
            If there are more boxes than ``MOST_CROPS``, or one has no area.
        """
        array = as_boxes(boxes)
        if len(array) > MOST_CROPS:
            raise ValueError(f"at most {MOST_CROPS} crops at once, got {len(array)}")
        parts = list(self._batches(image, array)) or [self._nothing()]
        found = {
            name: np.concatenate([part[name] for part in parts]) for name in parts[0]
        }
        return (
            found if features else {k: v for k, v in found.items() if k != "features"}
        )

    def detect(
        self,
        image: Image,
        score_threshold: float = SCORE_THRESHOLD,
        iou_threshold: float = IOU_THRESHOLD,
    ) -> Arrays:
        """Return the boxes that survive the suppression, best score first."""
        check_iou_threshold(iou_threshold)
        found = self.raw(image, score_threshold)
        with stage("nms"):
            labels = np.searchsorted(np.sort(self.names), found["labels"])
            steps = nms_classwise_steps(
                found["boxes"], found["scores"], labels, iou_threshold
            )
            kept = [step.kept for step in steps]
        return {name: array[kept] for name, array in found.items()}

    def raw(self, image: Image, score_threshold: float = SCORE_THRESHOLD) -> Arrays:
        """Return every moved box of every class above the threshold, best first."""
        proposals = self.propose(image)["boxes"]
        found = self.crops(image, proposals)
        with stage("boxes"):
            row, label = np.nonzero(found["scores"] >= score_threshold)
            moved = decode(proposals[row], found["deltas"][row, label])
            boxes = clip_boxes(moved, image.shape[1], image.shape[0])
            scores = found["scores"][row, label].astype(np.float64)
            order = np.argsort(-scores, kind="stable")
            order = order[box_area(boxes)[order] >= LEAST_AREA_PX]
        return {
            "boxes": boxes[order],
            "scores": scores[order],
            "labels": self.names[label[order]],
        }

    def _batches(self, image: Image, boxes: NDArray[np.float64]) -> Iterator[Arrays]:
        batch = AT_ONCE[self.device]
        for start in range(0, len(boxes), batch):
            with stage("warp"):
                x = pixels(warp_boxes(image, boxes[start : start + batch]))
            with stage("backbone"), inference(exact=True):
                seen = self.backbone(x.to(self.device))
            with stage("heads"), inference(exact=True):
                yield self._answer(seen)

    def _answer(self, seen: Seen) -> Arrays:
        margins, chances, deltas = self.heads(seen.features)
        found = {
            "logits": seen.logits,
            "margins": margins,
            "scores": chances,
            "deltas": deltas,
            "features": seen.features,
        }
        return {name: x.cpu().numpy().copy() for name, x in found.items()}

    def _nothing(self) -> Arrays:
        count = self.heads.svm.in_features
        none = Seen(torch.zeros(0, count), torch.zeros(0, 1000))
        with inference(exact=True):
            return self._answer(Seen(*(x.to(self.device) for x in vars(none).values())))


def load(record: Record, paths: tuple[Path, ...]) -> Rcnn:
    """Take the classifier of the record's backbone and load the heads strictly."""
    from safetensors.torch import load_file

    return build(record, {k: v.float() for k, v in load_file(paths[0]).items()})


def build(record: Record, state: Mapping[str, Tensor]) -> Rcnn:
    """Put the heads' weights onto a classifier of the record's backbone."""
    heads = Heads(feature_count(record.arguments["grids"]), len(record.classes))
    heads.load_state_dict(dict(state), strict=True)
    return Rcnn(classifier(record.backbone), heads, record)


def classifier(name: str) -> EfficientNetLite0:
    """Build the backbone's network, its weights checked and loaded strictly."""
    about = zoo.record(name)
    paths = weights.locate(about)
    weights.verify(paths, about)
    net = EfficientNetLite0(len(about.classes))
    state = torch.load(paths[0], map_location="cpu", weights_only=True)
    net.load_state_dict(rename_published(state), strict=True)
    return net.eval()
