"""What Mask R-CNN finds in the reader's picture, as the parts of its lesson read it."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.letterbox import letterbox
from explorer.core.mask_compare import Probs, pasted_probs, with_twin
from explorer.core.proof import Proof
from explorer.core.resizing import resize
from explorer.models import zoo
from explorer.ui import live
from explorer.ui.controls import select, slider
from explorer.ui.imagebar import MAX_SIDE_PX, Picture
from explorer.ui.lessons import mask_words as words

NETWORK = "everyday_mask_rcnn"
FULL_SIZE = "torchvision_mask_rcnn"
LEAST = 0.01  # of a score; what is below is never looked at
MOST = 20  # instances: each one's masks of all classes are sent to the browser
USUAL = 0.6  # score: lower ones are often a second box of the same thing
GUESSES = 3  # shown where nothing reaches the threshold
LEAST_SIDE_PX = 1.0  # a thinner box has no pixel of its own
TWIN_FRAC = 0.8  # of the best box's width: there its mirror image begins
PERSON = "person"
IOUS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """What the toolbar says of the boxes."""

    score: float
    iou: float


@dataclass(frozen=True, eq=False)
class Found:
    """The instances, best score first.

    Attributes
    ----------
    boxes : (M, 4) float64, xyxy pixels of the picture
    scores : (M,) float64
    labels : tuple of str
    rows : (M,) int64
        The labels' places in ``classes``.
    logits : (M, C, 28, 28) float32
    classes : tuple of str
    sure : bool
        Whether they reach the score threshold; otherwise they are the best guesses.
    above : int
        How many reach it; beyond the best ``MOST`` they are counted and not shown.
    """

    boxes: Array
    scores: Array
    labels: tuple[str, ...]
    rows: NDArray[np.int64]
    logits: NDArray[np.float32]
    classes: tuple[str, ...]
    sure: bool
    above: int

    def __len__(self) -> int:
        """Return how many instances there are."""
        return len(self.boxes)

    @property
    def own(self) -> NDArray[np.float32]:
        """Logits of each instance's own class: (M, 28, 28)."""
        return self.logits[np.arange(len(self)), self.rows]

    def name(self, k: int) -> str:
        """Return how an instance is called on the page."""
        return f"{k + 1} {self.labels[k]}"


def box_controls() -> Asked:
    """Ask from which score up a box counts, and how much two may overlap."""
    score = slider(
        "Score threshold", 0.05, 0.95, USUAL, 0.05, key="score", help=words.SCORE_HELP
    )
    iou = select(
        "IoU threshold of NMS",
        IOUS,
        0.5,
        key="iou",
        help=words.IOU_HELP,
        width_px=175,
    )
    return Asked(score, iou)


def find(picture: Picture, asked: Asked, align: bool = True) -> Found | None:
    """Run the network; the score threshold is applied after it, so it runs once.

    Suppression looks at better boxes alone, so the order of the two does not matter.
    """
    answer = live.model(
        NETWORK,
        "masks",
        image=picture.image,
        score_threshold=LEAST,
        iou_threshold=asked.iou,
        align=align,
        most=MOST,
    )
    if answer is None:
        return None
    seen = answer.arrays
    boxes, scores = seen["boxes"].astype(float), seen["scores"].astype(float)
    whole = _whole(boxes)
    above = whole & (scores >= asked.score)
    rows = np.flatnonzero(above) if above.any() else np.flatnonzero(whole)[:GUESSES]
    every = _whole(seen["every_boxes"]) & (seen["every_scores"] >= asked.score)
    return Found(
        boxes[rows],
        scores[rows],
        tuple(str(one) for one in seen["labels"][rows]),
        seen["label_rows"][rows].astype(np.int64),
        seen["mask_logits"][rows].astype(np.float32),
        tuple(zoo.record(NETWORK).classes),
        bool(above.any()),
        int(every.sum()),
    )


def _whole(boxes: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which boxes are at least a pixel wide and high."""
    sides = boxes[:, 2:] - boxes[:, :2]
    return np.asarray(sides.min(axis=1, initial=np.inf) >= LEAST_SIDE_PX)


def pasted(picture: Picture, found: Found) -> Probs:
    """Return each instance's probabilities in the picture: (M, H, W)."""
    return pasted_each(picture, found.own, found.boxes)


def pasted_each(picture: Picture, logits: NDArray[np.float32], boxes: Array) -> Probs:
    """Return masks in the picture, each kept by itself: (M, H, W).

    Another score threshold shows others of the same instances: only new ones cost.
    """
    height, width = picture.image.shape[:2]
    if not len(boxes):
        return pasted_probs(logits, boxes, height, width)
    rows = [slice(k, k + 1) for k in range(len(boxes))]
    with live.one_line("pasting"):
        return np.concatenate(
            [
                live.compute(
                    f"{row.start}",
                    pasted_probs,
                    logits[row],
                    boxes[row],
                    height,
                    width,
                )
                for row in rows
            ]
        )


def prove_pasted(
    picture: Picture, logits: NDArray[np.float32], boxes: Array
) -> list[Proof]:
    """Compare pasting with torchvision, each mask once; the worst of them counts."""
    from explorer.models.proofs.mask_rcnn import paste_note, prove_paste

    height, width = picture.image.shape[:2]
    with live.one_line("proof of pasting"):
        each = [
            live.compute(
                f"{k}",
                prove_paste,
                logits[k : k + 1],
                boxes[k : k + 1],
                height,
                width,
            )
            for k in range(len(boxes))
        ]
    if not each:
        return []
    worst = float(np.max([one.delta for one in each]))  # nan where one is nan
    return [replace(each[0], delta=worst, note=paste_note(len(each), height, width))]


def in_square(picture: Picture, boxes: Array) -> tuple[Array, float]:
    """Return boxes in the network's input, and its pixels for one of the picture."""
    side_px = zoo.record(NETWORK).side_px
    square = live.compute("the square", letterbox, picture.image, side_px)
    return square.inside(boxes), square.scale


def twin_of(picture: Picture, asked: Asked) -> Picture:
    """Return the picture cut through its best person, with its mirror image there."""
    found = find(picture, asked)
    height, width = picture.image.shape[:2]
    column = width
    if found is not None and len(found):
        k = found.labels.index(PERSON) if PERSON in found.labels else 0
        x1, _, x2, _ = found.boxes[k]
        column = min(max(int(x1 + TWIN_FRAC * (x2 - x1)), 1), width)
    image = with_twin(picture.image, column)
    share = min(1.0, MAX_SIDE_PX / image.shape[1])
    size = (max(1, round(height * share)), max(1, round(image.shape[1] * share)))
    image = np.ascontiguousarray(resize(image, *size))
    return Picture(image, f"{picture.name}, twice", live.digest(image))
