"""The family of detectors on one shared backbone, as the engine sees them.

Every member answers what all detectors of the zoo do, ``detect`` and ``raw`` (see
``explorer.models.detectors``), and beside these ``opened``, every number between the
picture and the boxes, and ``losses``, what it would learn from boxes a reader draws.
"""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn

from explorer.core.letterbox import Letterbox, boxes_in_square, letterbox
from explorer.models import everyday_mask
from explorer.models.batch import batched
from explorer.models.conv_norm import fold
from explorer.models.detections import Detections, finish, in_picture
from explorer.models.device import choose, inference
from explorer.models.everyday_losses import LOSSES
from explorer.models.everyday_opened import OPENERS, Opened
from explorer.models.records import Record
from explorer.models.regions import regions
from explorer.models.seeded import seeded
from explorer.models.segmenters import as_float, shared_trunk
from explorer.models.ssd import SSDHead
from explorer.models.stages import stage
from explorer.models.trunk import Features, Trunk
from explorer.models.two_stage import FasterRCNN, FastRCNN
from explorer.models.yolo import YoloV1Head, YoloV2Head, YoloV3Head

Arrays = dict[str, NDArray[Any]]
Image = NDArray[np.uint8]

SCORE_THRESHOLD = 0.3
IOU_THRESHOLD = 0.5
LEAST_SCORE = 0.01  # of a raw box; most candidates are far below
MEAN, STD = 127.5, 127.5  # the backbone takes values in [-1, 1]


class Everyday:
    """One member.

    Methods
    -------
    detect(image, score_threshold, iou_threshold)
        Final boxes in the image's pixels, scores, labels (names).
    raw(image, score_threshold)
        The same before suppression.
    batch(images, ...)
        Many pictures in one job.
    opened(image, ...)
        Every step; all positions in pixels of ``input`` (S, S, 3), where the picture
        has ``extent``, ``scale`` pixels for one of the image's: ``everyday_opened``.
    losses(image, boxes, labels, seed)
        The terms for true boxes in the image's pixels: ``everyday_losses``.
    """

    def __init__(self, trunk: Trunk, net: nn.Module, record: Record) -> None:
        self.device = choose()
        # Channels side by side in memory: a third off the backbone's time on a CPU.
        self.layout = torch.channels_last
        self.trunk = fold(trunk.to(self.device).to(memory_format=self.layout))
        net = net.to(self.device).to(memory_format=self.layout)
        self.net = fold(net.eval().requires_grad_(False))
        self.names = np.array(record.classes)
        self.architecture = record.architecture
        self.side_px = record.side_px
        self.arguments = record.arguments
        self._last: tuple[bytes, Features, Tensor | None] | None = None
        self.methods: dict[str, Callable[..., Arrays]] = {
            "detect": self.detect,
            "raw": self.raw,
            "batch": self.batch,
            "opened": self.opened,
            "losses": self.losses,
        }
        if record.architecture == "mask_rcnn":
            self.methods |= everyday_mask.methods(self)

    def final(
        self,
        box: Letterbox,
        score_threshold: float = SCORE_THRESHOLD,
        iou_threshold: float = IOU_THRESHOLD,
    ) -> Detections:
        """Return the boxes of a picture in its square, in the square's pixels."""
        seen = self._candidates(box.image)
        with stage("nms"):
            found = finish(seen.boxes, seen.scores, score_threshold, iou_threshold)
        return in_picture(found, box)

    def detect(
        self,
        image: Image,
        score_threshold: float = SCORE_THRESHOLD,
        iou_threshold: float = IOU_THRESHOLD,
        masks: bool = False,
    ) -> Arrays:
        """Return the final boxes, best score first; ``masks`` where there are any."""
        if masks and "masks" in self.methods:
            return self.methods["masks"](image, score_threshold, iou_threshold)
        box = self.square(image)
        return self.answer(box, self.final(box, score_threshold, iou_threshold))

    def raw(self, image: Image, score_threshold: float = LEAST_SCORE) -> Arrays:
        """Return every candidate above the threshold, best first, none suppressed."""
        box = self.square(image)
        seen = self._candidates(box.image)
        row, label = torch.where(seen.scores >= max(score_threshold, LEAST_SCORE))
        boxes = seen.boxes[row] if seen.boxes.ndim == 2 else seen.boxes[row, label]
        scores = seen.scores[row, label]
        order = scores.argsort(descending=True, stable=True)
        counts = {"candidates": seen.scores.numel()}
        best = (boxes[order], scores[order], label[order], row[order])
        return self.answer(box, in_picture(Detections(*best, counts), box))

    def batch(
        self,
        images: NDArray[np.uint8],
        score_threshold: float = SCORE_THRESHOLD,
        iou_threshold: float = IOU_THRESHOLD,
    ) -> Arrays:
        """Return ``detect`` of many pictures (F, H, W, 3); ``frames`` says which."""
        return batched(
            lambda image: self.detect(image, score_threshold, iou_threshold), images
        )

    def opened(
        self,
        image: Image,
        score_threshold: float = SCORE_THRESHOLD,
        iou_threshold: float = IOU_THRESHOLD,
    ) -> Arrays:
        """Return every step from the maps to the boxes."""
        box = self.square(image)
        with inference(exact=True):
            seen = self._candidates(box.image)
            found = finish(seen.boxes, seen.scores, score_threshold, iou_threshold)
        found = in_picture(found, box)
        return {
            **{name: array(one) for name, one in seen.arrays.items()},
            "boxes": array(seen.boxes),
            "scores": array(seen.scores),
            "found_boxes": array(found.boxes),
            "found_scores": array(found.scores),
            "found_labels": array(found.labels),
            "found_rows": array(found.rows),
            "found_counts": np.array(list(found.counts.values())),
            "input": box.image,
            "scale": np.array(box.scale),
            "extent": box.extent,
        }

    def losses(
        self,
        image: Image,
        boxes: NDArray[Any],
        labels: NDArray[Any],
        seed: int = 0,
    ) -> Arrays:
        """Return the terms of the loss on one picture, and what they were taken over.

        Raises
        ------
        ValueError
            If boxes and labels do not fit, or a box has no area inside the picture.
        """
        box = self.square(image)
        truth = self.truth(box, boxes, labels)
        features, given = self._last_seen(box.image)
        with stage("losses"), torch.no_grad(), seeded(seed):
            found = LOSSES[self.architecture](
                self.net, features, truth, given, self.arguments
            )
        return {name: array(one) for name, one in found.items()} | {
            "input": box.image,
            "scale": np.array(box.scale),
        }

    def truth(
        self, box: Letterbox, boxes: NDArray[Any], labels: NDArray[Any]
    ) -> tuple[Tensor, Tensor]:
        """Return a reader's boxes and labels as the losses take them."""
        wanted = np.asarray(boxes, np.float64).reshape(-1, 4)
        rows = np.asarray(labels, np.int64).reshape(-1)
        if len(rows) != len(wanted):
            raise ValueError(
                f"{len(wanted)} boxes need as many labels, got {len(rows)}"
            )
        if len(rows) and not (0 <= rows.min() and rows.max() < len(self.names)):
            raise ValueError(
                f"labels are rows of {len(self.names)} classes, got {rows}"
            )
        inside = boxes_in_square(wanted, box.size, self.side_px)
        if len(wanted) and (inside[:, 2:] - inside[:, :2]).min() <= 0:
            raise ValueError("every true box needs an area inside the picture")
        return torch.from_numpy(inside).float(), torch.from_numpy(rows)

    def square(self, image: Image) -> Letterbox:
        """Put the picture into the square that the network takes."""
        with stage("resize"):
            return letterbox(image, self.side_px)

    def features(self, picture: Image) -> Features:
        """Run the backbone over a picture in its square."""
        x = torch.from_numpy(picture).permute(2, 0, 1)[None].float()
        x = ((x - MEAN) / STD).to(self.device).contiguous(memory_format=self.layout)
        seen: Features = self.trunk(x)
        return seen

    def _last_seen(self, picture: Image) -> tuple[Features, Tensor | None]:
        """Return maps and regions of a picture, those of the last one as they were.

        For ``losses`` alone: a reader's boxes change, her picture stays; it isn't kept.
        """
        kept, mark = self._last, blake2b(picture.tobytes()).digest()
        if kept is None or kept[0] != mark:
            given = self.given(picture)
            with stage("network"), inference(exact=True):
                kept = self._last = mark, self.features(picture), given
        return kept[1], kept[2]

    def _candidates(self, picture: Image) -> Opened:
        given = self.given(picture)
        with inference():
            with stage("backbone"):
                features = self.features(picture)
            with stage("head"):
                return OPENERS[self.architecture](
                    self.net, features, given, self.arguments
                )

    def given(self, picture: Image) -> Tensor | None:
        """Return the regions that Fast R-CNN takes from outside; the others none."""
        if self.architecture != "fast_rcnn":
            return None
        with stage("selective search"):
            return regions(picture, int(self.arguments["proposals"])).to(self.device)

    def answer(self, box: Letterbox, found: Detections) -> Arrays:
        """Return detections in the image's own pixels, classes by name."""
        return {
            "boxes": box.outside(array(found.boxes)),
            "scores": array(found.scores).astype(np.float64),
            "labels": self.names[array(found.labels)],
        }


def array(x: Any) -> NDArray[Any]:
    """Return a tensor's numbers; halves become single precision."""
    if not isinstance(x, Tensor):
        return np.asarray(x)
    plain = x.float() if x.is_floating_point() else x
    return np.asarray(plain.detach().cpu().numpy().copy())


def build(record: Record) -> nn.Module:
    """Make a member's network, its backbone left out.

    Raises
    ------
    ValueError
        If the record's architecture is none of the family.
    """
    count = len(record.classes)
    made: Mapping[str, Callable[[], nn.Module]] = {
        "yolo_v1": lambda: YoloV1Head(count),
        "yolo_v2": lambda: YoloV2Head(count, len(record.arguments["anchors"])),
        "yolo_v3": lambda: YoloV3Head(count, len(record.arguments["anchors"]) // 3),
        "ssd": lambda: SSDHead(count),
        "fast_rcnn": lambda: FastRCNN(count),
        "faster_rcnn": lambda: FasterRCNN(count, pyramid=False),
        "faster_rcnn_fpn": lambda: FasterRCNN(count, pyramid=True),
        "mask_rcnn": lambda: everyday_mask.MaskRCNN(count),
    }
    if record.architecture not in made:
        raise ValueError(
            f"There is no {record.architecture!r}; there is {', '.join(made)}."
        )
    return made[record.architecture]()


def load(record: Record, paths: tuple[Path, ...]) -> Everyday:
    """Build a member and load every weight strictly.

    ``paths`` holds the member's file, Mask R-CNN's Faster R-CNN after it, and the
    backbone's at the end.
    """
    net = build(record)
    state = as_float(load_file(paths[0]))
    if record.architecture == "mask_rcnn":
        state = everyday_mask.joined(state, as_float(load_file(paths[1])))
    net.load_state_dict(state, strict=True)
    return Everyday(shared_trunk(paths[-1], choose()), net, record)
