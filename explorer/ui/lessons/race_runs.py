"""The race: which detectors run, what each answers, how long each part took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.models import zoo
from explorer.models.records import Record
from explorer.ui import live
from explorer.ui.imagebar import Picture

FAMILY = (
    *("everyday_fast_rcnn", "everyday_faster_rcnn", "everyday_faster_rcnn_fpn"),
    *("everyday_mask_rcnn", "everyday_yolo_v1", "everyday_yolo_v2"),
    *("everyday_yolo_v3", "everyday_ssd"),
)
OLDER = ("hog_svm", "dpm", "rcnn")
FULL_SIZE = (
    *("torchvision_faster_rcnn", "torchvision_mask_rcnn", "torchvision_retinanet"),
    *("torchvision_fcos", "torchvision_ssd300", "torchvision_ssdlite"),
)
SLOW = "rcnn"  # a pass for each region: some seconds
MARGINS = ("hog_svm", "dpm")  # their scores are no probabilities: 0 is their border
LOWEST = 0.05  # of a probability; lower ones are not sent to the page
WARM_PX = 96  # side of the grey picture each network runs on first
# Names of the engine's stages, by the part of the work they are.
PARTS: Mapping[str, tuple[str, ...]] = {
    "resize": ("resize", "prepare"),
    "proposals": ("proposals", "selective search"),
    "backbone": ("backbone", "network"),
    "head": ("warp", "windows", "head", "heads", "masks", "paste", "boxes"),
    "NMS": ("nms",),
}

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Lap:
    """One detector on the reader's picture.

    Attributes
    ----------
    record : Record
    boxes, scores, labels : arrays
        Best first, of the picture's pixels.
    parts : tuple of (str, float)
        Milliseconds of each part of the work, the median of the runs.
    runs : int
    """

    record: Record
    boxes: Array
    scores: Array
    labels: tuple[str, ...]
    parts: tuple[tuple[str, float], ...]
    runs: int

    @property
    def ms(self) -> float:
        """All parts together."""
        return sum(ms for _, ms in self.parts)

    @property
    def ap_person(self) -> float:
        """AP50 of people on COCO's photos, from the record; nan where not scored."""
        if self.record.data != "everyday":
            return float("nan")
        return float(self.record.scores["ap50_person"]["value"])

    @property
    def box_ap(self) -> float:
        """COCO's AP as published, mean over IoU 0.5 to 0.95; else nan."""
        return float(self.record.scores.get("box_ap", {}).get("value", "nan"))

    @property
    def parameters(self) -> int:
        """All that the detector needs, what it shares with others included."""
        return whole_parameters(self.record)

    @property
    def family(self) -> str:
        """Two stages, one stage, or before both."""
        builder = self.record.arguments.get("builder", self.record.architecture)
        return family_of(str(builder))

    def least(self, threshold: float) -> float:
        """Return the score a box needs; one that is no probability needs 0."""
        return 0.0 if self.record.name in MARGINS else threshold

    def above(self, threshold: float) -> NDArray[np.int64]:
        """Return the rows that a score threshold lets through."""
        return np.flatnonzero(self.scores >= self.least(threshold))


def family_of(architecture: str) -> str:
    """Return the kind of a detector.

    Examples
    --------
    >>> family_of("ssd"), family_of("faster_rcnn_fpn"), family_of("dpm")
    ('one stage', 'two stages', 'before')
    >>> family_of("maskrcnn_resnet50_fpn"), family_of("fcos_resnet50_fpn")
    ('two stages', 'one stage')
    """
    if architecture in ("hog_svm", "dpm"):
        return "before"
    two = architecture == "rcnn" or architecture.replace("_", "").find("rcnn") > 0
    return "two stages" if two else "one stage"


def whole_parameters(record: Record) -> int:
    """Return the parameters of a detector and of every network it builds on."""
    files = (record.weights or {}).get("files", ())
    names = {record.name, *(Path(one).stem for one in files), record.backbone}
    known = zoo.records()
    return sum(known[name].parameters for name in names if name in known)


def racers(older: bool, full_size: bool) -> tuple[str, ...]:
    """Return the detectors that run, those the zoo holds; large ones once fetched."""
    wanted = FAMILY + (OLDER if older else ())
    fetched = tuple(one for one in at_shelf() if zoo.status(one) == "ready")
    known = tuple(name for name in wanted if name in zoo.records())
    return known + (fetched if full_size else ())


def slow_last(names: Sequence[str]) -> tuple[str, ...]:
    """Return the detectors in the order they run: R-CNN last.

    Examples
    --------
    >>> slow_last(("rcnn", "everyday_fast_rcnn", "everyday_ssd"))
    ('everyday_fast_rcnn', 'everyday_ssd', 'rcnn')
    """
    return tuple(sorted(names, key=lambda name: name == SLOW))


def at_shelf() -> tuple[str, ...]:
    """Return the full-size detectors that the zoo has a record of."""
    return tuple(name for name in FULL_SIZE if name in zoo.records())


def title(name: str) -> str:
    """Return a detector's name without its training data's."""
    return zoo.record(name).label.split(", everyday")[0]


def grouped(stages: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """Sum the engine's stages by part of the work; a stage unknown here is the head's.

    Examples
    --------
    >>> grouped({"resize": 1.0, "warp": 2.0, "heads": 3.0})
    (('resize', 1.0), ('head', 5.0))
    """
    part_of = {name: part for part, names in PARTS.items() for name in names}
    sums = dict.fromkeys(PARTS, 0.0)
    for name, ms in stages.items():
        sums[part_of.get(name, "head")] += ms
    return tuple((part, ms) for part, ms in sums.items() if ms > 0)


def least_of(name: str) -> float:
    """Return the lowest score that a detector is asked for."""
    return 0.0 if name in MARGINS else LOWEST


def lap(name: str, picture: Picture, iou_threshold: float, runs: int) -> Lap | None:
    """Run one detector so many times; None after a sentence where it can't."""
    asked: dict[str, Any] = {
        "score_threshold": least_of(name),
        "iou_threshold": iou_threshold,
    }
    grey = np.full((WARM_PX, WARM_PX, 3), 128, np.uint8)
    # The first run of a network plans its kernels, which no later one does.
    if live.model(name, "detect", image=grey, **asked) is None:
        return None
    answers = [
        live.model(name, "detect", image=picture.image, again=k, **asked)
        for k in range(runs)
    ]
    found = [one for one in answers if one is not None]
    if not found:
        return None
    first = found[0].arrays
    order = np.argsort(-first["scores"], kind="stable")
    return Lap(
        zoo.record(name),
        first["boxes"][order].astype(np.float64),
        first["scores"][order].astype(np.float64),
        tuple(str(label) for label in first["labels"][order]),
        medians([grouped(one.stages) for one in found]),
        len(found),
    )


def medians(
    runs: Sequence[tuple[tuple[str, float], ...]],
) -> tuple[tuple[str, float], ...]:
    """Return the median of each part over several runs.

    Examples
    --------
    >>> medians([(("head", 3.0),), (("head", 5.0),), (("head", 4.0),)])
    (('head', 4.0),)
    """
    parts = dict.fromkeys(part for run in runs for part, _ in run)
    return tuple(
        (part, float(np.median([dict(run).get(part, 0.0) for run in runs])))
        for part in parts
    )
