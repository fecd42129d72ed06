"""How good a detector is on COCO's validation photos: AP50, as COCO counts it."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from explorer.core.coco_eval import CocoScores, coco_scores
from explorer.core.labelled import Labelled, found, truths
from explorer.core.letterbox import Letterbox, letterbox
from explorer.models.detections import Detections, in_picture
from explorer.models.known_places import SIDE_PX
from explorer.training.detection_data import PERSON, Scene
from explorer.training.rcnn_settings import CLASSES, LEAST_BOXES

LEAST_SCORE = 0.01  # how far down the ranking average precision looks

Detect = Callable[[Letterbox], Detections]


@torch.inference_mode()
def judge(
    detect: Detect, scenes: Sequence[Scene], side_px: int = SIDE_PX
) -> tuple[Labelled, CocoScores]:
    """Detect on every scene, brought into a square, and judge as COCO does.

    Parameters
    ----------
    detect : callable
        Detections of a picture in its square, in the square's pixels. Those in the grey
        beside the picture do not count, as on the pages.
    scenes : sequence of Scene
    side_px : int
        S, which the longest side of every scene becomes.
    """
    boxes, scores, labels, photos = [], [], [], []
    for k, scene in enumerate(scenes):
        box = letterbox(scene.image, side_px)
        seen = in_picture(detect(box), box)
        boxes.append(box.outside(seen.boxes.numpy()))
        scores.append(seen.scores.numpy())
        labels.append(seen.labels.numpy())
        photos.append(np.full(len(seen.boxes), k))
    every = np.concatenate([scene.labels for scene in scenes])
    labelled = Labelled(
        CLASSES,
        tuple(str(k) for k in range(len(scenes))),
        np.array([scene.image.shape[1::-1] for scene in scenes], float),
        truths(
            np.concatenate([scene.boxes for scene in scenes]),
            np.where(every < 0, PERSON, every),
            np.repeat(np.arange(len(scenes)), [len(scene.boxes) for scene in scenes]),
            ignore=every < 0,
        ),
        found(*(np.concatenate(part) for part in (boxes, scores, labels, photos))),
    )
    return labelled, coco_scores(labelled)


def scores_of(labelled: Labelled, judged: CocoScores) -> dict[str, Any]:
    """Return a record's scores: AP50 of classes with ten boxes at least, and person.

    Medium objects have 32² to 96² px of the photo, large ones more; None without any.
    """
    counts = labelled.counted()
    enough = np.flatnonzero(counts >= LEAST_BOXES).tolist()
    common = {"split": "val", "photos": len(labelled.images)}

    def mean(area: str, labels: Sequence[int] = enough) -> float | None:
        each = np.array([judged.ap(0.5, area, label) for label in labels])
        each = each[np.isfinite(each)]
        return round(float(each.mean()), 4) if len(each) else None

    per_class = {
        CLASSES[label]: round(judged.ap(0.5, label=label), 4) for label in enough
    }
    return {
        "ap50": {
            "value": mean("all"),
            "medium": mean("medium"),
            "large": mean("large"),
            "n": int(counts[enough].sum()),
            "classes": len(enough),
            "per_class": per_class,
            **common,
        },
        "ap50_person": {
            "value": mean("all", [PERSON]),
            "medium": mean("medium", [PERSON]),
            "large": mean("large", [PERSON]),
            "n": int(counts[PERSON]),
            **common,
        },
    }
