"""Viola and Jones's cascades, trained by others and shipped with OpenCV."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from explorer.core.boxes import box_iou
from explorer.core.nms import check_iou_threshold, nms_classwise_steps
from explorer.models.batch import batched
from explorer.models.records import Record
from explorer.models.stages import stage

Array = np.ndarray[Any, Any]
Arrays = dict[str, Array]
SCALE_STEP = 1.1  # between window sizes; OpenCV's own default
NEIGHBOUR_IOU = 0.3  # a raw box this close is a witness of the same object


class Cascades:
    """Several cascades as one detector with a class each.

    A score is the sum of the votes in the cascade's last stage. It has no fixed ends,
    and a window can pass with a sum below 0 (each stage has its own threshold): sums
    rank the boxes of one class, they are not probabilities.

    Methods
    -------
    raw(image, score_threshold)
        Every window that passed all stages.
    detect(image, score_threshold, iou_threshold)
        The same after NMS within each class; a box also needs ``neighbours`` raw
        boxes around it, as in the paper's section 5.6.
    batch(images, score_threshold, iou_threshold)
        The same for many pictures.

    Each takes ``only``, the name of one class, to ask that cascade alone.
    """

    def __init__(self, paths: Mapping[str, Path], neighbours: Mapping[str, int]):
        self.neighbours = neighbours
        self.cascades: dict[str, cv2.CascadeClassifier] = {}
        for label, path in paths.items():
            cascade = cv2.CascadeClassifier(str(path))
            if cascade.empty():
                raise ValueError(f"OpenCV cannot read the cascade {path.name}.")
            self.cascades[label] = cascade
        self.methods: Mapping[str, Callable[..., Arrays]] = {
            "raw": self.raw,
            "detect": self.detect,
            "batch": self.batch,
        }

    def raw(self, image: Array, score_threshold: float = 0.0, only: str = "") -> Arrays:
        """Return the boxes of every class before any are merged."""
        if only and only not in self.cascades:
            options = ", ".join(self.cascades)
            raise ValueError(f"There is no cascade for {only!r}; there are {options}.")
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        boxes, scores, labels = [np.empty((0, 4))], [np.empty(0)], []
        for label, cascade in self.cascades.items():
            if only and label != only:
                continue
            with stage(label):
                found, _, votes = cascade.detectMultiScale3(
                    grey,
                    scaleFactor=SCALE_STEP,
                    minNeighbors=0,
                    outputRejectLevels=True,
                )
            sums = np.asarray(votes, float).ravel()
            xywh = np.asarray(found, float).reshape(-1, 4)
            kept = sums >= score_threshold
            boxes.append(np.hstack([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]])[kept])
            scores.append(sums[kept])
            labels += [label] * int(kept.sum())
        return ranked(np.vstack(boxes), np.concatenate(scores), np.array(labels, str))

    def detect(
        self,
        image: Array,
        score_threshold: float = 0.0,
        iou_threshold: float = 0.3,
        only: str = "",
    ) -> Arrays:
        """Return the merged boxes of every class."""
        check_iou_threshold(iou_threshold)
        all_of = self.raw(image, -np.inf, only)
        with stage("nms"):
            kept = suppress(all_of, iou_threshold)
            near = _neighbours(all_of, kept)
        need = np.array([self.neighbours[str(x)] for x in all_of["labels"][kept]])
        good = (near >= need) & (all_of["scores"][kept] >= score_threshold)
        return {name: values[kept[good]] for name, values in all_of.items()}

    def batch(
        self,
        images: Array,
        score_threshold: float = 0.0,
        iou_threshold: float = 0.3,
        only: str = "",
    ) -> Arrays:
        """Return ``detect`` of many pictures (F, H, W, 3); ``frames`` says which."""
        return batched(
            lambda image: self.detect(image, score_threshold, iou_threshold, only),
            images,
        )


def ranked(boxes: Array, scores: Array, labels: Array) -> Arrays:
    """Order detections by falling score; ties keep their order."""
    order = np.argsort(-scores, kind="stable")
    return {"boxes": boxes[order], "scores": scores[order], "labels": labels[order]}


def suppress(found: Arrays, iou_threshold: float) -> Array:
    """Return the rows that survive NMS within each class, best score first."""
    codes = np.unique(found["labels"], return_inverse=True)[1]
    steps = nms_classwise_steps(found["boxes"], found["scores"], codes, iou_threshold)
    return np.array([step.kept for step in steps], dtype=int)


def _neighbours(found: Arrays, kept: Array) -> Array:
    """Count, for each kept row, the raw boxes of its class around it, itself too."""
    if len(kept) == 0:
        return np.zeros(0, dtype=int)
    close = box_iou(found["boxes"][kept], found["boxes"]) >= NEIGHBOUR_IOU
    same = found["labels"][kept][:, None] == found["labels"][None]
    count: Array = (close & same).sum(1)
    return count


def load(record: Record, paths: tuple[Path, ...]) -> Cascades:
    """Open the cascades of a record, one file a class."""
    files = dict(zip(record.classes, paths, strict=True))
    return Cascades(files, record.arguments["neighbours"])
