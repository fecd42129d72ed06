"""People by linear SVMs on HOG, rigid or with parts, as the engine sees it: no torch.

Every detector of the zoo answers the same two questions. ``detect(image,
score_threshold, iou_threshold)`` gives the final ``boxes`` ``(N, 4)`` xyxy pixels,
``scores`` ``(N,)`` and ``labels`` ``(N,)``, best score first; ``raw(image,
score_threshold)`` the same before non-maximum suppression. These here and the cascades
also answer ``batch(images, ...)``: many pictures in one job.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from explorer.core.people import (
    IOU_THRESHOLD,
    PADDING_PX,
    people_in_scan,
    person_boxes,
)
from explorer.core.star_file import load_star
from explorer.core.star_scan import scan_star
from explorer.core.template import (
    Template,
    opencv_people_template,
    template_vector,
)
from explorer.core.windows import WindowScan, detect_windows, windows_above
from explorer.models.batch import batched
from explorer.models.records import Record
from explorer.models.stages import stage
from explorer.models.weights import WeightsError, mismatch

Array = np.ndarray[Any, Any]
Arrays = dict[str, Array]


class PeopleDetector:
    """People among the windows that ``scan`` has scored."""

    def __init__(self, scan: Callable[[Array], WindowScan], label: str) -> None:
        self.scan = scan
        self.label = label
        self.methods: Mapping[str, Callable[..., Arrays]] = {
            "detect": self.detect,
            "raw": self.raw,
            "batch": self.batch,
        }

    def detect(
        self,
        image: Array,
        score_threshold: float = 0.0,
        iou_threshold: float = IOU_THRESHOLD,
    ) -> Arrays:
        """Return one box for each person."""
        scan = self._scan(image)
        with stage("nms"):
            size = (image.shape[1], image.shape[0])
            found = people_in_scan(scan, size, score_threshold, iou_threshold)
        return self._answer(found.boxes, found.scores)

    def raw(self, image: Array, score_threshold: float = 0.0) -> Arrays:
        """Return the person in every window that reaches the threshold."""
        windows = windows_above(self._scan(image), score_threshold)
        size = (image.shape[1], image.shape[0])
        return self._answer(person_boxes(windows.boxes, size), windows.scores)

    def batch(
        self,
        images: Array,
        score_threshold: float = 0.0,
        iou_threshold: float = IOU_THRESHOLD,
    ) -> Arrays:
        """Return ``detect`` of many pictures (F, H, W, 3); ``frames`` says which."""
        return batched(
            lambda image: self.detect(image, score_threshold, iou_threshold), images
        )

    def _scan(self, image: Array) -> WindowScan:
        with stage("windows"):
            return self.scan(image)

    def _answer(self, boxes: Array, scores: Array) -> Arrays:
        labels = np.full(len(boxes), self.label)
        return {"boxes": boxes, "scores": np.asarray(scores, float), "labels": labels}


def rigid(template: Template, label: str) -> PeopleDetector:
    """Return the sliding window of ``explorer.core.windows`` with one template."""

    def scan(image: Array) -> WindowScan:
        return detect_windows(image, template, padding_px=PADDING_PX)

    return PeopleDetector(scan, label)


def load_opencv(record: Record, paths: tuple[Path, ...]) -> PeopleDetector:
    """Take the template out of OpenCV, if it is the recorded one."""
    template = opencv_people_template()
    found = hashlib.sha256(template_vector(template).tobytes()).hexdigest()
    if found != record.sha256:
        raise WeightsError(mismatch(record, "inside OpenCV", found))
    return rigid(template, record.classes[0])


def load_svm(record: Record, paths: tuple[Path, ...]) -> PeopleDetector:
    """Read a template trained here: ``weights`` (15, 7, 36) and ``bias`` (1,)."""
    from safetensors.numpy import load_file

    state = load_file(paths[0])
    template = Template(state["weights"], float(state["bias"][0]), record.name)
    return rigid(template, record.classes[0])


def load_dpm(record: Record, paths: tuple[Path, ...]) -> PeopleDetector:
    """Read a star model trained here: a root and parts that move."""
    model = load_star(paths[0], record.name)
    return PeopleDetector(
        lambda image: scan_star(image, model).windows, record.classes[0]
    )
