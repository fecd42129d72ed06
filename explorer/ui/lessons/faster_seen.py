"""What the networks of the lesson on Faster R-CNN said of the picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.funnel import (
    DetectionFunnel,
    ProposalFunnel,
    detection_funnel,
    proposal_funnel,
)
from explorer.models import zoo
from explorer.ui import live
from explorer.ui.controls import select
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import faster_words as words

PYRAMID, ONE_MAP, FAST = "Faster R-CNN + FPN", "Faster R-CNN, one map", "Fast R-CNN"
NETWORKS = {
    PYRAMID: "everyday_faster_rcnn_fpn",
    ONE_MAP: "everyday_faster_rcnn",
    FAST: "everyday_fast_rcnn",
}
SCORE, IOU = 0.3, 0.5  # where the networks' own detections start

Array = NDArray[np.float64]
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Seen:
    """One network on one picture, up to the RoIs: thresholds change nothing here.

    Attributes
    ----------
    title : str
        The network's name on the page.
    arrays : mapping
        See ``explorer.models.everyday_opened``.
    first : ProposalFunnel or None
        From the anchors to the proposals, where the network proposes itself.
    classes : tuple of str
    """

    title: str
    arrays: Arrays
    first: ProposalFunnel | None
    classes: tuple[str, ...]

    @property
    def rois(self) -> NDArray[np.float32]:
        """The regions that are classified: (R, 4) pixels of the square."""
        return self.arrays["proposals" if self.first else "rois"]

    @property
    def side(self) -> int:
        """Pixels of the square that the network takes."""
        return len(self.arrays["input"])

    @property
    def scale(self) -> float:
        """Pixels of the square for one of the picture."""
        return float(self.arrays["scale"])


def network(pyramid: bool) -> str:
    """Ask for the network; one alone has a pyramid."""
    if pyramid:
        return PYRAMID
    return select(
        "Network", tuple(NETWORKS), PYRAMID, key="network", help=words.NETWORK_HELP
    )


def classes_of(title: str) -> tuple[str, ...]:
    """Return the classes of a network, by its record."""
    return tuple(zoo.record(NETWORKS[title]).classes)


def settings() -> dict[str, float]:
    """Return the numbers of the proposal network's choice."""
    from explorer.models import rpn

    return {
        "top_level": rpn.TOP_LEVEL,
        "top": rpn.TOP,
        "nms_iou": rpn.NMS_IOU,
        "least_px": rpn.LEAST_PX,
    }


def sizes(title: str) -> dict[int, tuple[float, ...]]:
    """Return the sizes of a network's anchors by level, in pixels."""
    from explorer.models import rpn

    return dict(rpn.LEVEL_SIZES if title == PYRAMID else rpn.SINGLE_SIZES)


def see(picture: Picture, title: str) -> Seen | None:
    """Run a network; None after a sentence where it can't."""
    answer = live.model(NETWORKS[title], "opened", image=picture.image)
    if answer is None:
        return None
    arrays, first = answer.arrays, None
    if "best_rows" in arrays:
        asked = settings()
        first = live.compute(
            "first suppression, in numpy",
            proposal_funnel,
            arrays["best_boxes"],
            arrays["best_scores"],
            arrays["levels"][arrays["best_rows"]],
            least_px=asked["least_px"],
            iou_threshold=asked["nms_iou"],
            top=int(asked["top"]),
        )
    return Seen(title, arrays, first, classes_of(title))


def ending(seen: Seen, score: float, iou: float) -> DetectionFunnel:
    """Return what the thresholds leave of the class boxes."""
    return live.compute(
        "last suppression, in numpy",
        detection_funnel,
        seen.arrays["boxes"],
        seen.arrays["scores"],
        score,
        iou,
        extent=seen.arrays["extent"],
    )
