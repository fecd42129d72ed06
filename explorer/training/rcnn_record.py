"""The weights file and the record of the R-CNN trained here."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors.torch import save_file

from explorer.core.warp import CONTEXT_PX, SIDE_PX
from explorer.models import records, weights
from explorer.models.rcnn import (
    GRIDS,
    IOU_THRESHOLD,
    PROPOSALS,
    SCORE_THRESHOLD,
    SEARCH_SIDE_PX,
    Heads,
)
from explorer.training.hog_svm_record import commit
from explorer.training.machine import machine
from explorer.training.rcnn_features import Crops
from explorer.training.rcnn_settings import CLASSES, LEAST_BOXES

if TYPE_CHECKING:
    from explorer.training.rcnn import Scores

NAME = "rcnn"
BACKBONE = "efficientnet_lite0"
LICENCE = (
    "weights: trained by this project; COCO annotations CC BY 4.0, Flickr photos; "
    "Tiny-ImageNet: research use"
)


def write(
    heads: Heads,
    scores: "Scores",
    first: "Scores",
    sets: tuple[Crops, Crops],
    seed: int,
    seconds: float,
) -> Path:
    """Write weights, as float16, and record; ``first``: of the first photos alone."""
    path = records.FOLDER / f"{NAME}.safetensors"
    save_file({k: v.half().contiguous() for k, v in heads.state_dict().items()}, path)
    values = describe(heads, scores, first, sets)
    values |= {"seed": seed, "seconds": round(seconds, 1)}
    values["bytes"] = path.stat().st_size
    values["sha256"] = weights.digest(path)
    return records.write(values)


def describe(
    heads: Heads, scores: "Scores", first: "Scores", sets: tuple[Crops, Crops]
) -> dict[str, Any]:
    """Return the record but for the file's size and digest, and the run's own."""
    return {
        "name": NAME,
        "title": "R-CNN",
        "task": "detection",
        "architecture": "rcnn",
        "backbone": BACKBONE,
        "arguments": {
            "grids": GRIDS,
            "proposals": PROPOSALS,
            "search_side_px": SEARCH_SIDE_PX,
            "score_threshold": SCORE_THRESHOLD,
            "iou_threshold": IOU_THRESHOLD,
        },
        "data": "everyday",
        "classes": list(CLASSES),
        "preprocessing": {
            "color": "RGB",
            "mean": 0.5,
            "std": 0.5,
            "crop_px": SIDE_PX,
            "context_px": CONTEXT_PX,
        },
        "scores": told_scores(scores) | first_score(first),
        "parameters": sum(p.numel() for p in heads.state_dict().values()),
        "macs": None,
        "licence": LICENCE,
        "command": "python -m explorer.training.rcnn FOLDER CACHE",
        "commit": commit(),
        "machine": machine(),
        "note": note(sets),
    }


def note(sets: tuple[Crops, Crops]) -> str:
    """Say what was trained on, how often each class was seen, and what to mind."""
    counts = [
        np.bincount(one.gt_labels[one.gt_labels >= 0], minlength=len(CLASSES))
        for one in sets
    ]
    seen = ", ".join(
        f"{name} {a} + {b}" for name, a, b in zip(CLASSES, *counts, strict=True)
    )
    return (
        f"{len(sets[0].boxes)} crops of COCO's training photos and "
        f"{len(sets[1].boxes)} of Tiny-ImageNet; the network is not fine-tuned. "
        f"Objects by class, COCO + Tiny-ImageNet: {seen}. Seconds are of the fit "
        "alone: the features took half an hour. Groups drawn as one box "
        "count as ground in training and in none of the held-out photos there is one. "
        f"{held_note()}"
    )


def held_note() -> str:
    """Say what the scores leave out."""
    return (
        f"Classes with fewer than {LEAST_BOXES} held-out objects have no score of "
        "their own and do not enter the mean. Every labelled object counts, the small "
        "ones that selective search misses too. The score named first is of the first "
        "photos alone, for a test to find again."
    )


def told_scores(scores: "Scores") -> dict[str, Any]:
    """Return the scores on the photos held out."""
    common = {"split": "val", "photos": scores.photos}
    told = scores.told
    ap = {
        "ap50": {
            "value": round(float(scores.ap[told].mean()), 4),
            "n": int(scores.counts[told].sum()),
            "classes": len(told),
            **common,
        }
    }
    for label in told:
        ap[f"ap50_{CLASSES[label]}"] = {
            "value": round(float(scores.ap[label]), 4),
            "n": int(scores.counts[label]),
            **common,
        }
    gain = {
        "value": round(scores.after - scores.before, 4),
        "n": scores.pairs,
        "before": round(scores.before, 4),
        "after": round(scores.after, 4),
        **common,
    }
    return {**ap, "iou_gain": gain}


def first_score(first: "Scores") -> dict[str, Any]:
    """Return the score on the first photos held out, of their commonest class."""
    label = int(first.counts.argmax())
    value = {
        "value": round(float(first.ap[label]), 4),
        "n": int(first.counts[label]),
        "split": "val",
        "photos": first.photos,
    }
    return {f"first_ap50_{CLASSES[label]}": value}
